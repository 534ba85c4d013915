"""Keras 3 as a competitor: `python keras_process.py OPTIONS`, with KerasOptions as JSON. Uses protocol.ts."""

import json
import os
import resource
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf

options = json.loads(sys.argv[1])
# Deterministic operations want a seed.
keras.utils.set_random_seed(1)
files = options["files"]
batch = options["batchSize"]


def part(name, count=None):
    """As the tutorial has them: images of 0 to 1, one-hot classes."""
    pixels = np.fromfile(files[f"{name}Pixels"], np.uint8, -1 if count is None else count * 3072)
    classes = np.fromfile(files[f"{name}Classes"], np.uint8, -1 if count is None else count)
    return pixels.reshape(-1, 32, 32, 3).astype("float32") / 255, keras.utils.to_categorical(classes, 10)


def build(jit):
    config = options["topology"]["config"]
    layers = [
        getattr(keras.layers, layer["class_name"])(
            **{key: value for key, value in layer["config"].items() if key != "batch_input_shape"}
        )
        for layer in config["layers"]
    ]
    model = keras.Sequential([keras.Input(config["layers"][0]["config"]["batch_input_shape"][1:]), *layers])
    compile_model(model, jit)
    return model


def compile_model(model, jit):
    optimizer = options["optimizer"]
    model.compile(
        optimizer=getattr(keras.optimizers, optimizer["className"])(**optimizer["config"]),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=jit,
    )


def may_jit():
    """Keras leaves XLA off where operations shall be deterministic."""
    return keras.src.trainers.trainer.model_supports_jit(build(False))


def load_weights(model):
    """Our initial weights, so that both train from the same place."""
    given = np.fromfile(options["weights"], "<f4")
    names = [name for name, _ in options["weightShapes"]]
    sizes = [int(np.prod(shape)) for _, shape in options["weightShapes"]]
    values = dict(zip(names, np.split(given, np.cumsum(sizes)[:-1])))
    weights = {f"{layer.name}/{weight.name}": weight for layer in model.layers for weight in layer.weights}
    if weights.keys() != values.keys():
        raise ValueError(f"Keras has the weights {sorted(weights)}, we have {sorted(values)}")
    for name, weight in weights.items():
        weight.assign(values[name].reshape(weight.shape))


def now():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), usage.ru_utime + usage.ru_stime


def cost(start, end, count=1):
    return {"wallMs": (end[0] - start[0]) * 1000 / count, "cpuMs": (end[1] - start[1]) * 1000 / count}


class Ends(keras.callbacks.Callback):
    """When each step ended."""

    def __init__(self):
        super().__init__()
        self.at = []

    def on_train_batch_end(self, batch, logs=None):
        self.at.append(now())


class Steps:
    def __init__(self):
        self.x, self.y = part("train", options["stepImages"])
        self.step = 0
        self.jit, self.trial = options.get("jit"), None
        if self.jit is None and not may_jit():
            self.jit = False
        if self.jit is None:
            self.jit, self.trial = self.try_both()
        self.model = build(self.jit)
        load_weights(self.model)

    def try_both(self):
        """Interleaved; the best time of each counts."""
        models = {jit: build(jit) for jit in (False, True)}
        best = {jit: float("inf") for jit in models}
        for _ in range(8):
            for jit, model in models.items():
                start = now()
                model.train_on_batch(*self.batch())
                best[jit] = min(best[jit], cost(start, now())["wallMs"])
        return best[True] < best[False], {"with": best[True], "without": best[False]}

    def batch(self):
        first = self.step % (len(self.x) // batch) * batch
        self.step += 1
        return self.x[first : first + batch], self.y[first : first + batch]

    def on_batch(self, count):
        start = now()
        for _ in range(count):
            self.model.train_on_batch(*self.batch())
        return cost(start, now(), count)

    def in_fit(self, count):
        """The first step of a fit, with the start of the input pipeline, is not counted."""
        ends, images = Ends(), (count + 1) * batch
        self.model.fit(self.x[:images], self.y[:images], batch_size=batch, verbose=0, callbacks=[ends])
        return cost(ends.at[0], ends.at[-1], count)


def steps(request):
    return made().in_fit(request["count"]) if request.get("fit") else made().on_batch(request["count"])


def loss(_):
    x, y = part("train", options["lossImages"])
    return {"loss": float(made().model.evaluate(x, y, batch_size=len(x), verbose=0)[0])}


def fit(images, **arguments):
    """What is set up here is not part of the epoch's time, as with us."""
    x, y = part("train", images)
    validation = part("test", images)
    model = build(options["jit"])
    load_weights(model)
    return lambda: model.fit(
        x, y, batch_size=batch, validation_data=validation, validation_batch_size=500, verbose=0, **arguments
    )


def epoch(request):
    run = fit(request.get("images"))
    start = now()
    history = run().history
    return {**cost(start, now()), "validationAccuracy": float(history["val_accuracy"][-1])}


def memory(request):
    resident = []

    class Resident(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            with open("/proc/self/statm") as file:
                resident.append(int(file.read().split()[1]) * resource.getpagesize())

    fit(options["memoryImages"], epochs=request["epochs"], callbacks=[Resident()])()
    return {"residentBytes": resident}


def first_step(_):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            say({})
            os._exit(0)

    fit(None, callbacks=[Stop()])()


steps_made = []


def made():
    if not steps_made:
        steps_made.append(Steps())
    return steps_made[0]


def say(answer):
    print(json.dumps(answer), flush=True)


gpus = tf.config.list_physical_devices("GPU")
if options["stepping"]:
    made()
hello = {
    "device": "gpu" if gpus else "cpu",
    "deviceName": tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU") if gpus else "CPU",
    "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "python": sys.version.split()[0]},
    "jit": options.get("jit"),
}
if steps_made:
    hello["jit"] = steps_made[0].jit
    if steps_made[0].trial:
        hello["jitTrial"] = steps_made[0].trial
say(hello)
actions = {"steps": steps, "loss": loss, "epoch": epoch, "memory": memory, "firstStep": first_step}
for line in sys.stdin:
    request = json.loads(line)
    say(actions[request.pop("do")](request))
