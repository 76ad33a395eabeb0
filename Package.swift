// swift-tools-version: 6.2
import PackageDescription

/// What the programs in `Examples` use: what everybody can.
let example: [Target.Dependency] = [
  "Checkpoint", "CheckpointTrainer", .product(name: "SystemPackage", package: "swift-system"),
]

// The house: one target per floor, imports go down only (see CONTRIBUTING.md).
let package = Package(
  name: "ckpt",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Checkpoint", targets: ["Checkpoint"]),
    .library(name: "CheckpointTrainer", targets: ["CheckpointTrainer"]),
    .library(name: "CheckpointExchange", targets: ["CheckpointExchange"]),
    .executable(name: "ckpt", targets: ["ckpt"]),
  ],
  dependencies: [
    // The command line: parsing, help pages, shell completions. Only the command links it.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // File paths that need not be UTF-8, and errno by name. No Foundation.
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    // Floor 0: bytes.
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .target(name: "CCheckpointShims"),

    // Floor 1: the container's bytes; files; what is kept. None knows the others.
    .target(
      name: "CheckpointFormat", dependencies: ["CZlib", "CLZ4", "CCheckpointShims"],
      // It parses what strangers wrote: every unsafe expression must say so.
      swiftSettings: [.strictMemorySafety()]),
    .target(
      name: "CheckpointIO",
      dependencies: [
        "CCheckpointShims", .product(name: "SystemPackage", package: "swift-system"),
      ]),

    .target(name: "CheckpointRetention"),

    // Floor 2: what users import.
    .target(
      name: "Checkpoint",
      dependencies: [
        "CCheckpointShims", "CheckpointFormat", "CheckpointIO", "CheckpointRetention",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),

    // Floor 3: training.
    .target(
      name: "CheckpointTrainer",
      dependencies: [
        "Checkpoint", "CheckpointIO", "CheckpointRetention", "CCheckpointShims", "CZlib",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),

    // Floor 3, beside it: other tools' files.
    .target(
      name: "CheckpointExchange",
      dependencies: [
        "Checkpoint", "CheckpointIO", "CZlib",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      // It parses what strangers wrote: every unsafe expression must say so.
      swiftSettings: [.strictMemorySafety()]),

    // Floor 4: the terminal.
    .target(
      name: "CheckpointCommand",
      dependencies: [
        "Checkpoint", "CheckpointExchange", "CheckpointIO", "CheckpointRetention",
        "CheckpointTrainer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .executableTarget(name: "ckpt", dependencies: ["CheckpointCommand"]),

    // Three programs as they are written in Keras.
    .executableTarget(
      name: "example-dummy-mlp", dependencies: example, path: "Examples/DummyMLP"),
    .executableTarget(
      name: "example-pima-weights", dependencies: example, path: "Examples/PimaWeights"),
    .executableTarget(
      name: "example-mnist-cnn", dependencies: example, path: "Examples/MnistCNN"),

    // Test support: a disk whose power can be cut at any operation.
    .target(
      name: "SimulatedDisk",
      dependencies: ["CheckpointIO", .product(name: "SystemPackage", package: "swift-system")],
      path: "Tests/Support/SimulatedDisk"),

    // Killed at random moments by Scripts/kill-test, its power cut by Scripts/powercut-test.
    .executableTarget(
      name: "kill-saves",
      dependencies: [
        "Checkpoint", "CheckpointIO", "SimulatedDisk",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/Tools/KillSaves"),
    // Kills and resumes a training, for Scripts/resume-test.
    .executableTarget(
      name: "kill-resumes",
      dependencies: [
        "Checkpoint", "CheckpointTrainer",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/Tools/KillResumes"),
    // Measures memory for Scripts/memory-test.
    .executableTarget(
      name: "peak-memory",
      dependencies: ["Checkpoint", .product(name: "SystemPackage", package: "swift-system")],
      path: "Tests/Tools/PeakMemory"),

    // Saves on a file system that shares blocks, for Scripts/reflink-test.
    .executableTarget(
      name: "shared-saves",
      dependencies: [
        "Checkpoint", .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/Tools/SharedSaves"),

    // Test support: containers taken apart, changed, and sealed again.
    .target(
      name: "ContainerSurgery",
      dependencies: [
        "CheckpointFormat", "CheckpointIO",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      path: "Tests/Support/ContainerSurgery"),

    .testTarget(
      name: "CheckpointFormatTests",
      dependencies: ["CheckpointFormat", "CCheckpointShims", "ContainerSurgery", "SimulatedDisk"]),
    .testTarget(
      name: "CheckpointIOTests",
      dependencies: [
        "CheckpointIO", "SimulatedDisk",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .testTarget(
      name: "CheckpointRetentionTests", dependencies: ["CheckpointRetention", "SimulatedDisk"]),
    .testTarget(
      name: "CheckpointTests",
      dependencies: [
        "Checkpoint", "CheckpointFormat", "CheckpointIO", "CheckpointRetention",
        "ContainerSurgery", "SimulatedDisk",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "CheckpointTrainerTests",
      dependencies: [
        "CheckpointTrainer", "Checkpoint", "CheckpointIO", "CCheckpointShims", "SimulatedDisk",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "CheckpointExchangeTests",
      dependencies: [
        "CheckpointExchange", "Checkpoint", "CheckpointFormat", "CheckpointIO", "CheckpointTrainer",
        "SimulatedDisk",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "CheckpointCommandTests",
      dependencies: [
        "CheckpointCommand", "Checkpoint", "CheckpointFormat", "CheckpointRetention",
        "ContainerSurgery", "ckpt",
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
  ]
)

for target in package.targets where [.executable, .test, .regular].contains(target.type) {
  if target.name == "CCheckpointShims" {
    target.cSettings = [.treatAllWarnings(as: .error), .enableWarning("all")]
    continue
  }
  var settings = target.swiftSettings ?? []
  settings.append(.enableUpcomingFeature("ExistentialAny"))
  settings.append(.enableUpcomingFeature("MemberImportVisibility"))
  settings.append(.enableUpcomingFeature("InternalImportsByDefault"))
  settings.append(.treatAllWarnings(as: .error))
  target.swiftSettings = settings
}
