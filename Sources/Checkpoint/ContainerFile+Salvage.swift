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
      let (index, indexDamage) = try ContainerFile.readIndex(file, block: block)
      self.init(
        file, path: path, sizeBytes: size, block: block, index: index,
        damage: blockDamage + indexDamage)
    } catch let error as FormatError {
      var error = CheckpointError(error, path: path)
      error.advice = "nothing can be rescued: what is where in the file is lost"
      throw error
    } catch let error as IOError {
      throw CheckpointError(error)
    } catch {
      throw CheckpointError(.io, "\(error)", path: path)
    }
  }

  private static func salvageBlock(
    _ file: any File, sizeBytes: UInt64
  ) throws -> (Block, damage: [FormatError]) {
    let size = UInt64(Block.sizeBytes)
    func block(_ kind: Block.Kind, at offset: UInt64) throws(IOError) -> Result<Block, FormatError>
    {
      let bytes = try file.readBytes(Block.sizeBytes, at: offset)
      return Result { () throws(FormatError) in
        try Block(decoding: bytes, as: kind, at: offset, fileLengthBytes: nil)
      }
    }
    switch try block(.superblock, at: 0) {
    case .success(let head):
      var damage: [FormatError] = []
      if head.fileLengthBytes > sizeBytes {
        damage.append(
          FormatError(
            .truncated, "the file has \(sizeBytes) bytes of \(head.fileLengthBytes)",
            offset: sizeBytes))
      } else if head.fileLengthBytes < sizeBytes {
        damage.append(
          FormatError(
            .fileLength, "the file has \(sizeBytes) bytes; it ended at \(head.fileLengthBytes)",
            offset: head.fileLengthBytes))
      }
      if case .failure(let error) = try block(.trailer, at: head.fileLengthBytes - size) {
        damage.append(error)
      }
      return (head, damage)
    case .failure(let error):
      guard sizeBytes >= 2 * size,
        case .success(let tail) = try block(.trailer, at: sizeBytes - size)
      else { throw error }
      return (tail, [error])
    }
  }
}
