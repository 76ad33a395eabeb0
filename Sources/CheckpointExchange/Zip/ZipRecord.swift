/// Numbers of the ZIP format (PKWARE's APPNOTE 6.3.10).
enum ZipRecord {
  static let localHeader: UInt32 = 0x0403_4b50
  static let directoryEntry: UInt32 = 0x0201_4b50
  static let endOfDirectory: UInt32 = 0x0605_4b50
  static let zip64End: UInt32 = 0x0606_4b50
  static let zip64Locator: UInt32 = 0x0706_4b50

  static let localHeaderBytes = 30
  static let directoryEntryBytes = 46
  static let endOfDirectoryBytes = 22
  static let zip64EndBytes = 56
  static let zip64LocatorBytes = 20

  /// Extra fields: sizes beyond 32 bits; padding, as PyTorch marks it.
  static let zip64Extra: UInt16 = 1
  static let paddingExtra: UInt16 = 0x4246

  /// Flags: encrypted; sizes and checksum follow the data; patch data; strongly encrypted; the name
  /// is UTF-8; the directory is encrypted.
  static let encryptedFlag: UInt16 = 1 << 0
  static let descriptorFlag: UInt16 = 1 << 3
  static let patchFlag: UInt16 = 1 << 5
  static let strongEncryptionFlag: UInt16 = 1 << 6
  static let utf8Flag: UInt16 = 1 << 11
  static let maskedFlag: UInt16 = 1 << 13

  /// Larger numbers go to ZIP64 fields. Python's `zipfile` draws the line here, not at 2^32 - 1.
  static let limit: UInt64 = 1 << 31 - 1
  /// More members go to the ZIP64 record.
  static let countLimit: UInt64 = 0xFFFF

  /// 1980-01-01, the first day that there is.
  static let date: UInt16 = 0x0021
}
