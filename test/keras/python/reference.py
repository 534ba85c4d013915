"""Answers requests with real Keras 3: outputs, gradients, losses, optimizer trajectories.

usage: python reference.py FOLDER

FOLDER/requests.json lists the requests, FOLDER/requests.safetensors holds their tensors as `<request>/<name>`; the
answers go to FOLDER/answers.safetensors in the same way. agreement/keras-reference.ts writes and reads them,
and says what each request means.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf

import tensors


def build(topology):
    """The model from its topology, layer by layer through the public constructors."""
    config = topology["config"]
    layers = [entry for entry in config["layers"] if entry["class_name"] != "InputLayer"]
    shapes = [
        entry["config"].get("batch_input_shape") or entry["config"].get("batch_shape") for entry in config["layers"]
    ]
    entry_point = keras.Input(next(shape for shape in shapes if shape)[1:])
    if topology["class_name"] == "Sequential":
        output = entry_point
        for entry in layers:
            output = layer_of(entry)(output)
        return keras.Model(entry_point, output)
    outputs = {entry["config"]["name"]: entry_point for entry in config["layers"] if entry["class_name"] == "InputLayer"}
    for entry in layers:
        # Keras 2's form: one call, its arguments as [layer, node, tensor, options]
        arguments = [outputs[argument[0]] for argument in entry["inbound_nodes"][0]]
        outputs[entry["config"]["name"]] = layer_of(entry)(arguments if len(arguments) > 1 else arguments[0])
    return keras.Model(entry_point, outputs[config["output_layers"][0][0]])


def layer_of(entry):
    options = {key: value for key, value in entry["config"].items() if key not in ("batch_input_shape", "batch_shape")}
    return getattr(keras.layers, entry["class_name"])(**options)


def weights_of(model):
    """Every weight by the name that it has in a model.json."""
    return {f"{layer.name}/{weight_name(layer, weight)}": weight for layer in model.layers for weight in layer.weights}


def weight_name(layer, weight):
    # Keras 2 and tfjs say which kernel it is.
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D) and weight.name == "kernel"
    return "depthwise_kernel" if depthwise else weight.name


def assign(model, given):
    weights = weights_of(model)
    if weights.keys() != given.keys():
        raise ValueError(f"Keras has the weights {sorted(weights)}, the request gives {sorted(given)}")
    for name, value in given.items():
        weights[name].assign(value)


def loss_of(request):
    loss = request["loss"]
    return keras.losses.get({"class_name": loss["className"], "config": loss.get("config", {})})


def optimizer_of(request):
    optimizer = request["optimizer"]
    return getattr(keras.optimizers, optimizer["className"])(**optimizer.get("config", {}))


def under(prefix, values):
    return {name[len(prefix) + 1 :]: value for name, value in values.items() if name.startswith(prefix + "/")}


def prefixed(prefix, values):
    return {f"{prefix}/{name}": value for name, value in values.items()}


def predict(request, given):
    model = build(request["topology"])
    assign(model, under("weights", given))
    return {"outputs": model(given["x"], training=False)}


def step(request, given):
    model = build(request["topology"])
    assign(model, under("weights", given))
    with tf.GradientTape() as tape:
        outputs = model(given["x"], training=True)
        data_loss = loss_of(request)(given["y"], outputs)
        loss = data_loss + sum(model.losses)
    trainable = {name: weight for name, weight in weights_of(model).items() if weight.trainable}
    gradients = tape.gradient(
        loss, [weight.value for weight in trainable.values()], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    moving = {name: weight for name, weight in weights_of(model).items() if not weight.trainable}
    return {
        "outputs": outputs,
        "dataLoss": data_loss,
        "loss": loss,
        **prefixed("gradients", dict(zip(trainable, gradients))),
        **prefixed("moving", {name: weight.numpy() for name, weight in moving.items()}),
    }


def optimize(request, given):
    weights = {name: keras.Variable(value, name=name.replace("/", "_")) for name, value in under("weights", given).items()}
    optimizer = optimizer_of(request)
    optimizer.build(list(weights.values()))
    answer = {}
    for index in range(request["steps"]):
        gradients = under(f"gradients/{index}", given)
        optimizer.apply([tf.constant(gradients[name]) for name in weights], list(weights.values()))
        answer.update(prefixed(f"weights/{index}", {name: weight.numpy() for name, weight in weights.items()}))
    return answer


def fit(request, given):
    model = build(request["topology"])
    assign(model, under("weights", given))
    model.compile(optimizer=optimizer_of(request), loss=loss_of(request))
    losses = []
    for index in range(request["steps"]):
        batch = index % request["batches"]
        # Otherwise the loss is the mean over all the steps so far.
        model.reset_metrics()
        losses.append(model.train_on_batch(given[f"x/{batch}"], given[f"y/{batch}"]))
    return {
        "losses": np.array(losses),
        **prefixed("weights", {name: weight.numpy() for name, weight in weights_of(model).items()}),
    }


def main(folder):
    with open(os.path.join(folder, "requests.json")) as file:
        requests = json.load(file)
    given = tensors.read(os.path.join(folder, "requests.safetensors"))
    answers = {}
    for index, request in enumerate(requests):
        answer = {"predict": predict, "step": step, "optimize": optimize, "fit": fit}[request["kind"]]
        answers.update(prefixed(str(index), answer(request, under(str(index), given))))
    tensors.write(os.path.join(folder, "answers.safetensors"), answers)


main(sys.argv[1])
