/// A file tree as the kernel unpacks it into its first root: the "newc" format of cpio
/// (Documentation/driver-api/early-userspace/buffer-format.rst).
struct CpioArchive {
    /// Kinds and permissions as of inode(7).
    struct Entry {
        var path: String
        var mode: UInt32
        var owner: UInt32 = 0
        var group: UInt32 = 0
        var modificationTime: Int = 0
        var links: Int = 1
        /// Files with the same number, and more than one link, are one file, whose bytes come with the first of them.
        var identity: UInt32
        var device: (major: UInt32, minor: UInt32) = (0, 0)
    }

    private(set) var bytes: [UInt8] = []

    mutating func add(_ entry: Entry, _ contents: some Collection<UInt8>) {
        let name = Array(entry.path.utf8) + [0]
        bytes.append(contentsOf: "070701".utf8)
        for field in [
            entry.identity, entry.mode, entry.owner, entry.group, UInt32(entry.links),
            UInt32(truncatingIfNeeded: max(entry.modificationTime, 0)), UInt32(contents.count), 0, 0,
            entry.device.major, entry.device.minor, UInt32(name.count), 0,
        ] {
            Self.append(field, to: &bytes)
        }
        bytes.append(contentsOf: name)
        pad(4)
        bytes.append(contentsOf: contents)
        pad(4)
    }

    mutating func finish() {
        add(Entry(path: "TRAILER!!!", mode: 0, identity: 0), [])
        pad(512)
    }

    private mutating func pad(_ step: Int) {
        let rest = bytes.count % step
        if rest > 0 { bytes.append(contentsOf: repeatElement(0, count: step - rest)) }
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: 28, through: 0, by: -4) {
            let digit = UInt8(number >> UInt32(shift) & 15)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
        }
    }
}
