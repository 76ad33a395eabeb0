#!/usr/bin/env python3
"""Has other tools read what `ckpt export` writes, and `ckpt import` what they write, bit for bit.

python check_exchange.py CKPT     CKPT is the program; exit status 1 at the first difference;
                                  see Scripts/exchange-test
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import ml_dtypes
import numpy as np
import safetensors
import safetensors.numpy

from ckpt_reader import Container

KINDS = {
    "BOOL": "bool", "U8": "u8", "I8": "i8", "U16": "u16", "I16": "i16", "U32": "u32", "I32": "i32",
    "U64": "u64", "I64": "i64", "F16": "f16", "BF16": "bf16", "F32": "f32", "F64": "f64", "C64": "c64",
    "F8_E4M3": "f8_e4m3", "F8_E5M2": "f8_e5m2",
}


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


class Program:
    """The program under test."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments):
        done = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True)
        check(done.returncode == 0, f"{' '.join(map(str, arguments))}: {done.returncode} {done.stderr}")
        return done.stdout


def library_tensors(path):
    """Name to (dtype, shape, bytes), as the safetensors library reads them."""
    read = dict(safetensors.deserialize(path.read_bytes()))
    return {
        name: (KINDS[facts["dtype"]], tuple(facts["shape"]), bytes(facts["data"]))
        for name, facts in read.items()
    }


def header_and_data(path):
    """The members of the header but the metadata, in order, and all bytes behind it."""
    raw = path.read_bytes()
    end = 8 + int.from_bytes(raw[:8], "little")
    check(end % 8 == 0, f"the header of {path} is not aligned")
    members = json.loads(raw[8:end]).items()
    return [member for member in members if member[0] != "__metadata__"], raw[end:]


def checkpoint_tensors(path):
    """The same of a checkpoint, as the reader that was written from FORMAT.md reads them."""
    with Container(path) as box:
        check(not box.verify(), f"{path} doesn't verify")
        return {
            name: (box.info(name).dtype.name, tuple(box.info(name).shape), bytes(box.tensor_bytes(name)))
            for name in box.names()
        }


def check_export(ckpt, checkpoint, directory):
    target = directory / "export.safetensors"
    ckpt("export", checkpoint, "-o", target, "--force")
    expected, found = checkpoint_tensors(checkpoint), library_tensors(target)
    check(found == expected, f"safetensors reads other tensors in the export of {checkpoint}")
    arrays = safetensors.numpy.load_file(target)
    check(arrays.keys() == expected.keys(), "load_file finds other names")
    with safetensors.safe_open(target, "numpy") as file:
        metadata = file.metadata()
    check("ckpt.summary" in metadata, "the metadata is missing")
    # Written anew by the library, the order of the metadata is its own; all else is the same.
    back = directory / "back.ckpt"
    rewritten = directory / "rewritten.safetensors"
    safetensors.numpy.save_file(arrays, rewritten, metadata)
    for written in [target, rewritten]:
        ckpt("import", written, "-o", back, "--force")
        ckpt("diff", checkpoint, back)
    return len(expected)


def check_import(ckpt, directory):
    random = np.random.default_rng(1)
    types = [
        "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16",
        "float32", "float64", "complex64", ml_dtypes.bfloat16,
    ]
    arrays = {}
    for number, dtype in enumerate(map(np.dtype, types)):
        raw = random.integers(0, 2 if dtype == bool else 256, 24 * dtype.itemsize, np.uint8)
        arrays[f"{number}/{dtype.name} é"] = raw.view(dtype).reshape(2, 3, 4)
        arrays[f"{number}/none"] = np.zeros((0, 3), dtype)
        arrays[f"{number}/one"] = np.ones((), dtype)
    source, target = directory / "theirs.safetensors", directory / "theirs.ckpt"
    safetensors.numpy.save_file(arrays, source, {"format": "np", "note": "ä\n"})
    ckpt("import", source, "-o", target)
    check(checkpoint_tensors(target) == library_tensors(source), "the import has other tensors")
    with Container(target) as box:
        document = box.document("safetensors-metadata")
    check(document == {"format": "np", "note": "ä\n"}, f"the metadata became {document}")
    again = directory / "again.safetensors"
    ckpt("export", target, "-o", again)
    (ours, our_data), (theirs, their_data) = header_and_data(again), header_and_data(source)
    check(ours == theirs, "tensors stand in another order, or are described in other words")
    check(our_data == their_data, "the data is another")
    return len(arrays)


def check_casts(ckpt, directory):
    random = np.random.default_rng(2)
    with np.errstate(all="ignore"):
        bits = random.integers(0, 1 << 32, 100_000, np.uint32).view(np.float32)
        arrays = {
            "f32": np.concatenate([bits, random.normal(0, 1, 100_000).astype(np.float32)]),
            "f64": np.concatenate([random.normal(0, 1e-6, 100_000), 10 ** random.uniform(-9, 5, 100_000)]),
        }
        source, checkpoint = directory / "cast.safetensors", directory / "cast.ckpt"
        safetensors.numpy.save_file(arrays, source)
        ckpt("import", source, "-o", checkpoint)
        for name, dtype in [("f16", np.float16), ("f32", np.float32), ("bf16", ml_dtypes.bfloat16)]:
            target = directory / f"{name}.safetensors"
            ckpt("export", checkpoint, "-o", target, "--cast", name)
            for key, facts in library_tensors(target).items():
                found = np.frombuffer(facts[2], dtype)
                values = arrays[key]
                expected = values.astype(dtype)
                if key == "f64" and name == "bf16":
                    # ml_dtypes rounds twice, by way of float32: only what that leaves alone is compared.
                    near = values.astype(np.float32)
                    keep = (near.view(np.uint32) & 0xFFFF) != 0x8000
                    found, expected = found[keep], expected[keep]
                same = (found == expected) | (np.isnan(found) & np.isnan(expected))
                check(same.all(), f"{key} to {name}: {np.count_nonzero(~same)} values differ")


def model_json():
    def layer(kind, **config):
        return {"module": "keras.layers", "class_name": kind, "config": config, "registered_name": None}

    shape = [None, 11, 9, 1]
    return {
        "module": "keras", "class_name": "Sequential", "registered_name": None,
        "build_config": {"input_shape": shape},
        "config": {
            "name": "small",
            "layers": [
                layer("InputLayer", batch_shape=shape, dtype="float32", name="input"),
                layer("Conv2D", name="c", filters=3, kernel_size=[3, 2], activation="relu"),
                layer("Conv2D", name="e", filters=4, kernel_size=[3, 3], padding="same", activation="tanh"),
                layer("MaxPooling2D", name="m", pool_size=[2, 2]),
                layer("Flatten", name="f"),
                layer("Dropout", name="d", rate=0.25),
                layer("Dense", name="h", units=7, activation="relu"),
                layer("Dense", name="o", units=10, activation="softmax"),
            ],
        },
    }


def train(ckpt, directory):
    """A run of a small model on noise."""
    data = directory / "images"
    data.mkdir()
    random = np.random.default_rng(3)
    for part, count in [("train", 64), ("t10k", 16)]:
        images = random.integers(0, 256, (count, 11, 9), np.uint8)
        labels = random.integers(0, 10, count, np.uint8)
        (data / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, count, 11, 9) + images.tobytes())
        (data / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, count) + labels.tobytes())
    model = directory / "model.json"
    model.write_text(json.dumps(model_json()))
    ckpt(
        "train", "--model", model, "--data", data, "--dir", directory / "run", "--epochs", 2,
        "--loss", "categorical_crossentropy", "--optimizer", "adam", "--name", "{epoch:02d}.ckpt",
    )
    return directory / "run"


def windows(images, height, width):
    """(n, y, x, …) to (n, rows, columns, …, height, width)."""
    return np.lib.stride_tricks.sliding_window_view(images, (height, width), (1, 2))


def softmax(values):
    exponents = np.exp(values - values.max(1, keepdims=True))
    return exponents / exponents.sum(1, keepdims=True)


def predict_last(w, x):
    """The model with channels last and Keras' kernels."""
    x = np.maximum(np.einsum("nrschw,hwco->nrso", windows(x, 3, 2), w["model/c/kernel"]) + w["model/c/bias"], 0)
    x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    x = np.tanh(np.einsum("nrschw,hwco->nrso", windows(x, 3, 3), w["model/e/kernel"]) + w["model/e/bias"])
    x = windows(x, 2, 2)[:, ::2, ::2].max((-1, -2)).reshape(len(x), -1)
    x = np.maximum(x @ w["model/h/kernel"] + w["model/h/bias"], 0)
    return softmax(x @ w["model/o/kernel"] + w["model/o/bias"])


def predict_first(w, x):
    """The same as PyTorch computes it: channels first, kernels with outputs first."""

    def convolve(x, number):
        weight = w[f"{number}.weight"]
        view = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
        return np.einsum("ncrshw,ochw->nors", view, weight) + w[f"{number}.bias"][:, None, None]

    x = np.maximum(convolve(x, 0), 0)
    x = np.tanh(convolve(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), 2))
    x = np.lib.stride_tricks.sliding_window_view(x, (2, 2), (2, 3))[:, :, ::2, ::2].max((-1, -2))
    x = x.reshape(len(x), -1)
    x = np.maximum(x @ w["7.weight"].T + w["7.bias"], 0)
    return softmax(x @ w["9.weight"].T + w["9.bias"])


def check_torch_layout(ckpt, run, directory):
    plain, torch = directory / "plain.safetensors", directory / "torch.safetensors"
    ckpt("export", run, "-o", plain)
    ckpt("export", run, "-o", torch, "--layout", "torch")
    ours, theirs = safetensors.numpy.load_file(plain), safetensors.numpy.load_file(torch)
    check(
        sorted(theirs) == sorted(f"{n}.{part}" for n in (0, 2, 7, 9) for part in ("weight", "bias")),
        f"the state dict has {sorted(theirs)}",
    )
    x = np.random.default_rng(4).random((5, 11, 9, 1), np.float32)
    a, b = predict_last(ours, x), predict_first(theirs, x.transpose(0, 3, 1, 2))
    check(np.abs(a - b).max() < 1e-5, f"the layouts compute differently: {np.abs(a - b).max()}")
    check(np.abs(a - a.mean(0)).max() > 1e-4, "the model says the same of everything")
    with safetensors.safe_open(torch, "numpy") as file:
        modules = file.metadata()["modules"]
    try:
        import torch as library
    except ImportError:
        return "not loaded by torch, which isn't there"
    model = eval(modules, {"torch": library})
    model.load_state_dict({name: library.from_numpy(value) for name, value in theirs.items()}, strict=True)
    with library.no_grad():
        c = model.eval()(library.from_numpy(x.transpose(0, 3, 1, 2).copy())).numpy()
    check(np.abs(a - c).max() < 1e-5, f"torch computes differently: {np.abs(a - c).max()}")
    return "loaded by torch"


def numpy_bytes(array):
    """Kind and bytes of an array, as a checkpoint has them."""
    return tuple(array.shape), np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()


def check_npz(ckpt, run, directory):
    ours, back = directory / "ours.npz", directory / "npz.ckpt"
    count = 0
    for checkpoint in sorted(run.glob("[0-9]*.ckpt")):
        ckpt("export", checkpoint, "-o", ours, "--force")
        expected = checkpoint_tensors(checkpoint)
        with np.load(ours, allow_pickle=False) as arrays:
            found = {name: numpy_bytes(arrays[name]) for name in arrays.files if name != "__ckpt__"}
        check(found == {name: facts[1:] for name, facts in expected.items()}, f"numpy reads other arrays of {checkpoint}")
        ckpt("import", ours, "-o", back, "--force")
        ckpt("diff", checkpoint, back)
        count += len(expected)
    random = np.random.default_rng(5)
    arrays = {"plain": random.random((3, 4)), "fortran": np.asfortranarray(random.random((5, 6), np.float32))}
    arrays["big"] = random.integers(0, 1000, (7,)).astype(">i4")
    arrays["scalar"], arrays["none"], arrays["bool"] = np.float16(1.5), np.zeros((0, 2)), np.array([True, False])
    for save in (np.savez, np.savez_compressed):
        theirs, target = directory / f"{save.__name__}.npz", directory / "theirs.npz.ckpt"
        save(theirs, **arrays)
        ckpt("import", theirs, "-o", target, "--force")
        found = {name: facts[1:] for name, facts in checkpoint_tensors(target).items()}
        check(found == {name: numpy_bytes(array) for name, array in arrays.items()}, f"{save.__name__} is read otherwise")
        count += len(arrays)
    return count


def check_pt(ckpt, run, directory):
    try:
        import torch
    except ImportError:
        return "not checked: torch isn't there"
    ours, metadata, back = directory / "ours.pt", directory / "layout.safetensors", directory / "pt.ckpt"
    ckpt("export", run, "-o", ours)
    ckpt("export", run, "-o", metadata, "--layout", "torch", "--force")
    state = torch.load(ours, weights_only=True)
    with safetensors.safe_open(metadata, "numpy") as file:
        modules = file.metadata()["modules"]
        expected = {name: file.get_tensor(name) for name in file.keys()}
    check(state.keys() == expected.keys(), f"torch finds {sorted(state)}")
    check(all((state[name].numpy() == expected[name]).all() for name in expected), "torch reads other values")
    eval(modules, {"torch": torch}).load_state_dict(state, strict=True)
    newest = sorted(run.glob("[0-9]*.ckpt"))[-1]
    ckpt("export", newest, "-o", ours, "--layout", "original", "--force")
    ckpt("import", ours, "-o", back, "--force")
    ckpt("diff", newest, back)
    tensors = {"a": torch.randn(3, 4), "view": torch.randn(6, 5).T, "half": torch.randn(7).bfloat16()}
    tensors |= {"eight": torch.randn(8).to(torch.float8_e4m3fn), "count": torch.tensor(7), "slice": torch.arange(10)[3:7]}
    theirs, target = directory / "theirs.pt", directory / "theirs.pt.ckpt"
    torch.save(tensors, theirs)
    ckpt("import", theirs, "-o", target)
    found = checkpoint_tensors(target)
    for name, tensor in tensors.items():
        raw = tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.dim() else tensor.numpy().tobytes()
        check(found[name][1:] == (tuple(tensor.shape), raw), f"torch's {name} is read otherwise")
    return f"torch {torch.__version__} loads our state dict into its modules, and we read its tensors"


def main():
    ckpt = Program(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="ckpt-exchange.") as name:
        directory = pathlib.Path(name)
        run = train(ckpt, directory)
        count = sum(check_export(ckpt, file, directory) for file in sorted(run.glob("[0-9]*.ckpt")))
        print(f"safetensors {safetensors.__version__} reads our {count} tensors bit for bit, and they come back")
        print(f"we read its {check_import(ckpt, directory)} tensors bit for bit")
        check_casts(ckpt, directory)
        print("casts round as numpy and ml_dtypes do")
        print(f"numpy {np.__version__}: {check_npz(ckpt, run, directory)} arrays, ours and its, read bit for bit")
        print(f"PyTorch: {check_pt(ckpt, run, directory)}")
        print(f"PyTorch's layout computes the same ({check_torch_layout(ckpt, run, directory)})")


if __name__ == "__main__":
    main()
