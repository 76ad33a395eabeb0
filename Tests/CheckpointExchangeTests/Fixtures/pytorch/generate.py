#!/usr/bin/env python3
"""Generate .pt fixtures and record what a reader of plain state dicts must make of them.

Requirements: pip install numpy torch      Usage: python generate.py [OUTPUT_DIR]
Writes files/* and expected.json. Small on purpose; the random parts are seeded.
"""
import collections
import hashlib
import io
import json
import os
import pickle
import sys
import zipfile

import numpy as np
import torch

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
os.makedirs(f"{OUT}/files", exist_ok=True)
torch.manual_seed(7)
entries = []

DTYPES = {
    torch.bool: "bool", torch.uint8: "u8", torch.int8: "i8", torch.uint16: "u16",
    torch.int16: "i16", torch.uint32: "u32", torch.int32: "i32", torch.uint64: "u64",
    torch.int64: "i64", torch.float16: "f16", torch.bfloat16: "bf16", torch.float32: "f32",
    torch.float64: "f64", torch.complex64: "c64", torch.float8_e4m3fn: "f8_e4m3",
    torch.float8_e5m2: "f8_e5m2", torch.float8_e8m0fnu: "f8_e8m0",
    torch.float8_e4m3fnuz: "f8_e4m3fnuz", torch.float8_e5m2fnuz: "f8_e5m2fnuz",
}


def raw(t):
    """The elements' bytes, row by row, little-endian."""
    t = t.detach().contiguous()
    return t.reshape(-1).view(torch.uint8).numpy().tobytes() if t.numel() else b""


def flatten(value, name=""):
    prefix = name + "/" if name else ""
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from flatten(inner, f"{prefix}{key}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from flatten(inner, f"{prefix}{number}")


def entry(name, note, verdict, value=None, words=None):
    e = {"file": f"files/{name}", "note": note, "verdict": verdict}
    if words:
        e["words"] = words
    if verdict == "accept":
        e["tensors"] = [
            {"name": n, "dtype": DTYPES[t.dtype], "shape": list(t.shape),
             "sha256": hashlib.sha256(raw(t)).hexdigest()}
            for n, t in flatten(value)]
    entries.append(e)


def save(name, note, value, verdict="accept", words=None, **kw):
    torch.save(value, f"{OUT}/files/{name}", **kw)
    entry(name, note, verdict, value, words)


def put(name, note, data, verdict="reject", words=None):
    with open(f"{OUT}/files/{name}", "wb") as f:
        f.write(data)
    entry(name, note, verdict, None, words)


def rezip(source, name, note, change, method=zipfile.ZIP_STORED, verdict="reject", value=None, words=None):
    """Copies an archive member by member; `change` gives a member's new bytes, or None to drop it."""
    with zipfile.ZipFile(f"{OUT}/files/{source}") as old, \
            zipfile.ZipFile(f"{OUT}/files/{name}", "w", method) as new:
        for info in old.infolist():
            data = change(info.filename, old.read(info.filename))
            if data is not None:
                new.writestr(zipfile.ZipInfo(info.filename), data, method)
    entry(name, note, verdict, value, words)


# What is read.
model = torch.nn.Sequential(
    torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 3))
plain = model.state_dict()
save("state_dict.pt", "Sequential.state_dict() with _metadata and a BatchNorm counter", plain)
every = {}
for dtype, label in DTYPES.items():
    data = torch.randint(0, 2 if dtype == torch.bool else 256, (6 * dtype.itemsize,), dtype=torch.uint8)
    every[label] = data.view(dtype).reshape(2, 3)
save("dtypes.pt", "every type, in a plain dict", every)
save("shapes.pt", "rank 0, empty, rank 8, one element", {
    "scalar": torch.tensor(1.5), "empty": torch.zeros(0), "none": torch.zeros(3, 0, 2),
    "deep": torch.arange(4, dtype=torch.int32).reshape(1, 2, 1, 2, 1, 1, 1, 1), "one": torch.ones(1)})
base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
save("views.pt", "transposed, sliced, strided, channels-last, sharing one storage", {
    "base": base, "transposed": base.t(), "rows": base[1:3], "columns": base[:, 2:4],
    "every_other": base[::2, ::3], "diagonal": base.diagonal(),
    "channels_last": torch.arange(48, dtype=torch.float16).reshape(2, 3, 2, 4).contiguous(
        memory_format=torch.channels_last)})
linear = torch.nn.Linear(4, 2)
optimizer = torch.optim.Adam(linear.parameters())
for _ in range(2):
    linear(torch.ones(1, 4)).sum().backward()
    optimizer.step()
save("training.pt", "model, optimizer and numbers, nested", {
    "model": linear.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "note": "text",
    "history": [1.5, None, True, torch.ones(2)]})
save("parameters.pt", "nn.Parameter and torch.Size", {
    "p": torch.nn.Parameter(torch.ones(2, 2)), "size": torch.Size([1, 2])})
save("empty.pt", "an empty state dict", collections.OrderedDict())
save("large_numbers.pt", "numbers of one, two, four and nine bytes; more than 256 memos", {
    "n": [1, 300, 70000, -1, 1 << 40],
    **{f"layer.{i}.weight": torch.full((1,), float(i)) for i in range(80)}})
save("names.pt", "names that are no paths", {"../evil": torch.ones(1), "重み": torch.ones(2)})
rezip("state_dict.pt", "deflated.pt", "packed again by another tool", lambda n, d: d,
      zipfile.ZIP_DEFLATED, "accept", plain)
rezip("state_dict.pt", "no_byteorder.pt", "as before PyTorch 2.1",
      lambda n, d: None if n.endswith(("byteorder", "serialization_id", ".format_version", ".storage_alignment")) else d,
      verdict="accept", value=plain)

big = {"a": np.arange(3, dtype=">f4"), "b": np.arange(4, dtype=">i8"), "c": np.arange(2, dtype=">u2")}
little = {"a": torch.arange(3, dtype=torch.float32), "b": torch.arange(4), "c": torch.arange(2).to(torch.uint16)}
save("little.pt", "the same numbers as big_endian.pt", little)


def swap(name, data):
    if name.endswith("byteorder"):
        return b"big"
    for number, key in enumerate(big):
        if name.endswith(f"data/{number}"):
            return big[key].tobytes()
    return data


rezip("little.pt", "big_endian.pt", "written on a big-endian machine", swap, verdict="accept", value=little)

# What is refused.
save("module.pt", "a whole module", torch.nn.Linear(2, 2), "reject", "torch.nn.modules.linear.Linear")
save("tensor.pt", "a single tensor", torch.ones(2), "reject", "no state dict")
save("complex128.pt", "complex numbers of 128 bits", {"x": torch.zeros(2, dtype=torch.complex128)}, "reject", "128 bits")
save("conjugated.pt", "a lazily conjugated tensor", {"x": torch.zeros(2, dtype=torch.complex64).conj()}, "reject", "conjugated")
save("sparse.pt", "a sparse tensor", {"x": torch.eye(3).to_sparse()}, "reject", "_rebuild_sparse_tensor")
save("quantized.pt", "a quantized tensor",
     {"x": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)}, "reject", "torch._utils._rebuild_qtensor")
save("expanded.pt", "a view that shows an element many times", {"x": torch.ones(1).expand(5)}, "reject", "several times")
save("legacy.pt", "the format before PyTorch 1.6", plain, "reject", "before 1.6",
     _use_new_zipfile_serialization=False)
save("set.pt", "a Python set", {"x": {1, 2}}, "reject", "set")
save("protocol4.pt", "a newer protocol of pickle", {"x": torch.ones(2)}, "reject", "protocol", pickle_protocol=4)


torch.serialization.set_crc32_options(False)
save("no_checksums.pt", "written without checksums", plain, "reject", "without checksums")
torch.serialization.set_crc32_options(True)


class Evil:
    def __reduce__(self):
        return (print, ("executed",))


save("evil.pt", "runs a function when unpickled", {"x": Evil()}, "reject", "__builtin__.print")
put("pickle.pt", "a pickle without an archive", pickle.dumps({"x": 1}, 2), words="before 1.6")
scripted = io.BytesIO()
try:
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), scripted)
    put("torchscript.pt", "a program", scripted.getvalue(), words="TorchScript")
except Exception as error:
    print("no TorchScript here:", error)


def short(name, data):
    return data[:-4] if name.endswith("data/0") else data


rezip("little.pt", "short_storage.pt", "a storage is shorter than the pickle says", short, words="storage has")
rezip("little.pt", "missing_storage.pt", "a storage is missing",
      lambda n, d: None if n.endswith("data/1") else d, words="missing")
rezip("little.pt", "missing_pickle.pt", "no data.pkl", lambda n, d: None if n.endswith("data.pkl") else d,
      words="none of PyTorch's")
rezip("little.pt", "odd_byteorder.pt", "byte order 'middle'",
      lambda n, d: b"middle" if n.endswith("byteorder") else d, words="byte order")

with open(f"{OUT}/expected.json", "w") as f:
    json.dump({"torch_version": torch.__version__, "entries": entries}, f, indent=1, ensure_ascii=False)
    f.write("\n")
