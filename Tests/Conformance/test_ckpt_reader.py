"""Tests of ckpt_reader: round trips, every rule broken once, truncations, flips of every single byte.

python3 -m unittest test_ckpt_reader
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import struct
import tempfile
import unittest
import zlib
from pathlib import Path
from typing import Any, Callable

import numpy as np

import ckpt_reader
from ckpt_reader import (
    BLOBS,
    CHUNK_DIGESTS,
    CHUNKS,
    DIMENSIONS,
    DOCUMENTS,
    METRICS,
    NAMES,
    PAYLOAD,
    SUMMARY,
    TAGS,
    TENSORS,
    TEXT,
    Container,
    FormatError,
    crc32c,
    exponent_window,
    four_stream_huffman,
    inflate,
    lz4_block,
)
from ckpt_sample_writer import (
    Sample,
    Tensor,
    assemble,
    build,
    build_index,
    huffman_encode,
    lz4_encode,
    sample_contents,
    small_contents,
    window_encode,
)

SMALL = build(small_contents())
SPECIFICATION = Path(__file__).parents[2] / "FORMAT.md"


class Workspace(unittest.TestCase):
    """Tests with a temporary file."""

    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "x.ckpt")

    def open(self, data: bytes) -> Container:
        with open(self.path, "wb") as file:
            file.write(data)
        box = Container(self.path)
        self.addCleanup(box.close)
        return box

    def rules(self, data: bytes) -> set[str]:
        """The rule that opening reports, or those of the findings."""
        try:
            with self.open(data) as box:
                return {finding.rule for finding in box.verify()}
        except FormatError as error:
            return {error.rule}


class Editor:
    """A file taken apart; puts it together again with all checksums right, unless told otherwise."""

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self.length = struct.unpack_from("<Q", data, 88)[0]
        self.tail = struct.unpack_from("<Q", data, 80)[0]
        self.index = bytearray(data[4096 : 4096 + self.length])

    def entry(self, kind: int) -> int:
        """Index offset of the table entry of a kind."""
        count = struct.unpack_from("<I", self.index, 8)[0]
        return next(at for at in range(32, 32 + 40 * count, 40) if struct.unpack_from("<I", self.index, at)[0] == kind)

    def section(self, kind: int) -> int:
        """Index offset of a section."""
        return struct.unpack_from("<Q", self.index, self.entry(kind) + 8)[0]

    def put(self, at: int, layout: str, *values: Any) -> None:
        """Writes into the index."""
        struct.pack_into("<" + layout, self.index, at, *values)

    def put_blocks(self, at: int, layout: str, *values: Any) -> None:
        """Writes into superblock and trailer."""
        for start in (0, len(self.data) - 4096):
            struct.pack_into("<" + layout, self.data, start + at, *values)

    def chunk(self, number: int, stored: bytes | None = None) -> bytes:
        """The stored bytes of a chunk; replaces them with as many or fewer, and their CRC."""
        at = self.section(CHUNKS) + 32 * number
        offset, length = struct.unpack_from("<QI", self.index, at)
        old = bytes(self.data[offset : offset + length])
        if stored is not None:
            self.data[offset : offset + length] = stored + bytes(length - len(stored))
            self.put(at + 8, "I", len(stored))
            self.put(at + 16, "I", crc32c(stored))
            total = struct.unpack_from("<Q", self.index, self.section(SUMMARY) + 48)[0]
            self.put(self.section(SUMMARY) + 48, "Q", total - length + len(stored))
        return old

    def seal(
        self, sections: bool = True, table: bool = True, index: bool = True, root: bool = True, blocks: bool = True
    ) -> bytes:
        """The file, with the checksums that are asked for."""
        count = min(struct.unpack_from("<I", self.index, 8)[0], (self.length - 32) // 40)
        for at in range(32, 32 + 40 * count, 40) if sections else ():
            offset, length = struct.unpack_from("<QQ", self.index, at + 8)
            if offset + length <= self.length:
                self.put(at + 36, "I", crc32c(self.index[offset : offset + length]))
        if table:
            self.put(28, "I", crc32c(self.index[:28] + self.index[32 : 32 + 40 * count]))
        for start in (4096, self.tail):
            self.data[start : start + self.length] = self.index
        for start in (0, len(self.data) - 4096):
            block = self.data[start : start + 4096]
            if index:
                struct.pack_into("<I", block, 96, crc32c(self.index))
            if root and block[16] & 1:
                block[128:160] = hashlib.sha256(block[8:128] + self.index).digest()
            if blocks:
                struct.pack_into("<I", block, 4092, crc32c(block[:4092]))
            self.data[start : start + 4096] = block
        return bytes(self.data)


Change = Callable[[Editor], Any]


def put(kind: int, at: int, layout: str, *values: Any) -> Change:
    """A change of bytes of a section."""
    return lambda edit: edit.put(edit.section(kind) + at, layout, *values)


def entry(kind: int, at: int, layout: str, *values: Any) -> Change:
    """A change of the section table."""
    return lambda edit: edit.put(edit.entry(kind) + at, layout, *values)


def header(at: int, layout: str, *values: Any) -> Change:
    """A change of the index header."""
    return lambda edit: edit.put(at, layout, *values)


def blocks(at: int, layout: str, *values: Any) -> Change:
    """A change of both blocks."""
    return lambda edit: edit.put_blocks(at, layout, *values)


def swapped(kind: int, size: int) -> Change:
    """Exchanges the first two records of a section."""

    def change(edit: Editor) -> None:
        at = edit.section(kind)
        first, second = edit.index[at : at + size], edit.index[at + size : at + 2 * size]
        edit.index[at : at + 2 * size] = second + first

    return change


def chunk(number: int, change: Callable[[bytes], bytes]) -> Change:
    """A change of the stored bytes of a chunk."""
    return lambda edit: edit.chunk(number, change(edit.chunk(number)))


def shared_payload(edit: Editor) -> None:
    """Gives a blob the bytes of the documents, too."""
    size = struct.unpack_from("<Q", edit.index, edit.entry(PAYLOAD) + 16)[0]
    edit.put(edit.section(BLOBS) + 16, "QQ", 0, size)


def shared_names(edit: Editor) -> None:
    """Gives the last tensor a name that goes on with those of documents and blobs."""
    at = edit.section(TENSORS) + 64 * 4
    size = struct.unpack_from("<Q", edit.index, edit.entry(NAMES) + 16)[0]
    edit.put(at + 8, "I", size - struct.unpack_from("<Q", edit.index, at)[0])


# In the small file: tensors a, "a tied", b, c, d; chunks 0: a raw f32, 1: b deflate, 2: c planes, 3: d LZ4.
VIOLATIONS: list[tuple[str, Change]] = [
    ("version", blocks(8, "H", 2)),
    ("features", blocks(32, "Q", 4)),
    ("features", blocks(32, "Q", 1 << 63)),
    ("chunkSize", blocks(12, "I", 65_537)),
    ("chunkSize", blocks(12, "I", 32_768)),
    ("chunkSize", blocks(12, "I", 1 << 27)),
    ("truncated", blocks(64, "Q", 24_576)),
    ("fileLength", blocks(64, "Q", 16_384)),
    ("layout", blocks(72, "Q", 4096)),
    ("layout", blocks(80, "Q", 4096)),
    ("layout", blocks(80, "Q", (1 << 64) - 4096)),
    ("layout", blocks(88, "Q", 601)),
    ("layout", blocks(88, "Q", 24)),
    ("layout", blocks(88, "Q", 1 << 63)),
    ("reserved", blocks(160, "B", 1)),
    ("reserved", blocks(4091, "B", 1)),
    ("reserved", blocks(100, "B", 1)),
    ("indexMagic", header(0, "B", 0)),
    ("sectionCount", header(8, "I", 10)),
    ("sectionCount", header(8, "I", 65)),
    ("sectionCount", header(8, "I", 64)),
    ("indexLength", header(16, "Q", 8)),
    ("reserved", header(12, "I", 1)),
    ("reserved", header(24, "I", 1)),
    ("sectionOrder", entry(2, 0, "I", 1)),
    ("unknownSection", entry(12, 0, "II", 13, 1)),
    ("missingSection", entry(12, 0, "II", 13, 0)),
    ("reserved", blocks(16, "Q", 0)),
    ("reserved", entry(5, 4, "I", 2)),
    ("sectionBounds", entry(3, 8, "Q", 8)),
    ("sectionBounds", entry(11, 8, "Q", (1 << 64) - 8)),
    ("sectionLength", entry(2, 16, "Q", 24)),
    ("sectionLength", entry(2, 24, "Q", 3)),
    ("sectionRecordSize", entry(2, 32, "I", 48)),
    ("limit", entry(2, 24, "Q", 65_537)),
    ("limit", entry(1, 24, "Q", 2)),
    ("limit", entry(11, 24, "Q", 1 << 40)),
    *[("summaryMismatch", put(SUMMARY, at, "Q", (1 << 64) - 1)) for at in (40, 48, 56, 64, 72)],
    ("reserved", put(SUMMARY, 16, "Q", 3)),
    ("reserved", put(SUMMARY, 32, "I", 5)),
    ("reserved", put(SUMMARY, 36, "I", 5)),
    ("reserved", put(SUMMARY, 96, "B", 5)),
    ("reserved", put(METRICS, 16, "I", 2)),
    ("reserved", put(METRICS, 32, "d", 1.0)),
    ("textBounds", put(METRICS, 0, "I", 0xFFFFFFFF)),
    ("textBounds", put(TAGS, 4, "I", 4096)),
    ("nameLength", put(TAGS, 4, "I", 0)),
    ("nameLength", put(METRICS, 4, "I", 4097)),
    ("textEncoding", put(TEXT, 0, "B", 0xFF)),
    ("textEncoding", put(TEXT, 1, "B", 0)),
    ("order", swapped(METRICS, 24)),
    ("order", swapped(TAGS, 8)),
    ("order", swapped(TENSORS, 64)),
    ("order", put(METRICS, 24, "II", 0, 4)),
    ("textBounds", put(TENSORS, 0, "Q", (1 << 64) - 1)),
    ("nameLength", put(TENSORS, 8, "I", 0)),
    ("textEncoding", put(NAMES, 0, "B", 0x80)),
    ("dtype", put(TENSORS, 12, "B", 0)),
    ("dtype", put(TENSORS, 12, "B", 23)),
    ("rank", put(TENSORS, 13, "B", 65)),
    ("reserved", put(TENSORS, 14, "H", 2)),
    ("dimensionBounds", put(TENSORS, 16, "Q", 1 << 63)),
    ("dimensionBounds", put(TENSORS, 64 * 4 + 16, "Q", 100)),
    ("tensorSize", put(DIMENSIONS, 0, "Q", 1 << 62)),
    ("tensorSize", put(TENSORS, 56, "Q", 23)),
    ("tensorSize", put(TENSORS, 64 + 56, "Q", 0)),
    ("chunkPartition", put(TENSORS, 24, "Q", 1)),
    ("chunkPartition", put(TENSORS, 32, "Q", 0)),
    ("chunkPartition", put(TENSORS, 24, "Q", (1 << 64) - 1)),
    ("chunkPartition", put(CHUNKS, 32 + 12, "I", 99)),
    ("alias", put(TENSORS, 40, "Q", 2)),
    ("alias", put(TENSORS, 64 + 40, "Q", 1)),
    ("alias", put(TENSORS, 64 + 40, "Q", 2)),
    ("alias", put(TENSORS, 64 + 40, "Q", 99)),
    ("alias", put(TENSORS, 64 + 32, "Q", 1)),
    ("nonFiniteMismatch", put(TENSORS, 48, "Q", 1)),
    ("alias", put(TENSORS, 64 + 48, "Q", 1)),
    ("chunkExtent", put(CHUNKS, 0, "Q", 4096)),
    ("chunkExtent", put(CHUNKS, 32 * 3, "Q", (1 << 64) - 64)),
    (
        "chunkExtent",
        lambda edit: edit.put(
            edit.section(CHUNKS), "Q", struct.unpack_from("<Q", edit.index, edit.section(CHUNKS))[0] + 1
        ),
    ),
    ("chunkExtent", swapped(CHUNKS, 32)),
    ("storedLength", put(CHUNKS, 8, "I", 23)),
    ("storedLength", put(CHUNKS, 32 + 8, "I", 0)),
    ("rawChecksum", put(CHUNKS, 20, "I", 1)),
    ("logicalChecksum", put(CHUNKS, 32 + 20, "I", 1)),
    ("storedChecksum", put(CHUNKS, 32 + 16, "I", 1)),
    ("transform", put(CHUNKS, 28, "B", 3)),
    ("transform", put(CHUNKS, 32 + 28, "BB", 1, 0)),
    ("transform", put(CHUNKS, 64 + 28, "B", 2)),
    ("codec", put(CHUNKS, 29, "B", 7)),
    ("codec", put(CHUNKS, 64 + 29, "B", 1)),
    ("reserved", put(CHUNKS, 30, "H", 1)),
    ("payloadBounds", put(DOCUMENTS, 24, "Q", 1 << 20)),
    ("payloadBounds", put(BLOBS, 16, "Q", (1 << 64) - 1)),
    ("payloadBounds", shared_payload),
    ("textBounds", shared_names),
    ("textBounds", put(DOCUMENTS, 0, "Q", 1 << 20)),
    ("nameLength", put(BLOBS, 8, "I", 0)),
    ("reserved", put(BLOBS, 12, "I", 1)),
    ("document", put(PAYLOAD, 0, "B", 0xEF)),
    ("sectionOrder", entry(1, 0, "I", 0)),
    ("digest", put(CHUNK_DIGESTS, 0, "B", 0)),
    ("decode", chunk(1, lambda data: b"\x07" + data[1:])),
    ("decode", chunk(1, lambda data: data[:-1])),
    ("decode", chunk(3, lambda data: data[:-1])),
    ("decode", put(CHUNKS, 32 + 29, "B", 1)),
    ("planeTable", chunk(2, lambda data: data[:-1])),
    ("planeTable", chunk(2, lambda data: data[:4] + b"\x02" + data[5:])),
    ("planeTable", chunk(2, lambda data: data[:4] + b"\x00" + data[5:])),
    ("planeTable", chunk(2, lambda data: data[:1] + b"\x01" + data[2:])),
    ("codec", chunk(2, lambda data: b"\x07" + data[1:])),
    ("planeTable", chunk(2, lambda data: data[:7])),
    ("decode", chunk(2, lambda data: b"\x00" + data[1:])),
    ("logicalChecksum", chunk(2, lambda data: data[:-1] + b"\x09")),
]


class Rules(Workspace):
    """Every rule, broken once."""

    def test_one_rule_each(self) -> None:
        self.assertEqual(self.rules(Editor(SMALL).seal()), set())
        for number, (rule, change) in enumerate(VIOLATIONS):
            with self.subTest(rule=rule, number=number):
                edit = Editor(SMALL)
                change(edit)
                self.assertIn(rule, self.rules(edit.seal()))

    def more_violations(self) -> list[tuple[str, bytes]]:
        """Those that need another file, or wrong checksums."""

        def sealed(change: Change, **options: bool) -> bytes:
            edit = Editor(SMALL)
            change(edit)
            return edit.seal(**options)

        def patched(at: int, value: bytes, data: bytes = SMALL) -> bytes:
            return data[:at] + value + data[at + len(value) :]

        trailer = len(SMALL) - 4096
        block = patched(40, b"another identity", SMALL)[:4092]
        gap = bytearray(SMALL)
        sections = {kind: b"" for kind in range(1, 12)} | {1: bytes(128)}
        empty_index = build_index(sections, {})
        odd = Editor(build(Sample([Tensor("a", "f32", (2,), struct.pack("<2f", np.nan, 1))])))
        odd.put(odd.section(CHUNKS) + 24, "I", 0)
        odd.put(odd.section(TENSORS) + 48, "Q", 0)
        odd.put(odd.section(SUMMARY) + 72, "Q", 0)
        sub_byte = Editor(build(Sample([Tensor("a", "f4", (3, 2), b"abc")])))
        sub_byte.put(sub_byte.section(DIMENSIONS), "Q", 5)
        documents = Editor(build(Sample(documents={"a": b"1", "b": b"2"})))
        documents.put(documents.section(NAMES), "2s", b"ba")
        gap[Editor(SMALL).tail - 1] = 1
        return [
            ("notAContainer", b""),
            ("notAContainer", SMALL[:8191]),
            ("notAContainer", bytes(20_480)),
            ("fileLength", SMALL + b"\0"),
            ("truncated", SMALL[:-1]),
            ("blockChecksum", patched(4092, b"\0", patched(trailer, b"\0"))),
            ("magic", patched(0, b"\0")),
            ("blockChecksum", patched(50, b"\xaa")),
            ("blockChecksum", patched(trailer + 50, b"\xaa")),
            ("blockMismatch", block + struct.pack("<I", crc32c(block)) + SMALL[4096:]),
            ("sectionTableChecksum", sealed(entry(2, 36, "I", 0), sections=False, table=False)),
            ("sectionChecksum", sealed(entry(2, 36, "I", 0), sections=False)),
            ("sectionChecksum", sealed(put(METRICS, 8, "d", 3.0), sections=False)),
            ("indexChecksum", sealed(put(METRICS, 8, "d", 3.0), index=False)),
            ("indexMismatch", patched(4096 + 700, b"\xaa\xbb")),
            ("indexMismatch", patched(Editor(SMALL).tail + 700, b"\xaa\xbb")),
            ("rootDigest", sealed(blocks(128, "B", 1), root=False)),
            ("padding", bytes(gap)),
            ("padding", patched(trailer - 1, b"\1")),
            ("padding", patched(8191, b"\1")),
            ("chunkExtent", assemble(empty_index, bytes(4096), 65_536, False)),
            ("nonFiniteMismatch", odd.seal()),
            ("tensorSize", sub_byte.seal()),
            ("unknownSection", build(Sample(extra_sections=[(77, 1, b"x")]))),
            ("missingSection", build(Sample(digests=False, extra_sections=[(12, 0, b"")]))),
            ("limit", build(Sample(extra_sections=[(12, 0, bytes(32))]))),
            ("limit", assemble(build_index({kind: b"" for kind in range(1, 12)}, {}), b"", 65_536, False)),
            ("order", documents.seal()),
        ]

    def test_more(self) -> None:
        for number, (rule, data) in enumerate(self.more_violations()):
            with self.subTest(rule=rule, number=number):
                self.assertIn(rule, self.rules(data))

    def test_all_rules_of_the_specification_are_tested(self) -> None:
        if not SPECIFICATION.exists():
            self.skipTest("no FORMAT.md beside the tests")
        text = SPECIFICATION.read_text(encoding="utf-8")
        names = {name for group in re.findall(r"\[((?:`\w+`(?:, )?)+)", text) for name in re.findall(r"\w+", group)}
        tested = {rule for rule, _ in VIOLATIONS} | {rule for rule, _ in self.more_violations()}
        self.assertEqual(names, tested)
        self.assertEqual(len(names), 51)

    def test_documents(self) -> None:
        for text in (
            b"\xef\xbb\xbf{}",
            b'{"a":1,"\\u0061":2}',
            b"[NaN]",
            b"[-Infinity]",
            b"\xff",
            b"",
            b"[1,]",
            b"{} {}",
            b"'a'",
            b"01",
            b'"\t"',
            b"[" * 100_000,
            b"[" * 513 + b"]" * 513,
            b"1e999",
            b"9" * 5000,
            b'"\\ud800"',
            b'{"\\udc00": 1}',
        ):
            with self.subTest(text=text[:20]):
                self.assertEqual(self.rules(build(Sample(documents={"d": text}))), {"document"})
        deep = b"[" * 512 + b"]" * 512
        for text in (deep, b" null\n", b"1e-999", b'"\\ud83d\\ude00"', b"9" * 300, b'{"a":{"b":1},"c":{"b":1}}'):
            self.assertEqual(self.rules(build(Sample(documents={"d": text}))), set())


class Damage(Workspace):
    """Second copies, truncations, flips."""

    def test_fallback(self) -> None:
        tail = Editor(SMALL).tail
        cases = {
            ("superblock",): [10],
            ("trailer",): [-4000],
            ("head index",): [4096 + 100],
            ("superblock", "head index"): [3, 5000],
            ("trailer", "head index"): [-1, 4096],
        }
        for titles, offsets in cases.items():
            data = bytearray(SMALL)
            for offset in offsets:
                data[offset] ^= 0x40
            box = self.open(bytes(data))
            self.assertEqual(box.degraded, list(titles))
            self.assertEqual(box.summary["metrics"], {"loss": 0.5, "soon": None})
            self.assertTrue(box.verify())
        data = bytearray(SMALL)
        edit = Editor(SMALL)
        data[4096 + edit.section(METRICS)] ^= 1
        data[tail + edit.section(NAMES)] ^= 1
        data[tail + 30] ^= 1
        box = self.open(bytes(data))
        self.assertEqual(box.degraded, ["head index", "tail index"])
        self.assertEqual([finding.rule for finding in box.verify()], ["indexMismatch"] * 2)
        self.assertEqual(box.names(), ["a", "a tied", "b", "c", "d"])
        data[tail + edit.section(METRICS)] ^= 2
        self.assertEqual(self.rules(bytes(data)), {"indexChecksum"})

    def test_truncation(self) -> None:
        for length in [*range(0, len(SMALL), 509), 4095, 4096, 8191, 8192, 16_384, len(SMALL) - 4096, len(SMALL) - 1]:
            with self.subTest(length=length):
                self.assertIn("notAContainer" if length < 8192 else "truncated", self.rules(SMALL[:length]))
        for more in (1, 64, 4096, 8192):
            self.assertEqual(self.rules(SMALL + bytes(more)), {"fileLength"})
        self.assertEqual(self.rules(SMALL + SMALL[-4096:]), {"fileLength"})
        self.assertEqual(self.rules(bytes(8192) + SMALL[8192:]), {"magic", "indexMismatch"})

    def test_every_single_byte(self) -> None:
        with open(self.path, "wb") as file:
            file.write(SMALL)
        with Container(self.path) as box:
            whole = {name: box.tensor_bytes(name) for name in box.names()}
        with open(self.path, "r+b") as file:
            for offset, byte in enumerate(SMALL):
                os.pwrite(file.fileno(), bytes([byte ^ (1 << offset % 8)]), offset)
                with Container(self.path) as box:  # one byte never refuses a file
                    findings = box.verify()
                    self.assertTrue(findings, offset)
                    wrong = 0
                    for name, data in whole.items():
                        try:
                            self.assertEqual(box.tensor_bytes(name), data)
                        except FormatError:
                            wrong += 1
                    self.assertLessEqual(wrong, 2)  # a and its alias
                os.pwrite(file.fileno(), bytes([byte]), offset)

    def test_damaged_chunk(self) -> None:
        data = bytearray(build(sample_contents()))
        box = self.open(bytes(data))
        broken = [box._chunks[box.info(name).first_chunk + 1].offset for name in ("codec/0", "split/f32")]
        for offset in broken:
            data[offset] ^= 1
        box = self.open(bytes(data))
        self.assertEqual(
            [(finding.rule, finding.where) for finding in box.verify()],
            [("storedChecksum", offset) for offset in broken],
        )
        with self.assertRaises(FormatError):
            box.tensor("codec/0")
        self.assertEqual(box.tensor("codec/2").shape, (300, 200))
        result = ckpt_reader.report(box)
        self.assertEqual(
            [item["name"] for item in result["tensors"] if item["sha256"] is None], ["codec/0", "split/f32"]
        )


class RoundTrip(Workspace):
    """What was written comes back."""

    def test_sample(self) -> None:
        for digests in (True, False):
            sample = sample_contents()
            sample.digests = digests
            sample.extra_sections = [(40, 0, b"something new")]
            box = self.open(build(sample))
            self.assertEqual(box.degraded, [])
            self.assertEqual(box.verify(), [])
            self.assertEqual(box.names(), sorted((tensor.name for tensor in sample.tensors), key=str.encode))
            for tensor in sample.tensors:
                source = next(item for item in sample.tensors if item.name == (tensor.alias or tensor.name))
                self.assertEqual(box.tensor_bytes(tensor.name), source.data, tensor.name)
                self.assertEqual(box.info(tensor.name).shape, tensor.shape)
                self.assertEqual(box.alias_target(tensor.name), tensor.alias)
            for name, text in sample.documents.items():
                self.assertEqual(box.document(name), json.loads(text))
            self.assertEqual({name: box.blob(name) for name in box.blob_names()}, sample.blobs)
            counts = {name: box.info(name).non_finite for name in box.names() if box.info(name).non_finite}
            self.assertEqual(
                counts,
                {
                    "odd/f32": 3,
                    "odd/tied": 3,
                    "odd/c64": 2,
                    "odd/e4m3": 2,
                    "odd/e5m2": 2,
                    "odd/e8m0": 1,
                    "odd/fnuz4": 1,
                    "odd/fnuz5": 1,
                },
            )
            self.assertEqual(box.tensor("odd/bool").tolist(), [False, True, True])
            self.assertEqual(box.tensor("scalar").shape, ())
            self.assertEqual(float(box.tensor("scalar")), 0.5)
            self.assertEqual(box.tensor("empty").shape, (3, 0, 2))
            self.assertEqual(box.tensor("all/bf16").dtype, np.uint16)
            self.assertEqual(box.tensor("all/f6_e2m3").shape, (18,))
            self.assertEqual(box.tensor("codec/4").reshape(-1)[:9].tolist(), [0] * 7 + [1] * 2)
            self.assertEqual(box.summary["tags"], ["best", "nightly"])

    def test_nearly_empty(self) -> None:
        box = self.open(build(Sample(step=None)))
        self.assertEqual((box.verify(), box.names(), box.summary["step"]), ([], [], None))

    def test_command_line(self) -> None:
        def run(data: bytes, *options: str) -> tuple[int, str]:
            self.open(data) if data == SMALL else Path(self.path).write_bytes(data)
            with contextlib.redirect_stdout(io.StringIO()) as output:
                status = ckpt_reader.main([self.path, *options])
            return status, output.getvalue()

        def strict(text: str) -> Any:
            return json.loads(text, parse_constant=self.fail)

        status, text = run(build(sample_contents()), "--json")
        result = strict(text)
        self.assertEqual((status, result["findings"], result["degraded"]), (0, [], []))
        self.assertEqual(
            result["summary"]["metrics"],
            {"loss": 0.25, "nan": "NaN", "up": "Infinity", "down": "-Infinity", "later": None},
        )
        self.assertEqual(result["documents"]["position"], 17)
        self.assertEqual(result["blobs"]["empty"], hashlib.sha256(b"").hexdigest())
        tied = next(item for item in result["tensors"] if item["name"] == "odd/tied")
        self.assertEqual((tied["alias"], tied["dtype"], tied["shape"], tied["non_finite"]), ("odd/f32", "f32", [5], 3))
        status, text = run(SMALL[:-4096] + bytes(4096), "--json")
        self.assertEqual(
            (status, strict(text)["degraded"], strict(text)["findings"][0]["rule"]), (1, ["trailer"], "magic")
        )
        status, text = run(SMALL[:9000], "--json")
        self.assertEqual((status, strict(text)["error"], strict(text)["offset"]), (2, "truncated", 64))
        self.assertEqual(run(SMALL)[0], 0)
        status, text = run(build(Sample(documents={"d": b"[1e300]", "bad": b"["})), "--json")
        self.assertEqual((status, strict(text)["documents"]), (1, {"d": [1e300], "bad": None}))


class Parts(unittest.TestCase):
    """CRC and codecs by themselves."""

    def test_crc(self) -> None:
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(crc32c(bytes(32)), 0x8A9136AA)
        self.assertEqual(crc32c(b""), 0)
        data = np.random.default_rng(1).integers(0, 256, (1 << 20) + 3000, dtype=np.uint8).tobytes()
        for length in (255, 256, 257, 1023, 1024, 4093, (1 << 20) - 1, (1 << 20) + 1, len(data)):
            bytewise = 0
            for start in range(0, length, 200):
                bytewise = crc32c(data[start : min(start + 200, length)], bytewise)
            self.assertEqual(crc32c(data[:length]), bytewise)

    def refused(self, decode: Callable[[bytes, int], bytes], data: bytes, size: int) -> None:
        with self.assertRaises(FormatError) as context:
            decode(data, size)
        self.assertEqual(context.exception.rule, "decode")

    def test_lz4(self) -> None:
        rng = np.random.default_rng(2)
        for size in (1, 4, 12, 13, 20, 270, 300, 5000, 70_000):
            for data in (bytes(size), rng.integers(0, 3, size, dtype=np.uint8).tobytes(), rng.bytes(size)):
                block = lz4_encode(data)
                self.assertEqual(lz4_block(block, size), data)
                self.refused(lz4_block, block + b"\0", size)
                self.refused(lz4_block, block[:-1], size)
                self.refused(lz4_block, block, size + 1)
                self.refused(lz4_block, block, size - 1)
        self.assertEqual(lz4_block(b"\x13a\x01\x00\x50bcdef", 13), b"aaaaaaaabcdef")
        self.assertEqual(lz4_block(b"\x10a", 1), b"a")
        for block, size in (
            (b"\x13a\x00\x00\x50bcdef", 13),
            (b"\x13a\x02\x00\x50bcdef", 13),
            (b"\x13a\x01\x00", 8),
            (b"", 1),
            (b"\x13a\x01\x00\x00", 8),
            (b"\xf0\xff", 300),
            (b"\x12a\x01\x00\x40bcde", 11),
            (b"\x13a\x01", 13),
        ):
            self.refused(lz4_block, block, size)

    def test_own_codecs(self) -> None:
        """The vectors of §6.1 and §6.2, and what an encoder makes; every byte changed, cut off, added."""
        symbols = bytes.fromhex("78797A790378 7F7E7979")
        for text in ("03 78 0000 02000000 8872DC09 037F", "04 76 0000 01000000 32342F8933 03"):
            self.assertEqual(exponent_window(bytes.fromhex(text), 10), symbols)
        text = "05 09 210303 01000000 01000000 01000000 01000000 00 31 02 3C"
        self.assertEqual(
            four_stream_huffman(bytes.fromhex(text), 16), bytes.fromhex("05050505060505070506050505050906")
        )
        rng = np.random.default_rng(3)
        for size in (2, 3, 5, 64, 257, 1000):
            data = rng.binomial(30, 0.5, size).astype(np.uint8).tobytes()
            data = data[:-2] + b"\x01\x02"
            for decode, encoded in (
                (exponent_window, window_encode(data, 3)),
                (exponent_window, window_encode(data, 4)),
                (four_stream_huffman, huffman_encode(data)),
            ):
                self.assertEqual(decode(encoded, size), data)
                self.refused(decode, encoded + b"\0", size)
                for length in range(len(encoded)):
                    self.refused(decode, encoded[:length], size)

    def test_inflate(self) -> None:
        data = bytes(range(250)) * 9
        stream = zlib.compress(data, 9, wbits=-15)
        self.assertEqual(inflate(stream, len(data)), data)
        for changed, size in (
            (stream + b"\0", len(data)),
            (stream[:-1], len(data)),
            (stream, len(data) - 1),
            (stream, len(data) + 1),
            (b"", 1),
            (b"\x07", 1),
            (zlib.compress(data), len(data)),
        ):
            self.refused(inflate, changed, size)
        partial = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.refused(inflate, partial.compress(data) + partial.flush(zlib.Z_SYNC_FLUSH), len(data))


if __name__ == "__main__":
    unittest.main()
