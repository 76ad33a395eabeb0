import CheckpointFormat
import ContainerSurgery

/// Decodes what the fuzzer makes, with the stored checksum made right. The first bytes choose
/// transform, codec, dtype and logical length; the rest are the stored bytes.
@main
enum FuzzChunk {
  static func main() {
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--seeds" {
      return Seeds.write(to: CommandLine.arguments[2])
    }
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = LLVMFuzzerRunDriver(&count, &arguments) { input, count in
      FuzzChunk.run(Array(UnsafeBufferPointer(start: input, count: count)))
      return 0
    }
  }

  nonisolated(unsafe) private static let decoder = ChunkDecoder()

  private static func run(_ input: [UInt8]) {
    guard input.count >= 6 else { return }
    let view = ByteView(input)
    let stored = Array(input[5...])
    let logicalBytes = Int(view.u16(3)) + 1
    guard stored.count <= logicalBytes, let dtype = DType(rawValue: view.u8(2) % 22 + 1) else {
      return
    }
    let record = ChunkRecord(
      offset: 0, storedBytes: UInt32(stored.count), logicalBytes: UInt32(logicalBytes),
      storedChecksum: CRC32C.checksum(stored), logicalChecksum: 0, nonFiniteCount: 0,
      transform: view.u8(0) % 4, codec: view.u8(1) % 6)
    // Memory of just that size: one byte beyond it is the sanitizer's.
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: logicalBytes, alignment: 1)
    defer { output.deallocate() }
    stored.withUnsafeBytes { stored in
      do throws(FormatError) {
        try decoder.decode(stored, record: record, dtype: dtype, into: output)
      } catch {}
    }
  }
}
