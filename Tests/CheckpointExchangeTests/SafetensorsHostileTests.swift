import Checkpoint
import CheckpointIO
import Foundation
import Testing

@testable import CheckpointExchange

@Suite("safetensors: whatever a file says, it is read or refused")
struct SafetensorsHostileTests {
  @Test("every truncation of a file is refused")
  func truncations() throws {
    let directory = TemporaryDirectory()
    let bytes = try [UInt8](Data(contentsOf: fixture("safetensors/valid/scalars.safetensors")))
    for count in 0..<bytes.count {
      try directory.write(Array(bytes[..<count]), to: "a")
      #expect(throws: CheckpointError.self, "\(count) bytes") {
        try SafetensorsReader.read(directory.file("a"), in: PosixFileSystem())
      }
    }
  }

  @Test("no changed bit stops the program, and what is read then lies inside of the file")
  func flippedBits() throws {
    let directory = TemporaryDirectory()
    let bytes = try [UInt8](Data(contentsOf: fixture("safetensors/valid/scalars.safetensors")))
    for place in 0..<176 {
      for bit in [0, 3, 6] {
        var changed = bytes
        changed[place] ^= 1 << bit
        try directory.write(changed, to: "a")
        guard let state = try? SafetensorsReader.read(directory.file("a"), in: PosixFileSystem())
        else { continue }
        #expect(state.tensorBytes <= UInt64(bytes.count))
        for tensor in state.tensors { _ = try tensor.bytes() }
      }
    }
  }
}
