#!/usr/bin/env python3
"""Random trainings by Keras itself, for the trainer to repeat.

Usage: keras_cases.py DIRECTORY COUNT SEED
       keras_cases.py --check DIRECTORY

Writes DIRECTORY/case-<i>.json (the model as model.to_json() has it, how it is fitted, what fit, evaluate
and predict gave) and DIRECTORY/case-<i>.safetensors (data, first and last weights, predictions).

With --check, Keras builds the models that the trainer wrote beside the cases (case-<i>.ours), compiles
them as they say, and must come to its own predictions and evaluation with the last weights.

A training that Keras itself doesn't repeat is no measure: each is run again from weights changed by a
unit or two in the last place, and drawn anew if any compared number moves by more than SENSITIVITY (a
relu's kink that is crossed, an argmax that flips, Adam dividing noise by noise). How many were is printed.
"""
import json
import os
import struct
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras  # noqa: E402
import numpy as np  # noqa: E402

SENSITIVITY = 2e-6
ACTIVATIONS = [
    "linear", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "softplus", "softsign", "gelu", "silu",
    "hard_sigmoid", "leaky_relu", "relu6", "exponential"]


class Draw:
    """Choices from a seeded generator, as plain Python values."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def of(self, *values):
        return values[int(self.rng.integers(len(values)))]

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def whole(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def real(self, low, high):
        return round(float(self.rng.uniform(low, high)), 4)


def write_tensors(path, tensors):
    header, body, names = {}, b"", {np.dtype("float32"): "F32", np.dtype("int32"): "I32"}
    for name, value in tensors.items():
        value = np.ascontiguousarray(value)
        data = value.tobytes()
        header[name] = {
            "dtype": names[value.dtype], "shape": list(value.shape),
            "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def read_tensors(path):
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header, body = json.loads(file.read(length)), file.read()
    dtypes = {"F32": "float32", "I32": "int32"}
    return {name: np.frombuffer(body[slice(*entry["data_offsets"])], dtypes[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items()}


# ------------------------------------------------------------------------------------------- models
def activation(d):
    # Softmax and exponential in the middle of a network only now and then.
    name = d.of(*ACTIVATIONS)
    return name if name not in ("softmax", "exponential") or d.chance(0.3) else "relu"


def hidden_layers(d, is_image):
    layers, size = [], None
    # Wide ones have products of several blocks, for several threads.
    is_wide = d.chance(0.15)
    scale = 6 if is_wide else 1
    if is_image:
        height, width, channels = d.whole(5, 9 + scale), d.whole(5, 9 + scale), d.whole(1, 3)
        size = (height, width, channels)
        for _ in range(d.whole(1, 3)):
            padding = d.of("valid", "same")
            if d.chance(0.6):
                kernel = (d.whole(1, 3), d.whole(1, 3))
                strides, dilation = (1, 1), (1, 1)
                odd = d.whole(0, 3)
                if odd == 0:
                    strides = (d.whole(1, 2),) * 2
                elif odd == 1:
                    dilation = (d.whole(1, 2), d.whole(1, 2))
                layers.append(keras.layers.Conv2D(
                    d.whole(1, 5 * scale), kernel, strides=strides, dilation_rate=dilation, padding=padding,
                    use_bias=d.chance(0.8), activation=d.of(activation(d), None)))
            else:
                layers.append(keras.layers.MaxPooling2D(
                    (d.whole(1, 3), d.whole(1, 3)), padding=padding,
                    strides=d.of(None, (d.whole(1, 3), d.whole(1, 3)))))
            if d.chance(0.2):
                layers.append(keras.layers.Activation(activation(d)))
        layers.append(keras.layers.Flatten())
    else:
        size = (d.whole(1, 12 * scale),) if d.chance(0.85) else (d.whole(1, 4), d.whole(1, 5))
        if len(size) == 2:
            layers.append(keras.layers.Dense(d.whole(1, 4), activation=activation(d)))
            layers.append(keras.layers.Flatten())
    for _ in range(d.whole(0, 2)):
        layers.append(keras.layers.Dense(
            d.whole(1, 16 * scale), activation=activation(d), use_bias=d.chance(0.8)))
        if d.chance(0.2):
            layers.append(keras.layers.Dropout(0.0))
        if d.chance(0.15):
            layers.append(keras.layers.Activation(activation(d)))
        if d.chance(0.1):
            layers.append(keras.layers.Flatten())
    return size, layers


def task(d):
    """The last layers, the loss, what targets are, and metrics that fit."""
    kind = d.of("categorical", "categorical", "sparse", "sparse", "binary", "binary", "regression")
    outputs = d.of(1, 2, 2, 5)
    common = ["accuracy", "acc", "mse", "mae", "mean_squared_error", "mean_absolute_error"]
    from_logits = d.chance(0.25)
    smoothing = d.of(0.0, 0.0, d.real(0.01, 0.4))
    if kind == "categorical":
        last = "linear" if from_logits else d.of("softmax", "softmax", "sigmoid", "softplus", "relu6")
        loss = keras.losses.CategoricalCrossentropy(from_logits=from_logits, label_smoothing=smoothing)
        if not from_logits and smoothing == 0 and d.chance(0.6):
            loss = "categorical_crossentropy"
        metrics = common + ["categorical_accuracy"]
    elif kind == "sparse":
        last = "linear" if from_logits else d.of("softmax", "softmax", "sigmoid", "hard_sigmoid")
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
        if not from_logits and d.chance(0.6):
            loss = "sparse_categorical_crossentropy"
        metrics = ["accuracy", "acc"] + (["sparse_categorical_accuracy"] if outputs > 1 else [])
    elif kind == "binary":
        last = "linear" if from_logits else d.of("sigmoid", "sigmoid", "softmax", "hard_sigmoid")
        loss = keras.losses.BinaryCrossentropy(from_logits=from_logits, label_smoothing=smoothing)
        if not from_logits and smoothing == 0 and d.chance(0.6):
            loss = d.of("binary_crossentropy", "bce")
        metrics = common + ["binary_accuracy", keras.metrics.BinaryAccuracy(name="strict", threshold=0.7)]
    else:
        last = activation(d)
        loss = d.of("mse", "mae", "mean_squared_error", "mean_absolute_error",
                    keras.losses.MeanSquaredError(), keras.losses.MeanAbsoluteError())
        metrics = common
    layers = [keras.layers.Dense(outputs, activation=last, use_bias=d.chance(0.85))]
    if d.chance(0.2):
        layers = [keras.layers.Dense(outputs), keras.layers.Activation(last)]
    tail = d.whole(0, 19)
    if tail == 0:
        layers.append(keras.layers.Activation("linear"))
    elif tail == 1:
        layers.append(keras.layers.Dropout(0.0))
    elif tail == 2:
        layers.append(keras.layers.Flatten())
    chosen = [d.of(*metrics) for _ in range(d.whole(0, 3))]
    if not d.chance(0.2):
        chosen = [metric for i, metric in enumerate(chosen) if metric not in chosen[:i]]
    return kind, outputs, layers, loss, chosen


def schedule(d, rate):
    s = keras.optimizers.schedules
    steps = d.whole(1, 12)
    kind = d.whole(0, 4)
    if kind == 0:
        return s.ExponentialDecay(rate, steps, d.real(0.3, 1), staircase=d.chance(0.5))
    if kind == 1:
        return s.InverseTimeDecay(rate, steps, d.real(0.1, 2), staircase=d.chance(0.5))
    if kind == 2:
        # With cycles and other numbers of steps Keras differs from itself: TensorFlow's graphs multiply by
        # float32(1 / steps), so that a multiple (21 of 7) is rounded up to the next cycle; eagerly, and here,
        # it isn't. Powers of two have exact reciprocals.
        cycle = d.chance(0.5)
        steps = d.of(1, 2, 4, 8) if cycle else steps
        return s.PolynomialDecay(
            rate, steps, end_learning_rate=rate * d.real(0.05, 0.5), power=d.of(1.0, 2.0, 0.5),
            cycle=cycle)
    if kind == 3:
        warmup = d.chance(0.5)
        return s.CosineDecay(
            rate, steps, alpha=d.of(0.0, d.real(0, 0.5)), warmup_target=rate * 2 if warmup else None,
            warmup_steps=d.whole(0, 6) if warmup else 0)
    return s.PiecewiseConstantDecay(
        sorted({d.whole(0, 5), d.whole(6, 12)}), [rate, rate * 0.5, rate * 0.1])


def optimizer(d):
    o = keras.optimizers
    kind = d.of("SGD", "RMSprop", "Adam")
    rate = d.real(0.005, 0.1) if kind == "SGD" else d.real(0.0005, 0.01)
    has_schedule = d.chance(0.4)
    rate = schedule(d, rate) if has_schedule else rate
    # Adam and RMSprop with a tiny epsilon divide noise by noise where a gradient is nothing but rounding.
    epsilon = d.of(1e-7, 1e-7, 1e-4, 1e-3)
    if kind == "SGD":
        momentum = d.of(0.0, d.real(0.1, 0.95))
        return has_schedule, o.SGD(rate, momentum=momentum, nesterov=d.chance(0.5))
    if kind == "RMSprop":
        return has_schedule, o.RMSprop(
            rate, rho=d.real(0.5, 0.99), momentum=d.of(0.0, d.real(0.1, 0.9)), epsilon=epsilon,
            centered=d.chance(0.4))
    return has_schedule, o.Adam(
        rate, beta_1=d.of(0.9, d.real(0.5, 0.95)), beta_2=d.of(0.999, d.real(0.8, 0.999)), epsilon=epsilon,
        amsgrad=d.chance(0.4))


# --------------------------------------------------------------------------------------------- data
def targets(d, kind, count, outputs, inputs):
    flat = inputs.reshape(count, -1).astype("float64")
    scores = flat @ d.rng.standard_normal((flat.shape[1], outputs)) / np.sqrt(flat.shape[1])
    scores += 0.3 * d.rng.standard_normal(scores.shape)
    if kind == "categorical":
        if d.chance(0.15):  # distributions that aren't one-hot
            e = np.exp(scores)
            return (e / e.sum(1, keepdims=True)).astype("float32")
        return np.eye(outputs, dtype="float32")[scores.argmax(1)]
    if kind == "sparse":
        labels = scores.argmax(1).astype("int32")
        return labels if d.chance(0.7) else labels[:, None]
    values = (scores > 0).astype("float32") if kind == "binary" else np.tanh(scores).astype("float32")
    return values[:, 0] if outputs == 1 and d.chance(0.5) else values


def callbacks(d, has_schedule, names):
    """As plain values; `built` makes Keras' of them."""
    monitored = [name for name in names if name.endswith(("loss", "acc", "accuracy"))]
    result = []
    if not has_schedule and d.chance(0.25):
        result.append({"class": "ReduceLROnPlateau", "monitor": d.of(*monitored), "factor": d.real(0.1, 0.9),
                       "patience": d.whole(0, 2), "min_delta": d.of(0.0, 1e-4, 0.02, 10.0),
                       "cooldown": d.whole(0, 2), "min_lr": d.of(0.0, 0.001)})
    if d.chance(0.25):
        result.append({"class": "EarlyStopping", "monitor": d.of(*monitored), "patience": d.whole(0, 2),
                       "min_delta": d.of(0.0, 0.001, 0.05), "restore_best_weights": d.chance(0.6),
                       "start_from_epoch": d.of(0, 0, d.whole(1, 3)), "baseline": d.of(None, None, d.real(0, 1))})
    if not has_schedule and d.chance(0.2):
        result.append({"class": "LearningRateScheduler", "factor": d.real(0.3, 1.2), "from_epoch": d.whole(0, 2)})
    return [result[i] for i in d.rng.permutation(len(result))]


def built(description):
    options = {key: value for key, value in description.items() if key != "class"}
    if description["class"] == "LearningRateScheduler":
        factor, first = options["factor"], options["from_epoch"]
        return keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * factor if epoch >= first else rate)
    return getattr(keras.callbacks, description["class"])(**options)


# ---------------------------------------------------------------------------------------- trainings
def first_weights(d, model):
    values = []
    for weight in model.get_weights():
        if weight.ndim == 1:
            values.append(d.rng.uniform(-0.1, 0.1, weight.shape).astype("float32"))
        else:
            field = int(np.prod(weight.shape[:-2]))
            limit = np.sqrt(6 / (field * (weight.shape[-2] + weight.shape[-1])))
            values.append(d.rng.uniform(-limit, limit, weight.shape).astype("float32"))
    return values


def run(model, weights, start, case, data):
    """Fits from given weights; everything that is compared, by name."""
    model.set_weights(weights)
    for variable, value in zip(model.optimizer.variables, start):
        variable.assign(value)
    model.stop_training = False
    fit = case["fit"]
    options = {}
    if "val_x" in data:
        options["validation_data"] = (data["val_x"], data["val_y"])
    history = model.fit(
        data["x"], data["y"], batch_size=fit["batch_size"], epochs=fit["epochs"], shuffle=False, verbose=0,
        validation_split=fit["validation_split"], callbacks=[built(c) for c in fit["callbacks"]], **options)
    result = {f"final/{n}": w for n, w in zip(case["variables"], model.get_weights())}
    result["predictions"] = model.predict(data["x"], batch_size=fit["predict_batch_size"], verbose=0)
    result["history"] = {name: [float(v) for v in values] for name, values in history.history.items()}
    result["epochs"] = history.epoch
    result["evaluation"] = {k: float(v) for k, v in model.evaluate(
        data["x"], data["y"], batch_size=fit["predict_batch_size"], verbose=0, return_dict=True).items()}
    return result


def distance(a, b):
    if a["epochs"] != b["epochs"]:
        return np.inf
    numbers = [(a[k], b[k]) for k in a if k.startswith("final/") or k == "predictions"]
    numbers += [(a["history"][k], b["history"][k]) for k in a["history"]]
    numbers += [(a["evaluation"][k], b["evaluation"][k]) for k in a["evaluation"]]
    worst = max(float(np.max(np.abs(np.asarray(x, "float64") - np.asarray(y, "float64")))) for x, y in numbers)
    return worst if np.isfinite(worst) else np.inf


def attempt(d):
    keras.backend.clear_session()
    is_image = d.chance(0.45)
    size, layers = hidden_layers(d, is_image)
    kind, outputs, last, loss, metrics = task(d)
    try:
        model = keras.Sequential([keras.Input(size)] + layers + last)
    except ValueError:  # a window that has no place
        return None
    has_schedule, rule = optimizer(d)
    model.compile(optimizer=rule, loss=loss, metrics=metrics, jit_compile=False)
    count, batch = d.whole(3, 40), d.of(1, 4, 7, 16, 64)
    if batch == 1:
        count = min(count, 12)
    data = {"x": d.rng.standard_normal((count, *size)).astype("float32")}
    if d.chance(0.1):
        data["x"] = data["x"].round()  # ties for pooling
    teacher = Draw(d.whole(0, 1 << 30))
    state = teacher.rng.bit_generator.state
    data["y"] = targets(teacher, kind, count, outputs, data["x"])
    validation = d.of("none", "data", "split")
    if validation == "data":
        n = d.whole(1, 20)
        data["val_x"] = d.rng.standard_normal((n, *size)).astype("float32")
        teacher.rng.bit_generator.state = state
        data["val_y"] = targets(teacher, kind, n, outputs, data["val_x"])
        if data["val_y"].ndim != data["y"].ndim:
            return None
    fit = {"batch_size": batch, "epochs": d.whole(1, 4), "predict_batch_size": d.of(1, 5, 32),
           "validation_split": d.of(0.1, 0.2, 0.25, 0.3, 0.5) if validation == "split" else 0.0}
    if validation == "split" and int(count * (1 - fit["validation_split"])) in (0, count):
        return None
    names = ["loss"] + [m if isinstance(m, str) else m.name for m in metrics]
    names += ["val_" + name for name in names] if validation != "none" else []
    fit["callbacks"] = callbacks(d, has_schedule, names)
    if any(c["class"] != "LearningRateScheduler" for c in fit["callbacks"]):
        fit["epochs"] += 4
    case = {"fit": fit, "variables": [f"{l.name}/{v.name}" for l in model.layers for v in l.trainable_variables]}
    # Now: callbacks that set the learning rate change what the optimizer says of itself.
    case["model"] = json.loads(model.to_json())
    model.optimizer.build(model.trainable_variables)
    start = [np.asarray(v.value) for v in model.optimizer.variables]
    weights = first_weights(d, model)
    result = run(model, weights, start, case, data)
    shaken = [w * (1 + 1.2e-7 * d.rng.choice([-1, 1], w.shape)).astype("float32") for w in weights]
    if not distance(result, run(model, shaken, start, case, data)) <= SENSITIVITY:
        return "sensitive"
    case["summary"] = summary(model)
    for name in ("history", "epochs", "evaluation"):
        case[name] = result.pop(name)
    case["history_names"] = list(case["history"])
    tensors = {**data, **{f"init/{n}": w for n, w in zip(case["variables"], weights)}, **result}
    return case, tensors


def summary(model):
    """What the table says, without its frame: a list of name and class, output shape, weights for each layer."""
    return [[f"{layer.name} ({type(layer).__name__})", str(tuple(layer.output.shape)), f"{layer.count_params():,}"]
            for layer in model.layers]


def formats(d, count):
    """Fields of file names, with what Python makes of them; null where it raises."""
    result = []
    for _ in range(count):
        spec = d.of("", d.of("", "*", "0", "_", "x") + d.of("<", ">", "^", "="))
        spec += d.of("", "", "+", "-", " ") + d.of("", "", "0") + d.of("", str(d.whole(1, 12)))
        spec += d.of("", "", f".{d.whole(0, 8)}") + d.of("", "d", "f", "e", "g", "%", "F", "E", "G")
        value = d.of(d.whole(0, 10 ** d.whole(0, 9)), float(d.rng.normal()) * 10.0 ** d.whole(-8, 8),
                     d.of(0.0, -0.0, 1.0, 10.0, 100.0, 0.5, 1e-4, 1e-5, 1e16, 1e22, float("nan"), float("inf"), -float("inf")))
        try:
            text = format(value, spec)
        except ValueError:
            text = None
        result.append([spec, isinstance(value, int), repr(value), text])
    return result


def check(directory):
    wrong = 0
    names = sorted(name[:-5] for name in os.listdir(directory) if name.endswith(".ours"))
    for name in names:
        path = os.path.join(directory, name)
        with open(path + ".ours") as ours, open(path + ".json") as theirs:
            ours, case = json.load(ours), json.load(theirs)
        keras.backend.clear_session()
        try:
            tensors = read_tensors(path + ".safetensors")
            model = keras.models.model_from_json(json.dumps(ours["architecture"]))
            model.compile_from_config(ours["compile_config"])
            variables = [f"{l.name}/{v.name}" for l in model.layers for v in l.trainable_variables]
            assert variables == case["variables"], variables
            model.set_weights([tensors["final/" + name] for name in variables])
            batch = case["fit"]["predict_batch_size"]
            predictions = model.predict(tensors["x"], batch_size=batch, verbose=0)
            worst = float(np.abs(predictions - tensors["predictions"]).max())
            values = model.evaluate(tensors["x"], tensors["y"], batch_size=batch, verbose=0, return_dict=True)
            assert list(values) == list(case["evaluation"]), list(values)
            worst = max([worst] + [abs(float(values[k]) - case["evaluation"][k]) for k in values])
            assert worst <= 1e-5, f"by {worst}"
            rule, reference = model.optimizer.get_config(), case["model"]["compile_config"]["optimizer"]["config"]
            for key in reference:
                if key not in ("name", "learning_rate"):
                    assert rule[key] == reference[key] or abs(rule[key] - reference[key]) < 1e-7, key
        except Exception as error:  # whatever it is, it is one model that Keras doesn't take
            wrong += 1
            print(f"{name} ({case['name']}): Keras with our description: {type(error).__name__}: {error}")
    print(f"Keras builds {len(names) - wrong} of {len(names)} models from the trainer's descriptions")
    sys.exit(1 if wrong or not names else 0)


def generate(directory, count, seed, first, retry):
    """Writes the cases from `first` on; notes each draw before it is made."""
    sensitive = 0
    for index in range(first, count):
        for retry in range(retry, 100):
            with open(os.path.join(directory, "draw"), "w") as file:
                file.write(f"{index} {retry}")
            outcome = attempt(Draw([seed, index, retry]))
            sensitive += outcome == "sensitive"
            if isinstance(outcome, tuple):
                break
        else:
            sys.exit(f"case {index}: no training in 100 draws that Keras repeats")
        case, tensors = outcome
        case["name"] = f"seed {seed}, case {index}, draw {retry}"
        path = os.path.join(directory, f"case-{index:04d}")
        write_tensors(path + ".safetensors", tensors)
        with open(path + ".json", "w") as file:
            json.dump(case, file)
        retry = 0
    print(f"{sensitive} draws left out: Keras doesn't repeat them within {SENSITIVITY}", flush=True)


def main():
    if sys.argv[1] == "--check":
        check(sys.argv[2])
    directory, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if len(sys.argv) == 6:
        return generate(directory, count, seed, int(sys.argv[4]), int(sys.argv[5]))
    os.makedirs(directory, exist_ok=True)
    print(f"keras {keras.__version__}, {keras.backend.backend()}: {count} trainings from the seed {seed}", flush=True)
    with open(os.path.join(directory, "formats"), "w") as file:
        json.dump(formats(Draw(seed), 2000), file)
    # In a process of its own: now and then TensorFlow dies of a draw (heap corruption). The next draw then.
    first, retry = 0, 0
    for _ in range(20):
        status = subprocess.run([sys.executable, __file__, directory, str(count), str(seed), str(first), str(retry)]).returncode
        if status >= 0:
            sys.exit(status)
        with open(os.path.join(directory, "draw")) as file:
            first, retry = (int(word) for word in file.read().split())
        print(f"case {first}, draw {retry}: left out, TensorFlow died of it (signal {-status})", flush=True)
        retry += 1
    sys.exit("TensorFlow died too often")


if __name__ == "__main__":
    main()
