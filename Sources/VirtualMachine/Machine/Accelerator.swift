import Glibc
import LinuxKernel

/// How QEMU runs the processor of a virtual machine.
public enum Accelerator: String, Sendable, Hashable, CaseIterable {
    /// The processor's own virtualization, by way of the kernel.
    case kvm
    /// The Tiny Code Generator: every instruction is translated. Works everywhere, and is slow.
    case tcg

    /// How long the first process may take to say that it is there. A kernel that starts under KVM does so in less than
    /// one second; nested in another machine it may also never start, and turns the processor meanwhile.
    var patience: Duration {
        switch self {
        case .kvm: .seconds(6)
        case .tcg: .seconds(90)
        }
    }
}

/// Remembers which accelerator works here: finding out that one does not takes seconds.
struct AcceleratorMemory: Sendable {
    /// A file of this user's.
    let path: String
    /// What the answer depends on: another kernel or another QEMU may know better.
    let circumstances: String

    /// The accelerators to try, best first.
    /// - Parameter device: KVM's, of which this user needs to be let in.
    func candidates(device: String = "/dev/kvm") -> [Accelerator] {
        guard access(device, R_OK | W_OK) == 0, remembered != .tcg else { return [.tcg] }
        return [.kvm, .tcg]
    }

    var remembered: Accelerator? {
        guard let contents = try? ProcessFiles.read(path) else { return nil }
        let lines = String(decoding: contents, as: UTF8.self).split(separator: "\n").map(String.init)
        guard lines.count == 2, lines[0] == circumstances else { return nil }
        return Accelerator(rawValue: lines[1])
    }

    /// Losing it costs some seconds, so nothing is said if it cannot be kept.
    func remember(_ accelerator: Accelerator) {
        guard remembered != accelerator else { return }
        let text = Array("\(circumstances)\n\(accelerator.rawValue)\n".utf8)
        // A file of its own first, then in one step, since another kijabi may do the same.
        let draft = "\(path).\(getpid())"
        guard let file = try? FileDescriptor.open(draft, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600) else { return }
        let written = text.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) }
        if written != text.count || rename(draft, path) != 0 { unlink(draft) }
    }
}
