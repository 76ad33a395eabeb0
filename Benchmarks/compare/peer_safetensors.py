"""safetensors, whose calls differ by whose tensors they take."""
import importlib


class Safetensors:
    # "numpy" or "torch", and what the library calls it when it opens a file.
    module, framework = "numpy", "numpy"

    def __init__(self):
        self.tensors = importlib.import_module(f"safetensors.{self.module}")
        self.open = importlib.import_module("safetensors").safe_open

    def save(self, tensors, path):
        self.tensors.save_file(tensors, path)

    def load(self, path):
        return self.tensors.load_file(path)

    def one(self, path, name, tensors):
        with self.open(path, self.framework) as file:
            return file.get_tensor(name)

    def inspect(self, path):
        with self.open(path, self.framework) as file:
            return [(name, file.get_slice(name).get_shape()) for name in file.keys()]
