// Saves the weights that validate best, loads them into a new model, and evaluates it.
//
//   example-pima-weights [CSV] [RUN] [EPOCHS]
//
// CSV is a file of eight numbers and a label, 0 or 1, in each line, such as the Pima Indians diabetes
// data set; "-" stands for made-up patients.

import Checkpoint
import CheckpointTrainer
import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

let arguments = CommandLine.arguments.dropFirst().map { $0 }
let csv = arguments.count > 0 && arguments[0] != "-" ? FilePath(arguments[0]) : nil
let run = FilePath(arguments.count > 1 ? arguments[1] : "pima-run")
let epochs = arguments.count > 2 ? Int(arguments[2]) ?? 150 : 150

func compiledModel() throws -> Sequential {
  let model = try Sequential(
    [
      Dense(12, activation: .relu), Dense(8, activation: .relu), Dense(1, activation: .sigmoid),
    ], inputShape: [8])
  try model.compile(optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"])
  return model
}

do {
  let patients: (features: FloatTensor, labels: FloatTensor)
  if let csv {
    let file = try CSVFile(contentsOf: csv)
    patients = (file.features, try file.numericLabels())
  } else {
    patients = madeUpPatients(count: 768, seed: 7)
  }

  let model = try compiledModel()
  let best = run.appending("weights.best.ckpt")
  try model.fit(
    patients.features, patients.labels, batchSize: 10, epochs: epochs, verbose: 0,
    callbacks: [
      ModelCheckpoint(
        best, monitor: "val_accuracy", verbose: 1, saveBestOnly: true, saveWeightsOnly: true)
    ],
    validationSplit: 0.33)

  let second = try compiledModel()
  try second.loadWeights(from: try CheckpointReader(best).load())
  let score = try second.evaluate(patients.features, patients.labels)
  print("accuracy: \(((score["accuracy"] ?? .nan) * 10000).rounded() / 100)%")
} catch {
  print("example-pima-weights: \(error)")
  exit(1)
}
