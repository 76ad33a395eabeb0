package import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension PosixFileSystem {
  /// Where a path that a person gave leads, symbolic links followed; the path itself if that can't
  /// be told, so that opening it reports why. The engine's own files are never reached by links.
  package static func resolvingLinks(_ path: FilePath) -> FilePath {
    path.withPlatformString { text in
      guard let resolved = realpath(text, nil) else { return path }
      defer { free(resolved) }
      return FilePath(platformString: resolved)
    }
  }
}
