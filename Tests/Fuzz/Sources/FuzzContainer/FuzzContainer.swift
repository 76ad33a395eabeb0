import Checkpoint
import CheckpointFormat
import ContainerSurgery
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens, verifies and loads what the fuzzer makes.
///
/// An even first byte: the rest is the file. An odd one: it chooses a golden file (CKPT_FUZZ_BASES, a
/// list separated by colons), and the rest are changes of it, 11 bytes each, after which all checksums
/// are made right, since no fuzzer guesses those.
@main
enum FuzzContainer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = LLVMFuzzerRunDriver(&count, &arguments) { input, count in
      FuzzContainer.run(Array(UnsafeBufferPointer(start: input, count: count)))
      return 0
    }
  }

  private static let bases: [ContainerSurgery] = {
    guard let list = getenv("CKPT_FUZZ_BASES") else { return [] }
    return String(cString: list).split(separator: ":").compactMap { path in
      guard let file = fopen(String(path), "r") else { return nil }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
      return ContainerSurgery(bytes)
    }
  }()

  private static func run(_ input: [UInt8]) {
    guard let first = input.first else { return }
    if first % 2 == 0 || bases.isEmpty {
      read(Array(input.dropFirst()))
    } else {
      read(changed(bases[Int(first / 2) % bases.count], by: Array(input.dropFirst())))
    }
  }

  private static func changed(_ base: ContainerSurgery, by changes: [UInt8]) -> [UInt8] {
    var surgery = base
    let dataStart = 4096 + (base.index.count + 4095) / 4096 * 4096
    for start in stride(from: 0, to: changes.count - 10, by: 11) {
      let view = ByteView(Array(changes[start..<start + 11]))
      let offset = Int(view.u16(1))
      switch view.u8(0) % 5 {
      case 0: surgery.setIndex(offset * 8 % (surgery.index.count - 7), view.u64(3))
      case 1: surgery.setIndex(offset * 4 % (surgery.index.count - 3), view.u32(3))
      case 2: surgery.setIndex(offset % surgery.index.count, view.u8(3))
      case 3: surgery.setBlocks(8 + offset % 160, view.u32(3))
      default:
        let length = base.tailIndexOffset - dataStart
        if length > 0 { surgery.set(dataStart + offset % length, view.u8(3)) }
      }
    }
    return surgery.sealed()
  }

  private static func read(_ bytes: [UInt8]) {
    do throws(CheckpointError) {
      let reader = try CheckpointReader(
        "fuzz", in: MemoryFileSystem(bytes), limits: ReadLimits(allocationBytes: 1 << 22))
      _ = "\(reader.summary) \(reader.created)"
      for position in 0..<min(reader.tensorCount, 20) {
        let name = reader.info(at: position).name
        guard let tensor = try? reader.tensor(name) else { continue }
        _ = tensor.count
        _ = try? reader.tensor(name, rows: 0..<1)
      }
      _ = try reader.verify()
      let _: Checkpoint = try reader.load()
    } catch {}
  }
}
