"""Peers that take NumPy arrays."""
import json
import os
import warnings

import numpy

import peer_safetensors


def convert(tensors):
    return tensors


def numpy_of(tensor):
    return tensor


def plain(tensor):
    """Most of NumPy's formats don't know bf16: its bits as u16 instead."""
    return tensor.view(numpy.uint16) if tensor.dtype.name == "bfloat16" else tensor


class Safetensors(peer_safetensors.Safetensors):
    label, packages = "safetensors (NumPy)", ["safetensors"]


class Archive:
    label, packages = "NumPy npz", ["numpy"]

    def save(self, tensors, path):
        with open(path, "wb") as file:
            numpy.savez(file, **{name: plain(tensor) for name, tensor in tensors.items()})

    def load(self, path):
        with numpy.load(path) as file:
            return {name: file[name] for name in file.files}

    def one(self, path, name, tensors):
        with numpy.load(path) as file:
            return file[name]

    def inspect(self, path):
        with numpy.load(path) as file:
            listed = []
            for name in file.files:
                with file.zip.open(name + ".npy") as member:
                    numpy.lib.format.read_magic(member)
                    listed.append((name, numpy.lib.format.read_array_header_1_0(member)[0]))
            return listed


class Folder:
    label, packages = "NumPy npy files", ["numpy"]

    def save(self, tensors, path):
        os.mkdir(path)
        for name, tensor in tensors.items():
            numpy.save(self.file(path, name), plain(tensor))

    def load(self, path):
        return {self.name(file): numpy.load(os.path.join(path, file)) for file in os.listdir(path)}

    def one(self, path, name, tensors):
        return numpy.load(self.file(path, name))

    def inspect(self, path):
        return [(self.name(file), numpy.load(os.path.join(path, file), mmap_mode="r").shape) for file in os.listdir(path)]

    def file(self, path, name):
        return os.path.join(path, name.replace("/", "%") + ".npy")

    def name(self, file):
        return file[:-4].replace("%", "/")


class Hierarchical:
    label, packages, settings = "h5py", ["h5py"], {}

    def __init__(self):
        import h5py
        self.library = h5py

    def save(self, tensors, path):
        with self.library.File(path, "w") as file:
            for name, tensor in tensors.items():
                file.create_dataset(name, data=plain(tensor), **self.settings)

    def load(self, path):
        with self.library.File(path, "r") as file:
            return {name: dataset[()] for name, dataset in self.datasets(file)}

    def one(self, path, name, tensors):
        with self.library.File(path, "r") as file:
            return file[name][()]

    def inspect(self, path):
        with self.library.File(path, "r") as file:
            return [(name, dataset.shape) for name, dataset in self.datasets(file)]

    def datasets(self, file):
        found = []
        file.visititems(lambda name, item: found.append((name, item)) if isinstance(item, self.library.Dataset) else None)
        return found


class HierarchicalGzip(Hierarchical):
    label, settings = "h5py gzip + shuffle", {"compression": "gzip", "shuffle": True}


class Zarr:
    label, packages = "Zarr v3 (zstd)", ["zarr"]

    def __init__(self):
        import zarr
        self.library = zarr

    def save(self, tensors, path):
        group = self.library.open_group(path, mode="w")
        for name, tensor in tensors.items():
            # Chunks and codec are what Zarr chooses.
            group.create_array(name, data=plain(tensor))

    def load(self, path):
        return {name: array[...] for name, array in self.arrays(path)}

    def one(self, path, name, tensors):
        return self.library.open_group(path, mode="r")[name][...]

    def inspect(self, path):
        return [(name, array.shape) for name, array in self.arrays(path)]

    def arrays(self, path):
        members = self.library.open_group(path, mode="r").members(max_depth=None)
        return [(name, item) for name, item in members if isinstance(item, self.library.Array)]


class Zip:
    """Each tensor's bytes are compressed as its dtype; before them their names and places in JSON."""
    label, packages = "ZipNN", ["zipnn"]

    def __init__(self):
        import zipnn
        self.tools = {
            name: zipnn.ZipNN(input_format="byte", bytearray_dtype=name, threads=os.cpu_count())
            for name in ("float32", "bfloat16")
        }

    def save(self, tensors, path):
        index, parts, offset = {}, [], 0
        for name, tensor in tensors.items():
            part = self.tools[tensor.dtype.name].compress(bytearray(tensor.reshape(-1).view(numpy.uint8)))
            index[name] = (tensor.dtype.name, tensor.shape, offset, len(part))
            parts.append(part)
            offset += len(part)
        header = json.dumps(index).encode()
        with open(path, "wb") as file:
            file.write(len(header).to_bytes(8, "little") + header)
            for part in parts:
                file.write(part)

    def index(self, file):
        return json.loads(file.read(int.from_bytes(file.read(8), "little")))

    def tensor(self, entry, part):
        return numpy.frombuffer(self.tools[entry[0]].decompress(part), numpy.uint8)

    def load(self, path):
        with open(path, "rb") as file:
            return {name: self.tensor(entry, file.read(entry[3])) for name, entry in self.index(file).items()}

    def one(self, path, name, tensors):
        with open(path, "rb") as file:
            entry = self.index(file)[name]
            file.seek(entry[2], os.SEEK_CUR)
            return self.tensor(entry, file.read(entry[3]))

    def inspect(self, path):
        with open(path, "rb") as file:
            return [(name, entry[1]) for name, entry in self.index(file).items()]


warnings.filterwarnings("ignore")
PEERS = {"safetensors": Safetensors, "npz": Archive, "npy": Folder, "h5py": Hierarchical, "h5py-gzip": HierarchicalGzip,
         "zarr": Zarr, "zipnn": Zip}
