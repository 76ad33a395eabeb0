import Checkpoint

/// Callbacks given their states back, whether or not the list is that of the run before.
struct CallbackRestoration {
  /// For each callback whether it has been told of the last event.
  private(set) var isTold: [Bool] = []
  /// What could not be restored, in words.
  private(set) var notes: [String] = []

  /// Gives each callback the first state of its class that is still to be had and that it takes.
  ///
  /// One that gets none counts as told of the last event: it was before its time.
  ///
  /// - Throws: what a callback's `restore` throws, but for `.resumeMismatch`.
  init(
    of callbacks: [any Callback], from states: [Position.CallbackState]
  ) throws(TrainerError) {
    var unused = Array(states.indices)
    for callback in callbacks {
      let className = String(describing: type(of: callback))
      // Asked first: a state it has now is one that it would have to be given.
      let hasState = callback.state != .null || !callback.tensors.isEmpty
      var reason: String?
      var taken: Int?
      for index in unused where states[index].className == className {
        do throws(TrainerError) {
          try callback.restore(states[index].state, tensors: states[index].tensors)
          taken = index
        } catch {
          guard error.code == .resumeMismatch else { throw error }
          reason = reason ?? error.message
        }
        if taken != nil { break }
      }
      isTold.append(taken.map { states[$0].isTold } ?? true)
      if let taken {
        unused.removeAll { $0 == taken }
      } else if let reason {
        notes.append("\(className) begins anew, without a state from before: \(reason)")
      } else if hasState {
        notes.append("\(className) begins anew: the checkpoint has no state of it")
      }
    }
    for index in unused where states[index].state != .null {
      notes.append("the saved state of \(states[index].className) is left out: nobody takes it")
    }
  }
}
