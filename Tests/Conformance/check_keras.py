#!/usr/bin/env python3
"""Has real Keras load the .keras archives of a directory, and compares.

python check_keras.py DIRECTORY

NAME.keras is compared with NAME.expected.safetensors: x, y, predict, optimizer_iteration, and where it is
there resume_loss of further epochs at batch_size; or all weights, as weights/0, weights/1 and so on.
In many.h5, g/N holds N, and every dataset in t/v and the one called one hold 1.

Exit status 0 when everything agrees.
"""
import glob
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py
import keras
import numpy as np
from safetensors.numpy import load_file

TOLERANCE = 1e-5
warnings.simplefilter("error", UserWarning)  # "Skipping variable loading for optimizer", for one


def difference(got, want):
    got, want = np.asarray(got, "float64"), np.asarray(want, "float64")
    if got.shape != want.shape:
        return float("inf")
    return float(np.max(np.abs(got - want))) if want.size else 0.0


def compare(path):
    """Names of what was compared, with the largest difference."""
    model = keras.saving.load_model(path)
    e = load_file(path[: -len(".keras")] + ".expected.safetensors")
    if "weights/0" in e:
        yield "number of weights", float(len(model.weights) != len(e))
        for number, weight in enumerate(model.weights):
            numpy = keras.ops.convert_to_numpy(weight.value)
            yield f"weight {number}", difference(numpy, e[f"weights/{number}"])
        return
    yield "predict", difference(model.predict(e["x"], verbose=0), e["predict"])
    iterations = int(keras.ops.convert_to_numpy(model.optimizer.iterations))
    yield "iteration", difference(iterations, e["optimizer_iteration"])
    if "resume_loss" in e:
        history = model.fit(
            e["x"], e["y"], batch_size=int(e["batch_size"]), epochs=len(e["resume_loss"]), shuffle=False, verbose=0
        ).history
        yield "resumed losses", difference(history["loss"], e["resume_loss"])


wrong = 0
paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.keras")))
print(f"Keras {keras.__version__}")
for path in paths:
    try:
        results = list(compare(path))
    except Exception as error:  # noqa: BLE001
        results = [(f"{type(error).__name__}: {error}", float("inf"))]
    bad = [f"{what} ({d:.1e})" for what, d in results if not d <= TOLERANCE]
    wrong += bool(bad)
    largest = max(d for _, d in results)
    print(f"{'WRONG' if bad else 'ok':6s}{os.path.basename(path):28s} largest difference {largest:.1e}", *bad)
with h5py.File(os.path.join(sys.argv[1], "many.h5")) as file:
    groups = file["g"]
    right = len(groups) == 8200 and all(groups[str(n)][0] == n for n in range(8200))
    right = right and all(values[0] == 1 for values in [*file["t/v"].values(), file["one"]])
    right = right and sorted(file) == ["g", "none", "one", "t"] and file["t/v/bool"].dtype == bool
    right = right and all(file["t/v"][n].dtype.kind == n[0] for n in ("u8", "i8", "u16", "i64"))
wrong += not right
print("ok    " if right else "WRONG ", "many.h5", sep="")
print(f"{len(paths)} archives, {wrong} wrong")
sys.exit(1 if wrong or not paths else 0)
