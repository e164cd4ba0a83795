import CLinux
import Glibc
import LinuxKernel

/// The body of a request to the zygote: fields as `ZygoteProtocol.h` has them, and the descriptors beside it.
struct ZygoteMessage {
    private(set) var body: [UInt8] = []
    private(set) var descriptors: [Int32] = []
    /// Stay open as long as the message does.
    private var kept: [FileDescriptor] = []

    mutating func add(_ tag: zygote_tag, bytes: some Collection<UInt8>) {
        append(UInt32(tag.rawValue))
        append(UInt32(bytes.count))
        body.append(contentsOf: bytes)
        pad()
    }

    mutating func add(_ tag: zygote_tag, _ text: String) {
        append(UInt32(tag.rawValue))
        append(UInt32(text.utf8.count + 1))
        body.append(contentsOf: text.utf8)
        body.append(0)
        pad()
    }

    mutating func add(_ tag: zygote_tag, _ number: some FixedWidthInteger) {
        append(UInt32(tag.rawValue))
        append(UInt32(MemoryLayout.size(ofValue: number)))
        append(number)
        pad()
    }

    /// - Returns: the index by which fields name it.
    mutating func add(descriptor: Int32) -> Int32 {
        descriptors.append(descriptor)
        return Int32(descriptors.count - 1)
    }

    /// The same, and keeps it open until the message has been sent.
    mutating func add(_ descriptor: FileDescriptor) -> Int32 {
        kept.append(descriptor)
        return add(descriptor: descriptor.number)
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number) { body.append(contentsOf: $0) }
    }

    private mutating func pad() {
        while body.count % 8 != 0 { body.append(0) }
    }
}

extension zygote_header {
    /// The header and the body as one message; a body that is too long goes into a memory file.
    func message(_ contents: ZygoteMessage) throws(Errno) -> (
        bytes: [UInt8], descriptors: [Int32], file: FileDescriptor?
    ) {
        var header = self
        header.length = UInt32(contents.body.count)
        guard contents.body.count > ZYGOTE_MESSAGE_LIMIT else {
            return (withUnsafeBytes(of: header) { Array($0) } + contents.body, contents.descriptors, nil)
        }
        header.flags |= UInt32(ZYGOTE_BODY_IN_FILE)
        let file = try MemoryFile.make("kijabi-body", contents: contents.body)
        return (withUnsafeBytes(of: header) { Array($0) }, contents.descriptors + [file.number], file)
    }
}
