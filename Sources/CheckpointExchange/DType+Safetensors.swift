internal import Checkpoint

extension DType {
  /// The dtypes of safetensors in the order in which its library declares, and so sorts, them: by
  /// alignment, smallest first.
  private static let safetensorsOrder: [(dtype: DType, name: String)] = [
    (.bool, "BOOL"), (.f4, "F4"), (.f6e2m3, "F6_E2M3"), (.f6e3m2, "F6_E3M2"), (.u8, "U8"),
    (.i8, "I8"), (.f8e5m2, "F8_E5M2"), (.f8e4m3, "F8_E4M3"), (.f8e8m0, "F8_E8M0"),
    (.f8e4m3fnuz, "F8_E4M3FNUZ"), (.f8e5m2fnuz, "F8_E5M2FNUZ"), (.i16, "I16"), (.u16, "U16"),
    (.f16, "F16"), (.bf16, "BF16"), (.i32, "I32"), (.u32, "U32"), (.f32, "F32"), (.c64, "C64"),
    (.f64, "F64"), (.i64, "I64"), (.u64, "U64"),
  ]

  private static let safetensorsNames: [String: DType] = Dictionary(
    uniqueKeysWithValues: safetensorsOrder.map { ($0.name, $0.dtype) })

  private static let safetensorsPlaces: [DType: Int] = Dictionary(
    uniqueKeysWithValues: safetensorsOrder.enumerated().map { ($1.dtype, $0) })

  /// The dtype that a safetensors header calls so, if there is one. Upper and lower case differ.
  init?(safetensorsName name: String) {
    guard let dtype = DType.safetensorsNames[name] else { return nil }
    self = dtype
  }

  /// What a safetensors header calls it.
  var safetensorsName: String { DType.safetensorsOrder[safetensorsPlace].name }

  /// Tensors of dtypes with higher places stand first in a file.
  var safetensorsPlace: Int { DType.safetensorsPlaces[self] ?? 0 }
}
