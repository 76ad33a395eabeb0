import CheckpointIO
import SimulatedDisk
import SystemPackage
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One writer at a time, and the others learn who it is.
@Suite struct WriterLockTests {
  @Test("A second lock in the same process is refused, and told who has the first")
  func excludes() throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    let before = LockHolder.current()
    let first = try WriterLock.acquire(in: directory)
    let holder = try #require(holder { try WriterLock.acquire(in: directory) })
    #expect(holder.processID == getpid())
    #expect(holder.host == before.host)
    let since = try #require(holder.sinceNanoseconds)
    #expect(try since >= #require(before.sinceNanoseconds))
    first.release()
    _ = try WriterLock.acquire(in: directory)
  }

  @Test("The lock is freed with its last reference")
  func releases() throws {
    let directory = try SimulatedDisk().openDirectory("/")
    _ = try WriterLock.acquire(in: directory)
    _ = try WriterLock.acquire(in: directory)
  }

  @Test("Waiting ends when the lock is freed", .timeLimit(.minutes(1)))
  func waits() async throws {
    let temporary = TemporaryDirectory()
    let directory = try temporary.open()
    let first = try WriterLock.acquire(in: directory)
    async let second = BlockingPool.shared.run {
      try WriterLock.acquire(in: directory, waitSeconds: .infinity)
    }
    try await Task.sleep(for: .milliseconds(30))
    first.release()
    try await second.release()
  }

  @Test("Waiting ends after the time given", arguments: [0, -1, .nan, 0.02])
  func timesOut(waitSeconds: Double) throws {
    let directory = try SimulatedDisk().openDirectory("/")
    let first = try WriterLock.acquire(in: directory)
    let clock = ContinuousClock()
    let start = clock.now
    #expect(holder { try WriterLock.acquire(in: directory, waitSeconds: waitSeconds) } != nil)
    #expect(clock.now - start >= .seconds(waitSeconds > 0 ? waitSeconds : 0))
    first.release()
  }

  @Test("The holder's text is read leniently")
  func parses() {
    let full = LockHolder(
      processID: 12, host: "node-7", sinceNanoseconds: 1_700_000_000_000_000_000)
    #expect(full.text == "12 node-7 1700000000000000000\n")
    #expect(LockHolder(parsing: full.text) == full)
    #expect(LockHolder(parsing: full.text + "more\n") == full)
    #expect(LockHolder(parsing: "") == LockHolder())
    #expect(LockHolder(parsing: "x y z") == LockHolder(host: "y"))
    #expect(LockHolder(parsing: "12") == LockHolder(processID: 12))
    #expect(LockHolder(parsing: "12  5") == LockHolder(processID: 12, sinceNanoseconds: 5))
  }

  @Test("A lock file that was removed and made anew is locked anew")
  func followsTheName() throws {
    let directory = HookedDirectory(try SimulatedDisk().openDirectory("/"))
    directory.afterOpening = { name in
      directory.afterOpening = nil
      try directory.remove(name)
    }
    let first = try WriterLock.acquire(in: directory)
    #expect(holder { try WriterLock.acquire(in: directory) } != nil)
    first.release()
  }

  @Test("A full disk doesn't keep anybody from locking")
  func locksOnFullDisk() throws {
    let disk = SimulatedDisk(faults: [Fault(.fail(.noSpace), at: .write)])
    let directory = try disk.openDirectory("/")
    let first = try WriterLock.acquire(in: directory)
    #expect(holder { try WriterLock.acquire(in: directory) } == LockHolder())
    first.release()
  }

  @Test("Another process is kept out, and let in when this one frees the lock")
  func excludesProcesses() async throws {
    let temporary = TemporaryDirectory()
    let lock = try WriterLock.acquire(in: temporary.open())
    await #expect(processExitsWith: .success) {
      [path = temporary.path.string as String, parent = getpid() as Int32] in
      let directory = try PosixFileSystem().openDirectory(FilePath(path))
      let holder = try #require(holder { try WriterLock.acquire(in: directory) })
      precondition(holder.processID == parent)
    }
    lock.release()
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = temporary.path.string as String] in
      let directory = try PosixFileSystem().openDirectory(FilePath(path))
      let lock = try WriterLock.acquire(in: directory)
      withExtendedLifetime(lock) { _ = kill(getpid(), SIGKILL) }
    }
    // The killed process's lock has gone with it.
    _ = try WriterLock.acquire(in: temporary.open())
  }
}

/// Whom `body` found to hold the lock.
private func holder(_ body: () throws -> WriterLock) -> LockHolder? {
  do {
    _ = try body()
    return nil
  } catch WriterLockError.held(let holder) {
    return holder
  } catch {
    return nil
  }
}
