import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

@testable import CheckpointExchange

@Suite struct NpyHeaderTests {
  @Test func whatIsWrittenIsRead() throws {
    for shape in [[], [3], [2, 3], [0], [1, 0, 7], [Int](repeating: 1, count: 64), [1 << 40]] {
      let bytes = NpyHeader.bytes(type: "<f4", shape: shape)
      #expect(bytes.count.isMultiple(of: 64))
      let header = try parse(bytes)
      #expect(header.shape == shape)
      #expect(header.type.dtype == .f32)
      #expect(!header.isFortranOrder && header.dataOffset == bytes.count)
    }
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}   \n",
    "{\"shape\":(2,3,),\"descr\":\"<f4\",\"fortran_order\":False,}",
    " { 'descr' : '<f4' ,\t'fortran_order':False, 'shape' : ( 2 , 3 ) , } \n",
  ])
  func whatWritersMakeIsTaken(text: String) throws {
    let header = try parse(npy(text))
    #expect(header.shape == [2, 3] && header.type.dtype == .f32 && !header.isFortranOrder)
  }

  @Test(arguments: [
    "", "{", "}", "{}", "[]", "None", "{'descr': '<f4'}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': false, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': None, 'shape': ()}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': [2]}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2L,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (02,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (True,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0x2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1_0,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)",
    "{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<' '<f4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': u'<f4', 'fortran_order': False, 'shape': (2,)}",
    "{descr: '<f4', 'fortran_order': False, 'shape': (2,)}",
  ])
  func anythingElseIsRefused(text: String) throws {
    let error = #expect(throws: CheckpointError.self) { try parse(npy(text)) }
    #expect(error?.code == .corrupt)
  }

  @Test func onlyTypesOfNumbersAreTaken() throws {
    for (text, dtype, isBig) in [
      ("|b1", DType.bool, false), ("<i8", .i64, false), (">i8", .i64, true), (">u1", .u8, false),
      ("<c8", .c64, false), (">c8", .c64, true), (">f2", .f16, true),
    ] {
      let type = try NpyType(text)
      #expect(type.dtype == dtype && type.isBigEndian == isBig)
    }
    for text in [
      "", "f", "f4", "float32", "<", "<f", "<f0", "<f3", "<f04", "<f+4", "<f-4", "|f4", "=f4",
      "<f16", "<c16", "|O", "O", "<O8", "<U1", "|S1", "<M8[s]", "<m8", "<b2", "<i3", "?", "<V3",
      "<f4 ", " <f4", "<f4294967300",
    ] {
      #expect(throws: CheckpointError.self, "\(text)") { try NpyType(text) }
    }
    for dtype in DType.allCases where NpyType.isNative(dtype) {
      #expect(try NpyType(NpyType.text(dtype)).dtype == dtype)
    }
  }

  /// A bare array file: cut off or changed anywhere, it is an error, or an array that its bytes make.
  @Test func damageNeverTraps() throws {
    let original = try fixtureBytes("npz/files/single.npy")
    for length in 0..<original.count {
      #expect(throws: CheckpointError.self) { try read(Array(original[..<length])) }
    }
    for offset in 0..<128 {
      for value in [0, 1, 9, 32, 39, 40, 41, 44, 48, 57, 62, 66, 70, 84, 123, 125, 128, 255] {
        do throws(CheckpointError) {
          for tensor in try read(patched(original, offset, [UInt8(value)])).tensors {
            #expect(try tensor.bytes().count == 24)
          }
        } catch {
          #expect(!error.message.isEmpty)
        }
      }
    }
  }

  private func read(_ bytes: [UInt8]) throws(CheckpointError) -> ExchangeState {
    try NpzReader.read("/a.npy", in: MemoryFolder.disk(bytes, named: "a.npy"))
  }

  private func npy(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    return NpyHeader.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }

  private func parse(_ bytes: [UInt8]) throws(CheckpointError) -> NpyHeader {
    try NpyHeader(sizeBytes: UInt64(bytes.count), path: "a") { Array(bytes.prefix($0)) }
  }
}
