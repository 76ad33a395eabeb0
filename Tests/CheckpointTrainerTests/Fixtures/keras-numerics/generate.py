#!/usr/bin/env python3
"""Records what Keras computes: learning-rate schedules, metrics by name, activations before
cross-entropies, a training with Adam under a schedule. Writes the JSON files beside it.

Requirements: pip install keras tensorflow-cpu
"""
import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402
from keras.optimizers import schedules as s  # noqa: E402

NAN = float("nan")


def numbers(values):
    """Nested lists of the shortest decimals that give the single-precision values back."""
    if isinstance(values, (list, tuple, np.ndarray)) and np.ndim(values):
        return [numbers(v) for v in values]
    value = np.float32(values)
    return "NaN" if np.isnan(value) else float(str(value))


def write(name, value):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, "w") as file:
        json.dump({"keras_version": keras.__version__, **value}, file, indent=1)
        file.write("\n")


def schedules():
    steps = [0, 1, 2, 3, 9, 10, 11, 19, 20, 21, 25, 35, 50, 99, 100, 101, 150, 1000, 1000000]
    cases = [
        s.ExponentialDecay(0.1, 20, 0.96),
        s.ExponentialDecay(0.1, 20, 0.5, staircase=True),
        s.PiecewiseConstantDecay([10, 20, 100], [0.1, 0.05, 0.01, 0.001]),
        s.PiecewiseConstantDecay([20], [1.0, 0.5]),
        s.CosineDecay(0.1, 100),
        s.CosineDecay(0.1, 50, alpha=0.1),
        s.CosineDecay(0.0, 100, alpha=0.05, warmup_target=0.2, warmup_steps=20),
        s.CosineDecay(0.3, 40, warmup_target=0.2, warmup_steps=0),
        s.PolynomialDecay(0.1, 100),
        s.PolynomialDecay(0.1, 50, end_learning_rate=0.01, power=0.5),
        s.PolynomialDecay(0.1, 10, end_learning_rate=0.01, power=2.0, cycle=True),
        s.InverseTimeDecay(0.1, 10, 0.5),
        s.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
    ]
    entries = [
        {
            "schedule": s.serialize(case),
            "values": numbers([float(case(np.int64(step))) for step in steps]),
        }
        for case in cases
    ]
    write("schedules.json", {"steps": steps, "entries": entries})


def metric(identifier, targets, outputs, dtype="float32"):
    """What `evaluate` reports for these outputs under the name."""
    outputs = np.asarray(outputs, "float32")
    targets = np.asarray(targets, dtype)
    model = keras.Sequential([keras.Input(outputs.shape[1:]), layers.Activation("linear")])
    model.compile(loss=lambda y_true, y_pred: y_pred, metrics=[identifier])
    logs = model.evaluate(outputs, targets, batch_size=2, verbose=0, return_dict=True)
    logs.pop("loss")
    return {
        "metric": identifier if isinstance(identifier, str) else keras.metrics.serialize(identifier),
        "targets": numbers(targets),
        "outputs": numbers(outputs),
        "logs": {name: numbers(value) for name, value in logs.items()},
    }


def metrics():
    one_hot = [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0], [1, 0, 0]]
    labels = [0, 2, 1, 1, 0]
    scores = [[0.7, 0.2, 0.1], [0.4, 0.2, 0.4], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.5, 0.5, 0.0]]
    nans = [[NAN, 0.2, 0.1], [0.4, NAN, 0.5], [NAN, NAN, NAN], [0.1, NAN, NAN], [NAN, NAN, NAN]]
    zeros = [[0.0, 0.0, -0.0], [0.0, -0.0, 0.0], [-1.0, 0.0, -0.0], [-0.0, 0.0, -1.0], [0, 0, 0]]
    binary, single = [[0], [1], [1], [0], [1]], [[0.5], [0.5], [0.50001], [NAN], [NAN]]
    several = [[0, 1, 1], [1, 1, 0], [0, 0, 0]]
    chances = [[0.2, 0.7, 0.3], [0.6, 0.9, 0.1], [0.5, 0.51, NAN]]
    series = [[[0.7, 0.3], [0.2, 0.8]], [[0.6, 0.4], [0.9, 0.1]], [[0.5, 0.5], [0.1, 0.9]]]
    cases = [
        metric("accuracy", one_hot, scores),
        metric("acc", one_hot, nans),
        metric("Accuracy", labels, scores, "int32"),
        metric("accuracy", [[label] for label in labels], nans, "int32"),
        metric("accuracy", one_hot, zeros),
        metric("accuracy", binary, single),
        metric("accuracy", [0, 1, 1, 0, 1], single),
        metric("accuracy", several, chances),
        metric("binary_accuracy", several, chances),
        metric("BinaryAccuracy", binary, single),
        metric(keras.metrics.BinaryAccuracy(threshold=0.25), several, chances),
        metric(keras.metrics.BinaryAccuracy(name="hits", threshold=0.6), several, chances),
        metric("categorical_accuracy", one_hot, scores),
        metric("CategoricalAccuracy", one_hot, nans),
        metric("sparse_categorical_accuracy", labels, scores, "int32"),
        metric("SparseCategoricalAccuracy", labels, nans, "int32"),
        metric("accuracy", [[0, 1], [1, 1], [0, 1]], series, "int32"),
        metric("mse", several, np.nan_to_num(chances)),
        metric("MSE", several, chances),
        metric("mean_squared_error", binary, np.nan_to_num(single)),
        metric("MeanSquaredError", one_hot, scores),
        metric("mae", several, np.nan_to_num(chances)),
        metric("MAE", one_hot, scores),
        metric("mean_absolute_error", one_hot, scores),
        metric("MeanAbsoluteError", one_hot, nans),
    ]
    write("metrics.json", {"entries": cases})


def dense_model(units, activation, seed):
    keras.backend.clear_session()
    generator = np.random.default_rng(seed)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(units, activation=activation)])
    weights = [generator.normal(size=w.shape).astype("float32") for w in model.get_weights()]
    model.set_weights(weights)
    return model, weights


def heads():
    """One step of SGD: what a loss makes of the activation before it."""
    entries = []
    one_hot, labels = np.eye(3, dtype="float32")[[0, 2, 1, 1]], np.array([0, 2, 1, 1], "int32")
    several = np.array([[0, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 0]], "float32")
    inputs = np.random.default_rng(5).normal(size=(4, 3)).astype("float32")
    cce, sparse = keras.losses.CategoricalCrossentropy, keras.losses.SparseCategoricalCrossentropy
    bce = keras.losses.BinaryCrossentropy
    for activation, loss, targets in [
        ("softmax", "categorical_crossentropy", one_hot),
        ("sigmoid", "categorical_crossentropy", one_hot),
        ("softplus", "categorical_crossentropy", one_hot),
        ("linear", cce(from_logits=True), one_hot),
        ("softmax", cce(from_logits=True, label_smoothing=0.2), one_hot),
        ("softmax", "sparse_categorical_crossentropy", labels),
        ("sigmoid", "sparse_categorical_crossentropy", labels),
        ("softplus", "sparse_categorical_crossentropy", labels),
        ("linear", sparse(from_logits=True), labels),
        ("sigmoid", "binary_crossentropy", several),
        ("softmax", "binary_crossentropy", several),
        ("hard_sigmoid", "binary_crossentropy", several),
        ("linear", bce(from_logits=True, label_smoothing=0.1), several),
        ("gelu", "mean_squared_error", several),
        ("tanh", "mean_absolute_error", several),
    ]:
        model, weights = dense_model(3, activation, 7)
        model.compile("sgd", loss)
        compiled = model.get_compile_config()["loss"]
        value = model.evaluate(inputs, targets, verbose=0)
        model.train_on_batch(inputs, targets)
        entries.append({
            "activation": activation, "loss": compiled, "inputs": numbers(inputs),
            "targets": numbers(targets), "weights": [numbers(w) for w in weights],
            "value": numbers(value), "after": [numbers(w) for w in model.get_weights()],
        })
    write("heads.json", {"entries": entries})


def training():
    """Some steps under schedules, with the optimizer's variables at the end."""
    entries = []
    generator = np.random.default_rng(12)
    inputs = generator.normal(size=(20, 3)).astype("float32")
    targets = generator.integers(0, 2, (20, 2)).astype("float32")
    cosine = s.CosineDecay(0.01, 8, warmup_target=0.05, warmup_steps=3)
    stairs = s.ExponentialDecay(0.05, 4, 0.5, staircase=True)
    o = keras.optimizers
    for optimizer in [
        o.Adam(cosine), o.Adam(stairs, beta_1=0.8, beta_2=0.95, epsilon=1e-3, amsgrad=True),
        o.RMSprop(stairs, momentum=0.5), o.SGD(cosine, momentum=0.9, nesterov=True),
    ]:
        model, weights = dense_model(2, "sigmoid", 8)
        model.compile(optimizer, "binary_crossentropy")
        config = keras.optimizers.serialize(optimizer)
        history = model.fit(inputs, targets, batch_size=5, epochs=3, shuffle=False, verbose=0)
        entries.append({
            "optimizer": config, "batch_size": 5, "epochs": 3, "inputs": numbers(inputs),
            "targets": numbers(targets), "weights": [numbers(w) for w in weights],
            "loss": numbers(history.history["loss"]),
            "after": [numbers(w) for w in model.get_weights()],
            "variables": [
                {"name": v.path.split("/", 1)[1], "value": numbers(np.asarray(v.value))}
                for v in model.optimizer.variables
            ],
        })
    write("training.json", {"entries": entries})


if __name__ == "__main__":
    schedules()
    metrics()
    heads()
    training()
