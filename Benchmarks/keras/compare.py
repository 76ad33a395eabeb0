"""Time per epoch of Keras and of the trainer, on the same data, taking turns. See README.md."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import keras
import numpy as np
import tensorflow as tf

L = keras.layers


def mlp():
    """1,000 samples of 784 numbers, ten classes."""
    random = np.random.default_rng(1)
    x = random.random((1000, 784), dtype=np.float32)
    y = np.eye(10, dtype=np.float32)[random.integers(10, size=1000)]
    layers = [L.Dense(64, activation="relu"), L.Dense(64, activation="relu"), L.Dense(10, activation="softmax")]
    return x, y, layers, 32, "rmsprop", "categorical_crossentropy"


def pima():
    """768 samples of 8 numbers, one output."""
    random = np.random.default_rng(2)
    x = random.random((768, 8), dtype=np.float32)
    y = (x.sum(axis=1, keepdims=True) > 4).astype(np.float32)
    layers = [L.Dense(12, activation="relu"), L.Dense(8, activation="relu"), L.Dense(1, activation="sigmoid")]
    return x, y, layers, 10, "adam", "binary_crossentropy"


def cnn():
    """2,000 images of 28 × 28, ten classes."""
    random = np.random.default_rng(3)
    x = random.random((2000, 28, 28, 1), dtype=np.float32)
    y = np.eye(10, dtype=np.float32)[random.integers(10, size=2000)]
    layers = [
        L.Conv2D(32, 3, activation="relu"), L.Conv2D(64, 3, activation="relu"), L.MaxPooling2D(2),
        L.Dropout(0.25), L.Flatten(), L.Dense(128, activation="relu"), L.Dropout(0.5),
        L.Dense(10, activation="softmax"),
    ]
    return x, y, layers, 128, "adam", "categorical_crossentropy"


CASES = {"mlp": mlp, "pima": pima, "cnn": cnn}


class EpochClock(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seconds, self.losses = [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
        self.losses.append(float(logs["loss"]))


class Trainer:
    """The trainer's process."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        answer = json.loads(self.process.stdout.readline() or '{"error": "no answer"}')
        if "ready" not in answer:
            self.close()
            sys.exit(f"the trainer can't: {answer['error']}")

    def epochs(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer["losses"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(name, arguments):
    x, y, layers, batch_size, optimizer, loss = CASES[name]()
    keras.utils.set_random_seed(1)
    model = keras.Sequential([L.Input(x.shape[1:]), *layers])
    with tempfile.TemporaryDirectory() as folder:
        x.tofile(os.path.join(folder, "x.f32"))
        y.tofile(os.path.join(folder, "y.f32"))
        case = {
            "model": json.loads(model.to_json()), "input_shape": list(x.shape[1:]), "samples": len(x),
            "target_shape": list(y.shape[1:]), "batch_size": batch_size, "optimizer": optimizer, "loss": loss,
        }
        with open(os.path.join(folder, "case.json"), "w") as file:
            json.dump(case, file)
        trainer = Trainer(arguments.trainer, folder)
        model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
        seconds = {"keras": [], "ckpt": []}
        final = {}
        for _ in range(arguments.rounds):
            clock = EpochClock()
            model.fit(x, y, batch_size=batch_size, epochs=1 + arguments.epochs, verbose=0, callbacks=[clock])
            seconds["keras"] += clock.seconds[1:]
            final["keras"] = clock.losses[-1]
            ours, ours_losses = trainer.epochs(1 + arguments.epochs)
            seconds["ckpt"] += ours[1:]
            final["ckpt"] = ours_losses[-1]
        trainer.close()
    result = {
        "case": name, "samples": len(x), "batch_size": batch_size, "optimizer": optimizer,
        "loss": loss, "epochs_each": len(seconds["keras"]), "final_loss": final,
    }
    for side, values in seconds.items():
        result[side] = {
            "median_ms": 1e3 * statistics.median(values), "least_ms": 1e3 * min(values),
            "most_ms": 1e3 * max(values)}
    result["ratio_of_medians"] = result["keras"]["median_ms"] / result["ckpt"]["median_ms"]
    result["ratio_of_least"] = result["keras"]["least_ms"] / result["ckpt"]["least_ms"]
    return result


def processor():
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def markdown(report):
    machine = report["machine"]
    lines = [
        f"{machine['processor']}, {machine['processors']} processors; Keras {machine['keras']}, "
        f"TensorFlow {machine['tensorflow']}, its default threads; load average before "
        f"{machine['load_before']:.1f}.", "",
        "| model | optimizer, loss | batch | Keras, ms per epoch (least–most) | ckpt, ms per epoch (least–most) "
        "| Keras / ckpt, medians | least |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in report["cases"]:
        times = [
            f"{side['median_ms']:.2f} ({side['least_ms']:.2f}–{side['most_ms']:.2f})"
            for side in (result["keras"], result["ckpt"])]
        lines.append(
            f"| {result['case']} | {result['optimizer']}, {result['loss']} | {result['batch_size']} | {times[0]} "
            f"| {times[1]} | {result['ratio_of_medians']:.1f} | {result['ratio_of_least']:.1f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainer", required=True)
    parser.add_argument("--cases", default="mlp,pima,cnn")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side")
    parser.add_argument("--epochs", type=int, default=5, help="measured epochs per turn, after one to warm up")
    parser.add_argument("--json", help="write the report there too")
    arguments = parser.parse_args()
    machine = {
        "processor": processor(), "processors": os.cpu_count(), "keras": keras.__version__,
        "tensorflow": tf.__version__, "python": platform.python_version(), "load_before": os.getloadavg()[0],
    }
    cases = [measure(name, arguments) for name in arguments.cases.split(",")]
    report = {"machine": machine, "cases": cases}
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(report, file, indent=2)
    sys.stdout.write(markdown(report))


main()
