#!/usr/bin/env python3
"""Writer of small valid `ckpt` containers, version 1, for tests.

Written from FORMAT.md alone. It aims at variety, not at size or speed: every dtype, codec and transform is there.

    python3 ckpt_sample_writer.py FILE      # writes the sample that the tests use
"""

from __future__ import annotations

import hashlib
import heapq
import json
import struct
import sys
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ckpt_reader import (
    DTYPES,
    INDEX_MAGIC,
    RECORD_SIZES,
    SUPERBLOCK_MAGIC,
    TRAILER_MAGIC,
    align,
    count_non_finite,
    crc32c,
)

IDS = {dtype.name: number for number, dtype in DTYPES.items()}


@dataclass
class Tensor:
    """What to write; `codec` is one id, or with a transform one id for each plane."""

    name: str
    dtype: str
    shape: tuple[int, ...] = ()
    data: bytes = b""
    transform: int = 0
    codec: int | tuple[int, ...] = 0
    alias: str | None = None


@dataclass
class Sample:
    """The contents of a container."""

    tensors: list[Tensor] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    metrics: dict[str, float | None] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    sequence: int = 1
    step: int | None = 7
    epoch: int | None = None
    digests: bool = True
    chunk_size: int = 65_536
    extra_sections: list[tuple[int, int, bytes]] = field(default_factory=list)  # kind, flags, bytes


def lz4_encode(data: bytes) -> bytes:
    """A greedy LZ4 block encoder that keeps the end-of-block conditions."""
    out, anchor, pos, seen = bytearray(), 0, 0, {}

    def extra(value: int) -> bytes:
        return b"" if value < 15 else b"\xff" * ((value - 15) // 255) + bytes([(value - 15) % 255])

    while pos <= len(data) - 12:
        key = data[pos : pos + 4]
        found = seen.get(key)
        seen[key] = pos
        if found is None or pos - found > 65_535:
            pos += 1
            continue
        length = 4
        while pos + length < len(data) - 5 and data[found + length] == data[pos + length]:
            length += 1
        literals = pos - anchor
        out.append(min(literals, 15) << 4 | min(length - 4, 15))
        out += extra(literals) + data[anchor:pos] + struct.pack("<H", pos - found) + extra(length - 4)
        pos += length
        anchor = pos
    literals = len(data) - anchor
    out.append(min(literals, 15) << 4)
    return bytes(out + extra(literals) + data[anchor:])


def window_encode(data: bytes, width: int) -> bytes:
    """Codec 5, with the window at the most frequent symbol."""
    symbols = np.frombuffer(data, dtype=np.uint8)
    base = int(np.bincount(symbols, minlength=256).argmax())
    codes = np.minimum(symbols - np.uint8(base), (1 << width) - 1).astype(np.uint8)
    bits = (codes[:, None] >> np.arange(width, dtype=np.uint8)) & 1
    escaped = symbols[codes == (1 << width) - 1]
    head = struct.pack("<BBHI", width, base, 0, len(escaped))
    return head + np.packbits(bits.reshape(-1), bitorder="little").tobytes() + escaped.tobytes()


def huffman_code(data: bytes) -> dict[int, tuple[int, int]]:
    """(length, code) by symbol, of at most 11 bits: halves counts until no code is longer."""
    counts = {symbol: count for symbol, count in enumerate(np.bincount(np.frombuffer(data, np.uint8))) if count}
    while True:
        heap = [(int(count), symbol, [symbol]) for symbol, count in counts.items()]
        lengths = dict.fromkeys(counts, 0)
        heapq.heapify(heap)
        while len(heap) > 1:
            a, b = heapq.heappop(heap), heapq.heappop(heap)
            for symbol in a[2] + b[2]:
                lengths[symbol] += 1
            heapq.heappush(heap, (a[0] + b[0], min(a[1], b[1]), a[2] + b[2]))
        if max(lengths.values()) <= 11:
            break
        counts = {symbol: (count + 1) // 2 for symbol, count in counts.items()}
    result, code, previous = {}, 0, 0
    for symbol, length in sorted(lengths.items(), key=lambda item: (item[1], item[0])):
        code <<= length - previous
        result[symbol] = (length, code)
        code, previous = code + 1, length
    return result


def huffman_encode(data: bytes) -> bytes:
    """Codec 6; at least two different symbols."""
    code = huffman_code(data)
    first, last = min(code), max(code)
    nibbles = [code.get(symbol, (0, 0))[0] for symbol in range(first, last + 1)] + [0]
    lengths = bytes(low | high << 4 for low, high in zip(nibbles[0::2], nibbles[1::2]))
    quarter, streams = -(-len(data) // 4), []
    for k in range(4):
        text = "".join(f"{code[s][1]:0{code[s][0]}b}" for s in data[k * quarter : (k + 1) * quarter])
        bits = np.frombuffer(text.encode(), dtype=np.uint8) - ord("0")
        streams.append(np.packbits(bits, bitorder="little").tobytes())
    return bytes((first, last)) + lengths + struct.pack("<4I", *map(len, streams)) + b"".join(streams)


def encode(codec: int, data: bytes) -> bytes:
    """The encoded bytes of a codec."""
    if codec == 0:
        return data
    if codec == 1:
        assert data == data[:1] * len(data)
        return data[:1]
    if codec == 2:
        return lz4_encode(data)
    if codec == 5:
        return window_encode(data, 3 + len(data) % 2)
    if codec == 6:
        return huffman_encode(data)
    strategy = zlib.Z_HUFFMAN_ONLY if codec == 4 else zlib.Z_DEFAULT_STRATEGY
    stream = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
    return stream.compress(data) + stream.flush()


def encode_chunk(tensor: Tensor, data: bytes) -> bytes:
    """The stored bytes of one chunk."""
    if not tensor.transform:
        assert isinstance(tensor.codec, int)
        return encode(tensor.codec, data)
    width = DTYPES[IDS[tensor.dtype]].scalar
    scalars = np.frombuffer(data, dtype=f"<u{width}")
    if tensor.transform == 2:
        scalars = (scalars << 1) | (scalars >> (8 * width - 1))
    planes = scalars.astype(f"<u{width}").view(np.uint8).reshape(-1, width)
    codecs = tensor.codec if isinstance(tensor.codec, tuple) else (tensor.codec,) * width
    encoded = [encode(codec, planes[:, k].tobytes()) for k, codec in enumerate(codecs)]
    table = b"".join(struct.pack("<B3xI", codec, len(plane)) for codec, plane in zip(codecs, encoded))
    return table + b"".join(encoded)


class Texts:
    """Bytes that records point into."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, text: str | bytes) -> tuple[int, int]:
        """Appends, and returns offset and length."""
        raw = text.encode() if isinstance(text, str) else text
        self.data += raw
        return len(self.data) - len(raw), len(raw)


def build_index(sections: dict[int, bytes], flags: dict[int, int]) -> bytes:
    """Header, table and sections, with all their CRCs."""
    body, start = bytearray(), 32 + 40 * len(sections)
    table = bytearray()
    for kind in sorted(sections):
        content, size = sections[kind], RECORD_SIZES.get(kind, 1)
        body += bytes(-len(body) % 8)
        table += struct.pack(
            "<IIQQQII",
            kind,
            flags.get(kind, 1),
            start + len(body),
            len(content),
            len(content) // size,
            size,
            crc32c(content),
        )
        body += content
    body += bytes(-len(body) % 8)
    header = struct.pack("<8sIIQI", INDEX_MAGIC, len(sections), 0, start + len(body), 0)
    return header + struct.pack("<I", crc32c(header + bytes(table))) + bytes(table + body)


def build_block(magic: bytes, index: bytes, chunk_size: int, tail_offset: int, digests: bool, features: int) -> bytes:
    """Superblock or trailer."""
    size = align(tail_offset + len(index), 4096) + 4096
    facts = struct.pack(
        "<HHIQQQ16sq4QI28x",
        1,
        int(features != 0),
        chunk_size,
        int(digests),
        0,
        features,
        bytes(range(16)),
        1_790_000_000 * 10**9,
        size,
        align(4096 + len(index), 4096),
        tail_offset,
        len(index),
        crc32c(index),
    )
    root = hashlib.sha256(facts + index).digest() if digests else bytes(32)
    block = magic + facts + root + bytes(3932)
    return block + struct.pack("<I", crc32c(block))


def assemble(index: bytes, chunk_data: bytes, chunk_size: int, digests: bool, features: int = 0) -> bytes:
    """The file, for an index whose chunk offsets fit already; `chunk_data` is a multiple of 4096 bytes long."""
    tail_offset = align(4096 + len(index), 4096) + len(chunk_data)
    padded = index + bytes(-len(index) % 4096)
    return (
        build_block(SUPERBLOCK_MAGIC, index, chunk_size, tail_offset, digests, features)
        + padded
        + chunk_data
        + padded
        + build_block(TRAILER_MAGIC, index, chunk_size, tail_offset, digests, features)
    )


def build(sample: Sample) -> bytes:
    """The bytes of a container."""
    names, texts, payload = Texts(), Texts(), Texts()
    tensors = sorted(sample.tensors, key=lambda tensor: tensor.name.encode())
    numbers = {tensor.name: number for number, tensor in enumerate(tensors)}
    placed = sorted(
        (tensor for tensor in tensors if tensor.alias is None), key=lambda tensor: len(tensor.data) >= 65_536
    )
    chunk_data, chunks, digests = bytearray(), [], bytearray()
    facts: dict[str, tuple[int, int, int]] = {}
    for tensor in placed:
        first, total, dtype = len(chunks), 0, DTYPES[IDS[tensor.dtype]]
        if len(tensor.data) >= 65_536:
            chunk_data += bytes(-len(chunk_data) % 4096)
        for start in range(0, len(tensor.data), sample.chunk_size):
            data = tensor.data[start : start + sample.chunk_size]
            stored, count = encode_chunk(tensor, data), count_non_finite(dtype, data)
            assert len(stored) <= len(data), f"{tensor.name}: {len(stored)} bytes for {len(data)}"
            chunk_data += bytes(-len(chunk_data) % 64)
            codec = tensor.codec if not tensor.transform else 0
            chunks.append(
                (
                    len(chunk_data),
                    len(stored),
                    len(data),
                    crc32c(stored),
                    crc32c(data),
                    count,
                    tensor.transform,
                    codec,
                    0,
                )
            )
            chunk_data += stored
            digests += hashlib.sha256(data).digest()
            total += count
        facts[tensor.name] = (first if len(chunks) > first else 0, len(chunks) - first, total)
    chunk_data += bytes(-len(chunk_data) % 4096)

    records, dimensions = bytearray(), bytearray()
    for tensor in tensors:
        target = tensors[numbers[tensor.alias]] if tensor.alias is not None else tensor
        first, count, total = facts[target.name]
        if target is not tensor:
            first, count = 0, 0
        records += struct.pack(
            "<QIBBHQQQQQQ",
            *names.add(tensor.name),
            IDS[tensor.dtype],
            len(tensor.shape),
            target is not tensor,
            len(dimensions) // 8,
            first,
            count,
            numbers[target.name] if target is not tensor else 0,
            total,
            len(target.data),
        )
        dimensions += struct.pack(f"<{len(tensor.shape)}Q", *tensor.shape)

    def entries(items: dict[str, bytes]) -> bytes:
        return b"".join(
            struct.pack("<QI4xQQ", *names.add(name), *payload.add(items[name]))
            for name in sorted(items, key=str.encode)
        )

    metrics = b"".join(
        struct.pack("<IIdII", *texts.add(name), 0.0 if value is None else value, value is None, 0)
        for name, value in sorted(sample.metrics.items(), key=lambda item: item[0].encode())
    )
    tags = b"".join(struct.pack("<II", *texts.add(tag)) for tag in sorted(sample.tags, key=str.encode))
    totals = (
        sum(len(tensor.data) for tensor in placed),
        sum(chunk[1] for chunk in chunks),
        len(tensors),
        len(chunks),
        sum(facts[tensor.name][2] for tensor in placed),
    )
    summary = struct.pack(
        "<QQQqII5Q16s32x",
        sample.sequence,
        sample.step or 0,
        sample.epoch or 0,
        1_790_000_000 * 10**9,
        (sample.step is not None) | (sample.epoch is not None) << 1,
        0,
        *totals,
        bytes(range(1, 17)),
    )
    sections = {
        1: summary,
        2: metrics,
        3: tags,
        5: bytes(records),
        6: bytes(dimensions),
        7: bytes(32 * len(chunks)),
        8: entries(sample.documents),
        9: entries(sample.blobs),
    }
    sections |= {4: bytes(texts.data), 10: bytes(names.data), 11: bytes(payload.data)}
    flags = {12: 0}
    if sample.digests:
        sections[12] = bytes(digests)
    for kind, flag, content in sample.extra_sections:
        sections[kind], flags[kind] = content, flag
    data_offset = align(4096 + len(build_index(sections, flags)), 4096)
    sections[7] = b"".join(struct.pack("<QIIIIIBBH", data_offset + chunk[0], *chunk[1:]) for chunk in chunks)
    used = {codec for tensor in placed for codec in (tensor.codec if isinstance(tensor.codec, tuple) else (tensor.codec,))}
    features = (5 in used) | (6 in used) << 1
    return assemble(build_index(sections, flags), bytes(chunk_data), sample.chunk_size, sample.digests, features)


def sample_values(dtype: str, count: int, seed: int) -> bytes:
    """Bytes of `count` elements; floats are small numbers, so that their planes differ."""
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=2 * count).astype("<f4")
    if dtype in ("f16", "f32", "f64"):
        return normal[:count].astype(DTYPES[IDS[dtype]].numpy).tobytes()
    if dtype == "bf16":
        return (normal[:count].view("<u4") >> 16).astype("<u2").tobytes()
    if dtype == "c64":
        return normal.tobytes()
    if dtype == "bool":
        return rng.integers(0, 2, count, dtype=np.uint8).tobytes()
    return rng.integers(0, 100, count * DTYPES[IDS[dtype]].bits // 8, dtype=np.uint8).tobytes()


def sample_contents() -> Sample:
    """All dtypes, codecs and transforms, aliases, empty tensors, several chunks, non-finite values."""
    tensors = [
        Tensor(f"all/{dtype.name}", dtype.name, (4, 6), sample_values(dtype.name, 24, number))
        for number, dtype in DTYPES.items()
    ]
    ramp = (np.arange(60_000, dtype="<u4") // 7).tobytes()
    tensors += [Tensor(f"codec/{codec}", "u32", (300, 200), ramp, 0, codec) for codec in (0, 2, 3, 4)]
    tensors += [Tensor("codec/1", "u8", (70_000,), b"\x2a" * 70_000, 0, 1)]
    tensors += [
        Tensor("planes/u16", "u16", (40_000,), (np.arange(40_000) // 3).astype("<u2").tobytes(), 1, (2, 2)),
        Tensor("planes/i64", "i64", (30_000,), np.arange(30_000, dtype="<i8").tobytes(), 1, (3, 2, 1, 1, 1, 1, 1, 1)),
        Tensor("planes/f32", "f32", (20_000,), sample_values("f32", 20_000, 9), 1, (0, 0, 0, 4)),
    ]
    tensors += [
        Tensor(f"split/{name}", name, (20_000,), sample_values(name, 20_000, 5), 2, codecs)
        for name, codecs in (
            ("f16", (0, 4)),
            ("bf16", (0, 3)),
            ("f32", (0, 0, 0, 4)),
            ("c64", (0, 0, 0, 3)),
            ("f64", (3, 1, 1, 0, 0, 0, 0, 4)),
        )
    ]
    tensors += [
        Tensor(f"split/{number}", name, (count,), sample_values(name, count, number), 2, codecs)
        for number, (name, count, codecs) in enumerate((
            ("bf16", 20_000, (0, 5)),
            ("bf16", 20_001, (0, 5)),
            ("bf16", 20_003, (0, 6)),
            ("f32", 20_002, (0, 0, 0, 6)),
        ))
    ]
    odd = np.array([np.nan, 1, -np.inf, 2, np.inf], dtype="<f4")
    tensors += [
        Tensor("odd/f32", "f32", (5,), odd.tobytes()),
        Tensor("odd/tied", "f32", (5,), alias="odd/f32"),
        Tensor("odd/c64", "c64", (2,), odd[:4].tobytes()),
        Tensor("odd/e4m3", "f8_e4m3", (4,), b"\x7f\xff\x7e\x00"),
        Tensor("odd/e5m2", "f8_e5m2", (4,), b"\x7c\xfd\x7b\x03"),
        Tensor("odd/e8m0", "f8_e8m0", (2,), b"\xff\xfe"),
        Tensor("odd/fnuz4", "f8_e4m3fnuz", (2,), b"\x80\x7f"),
        Tensor("odd/fnuz5", "f8_e5m2fnuz", (2,), b"\x80\xff"),
        Tensor("odd/bool", "bool", (3,), b"\x00\x01\x07"),
    ]
    tensors += [
        Tensor("empty", "f64", (3, 0, 2)),
        Tensor("empty tied", "f64", (3, 0, 2), alias="empty"),
        Tensor("scalar", "f64", (), struct.pack("<d", 0.5)),
        Tensor("größe", "i8", (1,), b"\xff"),
    ]
    documents = {
        "training": json.dumps({"rate": 0.001, "name": "größe"}, ensure_ascii=False).encode(),
        "history": b"[1, 2, 3]",
        "architecture": b' {"a": {"b": null}}\n',
        "position": b"17",
    }
    return Sample(
        tensors,
        documents,
        {"empty": b"", "rng": bytes(range(256))},
        {"loss": 0.25, "nan": float("nan"), "up": float("inf"), "down": -float("inf"), "later": None},
        ["best", "nightly"],
    )


def small_contents() -> Sample:
    """A container of a few pages, small enough to flip every byte."""
    tensors = [
        Tensor("a", "f32", (2, 3), sample_values("f32", 6, 1)),
        Tensor("a tied", "f32", (2, 3), alias="a"),
        Tensor("b", "u8", (100,), bytes(100), 0, 3),
        Tensor("c", "u16", (40,), b"\x01\x02" * 40, 1, (1, 1)),
        Tensor("d", "u8", (40,), b"abcd" * 10, 0, 2),
    ]
    return Sample(tensors, {"position": b'{"x": 1}'}, {"rng": b"\x05\x06"}, {"loss": 0.5, "soon": None}, ["best", "x"])


def main(arguments: list[str]) -> Any:
    """Writes the sample to the file named."""
    with open(arguments[0], "wb") as file:
        file.write(build(sample_contents()))


if __name__ == "__main__":
    main(sys.argv[1:])
