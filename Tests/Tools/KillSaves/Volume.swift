import Foundation
import SystemPackage

/// A file system on a block device of its own, mounted for the time of the test, whose power can
/// be cut.
struct Volume {
  let device: FilePath
  /// Its type, as `mount` calls it.
  let type: String
  let mountPoint: FilePath

  /// ext4 guesses that a file renamed over another is dear to somebody, and writes it out first.
  /// That hides a missing fsync, and other file systems don't do it.
  private var mountOptions: String { type == "ext4" ? "noauto_da_alloc" : "" }

  /// Mounts it. After a cut its journal is replayed here.
  func mount() throws {
    #if os(Linux)
      try check(Glibc.mount(device.string, mountPoint.string, type, 0, mountOptions), "mount")
    #else
      throw Errno.notSupported
    #endif
  }

  func unmount() throws {
    #if os(Linux)
      try check(umount2(mountPoint.string, 0), "umount")
    #else
      throw Errno.notSupported
    #endif
  }

  /// Shuts the file system down at once: from here on nothing reaches the device, neither pages nor
  /// the journal's records that are still in memory.
  func cutPower() throws {
    let root = try FileDescriptor.open(mountPoint, .readOnly, options: .directory)
    // FS_IOC_SHUTDOWN, which xfs calls XFS_IOC_GOINGDOWN: _IOR('X', 125, uint32_t).
    let request: UInt = 0x8004_587D
    // Without flushing the log.
    var flags: UInt32 = 2
    try root.closeAfter { try check(ioctl(root.rawValue, request, &flags), "shutdown") }
  }

  private func check(_ status: CInt, _ operation: String) throws {
    guard status != 0 else { return }
    let error = Errno(rawValue: errno)
    FileHandle.standardError.write(Data("\(operation) \(mountPoint): \(error)\n".utf8))
    throw error
  }
}
