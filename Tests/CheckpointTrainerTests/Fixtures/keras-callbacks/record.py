#!/usr/bin/env python3
"""Records what Keras' EarlyStopping and ReduceLROnPlateau decide on given values.

pip install keras tensorflow-cpu; python record.py > decisions.json

The callbacks are driven as `fit` drives them, with a model of one weight that is the epoch's number.
Values and deltas are multiples of 1/64, which single precision, in which Keras compares, holds exactly.
NaN is written as null; it is never the first value looked at (see README.md).
"""
import contextlib
import io
import json
import math
import os
import random

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np

RANDOM = random.Random(2026)


def values(length):
    level = RANDOM.randint(60, 120)
    result = []
    for index in range(length):
        level += RANDOM.choice([-6, -3, -1, 0, 0, 1, 2, 4])
        isNaN = index > 0 and RANDOM.random() < 0.12
        result.append(math.nan if isNaN else level / 64)
    return result


def model(rate):
    layer = keras.layers.Dense(1, use_bias=False, name="dense")
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


def run(callback, model, sequence):
    callback.set_model(model)
    model.stop_training = False
    output = io.StringIO()
    rates = []
    epochs = 0
    with contextlib.redirect_stdout(output):
        callback.on_train_begin()
        for epoch, value in enumerate(sequence):
            model.set_weights([np.array([[float(epoch)]])])
            callback.on_epoch_end(epoch, {"loss": 0.5, "val_loss": value, "val_score": value})
            rates.append(float(model.optimizer.learning_rate.numpy()))
            epochs += 1
            if model.stop_training:
                break
        callback.on_train_end()
    return {
        "epochs": epochs,
        "rates": rates,
        "weight": float(model.get_weights()[0][0, 0]),
        "output": output.getvalue(),
    }


def case(kind, index):
    sequence = values(RANDOM.randint(6, 25))
    mode = RANDOM.choice(["min", "max"])
    settings = {
        "monitor": "val_score" if mode == "max" else "val_loss",
        "mode": mode if mode == "max" else RANDOM.choice(["auto", "min"]),
        "min_delta": RANDOM.choice([0, 0, 1, 2, 3]) / 64,
        "patience": RANDOM.randint(0, 4),
        "verbose": 1,
    }
    if kind == "EarlyStopping":
        settings["restore_best_weights"] = RANDOM.random() < 0.6
        settings["start_from_epoch"] = RANDOM.choice([0, 0, 0, 2, 5])
        first = settings["start_from_epoch"]
        sequence[first] = 1.5 if math.isnan(sequence[first]) else sequence[first]
        settings["baseline"] = RANDOM.choice([None, None, RANDOM.randint(50, 130) / 64])
        rate = 0.5
    else:
        settings["factor"] = RANDOM.choice([0.1, 0.2, 0.5, 0.75])
        settings["cooldown"] = RANDOM.choice([0, 0, 1, 3])
        settings["min_lr"] = RANDOM.choice([0, 0.001, 0.01, 0.3])
        rate = RANDOM.choice([0.001, 0.01, 0.5, 1.0])
    callback = getattr(keras.callbacks, kind)(**settings)
    outcome = run(callback, model(rate), sequence)
    numbers = [None if math.isnan(v) else v for v in sequence]
    return {"callback": kind, "settings": settings, "rate": rate, "values": numbers, **outcome}


if __name__ == "__main__":
    cases = [case(k, i) for k in ("EarlyStopping", "ReduceLROnPlateau") for i in range(24)]
    print(json.dumps({"keras": keras.__version__, "cases": cases}, indent=1, allow_nan=False))
