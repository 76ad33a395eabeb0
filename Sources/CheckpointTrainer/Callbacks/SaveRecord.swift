import Checkpoint

/// What a callback has done about a training's states so far. A state is known by its step: with the
/// position, checkpoints of one step, from before or after the end of an epoch, lead to the same.
struct SaveRecord {
  /// The step of the newest save.
  var savedStep: Int?
  /// Whether that save has the tag of the end.
  var isFinal = false
  /// The step at which the newest value was judged, for the best only.
  var judgedStep: Int?
  /// The step of the newest end of an epoch.
  var endedStep: Int?
  /// What has been said about pruning.
  var toldPruning: PruningReport?
}
