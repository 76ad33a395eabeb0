import CheckpointTrainer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Patients with eight measurements around 0 each, and a label, 1 or 0, that depends on some of them
/// and on chance.
func madeUpPatients(count: Int, seed: UInt64) -> (features: FloatTensor, labels: FloatTensor) {
  var generator = RandomGenerator(seed: seed)
  let influence: [Float] = [0.4, 1.1, -0.2, 0, -0.1, 0.7, 0.3, 0.2]
  var features: [Float] = []
  var labels: [Float] = []
  for _ in 0..<count {
    let measurements = influence.map { _ in generator.normal() }
    let odds = zip(measurements, influence).reduce(-0.8) { $0 + $1.0 * $1.1 }
    labels.append(generator.uniform() < 1 / (1 + exp(-odds)) ? 1 : 0)
    features += measurements
  }
  return (FloatTensor(features, shape: [count, 8]), FloatTensor(labels, shape: [count, 1]))
}
