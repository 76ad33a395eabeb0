"""Peers that take JAX's arrays."""
import logging
import os
import warnings

os.environ["JAX_PLATFORMS"] = "cpu"
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import jax
import numpy
import orbax.checkpoint as orbax


def convert(tensors):
    return {name: jax.block_until_ready(jax.device_put(tensor)) for name, tensor in tensors.items()}


def numpy_of(tensor):
    return numpy.asarray(tensor)


def tree(tensors):
    """Nested dictionaries, as Orbax expects names."""
    root = {}
    for name, tensor in tensors.items():
        *folders, last = name.split("/")
        place = root
        for folder in folders:
            place = place.setdefault(folder, {})
        place[last] = tensor
    return root


def flat(root, prefix=""):
    for name, item in root.items():
        if isinstance(item, dict):
            yield from flat(item, f"{prefix}{name}/")
        else:
            yield prefix + name, item


class Orbax:
    label, packages = "Orbax", ["orbax-checkpoint", "tensorstore", "jax"]

    def __init__(self):
        self.checkpointer = orbax.PyTreeCheckpointer()
        self.in_background = orbax.AsyncCheckpointer(orbax.PyTreeCheckpointHandler())

    def save(self, tensors, path):
        self.checkpointer.save(path, tree(tensors))

    def prepare_load(self, tensors):
        sharding = jax.sharding.SingleDeviceSharding(jax.devices()[0])
        self.shapes = {name: jax.ShapeDtypeStruct(t.shape, t.dtype, sharding=sharding) for name, t in tensors.items()}

    def restore(self, path, shapes):
        item = tree(shapes)
        arguments = orbax.checkpoint_utils.construct_restore_args(item)
        restored = self.checkpointer.restore(
            path, args=orbax.args.PyTreeRestore(item=item, restore_args=arguments, partial_restore=True))
        return dict(flat(jax.block_until_ready(restored)))

    def load(self, path):
        return self.restore(path, self.shapes)

    def one(self, path, name, tensors):
        self.prepare_load({name: tensors[name]})
        return self.restore(path, self.shapes)[name]

    def inspect(self, path):
        metadata = self.checkpointer.metadata(path)
        root = getattr(getattr(metadata, "item_metadata", metadata), "tree", None) or metadata
        return [(name, tuple(item.shape)) for name, item in flat(root)]

    def background(self, tensors, path):
        self.in_background.save(path, args=orbax.args.PyTreeSave(tree(tensors)))
        return self.in_background.wait_until_finished


PEERS = {"orbax": Orbax}
