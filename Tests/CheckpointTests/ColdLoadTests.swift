import Checkpoint
import CheckpointIO
import SystemPackage
import Testing

/// Large files that the page cache hasn't got are read past it, which changes nothing but the time.
@Suite("Loads from the disk")
struct ColdLoadTests {
  let directory = TemporaryDirectory()
  var path: FilePath { directory.file("a.ckpt") }

  /// Large tensors, many small ones, and an alias: more than what is worth reading past the cache.
  private static let state: Checkpoint = {
    var checkpoint = Checkpoint(step: 7)
    for number in 0..<3 {
      let count = 2_000_003 + number
      checkpoint.tensors["large_\(number)"] = Tensor(
        (0..<count).map { Float($0 % 1013) * 0.37 - 5 })
    }
    for number in 0..<500 {
      checkpoint.tensors["small/\(number)"] = Tensor((0..<number).map { Int16($0 + number) })
    }
    checkpoint.aliases["tied"] = "large_0"
    return checkpoint
  }()

  private func save(_ compression: Compression) throws {
    try CheckpointWriter(path, options: SaveOptions(compression: compression)).write(Self.state)
  }

  @Test("give what was saved", arguments: [Compression.none, .fast, .compact], [true, false])
  func loads(_ compression: Compression, isCold: Bool) throws {
    try save(compression)
    if isCold { _ = PosixFileSystem.forgetCached(path) } else { try PosixFileSystem.cache(path) }
    let loaded: Checkpoint = try CheckpointReader(path).load()
    let isSame = loaded.tensors == Self.state.tensors && loaded.aliases == Self.state.aliases
    #expect(isSame)
    if isCold { _ = PosixFileSystem.forgetCached(path) }
    #expect(try CheckpointReader(path).verify().state == .intact)
  }

  @Test("of all tensors at once go to the caller's memory, and need buffers of their sizes")
  func intoBuffers() throws {
    try save(.fast)
    _ = PosixFileSystem.forgetCached(path)
    let reader = try CheckpointReader(path)
    var buffers: [String: UnsafeMutableRawBufferPointer] = [:]
    defer { for buffer in buffers.values { buffer.deallocate() } }
    for name in reader.tensorNames {
      buffers[name] = .allocate(byteCount: Int(try reader.info(name).sizeBytes), alignment: 1)
    }
    try reader.read(into: buffers)
    for (name, buffer) in buffers {
      let tensor = try #require(Self.state.tensors[Self.state.aliases[name] ?? name])
      let isSame = tensor.withUnsafeBytes { $0.elementsEqual(buffer) }
      #expect(isSame, "\(name)")
    }
    for wrong in [["small/3": 5], ["small/3": 7], ["nothing": 0]] {
      let some = wrong.mapValues {
        UnsafeMutableRawBufferPointer.allocate(byteCount: $0, alignment: 1)
      }
      defer { for buffer in some.values { buffer.deallocate() } }
      let error = #expect(throws: CheckpointError.self) { try reader.read(into: some) }
      #expect(error?.code == (wrong["nothing"] == nil ? .mismatch : .notFound))
    }
  }

  @Test("find each damaged chunk, and name its tensor", arguments: [Compression.none, .compact])
  func damage(_ compression: Compression) throws {
    try save(compression)
    let reader = try CheckpointReader(path)
    let name = "large_1"
    let chunk = try #require(try reader.chunkInfos(name).dropFirst(2).first)
    var bytes = try directory.bytes("a.ckpt")
    bytes[Int(chunk.byteOffset) + 17] ^= 0x20
    try directory.write(bytes, to: "a.ckpt")
    let file = try PosixFileSystem().openDirectory(directory.path).open("a.ckpt", .readWrite)
    try file.synchronize()
    _ = PosixFileSystem.forgetCached(path)
    let error = #expect(throws: CheckpointError.self) {
      _ = try CheckpointReader(path).load() as Checkpoint
    }
    #expect(error?.code == .checksumMismatch && error?.item == name)
    #expect(error?.byteOffset == chunk.byteOffset)
    _ = PosixFileSystem.forgetCached(path)
    let findings = try CheckpointReader(path).verify().findings
    #expect(
      findings.map(\.tensor) == [name] && findings.map(\.error.byteOffset) == [chunk.byteOffset])
  }
}
