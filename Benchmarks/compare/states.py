"""The states that are saved: random, but with the shapes and the distributions of trained models. Each is a folder
with raw files and `tensors.json`: {"tensors": [{"name", "dtype", "shape", "file", "offset", "bytes"}], "changed": [...]}."""
import json
import math

import ml_dtypes
import numpy

DTYPES = {"f32": numpy.dtype(numpy.float32), "bf16": numpy.dtype(ml_dtypes.bfloat16)}


def weights(random, shape, kind):
    """Values of one tensor. Every tensor has a scale of its own."""
    scale = math.exp(random.normal(0, 0.5))
    normal = random.standard_normal(shape, numpy.float32)
    if kind == "weight":
        # What layers are initialized with; training keeps the order of magnitude.
        return normal * numpy.float32(scale / math.sqrt(max(1, math.prod(shape[1:]))))
    if kind == "norm":
        return 1 + normal * numpy.float32(0.1 * scale)
    if kind == "bias":
        return normal * numpy.float32(0.02 * scale)
    # Gradients differ by orders of magnitude inside a tensor too.
    spread = numpy.exp(random.standard_normal(shape, numpy.float32) * numpy.float32(0.8))
    if kind == "moment":
        return normal * spread * numpy.float32(1e-4 * scale)
    assert kind == "square"
    return (spread * spread * numpy.abs(normal) + numpy.float32(1e-4)) * numpy.float32(1e-8 * scale * scale)


class Writer:
    def __init__(self, folder, file="data.bin"):
        self.folder, self.file, self.entries, self.offset = folder, file, [], 0
        self.output = open(folder / file, "wb")

    def add(self, name, values, dtype):
        data = numpy.ascontiguousarray(values.astype(DTYPES[dtype]))
        entry = {"name": name, "dtype": dtype, "shape": list(data.shape), "file": self.file,
                 "offset": self.offset, "bytes": data.nbytes}
        self.entries.append(entry)
        self.output.write(data.view(numpy.uint8).data)
        self.offset += data.nbytes

    def close(self, changed=()):
        self.output.close()
        description = {"tensors": self.entries, "changed": list(changed)}
        (self.folder / "tensors.json").write_text(json.dumps(description))


def write(folder, seed, shapes, dtype="f32", slots=()):
    """`shapes`: (name, shape, kind); `slots`: what the optimizer keeps of each parameter: (name, kind)."""
    random, writer = numpy.random.default_rng(seed), Writer(folder)
    for name, shape, kind in shapes:
        writer.add(f"model/{name}", weights(random, shape, kind), dtype)
    for slot, kind in slots:
        for name, shape, of in shapes:
            if of != "statistic":
                writer.add(f"optimizer/{slot}/{name}", weights(random, shape, kind), dtype)
    writer.close()


def mlp(folder):
    shapes = []
    for number, (inputs, outputs) in enumerate(((784, 64), (64, 64), (64, 10))):
        shapes += [(f"dense_{number}/kernel", (inputs, outputs), "weight"), (f"dense_{number}/bias", (outputs,), "bias")]
    write(folder, 1, shapes, slots=[("velocity", "square")])


def resnet(folder):
    shapes = []

    def convolution(name, inputs, outputs, size):
        shapes.append((f"{name}/kernel", (outputs, inputs, size, size), "weight"))
        for part, kind in (("scale", "norm"), ("bias", "bias"), ("mean", "bias"), ("variance", "norm")):
            shapes.append((f"{name}/norm_{part}", (outputs,), kind))

    convolution("stem", 3, 64, 7)
    inputs = 64
    for stage, (blocks, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512))):
        for block in range(blocks):
            name = f"stage_{stage}/block_{block}"
            convolution(f"{name}/reduce", inputs, width, 1)
            convolution(f"{name}/middle", width, width, 3)
            convolution(f"{name}/expand", width, width * 4, 1)
            if block == 0:
                convolution(f"{name}/shortcut", inputs, width * 4, 1)
            inputs = width * 4
    shapes += [("head/kernel", (1000, 2048), "weight"), ("head/bias", (1000,), "bias")]
    write(folder, 2, shapes, slots=[("momentum", "moment")])


def gpt2(folder):
    shapes = [("wte", (50257, 768), "weight"), ("wpe", (1024, 768), "weight")]
    for layer in range(12):
        for norm in ("ln_1", "ln_2"):
            shapes += [(f"h_{layer}/{norm}/weight", (768,), "norm"), (f"h_{layer}/{norm}/bias", (768,), "bias")]
        for part, inputs, outputs in (("attn_qkv", 768, 2304), ("attn_proj", 768, 768),
                                      ("mlp_fc", 768, 3072), ("mlp_proj", 3072, 768)):
            shapes += [(f"h_{layer}/{part}/weight", (inputs, outputs), "weight"), (f"h_{layer}/{part}/bias", (outputs,), "bias")]
    shapes += [("ln_f/weight", (768,), "norm"), ("ln_f/bias", (768,), "bias")]
    write(folder, 3, shapes, slots=[("m", "moment"), ("v", "square")])


def bf16_shapes():
    shapes = []
    for layer in range(10):
        for part, outputs, inputs in (("q", 2048, 2048), ("k", 2048, 2048), ("v", 2048, 2048), ("o", 2048, 2048),
                                      ("gate", 5632, 2048), ("up", 5632, 2048), ("down", 2048, 5632)):
            shapes.append((f"layer_{layer}/{part}", (outputs, inputs), "weight"))
        shapes += [(f"layer_{layer}/norm_{part}", (2048,), "norm") for part in ("attention", "mlp")]
    return shapes


def bf16(folder):
    write(folder, 4, bf16_shapes(), "bf16")


def small(folder):
    random = numpy.random.default_rng(5)
    write(folder, 6, [(f"part_{number // 100}/tensor_{number % 100}", (int(random.integers(4, 33)), 32), "weight")
                      for number in range(10_000)])


def finetune(folder):
    """The bf16 state; 5 % of its tensors, spread over the layers, are a little different in `changed`."""
    bf16(folder)
    description = json.loads((folder / "tensors.json").read_text())
    random, writer = numpy.random.default_rng(7), Writer(folder, "changed.bin")
    for entry in description["tensors"][::19]:
        data = numpy.fromfile(folder / entry["file"], DTYPES["bf16"], math.prod(entry["shape"]), offset=entry["offset"])
        values = data.astype(numpy.float32).reshape(entry["shape"])
        values *= 1 + random.standard_normal(values.shape, numpy.float32) * numpy.float32(0.01)
        writer.add(entry["name"], values, "bf16")
    writer.output.close()
    description["changed"] = writer.entries
    (folder / "tensors.json").write_text(json.dumps(description))


# What each is called in tables, and made by.
STATES = {
    "mlp": ("MLP 784-64-64-10, f32 + RMSprop", mlp),
    "small": ("10,000 small tensors, f32", small),
    "resnet": ("ResNet-50-like, f32 + momentum", resnet),
    "bf16": ("transformer layers, bf16", bf16),
    "gpt2": ("GPT-2-small-like, f32 + Adam", gpt2),
    "finetune": ("the bf16 state's second save, 5 % of its tensors changed", finetune),
}


def read(folder, changed=False):
    """Name, dtype and array of each tensor, in memory of its own."""
    description = json.loads((folder / "tensors.json").read_text())
    entries = {entry["name"]: entry for entry in description["tensors"]}
    if changed:
        entries.update((entry["name"], entry) for entry in description["changed"])
    tensors = {}
    for name, entry in entries.items():
        dtype = DTYPES[entry["dtype"]]
        data = numpy.fromfile(folder / entry["file"], dtype, entry["bytes"] // dtype.itemsize, offset=entry["offset"])
        tensors[name] = data.reshape(entry["shape"])
    return tensors
