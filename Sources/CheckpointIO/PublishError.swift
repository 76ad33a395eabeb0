/// A file that `AtomicFile.commit` could not publish, and what that means for the directory.
package struct PublishError: Error, Sendable, Hashable {
  /// What is known about the directory after the failure.
  package enum Outcome: Sendable, Hashable {
    /// The old state is untouched and the temporary is gone. Trying again with a new file is safe.
    case notSaved
    /// The name may or may not be there, now or after a crash, and may or may not be durable.
    /// Nothing older may be removed on the strength of this file.
    case outcomeUnknown
  }

  package var outcome: Outcome
  /// The step that failed.
  package var cause: IOError

  package init(outcome: Outcome, cause: IOError) {
    self.outcome = outcome
    self.cause = cause
  }
}

extension PublishError: CustomStringConvertible {
  package var description: String {
    switch outcome {
    case .notSaved: "not saved: \(cause)"
    case .outcomeUnknown: "may or may not be saved: \(cause)"
    }
  }
}
