/// Constants of the HDF5 file format, version 0 of the superblock, as libhdf5 writes it by default.
enum HDF5Format {
  static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  static let tree = Array("TREE".utf8)
  static let heap = Array("HEAP".utf8)
  static let node = Array("SNOD".utf8)
  static let globalHeap = Array("GCOL".utf8)

  /// The address of what isn't there.
  static let undefined = UInt64.max
  /// A dataset has at most so many dimensions.
  static let rankLimit = 32
  /// Groups are read in groups up to that depth.
  static let groupLimit = 32
  static let superblockBytes = 96
  /// A node of symbols has at most twice as many, libhdf5's default.
  static let leafK = 4
  /// A node of a tree has at most twice as many children, libhdf5's default.
  static let internalK = 16
  static let heapHeaderBytes: UInt64 = 32
  static let treeHeaderBytes: UInt64 = 24
  static let symbolBytes: UInt64 = 40
  static let globalHeapBytes = 4096

  /// Types of an object header's messages.
  enum Message {
    static let dataspace: UInt16 = 0x01
    static let linkInfo: UInt16 = 0x02
    static let datatype: UInt16 = 0x03
    static let fillValue: UInt16 = 0x05
    static let link: UInt16 = 0x06
    static let externalFiles: UInt16 = 0x07
    static let layout: UInt16 = 0x08
    static let filters: UInt16 = 0x0B
    static let attribute: UInt16 = 0x0C
    static let continuation: UInt16 = 0x10
    static let symbolTable: UInt16 = 0x11
  }

  /// What Keras marks 2-byte opaque data with.
  static let elementTypeAttribute = "dtype"
  static let bfloat16 = "bfloat16"
}
