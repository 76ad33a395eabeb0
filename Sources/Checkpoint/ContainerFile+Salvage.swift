internal import CheckpointFormat
internal import CheckpointIO
internal import SystemPackage

extension ContainerFile {
  /// Opens a file that may be cut off, have bytes appended, or have lost one block: any sound block
  /// will do, and an index put together from what is left of its two copies.
  convenience init(salvaging file: any File, path: FilePath) throws(CheckpointError) {
    do {
      let size = try file.status().sizeBytes
      let (block, blockDamage) = try ContainerFile.salvageBlock(file, sizeBytes: size)
      let (index, indexDamage) = try ContainerFile.readIndex(file, sizeBytes: size, block: block)
      self.init(
        file, path: path, sizeBytes: size, block: block, index: index,
        damage: (blockDamage + indexDamage).map { $0.error(path: path) })
    } catch let error as CopyFailure {
      throw error.error(path: path).hopeless
    } catch let error as FormatError {
      throw CheckpointError(error, path: path).hopeless
    } catch let error as IOError {
      throw CheckpointError(error)
    } catch {
      throw CheckpointError(.io, "\(error)", path: path)
    }
  }

  private static func salvageBlock(
    _ file: any File, sizeBytes: UInt64
  ) throws -> (Block, damage: [CopyFailure]) {
    let size = UInt64(Block.sizeBytes)
    switch try readBlock(file, .superblock, at: 0, fileLengthBytes: nil) {
    case .success(let head):
      var damage: [CopyFailure] = []
      if head.fileLengthBytes > sizeBytes {
        damage.append(
          .broken(
            FormatError(
              .truncated, "the file has \(sizeBytes) bytes of \(head.fileLengthBytes)",
              offset: sizeBytes)))
      } else if head.fileLengthBytes < sizeBytes {
        damage.append(
          .broken(
            FormatError(
              .fileLength, "the file has \(sizeBytes) bytes; it ended at \(head.fileLengthBytes)",
              offset: head.fileLengthBytes)))
      }
      let trailerOffset = head.fileLengthBytes - size
      if case .failure(let error) = try readBlock(
        file, .trailer, at: trailerOffset, fileLengthBytes: nil)
      {
        damage.append(error)
      }
      return (head, damage)
    case .failure(let error):
      guard sizeBytes >= 2 * size else { throw error }
      switch try readBlock(file, .trailer, at: sizeBytes - size, fileLengthBytes: nil) {
      case .success(let tail): return (tail, [error])
      // A block that is whole and says no says more than one that is damaged; so does a disk that
      // can't tell.
      case .failure(let tailError):
        let isTold = !tailError.isDamage || tailError.rule == nil
        throw error.isDamage && isTold ? tailError : error
      }
    }
  }
}

extension CheckpointError {
  /// Without hope: what is damaged can't be rescued. What a newer program may read, or another try,
  /// keeps its own advice.
  fileprivate var hopeless: CheckpointError {
    var error = self
    if [.corrupt, .truncated, .notACheckpoint, .checksumMismatch].contains(code) {
      error.advice = "nothing can be rescued: what is where in the file is lost"
    }
    return error
  }
}
