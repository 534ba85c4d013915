"""Builds models as people do, with seeded weights, and saves them as .h5 with what they answer.

usage: python save_models.py FOLDER

For each model FOLDER gets NAME.h5 and NAME.safetensors with `x` (8-bit pixels, as float32) and `outputs`. Runs on
Keras 2.15 and Keras 3.
"""

import os
import sys

import keras
import numpy as np
from keras import layers

import tensors


def tutorial():
    return [
        layers.Conv2D(32, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(64, (3, 3), activation="relu"),
        layers.Conv2D(128, (3, 3), activation="relu"),
        layers.MaxPooling2D((2, 2)),
        layers.Conv2D(256, (3, 3), activation="relu"),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dropout(0.25),
        layers.Dense(10, activation="softmax"),
    ]


def small():
    return [
        layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False),
        layers.Activation("relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(10, activation="softmax"),
    ]


def augmented():
    """Its input is pixels of 0-255."""
    return [
        layers.RandomFlip("horizontal"),
        layers.Rescaling(1 / 127.5, offset=-1),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.2),
        *small(),
    ]


def rescaled_within():
    return [layers.Conv2D(4, 3), layers.Rescaling(2.0), layers.Flatten(), layers.Dense(10, activation="softmax")]


def unsupported():
    return [layers.Conv2D(4, 3), layers.LeakyReLU(), layers.UnitNormalization(), *small()]


def save(folder, name, stack, divisor):
    keras.utils.set_random_seed(7)
    model = keras.Sequential([keras.Input((32, 32, 3)), *stack])
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.RMSprop(learning_rate=0.002), metrics=["acc"])
    x = np.random.default_rng(1).integers(0, 256, (8, 32, 32, 3)).astype("float32")
    # One step, so that the biases are no longer zero and the optimizer has a state.
    model.fit(x / divisor, np.eye(10, dtype="float32")[np.arange(8)], batch_size=8, verbose=0)
    model.save(os.path.join(folder, f"{name}.h5"))
    outputs = model.predict(x / divisor, verbose=0)
    tensors.write(os.path.join(folder, f"{name}.safetensors"), {"x": x, "outputs": outputs})
    return model


folder = sys.argv[1]
save(folder, "cifar10", tutorial(), 255).save_weights(os.path.join(folder, "only.weights.h5"))
save(folder, "augmented", augmented(), 1)
save(folder, "rescaled_within", rescaled_within(), 255)
save(folder, "unsupported", unsupported(), 255)
