#!/usr/bin/env python3
"""Writes the HDF5 files beside this program, as h5py writes them.   pip install h5py numpy ml_dtypes"""
import os

import h5py
import ml_dtypes
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def file(name, **options):
    return h5py.File(os.path.join(HERE, name), "w", **options)


with file("types.h5") as f:
    for t in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"):
        f[t] = np.arange(6).astype("<" + t).reshape(2, 3)
    f["bool"] = np.array([True, False, True])
    f["scalar"] = np.float32(2.5)
    f["empty"] = np.zeros((0, 3), "f4")
    b = f.create_dataset("a/b/bf16", data=np.array([1, -2.5, 0.1], ml_dtypes.bfloat16))
    b.attrs["note"] = "another"
    b.attrs["dtype"] = "bfloat16"
with file("many.h5") as f:  # a tree of two levels, and a header with a continuation
    for i in range(300):
        f[f"g/{i}"] = np.int16(i)
    d = f.create_dataset("attributed", data=np.arange(3, dtype="f4"))
    for i in range(7):
        d.attrs[f"attribute {i}"] = "x" * 60
with file("chunked.h5") as f:
    f.create_dataset("x", data=np.zeros(64, "f4"), chunks=(16,))
with file("packed.h5") as f:
    f.create_dataset("x", data=np.zeros(64, "f4"), compression="gzip")
with file("big-endian.h5") as f:
    f["x"] = np.zeros(4, ">f4")
with file("latest.h5", libver="latest") as f:
    f["x"] = np.zeros(4, "f4")
with file("compound.h5") as f:
    f["x"] = np.zeros(4, [("a", "f4"), ("b", "i4")])
with file("text.h5") as f:
    f["x"] = "text"
with file("soft-link.h5") as f:
    f["x"] = np.zeros(4, "f4")
    f["y"] = h5py.SoftLink("/x")
with file("circle.h5") as f:
    f["g/h/x"] = np.zeros(4, "f4")
    f["g/h/up"] = f["g"]
with file("unwritten.h5") as f:
    f.create_dataset("x", (4,), "f4")
with file("external.h5") as f:
    f.create_dataset("x", (4,), "f4", external="elsewhere.bin")
with file("compact.h5") as f:
    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    p.set_layout(h5py.h5d.COMPACT)
    s = h5py.h5s.create_simple((4,))
    h5py.h5d.create(f.id, b"x", h5py.h5t.IEEE_F32LE, s, p)
with file("virtual.h5") as f:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "x", (4,))
    f.create_virtual_dataset("x", layout)
