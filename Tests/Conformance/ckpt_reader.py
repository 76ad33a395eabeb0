#!/usr/bin/env python3
"""Reader and verifier for `ckpt` containers, version 1.

Written from FORMAT.md alone, without knowledge of any other implementation, and meant as a conformance test tool: what
this reader and another one disagree on is a bug in one of them or a gap in the specification.

    from ckpt_reader import Container
    box = Container("model.ckpt")           # raises FormatError
    box.names(), box.tensor("w"), box.document("training"), box.summary, box.degraded
    box.verify()                            # a list of findings, empty if the file is intact

    python3 ckpt_reader.py [--json] FILE...   # exit 0: intact, 1: findings, 2: refused, 3: cannot be read at all
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import struct
import sys
import unicodedata
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Iterable, Iterator, NamedTuple

import numpy as np

SUPERBLOCK_MAGIC = b"\x89CKP\r\n\x1a\n"
TRAILER_MAGIC = b"\x89CKE\r\n\x1a\n"
INDEX_MAGIC = b"CKPTINDX"
BLOCK = 4096
U64 = 1 << 64
DIGESTS = 1  # compatible feature bit 0

SUMMARY, METRICS, TAGS, TEXT, TENSORS, DIMENSIONS, CHUNKS, DOCUMENTS, BLOBS, NAMES, PAYLOAD, CHUNK_DIGESTS = range(
    1, 13
)
SECTION_NAMES = {
    1: "summary",
    2: "metrics",
    3: "tags",
    4: "summary text",
    5: "tensors",
    6: "dimensions",
    7: "chunks",
    8: "documents",
    9: "blobs",
    10: "names",
    11: "payload",
    12: "chunk digests",
}
RECORD_SIZES = {1: 128, 2: 24, 3: 8, 4: 1, 5: 64, 6: 8, 7: 32, 8: 32, 9: 32, 10: 1, 11: 1, 12: 32}
DEPTH = 512  # of nesting, in documents
TEXT_LIMIT = 16_777_216  # bytes of all metrics' and tags' names
COUNT_LIMITS = {
    1: 1,
    2: 65_536,
    3: 65_536,
    4: 16_777_216,
    5: 16_777_216,
    6: 16_777_216 * 64,
    7: 4_294_967_295,
    8: 65_536,
    9: 65_536,
    11: 67_108_864,
}


class FormatError(Exception):
    """The file breaks a rule; `rule` is the name that FORMAT.md gives it, `offset` a file offset where there is one."""

    def __init__(self, rule: str, message: str, offset: int | None = None) -> None:
        super().__init__(f"{rule}: {message}" + ("" if offset is None else f" (at {offset})"))
        self.rule, self.message, self.offset = rule, message, offset


class Finding(NamedTuple):
    """One thing that verification found: the rule, what is wrong, and the file offset."""

    rule: str
    what: str
    where: int | None


class DType(NamedTuple):
    """A row of §5. `mask` selects exponent bits, `values` lists whole non-finite bytes; neither: no such values."""

    name: str
    bits: int
    scalar: int
    numpy: str | None  # None: sub-byte, given as flat bytes
    mask: int = 0
    values: tuple[int, ...] = ()

    @property
    def is_split_float(self) -> bool:
        return self.name in ("f16", "bf16", "f32", "f64", "c64")


DTYPES = {
    1: DType("bool", 8, 1, "u1"),
    2: DType("u8", 8, 1, "u1"),
    3: DType("i8", 8, 1, "i1"),
    4: DType("u16", 16, 2, "<u2"),
    5: DType("i16", 16, 2, "<i2"),
    6: DType("u32", 32, 4, "<u4"),
    7: DType("i32", 32, 4, "<i4"),
    8: DType("u64", 64, 8, "<u8"),
    9: DType("i64", 64, 8, "<i8"),
    10: DType("f16", 16, 2, "<f2", 0x7C00),
    11: DType("bf16", 16, 2, "<u2", 0x7F80),
    12: DType("f32", 32, 4, "<f4", 0x7F80_0000),
    13: DType("f64", 64, 8, "<f8", 0x7FF0_0000_0000_0000),
    14: DType("c64", 64, 4, "<c8", 0x7F80_0000),
    15: DType("f8_e4m3", 8, 1, "u1", 0, (0x7F, 0xFF)),
    16: DType("f8_e5m2", 8, 1, "u1", 0x7C),
    17: DType("f8_e8m0", 8, 1, "u1", 0, (0xFF,)),
    18: DType("f8_e4m3fnuz", 8, 1, "u1", 0, (0x80,)),
    19: DType("f8_e5m2fnuz", 8, 1, "u1", 0, (0x80,)),
    20: DType("f4", 4, 1, None),
    21: DType("f6_e2m3", 6, 1, None),
    22: DType("f6_e3m2", 6, 1, None),
}


@dataclass(frozen=True)
class ChunkInfo:
    """A record of section 7, with the number of the tensor that it belongs to."""

    offset: int
    stored_length: int
    logical_length: int
    stored_crc: int
    logical_crc: int
    non_finite: int
    transform: int
    codec: int
    reserved: int
    tensor: int = -1


@dataclass(frozen=True)
class TensorInfo:
    """A record of section 5."""

    name: str
    dtype: DType
    shape: tuple[int, ...]
    flags: int
    first_chunk: int
    chunk_count: int
    target: int
    non_finite: int
    logical_bytes: int

    @property
    def is_alias(self) -> bool:
        return bool(self.flags & 1)


class Section(NamedTuple):
    """A row of the section table."""

    kind: int
    flags: int
    offset: int
    length: int
    count: int
    record_size: int
    crc: int

    @property
    def title(self) -> str:
        return f"section {self.kind} ({SECTION_NAMES.get(self.kind, 'unknown')})"


def align(value: int, multiple: int) -> int:
    """The smallest multiple of `multiple` that is not below `value`."""
    return -(-value // multiple) * multiple


# --- CRC-32C --------------------------------------------------------------------------------------------------------


def _byte_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ np.uint32(0x82F63B78), table >> 1)
    return table


def _shift(words: np.ndarray, tables: np.ndarray) -> np.ndarray:
    """Runs CRC registers over as many zero bytes as the operator `tables` stands for (it is linear in the register)."""
    return (
        tables[0][words & 0xFF]
        ^ tables[1][(words >> 8) & 0xFF]
        ^ tables[2][(words >> 16) & 0xFF]
        ^ tables[3][words >> 24]
    )


_BYTE = _byte_table()
_BYTE_LIST: list[int] = _BYTE.tolist()
_OPERATORS: list[np.ndarray] = []  # [k] runs a register over 4 << k zero bytes


def _operator(level: int) -> np.ndarray:
    if not _OPERATORS:
        basis = np.stack([np.arange(256, dtype=np.uint32) << np.uint32(8 * j) for j in range(4)])
        for _ in range(4):
            basis = (basis >> 8) ^ _BYTE[basis & 0xFF]
        _OPERATORS.append(basis)
    while len(_OPERATORS) <= level:
        last = _OPERATORS[-1]
        _OPERATORS.append(_shift(last, last))
    return _OPERATORS[level]


def crc32c(data: bytes | bytearray | memoryview, crc: int = 0) -> int:
    """CRC-32C of `data`, going on from `crc`.

    Long inputs are folded as a tree: the register of two neighbours A, B is that of A, run over len(B) zero bytes, XOR
    that of B. Words of zeros in front change nothing, so every level may be padded to an even number.
    """
    view = memoryview(data).cast("B")
    register = crc ^ 0xFFFFFFFF
    for start in range(0, len(view), 1 << 20):
        piece = view[start : start + (1 << 20)]
        if len(piece) < 256:
            for byte in piece:
                register = (register >> 8) ^ _BYTE_LIST[(register ^ byte) & 0xFF]
            continue
        pad = -len(piece) % 4
        buffer = np.zeros(pad + len(piece), dtype=np.uint8)
        buffer[pad:] = np.frombuffer(piece, dtype=np.uint8)
        buffer[pad : pad + 4] ^= np.frombuffer(register.to_bytes(4, "little"), dtype=np.uint8)
        words, level = buffer.view("<u4").astype(np.uint32), 0
        while len(words) > 1:
            if len(words) % 2:
                words = np.concatenate((np.zeros(1, dtype=np.uint32), words))
            words = _shift(words[0::2], _operator(level)) ^ words[1::2]
            level += 1
        register = int(_shift(words, _operator(0))[0])
    return register ^ 0xFFFFFFFF


# --- codecs and transforms ------------------------------------------------------------------------------------------


def lz4_block(data: bytes, size: int) -> bytes:
    """Decodes one LZ4 block to exactly `size` bytes.

    Strict, with the end conditions of the LZ4 block format: the last sequence is literals only, the last 5 bytes
    are literals, and no match starts less than 12 bytes before the end.
    """
    out, pos, end = bytearray(), 0, len(data)

    def run(start: int, length: int) -> tuple[int, int]:
        if length == 15:
            while True:
                if start >= end:
                    raise FormatError("decode", "LZ4: a length is cut off")
                more = data[start]
                start, length = start + 1, length + more
                if more != 255:
                    break
        return start, length

    while True:
        if pos >= end:
            raise FormatError("decode", "LZ4: the block ends where a sequence should start")
        token = data[pos]
        pos, literals = run(pos + 1, token >> 4)
        if literals > end - pos or literals > size - len(out):
            raise FormatError("decode", "LZ4: literals pass the end of input or output")
        out += data[pos : pos + literals]
        pos += literals
        if pos == end:  # the match length in the last token means nothing
            break
        if end - pos < 2:
            raise FormatError("decode", "LZ4: a match offset is cut off")
        distance = data[pos] | data[pos + 1] << 8
        pos, match = run(pos + 2, token & 15)
        match += 4
        if not 0 < distance <= len(out):
            raise FormatError("decode", f"LZ4: match offset {distance} with {len(out)} bytes of output")
        if match > size - len(out):
            raise FormatError("decode", "LZ4: a match passes the end of the output")
        if len(out) > size - 12 or len(out) + match > size - 5:
            raise FormatError("decode", "LZ4: a match too near to the end of the output")
        piece = out[-distance:]
        out += (piece * (match // distance + 1))[:match]
    if len(out) != size:
        raise FormatError("decode", f"LZ4: {len(out)} bytes instead of {size}")
    return bytes(out)


def inflate(data: bytes, size: int) -> bytes:
    """Decodes one RFC 1951 stream that must end with `data` and give exactly `size` bytes."""
    stream = zlib.decompressobj(wbits=-15)
    try:
        out = stream.decompress(data, size + 1)
    except zlib.error as error:
        raise FormatError("decode", f"deflate: {error}") from None
    if len(out) != size:
        raise FormatError("decode", f"deflate: {'more than' if len(out) > size else len(out)} of {size} bytes")
    if not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise FormatError("decode", "deflate: the stream does not end exactly with its bytes")
    return out


def exponent_window(data: bytes, size: int) -> bytes:
    """Decodes codec 5 to exactly `size` bytes (§6.1)."""
    if len(data) < 8:
        raise FormatError("decode", "window: the fields are cut off")
    width, base, zero, escaped = struct.unpack_from("<BBHI", data)
    code_bytes = (size * width + 7) // 8
    if width not in (3, 4) or zero:
        raise FormatError("decode", f"window: width {width}, reserved {zero}")
    if len(data) != 8 + code_bytes + escaped:
        raise FormatError("decode", "window: codes and escaped symbols are not exactly the encoded bytes")
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8, count=code_bytes, offset=8), bitorder="little")
    if bits[size * width :].any():
        raise FormatError("decode", "window: bits behind the last code are not zero")
    weights = (1 << np.arange(width)).astype(np.uint16)
    codes = (bits[: size * width].reshape(size, width) * weights).sum(axis=1)
    escapes = codes == (1 << width) - 1
    if int(escapes.sum()) != escaped:
        raise FormatError("decode", f"window: {int(escapes.sum())} escape codes for {escaped} symbols")
    symbols = ((codes + base) & 0xFF).astype(np.uint8)
    symbols[escapes] = np.frombuffer(data, dtype=np.uint8, offset=8 + code_bytes)
    return symbols.tobytes()


def huffman_lengths(data: bytes) -> tuple[dict[int, int], int]:
    """The code lengths of codec 6 by symbol, and how many bytes they take."""
    if len(data) < 2 or data[1] <= data[0]:
        raise FormatError("decode", "huffman: no two symbols")
    first, last = data[0], data[1]
    end = 2 + (last - first + 2) // 2
    if len(data) < end:
        raise FormatError("decode", "huffman: the code lengths are cut off")
    nibbles = [half for byte in data[2:end] for half in (byte & 15, byte >> 4)]
    if len(nibbles) > last - first + 1 and nibbles[-1]:
        raise FormatError("decode", "huffman: the unused half is not zero")
    lengths = {first + k: length for k, length in enumerate(nibbles[: last - first + 1]) if length}
    if first not in lengths or last not in lengths or max(lengths.values()) > 11:
        raise FormatError("decode", "huffman: impossible code lengths")
    if sum(1 << (11 - length) for length in lengths.values()) != 1 << 11:
        raise FormatError("decode", "huffman: the code is not complete")
    return lengths, end


def four_stream_huffman(data: bytes, size: int) -> bytes:
    """Decodes codec 6 to exactly `size` bytes (§6.2)."""
    lengths, pos = huffman_lengths(data)
    if len(data) < pos + 16:
        raise FormatError("decode", "huffman: the stream lengths are cut off")
    stream_lengths = struct.unpack_from("<4I", data, pos)
    pos += 16
    if pos + sum(stream_lengths) != len(data):
        raise FormatError("decode", "huffman: the streams are not exactly the rest")
    symbols_by_code, code, previous = {}, 0, 0
    for symbol, length in sorted(lengths.items(), key=lambda item: (item[1], item[0])):
        code <<= length - previous
        symbols_by_code[length, code] = symbol
        code, previous = code + 1, length
    out, quarter = bytearray(), -(-size // 4)
    for k, stream_length in enumerate(stream_lengths):
        wanted = min((k + 1) * quarter, size) - min(k * quarter, size)
        bits = np.unpackbits(np.frombuffer(data, np.uint8, stream_length, pos), bitorder="little").tolist()
        pos += stream_length
        at = code = length = 0
        for bit in bits:
            if not wanted:
                break
            at, code, length = at + 1, code << 1 | bit, length + 1
            symbol = symbols_by_code.get((length, code))
            if symbol is not None:
                out.append(symbol)
                wanted, code, length = wanted - 1, 0, 0
        if wanted or -(-at // 8) != stream_length or any(bits[at:]):
            raise FormatError("decode", f"huffman: stream {k} does not end where its symbols do")
    return bytes(out)


def decode_codec(codec: int, data: bytes, size: int) -> bytes:
    """Decodes `data`, which is all that the codec gets, to exactly `size` bytes."""
    if codec == 0:
        if len(data) != size:
            raise FormatError("decode", f"raw: {len(data)} bytes instead of {size}")
        return data
    if codec == 1:
        if len(data) != 1:
            raise FormatError("decode", f"constant: {len(data)} bytes instead of 1")
        return data * size
    if codec == 2:
        return lz4_block(data, size)
    if codec in (3, 4):  # matches in codec 4 are not looked for
        return inflate(data, size)
    if codec == 5:
        return exponent_window(data, size)
    if codec == 6:
        return four_stream_huffman(data, size)
    raise FormatError("codec", f"codec {codec}")


def decode_planes(transform: int, width: int, data: bytes, size: int) -> bytes:
    """Undoes transforms 1 and 2."""
    if width == 1 or size % width:
        raise FormatError("transform", f"{size} bytes are no whole number of scalars of {width} bytes")
    n = size // width
    if len(data) < 8 * width:
        raise FormatError("planeTable", "the plane entries are cut off")
    entries = [struct.unpack_from("<B3sI", data, 8 * k) for k in range(width)]
    if 8 * width + sum(length for _, _, length in entries) != len(data):
        raise FormatError("planeTable", "entries and planes are not exactly the stored length")
    planes, pos = np.empty((n, width), dtype=np.uint8), 8 * width
    for k, (codec, reserved, length) in enumerate(entries):
        if any(reserved):
            raise FormatError("planeTable", f"reserved bytes of plane {k} are not zero")
        if not 1 <= length <= n:
            raise FormatError("planeTable", f"plane {k} has {length} bytes for {n}")
        if codec > 6:
            raise FormatError("codec", f"codec {codec} of plane {k}")
        planes[:, k] = np.frombuffer(decode_codec(codec, data[pos : pos + length], n), dtype=np.uint8)
        pos += length
    if transform == 1:
        return planes.tobytes()
    scalars = planes.reshape(-1).view(f"<u{width}")
    return ((scalars >> 1) | (scalars << (8 * width - 1))).astype(f"<u{width}").tobytes()


def count_non_finite(dtype: DType, data: bytes) -> int:
    """The number of non-finite scalars in `data`, by the last column of §5."""
    if dtype.values:
        return int(np.isin(np.frombuffer(data, dtype=np.uint8), dtype.values).sum())
    if dtype.mask:
        scalars = np.frombuffer(data, dtype=f"<u{dtype.scalar}")
        mask = scalars.dtype.type(dtype.mask)
        return int(((scalars & mask) == mask).sum())
    return 0


def parse_document(data: bytes) -> Any:
    """Strict JSON, by the rules of §4.5."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) != len(items):
            raise ValueError("a name appears twice")
        return result

    def constant(name: str) -> Any:
        raise ValueError(f"{name} is not JSON")

    def number(digits: str) -> float:
        value = float(digits)
        if not math.isfinite(value):
            raise ValueError(f"{digits[:20]} is out of range")
        return value

    def integer(digits: str) -> int | float:
        number(digits)
        return int(digits) if len(digits) <= 4000 else float(digits)

    def check(value: Any, depth: int) -> None:
        if isinstance(value, str):
            value.encode("utf-8")  # refuses lone surrogates
        elif isinstance(value, (list, dict)):
            if depth == DEPTH:
                raise ValueError(f"nested deeper than {DEPTH}")
            for item in value:
                check(item, depth + 1)
            for item in value.values() if isinstance(value, dict) else ():
                check(item, depth + 1)

    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_int=integer,
            parse_float=number,
        )
        check(value, 0)
        return value
    except (ValueError, RecursionError) as error:
        raise FormatError("document", str(error)) from None


# --- the container --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """Superblock or trailer."""

    raw: bytes
    start: int
    title: str
    damage: FormatError | None

    def field(self, layout: str, offset: int) -> Any:
        return struct.unpack_from("<" + layout, self.raw, offset)[0]

    def check(self, size: int) -> None:
        """All rules of §3 that need this block alone; the block is undamaged."""

        def need(condition: bool, rule: str, offset: int, what: str) -> None:
            if not condition:
                raise FormatError(rule, f"{self.title}: {what}", self.start + offset)

        need(self.field("H", 8) == 1, "version", 8, f"major version {self.field('H', 8)}")
        bits = [str(bit) for bit in range(2, 64) if self.field("Q", 32) >> bit & 1]
        need(not bits, "features", 32, "unknown incompatible features: bit " + ", ".join(bits))
        chunk_size = self.field("I", 12)
        need(
            65_536 <= chunk_size <= 67_108_864 and chunk_size & (chunk_size - 1) == 0, "chunkSize", 12, str(chunk_size)
        )
        length, data, tail, index = struct.unpack_from("<4Q", self.raw, 64)
        need(length <= size, "truncated", 64, f"{size} of {length} bytes")
        need(length >= size, "fileLength", 64, f"{size} bytes instead of {length}")
        need(index % 8 == 0 and 32 <= index < length, "layout", 88, f"index_length {index}")
        need(data == align(4096 + index, 4096), "layout", 72, f"data_offset {data}")
        need(tail % 4096 == 0 and data <= tail < U64, "layout", 80, f"tail_offset {tail}")
        need(length == align(tail + index, 4096) + 4096, "layout", 64, "file_length does not follow from tail_offset")
        need(not any(self.raw[160:4092]), "reserved", 160, "reserved bytes are not zero")
        need(not any(self.raw[100:128]), "reserved", 100, "reserved bytes are not zero")
        if not self.field("Q", 16) & DIGESTS:
            need(not any(self.raw[128:160]), "reserved", 128, "a root digest without the feature")


class Container:
    """An open container. Opening checks §2 to §5; `verify` checks everything."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.degraded: list[str] = []
        self._file: BinaryIO = open(path, "rb")
        try:
            self._size = os.fstat(self._file.fileno()).st_size
            self._open_blocks()
            self._open_index()
            self._open_sections()
            self._check_reserved()
            self._check_names()
            self._read_summary_texts()
            self._read_chunks()
            self._read_tensors()
            self._documents = self._read_entries(DOCUMENTS)
            self._blobs = self._read_entries(BLOBS)
            self._check_contents()
            self._check_summary()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Container:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        data = self._file.read(length)
        if len(data) != length:
            raise FormatError("truncated", f"{len(data)} of {length} bytes could be read", offset)
        return data

    # blocks ---------------------------------------------------------------------------------------------------------

    def _open_blocks(self) -> None:
        if self._size < 2 * BLOCK:
            raise FormatError("notAContainer", f"only {self._size} bytes", 0)
        self._blocks: list[Block] = []
        for start, title, magic in (
            (0, "superblock", SUPERBLOCK_MAGIC),
            (self._size - BLOCK, "trailer", TRAILER_MAGIC),
        ):
            raw, damage = self._read(start, BLOCK), None
            if raw[:8] != magic:
                damage = FormatError("magic", f"{title}: wrong magic", start)
            elif crc32c(raw[:4092]) != int.from_bytes(raw[4092:], "little"):
                damage = FormatError("blockChecksum", f"{title}: wrong block CRC", start + 4092)
            self._blocks.append(Block(raw, start, title, damage))
        superblock, trailer = self._blocks
        damages = [block.damage for block in self._blocks if block.damage]
        if [damage.rule for damage in damages] == ["magic", "magic"]:
            raise FormatError("notAContainer", "neither block begins with its magic", 0)
        if len(damages) == 2:  # the superblock's if that has its magic, else the trailer's
            raise next(damage for damage in damages if damage.rule != "magic")
        for block in self._blocks:
            if block.damage:
                self.degraded.append(block.title)
            else:
                block.check(self._size)
        if not damages and superblock.raw[8:4092] != trailer.raw[8:4092]:
            raise FormatError("blockMismatch", "superblock and trailer differ", trailer.start + 8)
        block = trailer if superblock.damage else superblock
        self._block = block
        self.minor_version: int = block.field("H", 10)
        self.chunk_size: int = block.field("I", 12)
        self.compatible_features: int = block.field("Q", 16)
        self.file_uuid: str = block.raw[40:56].hex()
        self.creation_time: int = block.field("q", 56)
        self._data_offset, self._tail_offset, self._index_length = struct.unpack_from("<3Q", block.raw, 72)

    # index ----------------------------------------------------------------------------------------------------------

    def _open_index(self) -> None:
        crc = self._block.field("I", 96)
        head = self._read(BLOCK, self._index_length)
        self._base, self._index = BLOCK, head
        if crc32c(head) == crc:
            return
        self.degraded.append("head index")
        tail = self._read(self._tail_offset, self._index_length)
        self._base, self._index = self._tail_offset, tail
        if crc32c(tail) == crc:
            return
        self.degraded.append("tail index")
        for table, other in ((head, tail), (tail, head)):
            joined = self._join(table, other)
            if joined is not None and crc32c(joined) == crc:
                self._index = joined
                return
        raise FormatError("indexChecksum", "both copies of the index are damaged", BLOCK)

    def _join(self, first: bytes, second: bytes) -> bytes | None:
        """One index, with the header and table of `first` and the good sections of both copies."""
        count, table_crc = int.from_bytes(first[8:12], "little"), int.from_bytes(first[28:32], "little")
        end = 32 + 40 * count
        if count > 64 or end > len(first) or crc32c(first[:28] + first[32:end]) != table_crc:
            return None
        joined = bytearray(len(first))
        joined[:end] = first[:end]
        for entry in struct.iter_unpack("<IIQQQII", first[32:end]):
            section = Section(*entry)
            stop = section.offset + section.length
            if section.offset < end or stop > len(first):
                return None
            good = [
                copy[section.offset : stop]
                for copy in (first, second)
                if crc32c(copy[section.offset : stop]) == section.crc
            ]
            if not good:
                return None
            joined[section.offset : stop] = good[0]
        return bytes(joined)

    def _fail(self, rule: str, message: str, index_offset: int) -> None:
        raise FormatError(rule, message, self._base + index_offset)

    def _open_sections(self) -> None:
        index, size = self._index, self._index_length
        magic, count, _, length, _, table_crc = struct.unpack_from("<8sIIQII", index)
        if magic != INDEX_MAGIC:
            self._fail("indexMagic", "wrong magic", 0)
        if not 11 <= count <= 64:
            self._fail("sectionCount", f"{count} sections", 8)
        if length != size:
            self._fail("indexLength", f"{length} instead of {size}", 16)
        end = 32 + 40 * count
        if end > size:
            self._fail("sectionCount", "the section table does not fit in the index", 8)
        if crc32c(index[:28] + index[32:end]) != table_crc:
            self._fail("sectionTableChecksum", "wrong CRC of header and section table", 28)
        self._sections: dict[int, Section] = {}
        if any(index[12:16]) or any(index[24:28]):
            self._fail("reserved", "reserved bytes of the header are set", 12)
        last_kind = 0
        for number, entry in enumerate(struct.iter_unpack("<IIQQQII", index[32:end])):
            section, at = Section(*entry), 32 + 40 * number
            if section.kind <= last_kind:
                self._fail("sectionOrder", f"{section.title} after {last_kind}", at)
            last_kind = section.kind
            if section.flags & ~1:
                self._fail("reserved", f"{section.title}: flags {section.flags}", at + 4)
            if section.kind not in RECORD_SIZES and section.flags & 1:
                self._fail("unknownSection", f"{section.title} is required", at)
            if section.record_size != RECORD_SIZES.get(section.kind, section.record_size):
                self._fail("sectionRecordSize", f"{section.title}: {section.record_size}", at + 32)
            if section.count > COUNT_LIMITS.get(section.kind, U64):
                self._fail("limit", f"{section.title}: {section.count} records", at + 24)
            if section.length != section.count * section.record_size:
                self._fail("sectionLength", f"{section.title}: {section.length} bytes", at + 16)
            start = align(end, 8)
            if section.offset != start or section.offset + section.length > size:
                self._fail("sectionBounds", f"{section.title} at {section.offset}, expected {start}", at + 8)
            if any(index[end:start]):
                self._fail("reserved", f"bytes before {section.title} are set", end)
            end = section.offset + section.length
            self._sections[section.kind] = section
        if align(end, 8) != size:
            self._fail("sectionBounds", f"the sections end at {end}, the index at {size}", end)
        if any(index[end:]):
            self._fail("reserved", "bytes after the last section are set", end)
        for kind in range(SUMMARY, CHUNK_DIGESTS + 1):
            expected = kind <= PAYLOAD or bool(self.compatible_features & DIGESTS)
            if expected != (kind in self._sections):
                self._fail("missingSection", f"section {kind} is {'not there' if expected else 'too much'}", 32)
        if self._sections[SUMMARY].count != 1:
            self._fail("limit", "there must be one summary", 32)
        if self.has_digests and self._sections[CHUNK_DIGESTS].count != self._sections[CHUNKS].count:
            self._fail("limit", "there must be as many digests as chunks", 32)
        for section in self._sections.values():
            if crc32c(self._bytes(section.kind)) != section.crc:
                self._fail("sectionChecksum", f"{section.title}: wrong CRC", section.offset)

    @property
    def has_digests(self) -> bool:
        """Whether the container has the feature *digests*."""
        return bool(self.compatible_features & DIGESTS)

    def _bytes(self, kind: int) -> memoryview:
        section = self._sections[kind]
        return memoryview(self._index)[section.offset : section.offset + section.length]

    def _records(self, kind: int, layout: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """The records of a section, each with its index offset."""
        section = self._sections[kind]
        for number, record in enumerate(struct.iter_unpack("<" + layout, self._bytes(kind))):
            yield section.offset + number * section.record_size, record

    def _text(self, kind: int, offset: int, length: int, at: int) -> str:
        if not 1 <= length <= 4096:
            self._fail("nameLength", f"{length} bytes", at)
        if offset + length > self._sections[kind].length:
            self._fail("textBounds", f"{length} bytes at {offset} of {self._sections[kind].title}", at)
        data = bytes(self._bytes(kind)[offset : offset + length])
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError("textEncoding", str(error), self._base + at) from None
        if 0 in data:
            self._fail("textEncoding", "a zero byte", at)
        return text

    def _check_names(self) -> None:
        """Section 10 as a whole is text, whatever refers to it."""
        try:
            text = bytes(self._bytes(NAMES)).decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError("textEncoding", str(error), self._base + self._sections[NAMES].offset) from None
        if "\0" in text:
            self._fail("textEncoding", "a zero byte in the names", self._sections[NAMES].offset)

    def _ascending(self, last: str | None, text: str, at: int) -> str:
        if last is not None and last.encode() >= text.encode():
            self._fail("order", f"{text!r} after {last!r}", at)
        return text

    def _distinct(self, earlier: Iterable[str], text: str, at: int) -> None:
        """No two texts of a section write the same characters."""
        if any(unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", other) for other in earlier):
            self._fail("order", f"{text!r} writes the same characters as an earlier one", at)

    # sections -------------------------------------------------------------------------------------------------------

    def _read_summary_texts(self) -> None:
        metrics: dict[str, float | None] = {}
        last = None
        for at, (offset, length, value, flags, _) in self._records(METRICS, "IIdII"):
            last = self._ascending(last, self._text(TEXT, offset, length, at), at)
            self._distinct(metrics, last, at)
            metrics[last] = None if flags & 1 else value
        tags: list[str] = []
        for at, (offset, length) in self._records(TAGS, "II"):
            text = self._ascending(tags[-1] if tags else None, self._text(TEXT, offset, length, at), at)
            self._distinct(tags, text, at)
            tags.append(text)
        total = sum(record[1] for _, record in (*self._records(METRICS, "IIdII"), *self._records(TAGS, "II")))
        if total > TEXT_LIMIT:
            self._fail("limit", f"names of {total} bytes in the summary", self._sections[TEXT].offset)
        sequence, step, epoch, wall_time, flags = struct.unpack_from("<QQQqI", self._bytes(SUMMARY))
        totals = struct.unpack_from("<5Q", self._bytes(SUMMARY), 40)
        run = bytes(self._bytes(SUMMARY)[80:96])
        self.summary: dict[str, Any] = {
            "sequence": sequence or None,
            "step": step if flags & 1 else None,
            "epoch": epoch if flags & 2 else None,
            "wall_time_ns": wall_time,
            "logical_bytes": totals[0],
            "stored_bytes": totals[1],
            "tensor_count": totals[2],
            "chunk_count": totals[3],
            "non_finite": totals[4],
            "run_uuid": run.hex() if any(run) else None,
            "metrics": metrics,
            "tags": tags,
            "file_uuid": self.file_uuid,
            "creation_time_ns": self.creation_time,
            "chunk_size": self.chunk_size,
            "digests": self.has_digests,
        }

    def _read_chunks(self) -> None:
        self._chunks: list[ChunkInfo] = []
        end = self._data_offset
        for at, record in self._records(CHUNKS, "QIIIIIBBH"):
            chunk = ChunkInfo(*record)
            title = f"chunk {len(self._chunks)}"
            if chunk.offset % 64 or chunk.offset < end or chunk.offset + chunk.stored_length > self._tail_offset:
                self._fail("chunkExtent", f"{title}: {chunk.stored_length} bytes at {chunk.offset}", at)
            if chunk.offset - end > 4095:
                self._fail("chunkExtent", f"{title}: {chunk.offset - end} unused bytes before it", at)
            if not 1 <= chunk.stored_length <= chunk.logical_length:
                self._fail("storedLength", f"{title}: {chunk.stored_length} of {chunk.logical_length}", at + 8)
            if chunk.transform > 2:
                self._fail("transform", f"{title}: transform {chunk.transform}", at + 28)
            if chunk.codec > 6 or chunk.transform and chunk.codec:
                self._fail("codec", f"{title}: codec {chunk.codec}, transform {chunk.transform}", at + 29)
            if chunk.transform == 0 and chunk.codec == 0:
                if chunk.stored_length != chunk.logical_length:
                    self._fail("storedLength", f"{title} is raw, its lengths differ", at + 8)
                if chunk.stored_crc != chunk.logical_crc:
                    self._fail("rawChecksum", f"{title} is raw, its CRCs differ", at + 16)
            end = chunk.offset + chunk.stored_length
            self._chunks.append(chunk)
        if self._tail_offset - end > 4095:
            self._fail("chunkExtent", f"{self._tail_offset - end} unused bytes before the tail index", 0)

    def _read_tensors(self) -> None:
        dimensions = self._bytes(DIMENSIONS)
        self._tensors: list[TensorInfo] = []
        last = None
        for at, record in self._records(TENSORS, "QIBBHQQQQQQ"):
            name_offset, name_length, dtype_id, rank, flags, first, *rest = record
            last = self._ascending(last, self._text(NAMES, name_offset, name_length, at), at)
            if dtype_id not in DTYPES:
                self._fail("dtype", f"{last!r}: dtype {dtype_id}", at + 12)
            if rank > 64:
                self._fail("rank", f"{last!r}: rank {rank}", at + 13)
            if first + rank > self._sections[DIMENSIONS].count:
                self._fail("dimensionBounds", f"{last!r}: {rank} dimensions from {first}", at + 16)
            shape = struct.unpack_from(f"<{rank}Q", dimensions, 8 * first) if rank else ()
            tensor = TensorInfo(last, DTYPES[dtype_id], shape, flags, *rest)
            product = 1
            for dimension in shape:  # in their order: a 0 does not mend what has passed the limit before it
                product *= dimension
                if dimension >= 1 << 63 or product >= U64:
                    self._fail("tensorSize", f"{last!r}: a shape of {shape}", at + 16)
            bits = product * tensor.dtype.bits
            if bits >= U64 or bits % 8 or bits // 8 != tensor.logical_bytes:
                self._fail("tensorSize", f"{last!r}: {tensor.logical_bytes} bytes for {bits} bits", at + 56)
            self._tensors.append(tensor)
        self._by_name = {tensor.name: tensor for tensor in self._tensors}
        owners = [-1] * len(self._chunks)
        for number, tensor in enumerate(self._tensors):
            at = self._sections[TENSORS].offset + 64 * number
            if tensor.is_alias:
                self._check_alias(tensor, at)
            else:
                self._check_chunk_range(number, tensor, at, owners)
        if -1 in owners:
            self._fail("chunkPartition", f"chunk {owners.index(-1)} belongs to no tensor", 0)
        self._chunks = [
            ChunkInfo(*list(vars(chunk).values())[:-1], owner) for chunk, owner in zip(self._chunks, owners)
        ]

    def _check_alias(self, tensor: TensorInfo, at: int) -> None:
        target = self._tensors[tensor.target] if tensor.target < len(self._tensors) else None
        if tensor.chunk_count or tensor.first_chunk:
            self._fail("alias", f"{tensor.name!r} is an alias with chunks", at + 24)
        if target is None or target.is_alias or (target.dtype, target.shape) != (tensor.dtype, tensor.shape):
            self._fail("alias", f"{tensor.name!r}: record {tensor.target} cannot be its target", at + 40)
        elif target.non_finite != tensor.non_finite:
            self._fail("alias", f"{tensor.name!r}: not the count of its target", at + 48)

    def _check_chunk_range(self, number: int, tensor: TensorInfo, at: int, owners: list[int]) -> None:
        first, count, size = tensor.first_chunk, tensor.chunk_count, tensor.logical_bytes
        if tensor.target:
            self._fail("alias", f"{tensor.name!r} has a target and is no alias", at + 40)
        if count != -(-size // self.chunk_size) or first + count > len(owners) or count == 0 and first:
            self._fail("chunkPartition", f"{tensor.name!r}: {count} chunks from {first} for {size} bytes", at + 24)
        total = 0
        for position in range(first, first + count):
            chunk, left = self._chunks[position], size - (position - first) * self.chunk_size
            if owners[position] != -1:
                self._fail("chunkPartition", f"chunk {position} belongs to two tensors", at + 24)
            if chunk.logical_length != min(left, self.chunk_size):
                self._fail("chunkPartition", f"chunk {position} has {chunk.logical_length} bytes", at + 24)
            owners[position] = number
            total += chunk.non_finite
        if total != tensor.non_finite:
            self._fail("nonFiniteMismatch", f"{tensor.name!r}: {tensor.non_finite}, its chunks {total}", at + 48)

    def _read_entries(self, kind: int) -> dict[str, tuple[int, int]]:
        entries: dict[str, tuple[int, int]] = {}
        last = None
        for at, (name_offset, name_length, _, offset, length) in self._records(kind, "QIIQQ"):
            last = self._ascending(last, self._text(NAMES, name_offset, name_length, at), at)
            if offset + length > self._sections[PAYLOAD].length:
                self._fail("payloadBounds", f"{last!r}: {length} bytes at {offset}", at + 16)
            entries[last] = (offset, length)
        return entries

    def _check_contents(self) -> None:
        """Records do not share names, dimensions or payload."""
        names = sum(record[1] for _, record in self._records(TENSORS, "QIBBHQQQQQQ"))
        names += sum(record[1] for kind in (DOCUMENTS, BLOBS) for _, record in self._records(kind, "QIIQQ"))
        if names > self._sections[NAMES].length:
            self._fail("textBounds", f"names of {names} bytes", self._sections[NAMES].offset)
        ranks = sum(len(tensor.shape) for tensor in self._tensors)
        if ranks > self._sections[DIMENSIONS].count:
            self._fail("dimensionBounds", f"ranks with a sum of {ranks}", self._sections[DIMENSIONS].offset)
        total = sum(length for entries in (self._documents, self._blobs) for _, length in entries.values())
        if total > self._sections[PAYLOAD].length:
            self._fail("payloadBounds", f"documents and blobs of {total} bytes", self._sections[PAYLOAD].offset)

    def _check_summary(self) -> None:
        own = [tensor for tensor in self._tensors if not tensor.is_alias]
        expected = {
            "logical_bytes": sum(tensor.logical_bytes for tensor in own),
            "stored_bytes": sum(chunk.stored_length for chunk in self._chunks),
            "tensor_count": len(self._tensors),
            "chunk_count": len(self._chunks),
            "non_finite": sum(tensor.non_finite for tensor in own),
        }
        for position, (key, value) in enumerate(expected.items()):
            if self.summary[key] != value:
                self._fail(
                    "summaryMismatch",
                    f"{key} is {self.summary[key]}, the sections say {value}",
                    self._sections[SUMMARY].offset + 40 + 8 * position,
                )

    # contents -------------------------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """The names of all tensors, aliases included, in the order of the file."""
        return [tensor.name for tensor in self._tensors]

    def info(self, name: str) -> TensorInfo:
        """The record of a tensor."""
        return self._by_name[name]

    def alias_target(self, name: str) -> str | None:
        """The name of the tensor that `name` stands for, if it is an alias."""
        tensor = self._by_name[name]
        return self._tensors[tensor.target].name if tensor.is_alias else None

    def document_names(self) -> list[str]:
        """The names of all documents."""
        return list(self._documents)

    def blob_names(self) -> list[str]:
        """The names of all blobs."""
        return list(self._blobs)

    def _payload(self, entry: tuple[int, int]) -> bytes:
        return bytes(self._bytes(PAYLOAD)[entry[0] : entry[0] + entry[1]])

    def document(self, name: str) -> Any:
        """The parsed document; [`document`] if it is not JSON as §4.5 allows it."""
        return parse_document(self._payload(self._documents[name]))

    def blob(self, name: str) -> bytes:
        """The bytes of a blob."""
        return self._payload(self._blobs[name])

    def chunk_bytes(self, number: int) -> bytes:
        """The decoded bytes of a chunk; checks stored CRC, decoding and logical CRC."""
        chunk = self._chunks[number]
        tensor = self._tensors[chunk.tensor]
        stored = self._read(chunk.offset, chunk.stored_length)
        title = f"chunk {number} of {tensor.name!r}"
        if crc32c(stored) != chunk.stored_crc:
            raise FormatError("storedChecksum", f"{title}: wrong CRC of the stored bytes", chunk.offset)
        try:
            if chunk.transform == 2 and not tensor.dtype.is_split_float:
                raise FormatError("transform", f"float split of {tensor.dtype.name}")
            if chunk.transform:
                data = decode_planes(chunk.transform, tensor.dtype.scalar, stored, chunk.logical_length)
            else:
                data = decode_codec(chunk.codec, stored, chunk.logical_length)
        except FormatError as error:
            raise FormatError(error.rule, f"{title}: {error.message}", chunk.offset) from None
        if (chunk.transform or chunk.codec) and crc32c(data) != chunk.logical_crc:
            raise FormatError("logicalChecksum", f"{title}: wrong CRC of the decoded bytes", chunk.offset)
        return data

    def tensor_bytes(self, name: str) -> bytes:
        """The logical bytes of a tensor, or of the target of an alias."""
        tensor = self._by_name[self.alias_target(name) or name]
        return b"".join(self.chunk_bytes(tensor.first_chunk + k) for k in range(tensor.chunk_count))

    def tensor(self, name: str) -> np.ndarray:
        """A tensor as an array. bf16 is uint16, 8-bit floats are uint8, sub-byte dtypes are flat bytes."""
        info, data = self._by_name[name], self.tensor_bytes(name)
        if info.dtype.numpy is None:
            return np.frombuffer(data, dtype=np.uint8)
        array = np.frombuffer(data, dtype=info.dtype.numpy).reshape(info.shape)
        return array != 0 if info.dtype.name == "bool" else array

    # verification ---------------------------------------------------------------------------------------------------

    def verify(self) -> list[Finding]:
        """Everything of §7.3, §7.4 and §8; goes on after each finding."""
        found = [
            Finding(block.damage.rule, block.damage.message, block.damage.offset)
            for block in self._blocks
            if block.damage
        ]
        for title, start in (("head", BLOCK), ("tail", self._tail_offset)):
            copy = self._read(start, self._index_length)
            if copy != self._index:
                at = int(np.flatnonzero(np.frombuffer(copy, np.uint8) != np.frombuffer(self._index, np.uint8))[0])
                found.append(
                    Finding("indexMismatch", f"the {title} copy of the index is not the one in use", start + at)
                )
        found += self._verify_padding()
        for name in self._documents:
            try:
                self.document(name)
            except FormatError as error:
                at = self._base + self._sections[PAYLOAD].offset + self._documents[name][0]
                found.append(Finding(error.rule, f"{name!r}: {error.message}", at))
        digests = bytes(self._bytes(CHUNK_DIGESTS)) if self.has_digests else b""
        for number, chunk in enumerate(self._chunks):
            try:
                data = self.chunk_bytes(number)
            except FormatError as error:
                found.append(Finding(error.rule, error.message, error.offset))
                continue
            tensor = self._tensors[chunk.tensor]
            count = count_non_finite(tensor.dtype, data)
            title = f"chunk {number} of {tensor.name!r}"
            if count != chunk.non_finite:
                found.append(
                    Finding("nonFiniteMismatch", f"{title}: {chunk.non_finite}, counted {count}", chunk.offset)
                )
            if digests and hashlib.sha256(data).digest() != digests[32 * number : 32 * number + 32]:
                found.append(Finding("digest", f"{title}: wrong SHA-256", chunk.offset))
        root = hashlib.sha256(self._block.raw[8:128] + self._index).digest()
        if self.has_digests and self._block.raw[128:160] != root:
            found.append(Finding("rootDigest", "wrong root digest", self._block.start + 128))
        return found

    def _verify_padding(self) -> list[Finding]:
        gaps = [(BLOCK + self._index_length, self._data_offset)]
        end = self._data_offset
        for chunk in self._chunks:
            gaps.append((end, chunk.offset))
            end = chunk.offset + chunk.stored_length
        gaps += [(end, self._tail_offset), (self._tail_offset + self._index_length, self._size - BLOCK)]
        found = []
        for start, stop in gaps:
            data = self._read(start, stop - start) if stop > start else b""
            if any(data):
                at = start + len(data) - len(data.lstrip(b"\0"))
                found.append(Finding("padding", f"bytes {start} to {stop - 1} are not all zero", at))
        return found

    def _check_reserved(self) -> None:
        """Reserved bytes and bits of the records, and what must be zero under a condition."""

        def zero(value: Any, what: str, at: int) -> None:
            if any(value) if isinstance(value, (bytes, memoryview)) else value:
                self._fail("reserved", f"{what} must be zero", at)

        summary, at = self._bytes(SUMMARY), self._sections[SUMMARY].offset
        _, step, epoch, _, flags, reserved = struct.unpack_from("<QQQqII", summary)
        zero(flags & ~3, "other summary flags", at + 32)
        zero(reserved, "summary bytes 36 to 39", at + 36)
        zero(summary[96:], "summary bytes 96 to 127", at + 96)
        zero(0 if flags & 1 else step, "step without its flag", at + 8)
        zero(0 if flags & 2 else epoch, "epoch without its flag", at + 16)
        for at, (_, _, value, flags, reserved) in self._records(METRICS, "IIQII"):
            zero(flags & ~1 or reserved, "other metric flags and reserved", at + 16)
            zero(value if flags & 1 else 0, "value of a pending metric", at + 8)
        for at, record in self._records(TENSORS, "QIBBHQQQQQQ"):
            zero(record[4] & ~1, "other tensor flags", at + 14)
        for at, record in self._records(CHUNKS, "QIIIIIBBH"):
            zero(record[8], "reserved bytes of a chunk", at + 30)
        for kind in (DOCUMENTS, BLOBS):
            for at, record in self._records(kind, "QIIQQ"):
                zero(record[2], f"reserved bytes of a record of section {kind}", at + 12)


# --- command line ---------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """`value` with non-finite numbers as strings, so that the output is JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def report(box: Container) -> dict[str, Any]:
    """All that the command line prints. What is damaged appears as null, and in the findings."""
    findings = box.verify()
    tensors, documents, hashes = [], {}, {}
    for name in box.names():
        info, target = box.info(name), box.alias_target(name)
        source = target or name
        if source not in hashes:
            try:
                hashes[source] = hashlib.sha256(box.tensor_bytes(source)).hexdigest()
            except FormatError:
                hashes[source] = None
        tensors.append(
            {
                "name": name,
                "dtype": info.dtype.name,
                "shape": list(info.shape),
                "alias": target,
                "sha256": hashes[source],
                "non_finite": info.non_finite,
            }
        )
    for name in box.document_names():
        try:
            documents[name] = box.document(name)
        except FormatError:
            documents[name] = None
    return _plain(
        {
            "summary": box.summary,
            "documents": documents,
            "blobs": {name: hashlib.sha256(box.blob(name)).hexdigest() for name in box.blob_names()},
            "tensors": tensors,
            "degraded": box.degraded,
            "findings": [finding._asdict() for finding in findings],
        }
    )


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status, the worst of all files."""
    parser = argparse.ArgumentParser(description="Reads and verifies ckpt containers.")
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line for each file")
    options = parser.parse_args(arguments)
    return max(show(file, options.json) for file in options.files)


def show(file: str, as_json: bool) -> int:
    """Prints what is in one file, or why it is refused."""
    try:
        with Container(file) as box:
            result = report(box)
    except FormatError as error:
        if as_json:
            print(json.dumps({"error": error.rule, "message": error.message, "offset": error.offset}))
        else:
            print(f"refused: {error}")
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 3
    if as_json:
        print(json.dumps(result))
    else:
        for tensor in result["tensors"]:
            alias = f" = {tensor['alias']}" if tensor["alias"] else ""
            print(f"{tensor['name']}: {tensor['dtype']} {tensor['shape']}{alias}")
        for title in result["degraded"]:
            print(f"degraded: {title}")
        for finding in result["findings"]:
            print(f"finding: [{finding['rule']}] {finding['what']} (at {finding['where']})")
    return 1 if result["findings"] else 0


if __name__ == "__main__":
    sys.exit(main())
