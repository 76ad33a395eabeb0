import Checkpoint
import Testing

@testable import CheckpointExchange

@Suite("Rounding to shorter floats")
struct FloatCastTests {
  private func cast<T: TensorElement, U: TensorElement>(
    _ values: [T], to type: U.Type, pieceBytes: Int = .max
  ) throws -> (values: [U], overflows: Int) {
    var state = ExchangeState(tensors: [try StreamedTensor("x", values, [values.count])])
    let tally = CastTally()
    try state.cast(to: U.dtype, tally)
    let result = try state.tensors[0].elements(U.self, pieceBytes: pieceBytes)
    return (result, tally.overflowCount)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test("every half is the value that Swift has for it, and comes back")
    func everyHalf() throws {
      for bits in UInt16.min ... .max {
        let half = Float16(bitPattern: bits)
        let value = BinaryFloat.half.value(of: bits)
        var overflows = 0
        let back = BinaryFloat.half.bits(of: value, overflows: &overflows)
        if half.isNaN {
          #expect(value.isNaN && Float16(bitPattern: back).isNaN)
        } else if value != Double(half) || back != bits || overflows != 0 {
          Issue.record("\(bits)")
        }
      }
    }

    @Test("doubles are rounded to halves as Swift rounds them: neighbours, ties, edges, at random")
    func doublesToHalves() throws {
      var values: [Double] = [
        0, -0.0, .infinity, -.infinity, 65519.99, 65520, 1e300, .leastNonzeroMagnitude,
      ]
      for bits in stride(from: UInt16(0), to: 0x7C00, by: 7) {
        let (a, b) = (Double(Float16(bitPattern: bits)), Double(Float16(bitPattern: bits + 1)))
        let middle = b.isFinite ? (a + b) / 2 : 65520
        values += [middle.nextDown, middle, middle.nextUp, -middle]
      }
      var generator = SystemRandomNumberGenerator()
      for _ in 0..<2000 { values.append(Double(bitPattern: generator.next())) }
      for value in values where !value.isNaN {
        var overflows = 0
        let bits = BinaryFloat.half.bits(of: value, overflows: &overflows)
        let expected = Float16(value)
        #expect(bits == expected.bitPattern, "\(value)")
        #expect(overflows == (expected.isInfinite && value.isFinite ? 1 : 0))
      }
    }

    @Test("a double is rounded once")
    func onceOnly() throws {
      // As a Float this is a tie, which would go down.
      let value = 1 + 0x1p-11 + 0x1p-40
      #expect(try cast([value], to: Float16.self).values == [1 + 0x1p-10])
    }
  #endif

  @Test("floats are rounded to bfloat16 as `BFloat16` rounds them")
  func brain() throws {
    var generator = SystemRandomNumberGenerator()
    let values = (0..<3000).map { _ in Float(bitPattern: generator.next()) }
    let result = try cast(values, to: BFloat16.self)
    var overflows = 0
    for (value, result) in zip(values, result.values) {
      let expected = BFloat16(value)
      if value.isNaN {
        #expect(result.float.isNaN)
      } else {
        #expect(result == expected)
        if value.isFinite, expected.float.isInfinite { overflows += 1 }
      }
    }
    #expect(result.overflows == overflows)
  }

  @Test("doubles become floats; NaN stays NaN; overflow is counted")
  func doublesToFloats() throws {
    let values: [Double] = [0.1, .nan, 1e39, -.infinity, -0.0, 1e-50]
    let result = try cast(values, to: Float.self)
    #expect(result.values[0] == 0.1 && result.values[1].isNaN)
    #expect(result.values[2] == .infinity && result.values[3] == -.infinity)
    #expect(result.values[4].sign == .minus && result.values[5] == 0)
    #expect(result.overflows == 1)
  }

  @Test("pieces of any size, through elements too, give the same", arguments: [1, 2, 3, 5, 64])
  func pieces(_ pieceBytes: Int) throws {
    let values = (0..<40).map { Float($0) / 3 }
    let whole = try cast(values, to: BFloat16.self).values
    #expect(try cast(values, to: BFloat16.self, pieceBytes: pieceBytes).values == whole)
    let halves = whole.map(\.float)
    #expect(try cast(whole, to: Float.self, pieceBytes: pieceBytes).values == halves)
  }

  @Test("integers, truth values, complex and 8-bit numbers stay")
  func others() throws {
    var state = ExchangeState(tensors: [
      try StreamedTensor("i", [1, 2] as [Int32], [2]),
      try StreamedTensor("c", [Complex64(1, 2)], [1]),
      try StreamedTensor("e", .f8e4m3, [2], bytes: [1, 2]),
    ])
    let tally = CastTally()
    try state.cast(to: .f16, tally)
    #expect(state.tensors.map(\.dtype) == [.i32, .c64, .f8e4m3])
    #expect(tally.tensorCount == 0)
    #expect(throws: CheckpointError.self) { try state.cast(to: .i8, tally) }
  }
}
