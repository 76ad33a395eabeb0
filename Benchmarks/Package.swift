// swift-tools-version: 6.2
import PackageDescription

// A package of its own: who uses the library never resolves the benchmark harness.
let package = Package(
  name: "ckpt-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "ckpt", path: ".."),
    // Medians over many runs, baselines and thresholds.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // What both kinds of library benchmarks save and load.
    .target(
      name: "BenchmarkStates",
      dependencies: [.product(name: "Checkpoint", package: "ckpt")],
      path: "States"),
    // With a disk.
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        "BenchmarkStates",
        .product(name: "Checkpoint", package: "ckpt"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/EngineBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    // Without one; these have thresholds.
    .executableTarget(
      name: "ComputeBenchmarks",
      dependencies: [
        "BenchmarkStates",
        .product(name: "Checkpoint", package: "ckpt"),
        .product(name: "CheckpointTrainer", package: "ckpt"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/ComputeBenchmarks",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    // The trainer's side of keras/compare.
    .executableTarget(
      name: "trainer-epochs",
      dependencies: [
        .product(name: "Checkpoint", package: "ckpt"),
        .product(name: "CheckpointTrainer", package: "ckpt"),
      ],
      path: "TrainerEpochs"),
    // The program of background/measure.
    .executableTarget(
      name: "background-saves",
      dependencies: [
        .product(name: "Checkpoint", package: "ckpt"),
        .product(name: "CheckpointTrainer", package: "ckpt"),
      ],
      path: "background/BackgroundSaves"),
    // Measures for scaling/plot.
    .executableTarget(
      name: "scaling",
      dependencies: ["CScaling", .product(name: "Checkpoint", package: "ckpt")],
      path: "scaling/Scaling"),
    .target(name: "CScaling", path: "scaling/CScaling"),

    // The library's side of compare/compare.
    .executableTarget(
      name: "compare-side",
      dependencies: [.product(name: "Checkpoint", package: "ckpt")],
      path: "compare/Side"),
  ]
)
