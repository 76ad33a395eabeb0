/// How a background save keeps the state it saves from changing meanwhile.
public enum BackgroundSnapshot: Sendable, Hashable {
  /// It holds the tensors, which are values. `saveInBackground` returns at once; who changes an array during the
  /// save pays for a copy then, into new memory, on one thread.
  case held
  /// It copies the tensors, on several threads, to memory that is kept for the next save until `finish`. Who
  /// changes arrays in place goes on doing so, once it holds no `Checkpoint` of them any more. Takes as much
  /// memory as the tensors for each save under way.
  case copied
}
