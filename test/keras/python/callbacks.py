"""Prints what Keras' callbacks do on given curves: `callbacks.py CASES`, a JSON list of cases.

A case is {"monitor", "patience", "minDelta", "values"}; its answer is {"stopsAfter", "kept"}: the epoch (from 1) after
which EarlyStopping stops, or null, and the epoch that ModelCheckpoint(save_best_only=True) keeps of the epochs until then.
"""

import json
import sys

import keras


class Net:
    """What the callbacks need of a model."""

    stop_training = False
    saved = None

    def __init__(self):
        self.epoch = 0
        self.optimizer = None

    def save(self, *args, **kwargs):
        self.saved = self.epoch


def answer(case):
    mode = "min" if case["monitor"] == "val_loss" else "max"
    stopping = keras.callbacks.EarlyStopping(
        monitor=case["monitor"], mode=mode, patience=case["patience"], min_delta=case["minDelta"]
    )
    checkpoint = keras.callbacks.ModelCheckpoint(
        "unused.keras", monitor=case["monitor"], mode=mode, save_best_only=True
    )
    net = Net()
    for callback in (stopping, checkpoint):
        callback.set_model(net)
        callback.on_train_begin()
    for epoch, value in enumerate(case["values"]):
        net.epoch = epoch + 1
        for callback in (checkpoint, stopping):
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, {case["monitor"]: value})
        if net.stop_training:
            return {"stopsAfter": epoch + 1, "kept": net.saved}
    return {"stopsAfter": None, "kept": net.saved}


print(json.dumps([answer(case) for case in json.loads(sys.argv[1])]))
