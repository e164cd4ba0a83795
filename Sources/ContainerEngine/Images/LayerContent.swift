import OCI

/// The files of a layer, in the order in which they are made: parents first, hard links after their target.
struct LayerContent: Sendable {
    enum Kind: Sendable {
        case directory
        case file([UInt8])
        /// The bytes of a file of this machine, with the size it had when it was looked at.
        case hostFile(path: String, size: Int)
        case symbolicLink(target: String)
        /// Another name of an earlier file; the target is a path inside the layer.
        case hardLink(target: String)
    }

    struct Entry: Sendable {
        /// Relative to the root of the image, without a leading slash.
        var path: String
        var kind: Kind
        var mode: UInt32
        /// As the container sees it.
        var user: UInt32 = 0
        var group: UInt32 = 0
        /// Seconds since 1970; nil is the layer's.
        var modificationTime: Int?

        var isHardLink: Bool { if case .hardLink = kind { true } else { false } }
    }

    /// Seconds since 1970, of entries without one of their own: a layer is the same wherever and whenever it is made of
    /// the same things.
    let modificationTime: Int
    private(set) var entries: [Entry] = []

    init(modificationTime: Int) {
        self.modificationTime = modificationTime
    }

    func modificationTime(of entry: Entry) -> Int { entry.modificationTime ?? modificationTime }

    mutating func append(_ entry: Entry) {
        entries.append(entry)
    }

    mutating func directory(_ path: String, mode: UInt32 = 0o755) {
        entries.append(Entry(path: path, kind: .directory, mode: mode))
    }

    mutating func file(_ path: String, _ text: String, mode: UInt32 = 0o644) {
        entries.append(Entry(path: path, kind: .file(Array(text.utf8)), mode: mode))
    }

    mutating func hostFile(_ path: String, from hostPath: String, size: Int, mode: UInt32 = 0o755) {
        entries.append(Entry(path: path, kind: .hostFile(path: hostPath, size: size), mode: mode))
    }

    mutating func symbolicLink(_ path: String, to target: String) {
        entries.append(Entry(path: path, kind: .symbolicLink(target: target), mode: 0o777))
    }

    /// - Parameter mode: that of the target.
    mutating func hardLink(_ path: String, to target: String, mode: UInt32 = 0o755) {
        entries.append(Entry(path: path, kind: .hardLink(target: target), mode: mode))
    }

    /// Bytes of the files that are copied from this machine.
    var copiedSize: Int {
        entries.reduce(0) { sum, entry in if case .hostFile(_, let size) = entry.kind { sum + size } else { sum } }
    }

    /// Bytes of all files.
    var size: Int {
        entries.reduce(0) { sum, entry in
            switch entry.kind {
            case .file(let bytes): sum + bytes.count
            case .hostFile(_, let size): sum + size
            default: sum
            }
        }
    }
}
