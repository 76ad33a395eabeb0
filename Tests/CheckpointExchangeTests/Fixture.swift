import Checkpoint
import CheckpointIO
import Foundation
import SystemPackage
import Testing

@testable import CheckpointExchange

/// The place of a fixture.
func fixture(_ name: String) throws -> URL {
  try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/" + name)
}

/// A JSON fixture.
func jsonFixture(_ name: String) throws -> JSONValue {
  try JSONValue.parse(utf8: [UInt8](Data(contentsOf: fixture(name))))
}
