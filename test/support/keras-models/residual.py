"""Writes the small residual network of topology.test.ts as Keras itself has it: `python residual.py > residual-kerasN.json`.
Made with Keras 2.15.0 (TensorFlow 2.15) and Keras 3 (TensorFlow 2.21)."""
import tensorflow

keras = tensorflow.keras
layers = keras.layers
regularizers = keras.regularizers

x = images = keras.Input((9, 7, 2), name="images")
x = layers.ZeroPadding2D(((1, 0), (2, 1)), name="pad")(x)
x = layers.Conv2D(3, 3, padding="same", use_bias=False, kernel_regularizer=regularizers.L2(0.25), name="a")(x)
b = layers.BatchNormalization(name="b")(x)
c = layers.DepthwiseConv2D(3, padding="same", depthwise_regularizer=regularizers.L1(0.5), name="c")(b)
d = layers.SeparableConv2D(3, 3, padding="same", pointwise_regularizer=regularizers.L1L2(0.5, 0.25), name="d")(b)
x = layers.Add(name="e")([b, c, d])
x = layers.Activation("relu", name="f")(x)
x = layers.GlobalAveragePooling2D(name="g")(x)
x = layers.Dropout(0.25, name="h")(x)
x = layers.Dense(4, activation="softmax", name="o")(x)
print(keras.Model(images, x, name="residual").to_json())
