import CLinux
import Glibc
import LinuxKernel

/// A seccomp(2) filter, read: what it says of each system call. Where it looks at arguments, both ways are followed.
struct SeccompProgram: Sendable {
    enum Verdict: Sendable {
        case allowed, refused
        /// It depends on the arguments.
        case conditional
    }

    /// `struct sock_filter` of linux/filter.h.
    struct Instruction: Sendable {
        var code: UInt16
        var ifTrue: UInt8
        var ifFalse: UInt8
        var constant: UInt32
    }

    private let instructions: [Instruction]
    /// As `seccomp_data.arch` has it.
    private let architecture: UInt32

    var count: Int { instructions.count }

    init(instructions: [Instruction], architecture: UInt32) {
        self.instructions = instructions
        self.architecture = architecture
    }

    init(file: FileDescriptor) throws(Errno) {
        var status = stat()
        try checked { fstat(file.number, &status) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        try checked { pread(file.number, &bytes, bytes.count, 0) }
        instructions = bytes.withUnsafeBytes { buffer in
            stride(from: 0, to: buffer.count - 7, by: 8).map { offset in
                Instruction(
                    code: buffer.loadUnaligned(fromByteOffset: offset, as: UInt16.self), ifTrue: buffer[offset + 2],
                    ifFalse: buffer[offset + 3],
                    constant: buffer.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
            }
        }
        architecture = kijabi_native_architecture()
    }

    /// Of all system calls that this machine's architecture has, by name.
    func verdicts() -> [(name: String, verdict: Verdict)] {
        (0..<600).compactMap { number in
            var name = [CChar](repeating: 0, count: 64)
            guard kijabi_system_call_name(Int32(number), &name, name.count) == 1 else { return nil }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return (text, verdict(number: UInt32(number)))
        }.sorted { $0.name < $1.name }
    }

    func verdict(number: UInt32) -> Verdict {
        var search = Search(instructions: instructions, number: number, architecture: architecture)
        search.follow(at: 0, accumulator: 0)
        if search.allows, search.refuses { return .conditional }
        return search.allows ? .allowed : .refused
    }

    private struct Search {
        let instructions: [Instruction]
        let number: UInt32
        let architecture: UInt32
        var allows = false
        var refuses = false
        /// A filter is a straight way with forks; this ends whatever is not.
        var budget = 20_000

        private static let allow: UInt32 = 0x7FFF_0000

        /// - Parameter accumulator: nil where it holds an argument.
        mutating func follow(at start: Int, accumulator: UInt32?) {
            var place = start
            var accumulator = accumulator
            while place < instructions.count, budget > 0 {
                budget -= 1
                let step = instructions[place]
                place += 1
                switch step.code {
                case 0x20:  // BPF_LD | BPF_W | BPF_ABS, of struct seccomp_data
                    accumulator = step.constant == 0 ? number : step.constant == 4 ? architecture : nil
                case 0x54:  // BPF_ALU | BPF_AND
                    accumulator = accumulator.map { $0 & step.constant }
                case 0x05:  // BPF_JA
                    place += Int(step.constant)
                case 0x06:  // BPF_RET
                    if step.constant & 0xFFFF_0000 == Self.allow { allows = true } else { refuses = true }
                    return
                case 0x15, 0x25, 0x35, 0x45:
                    guard let value = accumulator else {
                        follow(at: place + Int(step.ifTrue), accumulator: nil)
                        place += Int(step.ifFalse)
                        continue
                    }
                    let holds =
                        switch step.code {
                        case 0x15: value == step.constant
                        case 0x25: value > step.constant
                        case 0x35: value >= step.constant
                        default: value & step.constant != 0
                        }
                    place += Int(holds ? step.ifTrue : step.ifFalse)
                default:
                    // Nothing that libseccomp writes.
                    return
                }
            }
        }
    }
}
