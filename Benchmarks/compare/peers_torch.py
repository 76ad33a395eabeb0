"""Peers that take PyTorch's tensors."""
import logging
import os
import warnings

import numpy
import torch
import torch.distributed.checkpoint as distributed

import peer_safetensors

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def convert(tensors):
    return {
        name: torch.from_numpy(tensor.view(numpy.uint16)).view(torch.bfloat16)
        if tensor.dtype.name == "bfloat16" else torch.from_numpy(tensor)
        for name, tensor in tensors.items()
    }


def numpy_of(tensor):
    return tensor.view(torch.uint8).numpy() if tensor.dim() else tensor.reshape(1).view(torch.uint8).numpy()


class Safetensors(peer_safetensors.Safetensors):
    label, packages = "safetensors (PyTorch)", ["safetensors", "torch"]
    module, framework = "torch", "pt"
    # Tensors lie in a mapping of the file.
    is_lazy = True

    def one(self, path, name, tensors):
        return super().one(path, name, tensors).clone()


class Pickle:
    label, packages = "torch.save", ["torch"]

    def save(self, tensors, path):
        torch.save(tensors, path)

    def load(self, path):
        return torch.load(path, weights_only=True)

    def load_mapped(self, path):
        return torch.load(path, weights_only=True, mmap=True)

    def one(self, path, name, tensors):
        return self.load_mapped(path)[name].clone()

    def inspect(self, path):
        return [(name, tuple(tensor.shape)) for name, tensor in self.load_mapped(path).items()]


class Distributed:
    """One process, no process group."""
    label, packages = "PyTorch DCP", ["torch"]

    def save(self, tensors, path):
        distributed.save(tensors, checkpoint_id=path, no_dist=True)

    def prepare_load(self, tensors):
        # It loads into tensors that are there; their pages too.
        self.target = {name: torch.ones_like(tensor) for name, tensor in tensors.items()}

    def load(self, path):
        target, self.target = self.target, None
        distributed.load(target, checkpoint_id=path, no_dist=True)
        return target

    def one(self, path, name, tensors):
        target = {name: torch.ones_like(tensors[name])}
        distributed.load(target, checkpoint_id=path, no_dist=True)
        return target[name]

    def inspect(self, path):
        metadata = distributed.FileSystemReader(path).read_metadata()
        return [(name, tuple(item.size)) for name, item in metadata.state_dict_metadata.items()]

    def background(self, tensors, path):
        future = distributed.async_save(tensors, checkpoint_id=path, no_dist=True)
        return future.result


torch.set_num_threads(os.cpu_count())
PEERS = {"safetensors-torch": Safetensors, "torch": Pickle, "dcp": Distributed}
