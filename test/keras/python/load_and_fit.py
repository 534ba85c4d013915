"""Opens .h5 files as people do, predicts, and goes on training.

usage: python load_and_fit.py FOLDER...

Each FOLDER holds model.h5 and given.safetensors with `x` and, where the model shall be trained, `y`. Its
answer.safetensors gets `outputs` (before training), the `losses` of two steps on that batch, and every weight after the
first of them as `weights/<layer>/<weight>`; its compiled.json says what the model was compiled with. again.h5 is what
Keras saves of the model as it was opened. Runs on Keras 2.15 and Keras 3.
"""

import json
import os
import sys

import keras
import numpy as np

import tensors


def answer(folder):
    given = tensors.read(os.path.join(folder, "given.safetensors"))
    model = keras.models.load_model(os.path.join(folder, "model.h5"))
    # predict compiles each model again, which dominates the time if there are many.
    trained = "y" in given
    outputs = model.predict(given["x"], verbose=0) if trained else model(given["x"], training=False).numpy()
    model.save(os.path.join(folder, "again.h5"))
    if not trained:
        tensors.write(os.path.join(folder, "answer.safetensors"), {"outputs": outputs})
        return
    first = step(model, given)
    weights = {
        # `conv2d/kernel:0` in Keras 2, `kernel` in Keras 3
        f"weights/{layer.name}/{weight.name.split('/')[-1].split(':')[0]}": weight.numpy()
        for layer in model.layers
        for weight in layer.weights
    }
    second = step(model, given)
    losses = np.array([first[0], second[0]])
    tensors.write(os.path.join(folder, "answer.safetensors"), {"outputs": outputs, "losses": losses, **weights})
    config = model.optimizer.get_config()
    options = ("rho", "momentum", "nesterov", "beta_1", "beta_2", "epsilon", "weight_decay")
    compiled = {
        "optimizer": type(model.optimizer).__name__,
        "learningRate": float(model.optimizer.learning_rate.numpy()),
        "metrics": len(first),
        "stepsNow": int(model.optimizer.iterations.numpy()),
        "config": {key: float(np.float32(config[key])) for key in options if config.get(key) is not None},
    }
    with open(os.path.join(folder, "compiled.json"), "w") as file:
        json.dump(compiled, file)


def step(model, given):
    # Otherwise Keras 3 gives the mean over the steps so far.
    model.reset_metrics()
    return model.train_on_batch(given["x"], given["y"])


for folder in sys.argv[1:]:
    answer(folder)
