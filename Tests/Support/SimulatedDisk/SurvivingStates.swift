/// The states in which a disk may be found after a power cut.
package struct SurvivingStates: Sendable {
  /// Distinct ones, each ready to be mounted.
  package var images: [DiskImage]
  /// Whether these are all there are, or a sample.
  package var isExhaustive: Bool
}
