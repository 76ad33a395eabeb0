import CCheckpointShims
import SystemPackage

// By default nothing is shared: only files of one disk can be.
extension File {
  package func shareBlocks(
    of source: any File, at sourceOffset: UInt64, count: UInt64, to offset: UInt64
  ) throws(IOError) {
    throw IOError(code: .notSupported, operation: "share blocks", path: "")
  }

  package func sharedBytes() throws(IOError) -> UInt64? { nil }
}

extension Directory {
  package var mayShareBlocks: Bool { false }
}

extension PosixFile {
  package func shareBlocks(
    of source: any File, at sourceOffset: UInt64, count: UInt64, to offset: UInt64
  ) throws(IOError) {
    guard let source = source as? PosixFile else {
      throw IOError(code: .notSupported, operation: "share blocks", path: path)
    }
    try descriptor.use("share blocks", path) { target throws(IOError) in
      try source.descriptor.use("share blocks", source.path) { origin throws(IOError) in
        _ = try SystemCall.retry("share blocks", { self.path }) {
          ckpt_share_blocks(target, offset, origin, sourceOffset, count)
        }
      }
    }
  }

  package func sharedBytes() throws(IOError) -> UInt64? {
    try descriptor.use("fiemap", path) { file throws(IOError) in
      guard ckpt_may_share_blocks(file) == 1 else { return nil }
      let sizeBytes = try SystemCall.status(file, path: path).sizeBytes
      var shared: UInt64 = 0
      do throws(IOError) {
        _ = try SystemCall.retry("fiemap", { self.path }) {
          ckpt_shared_bytes(file, sizeBytes, &shared)
        }
      } catch {
        guard error.code == .notSupported else { throw error }
        return nil
      }
      return shared
    }
  }
}

extension PosixDirectory {
  package var mayShareBlocks: Bool {
    let answer = try? descriptor.use("statfs", path) { directory throws(IOError) in
      ckpt_may_share_blocks(directory) == 1
    }
    return answer ?? false
  }
}
