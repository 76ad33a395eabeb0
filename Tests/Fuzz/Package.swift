// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided tests: Scripts/fuzz builds and runs them. A package of its own, since every module
// has to be built with the fuzzer's instruments; the sources are the engine's, by symbolic links, so
// that what is `package` there is visible here.
let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "https://github.com/apple/swift-system", from: "1.8.1")],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4"),
    .target(name: "CCheckpointShims"),
    .target(name: "CheckpointFormat", dependencies: ["CZlib", "CLZ4", "CCheckpointShims"]),
    .target(
      name: "CheckpointIO",
      dependencies: [
        "CCheckpointShims", .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .target(name: "CheckpointRetention"),
    .target(
      name: "Checkpoint",
      dependencies: [
        "CCheckpointShims", "CheckpointFormat", "CheckpointIO", "CheckpointRetention",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .target(
      name: "ContainerSurgery",
      dependencies: [
        "CheckpointFormat", "CheckpointIO",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .executableTarget(
      name: "FuzzContainer",
      dependencies: [
        "Checkpoint", "CheckpointFormat", "ContainerSurgery",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .executableTarget(name: "FuzzChunk", dependencies: ["CheckpointFormat", "ContainerSurgery"]),
  ]
)

for target in package.targets where [.executable, .regular].contains(target.type) {
  guard target.name != "CCheckpointShims" else { continue }
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
  ]
}
