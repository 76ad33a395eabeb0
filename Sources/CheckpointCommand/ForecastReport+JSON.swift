internal import Checkpoint
internal import CheckpointRetention

extension ForecastReport {
  /// The object under the key `forecasts`: for each policy the run, its figures, and the course of its
  /// checkpoints: their number and bytes whenever those change.
  static func json(_ forecasts: [Titled]) -> JSONValue {
    ["forecasts": .array(forecasts.map { json($0.title, $0.forecast) })]
  }

  private static func json(_ title: String, _ forecast: RetentionForecast) -> JSONValue {
    let run = forecast.scenario
    var course: [RetentionForecast.Sample] = []
    for sample in forecast.samples where sample.count != course.last?.count {
      course.append(sample)
    }
    return [
      "title": .string(title),
      "policy": .string(forecast.policy.text),
      "durationSeconds": .count(run.durationSeconds),
      "intervalSeconds": .count(run.intervalSeconds),
      "saves": .count(run.saveCount),
      "sizeBytes": .count(run.sizeBytes),
      "freeBytes": .optional(run.freeBytes),
      "metricCurve": .optional(run.curve?.shape.rawValue),
      "nanShare": run.curve.map { .double($0.nanShare) } ?? .null,
      "peakCheckpoints": .count(forecast.peakCount),
      "peakBytes": .count(forecast.peakBytes),
      "diskFullSeconds": .optional(forecast.diskFullSeconds),
      "finalAgesSeconds": .array(forecast.finalAges.map { .count($0) }),
      "course": .array(
        course.map {
          [
            "seconds": .count($0.seconds), "checkpoints": .count($0.count),
            "bytes": .count($0.bytes),
          ]
        }),
    ]
  }
}
