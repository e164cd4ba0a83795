import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// A running QEMU: a child that the kernel kills as soon as this process is gone, however it went.
final class EmulatorProcess: Sendable {
    let pid: Int32
    /// Our ends of the machine's serial lines.
    let console: FileDescriptor
    let agent: FileDescriptor
    private let ending: Ending
    /// What QEMU says when it refuses to start.
    private let messages: FileDescriptor

    /// How it ended: as of waitpid(2). Awaited by any number.
    private final class Ending: Sendable {
        private let state = Mutex<(status: Int32?, waiting: [CheckedContinuation<Int32, Never>])>((nil, []))

        func fulfil(_ status: Int32) {
            let waiting = state.withLock { state in
                defer { state.waiting = [] }
                state.status = status
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: status) }
        }

        var status: Int32? { state.withLock { $0.status } }

        func wait() async -> Int32 {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> Int32? in
                    if state.status == nil { state.waiting.append(continuation) }
                    return state.status
                }
                if let known { continuation.resume(returning: known) }
            }
        }
    }

    private init(pid: Int32, console: FileDescriptor, agent: FileDescriptor, messages: FileDescriptor, ending: Ending) {
        self.pid = pid
        self.console = console
        self.agent = agent
        self.messages = messages
        self.ending = ending
    }

    /// The descriptor numbers that QEMU finds its things under.
    private enum Inherited: Int32, CaseIterable {
        case null, output, messages, root, console, agent, kernel
    }

    static func start(
        _ emulator: Emulator, _ configuration: MachineConfiguration, _ accelerator: Accelerator, kernel: KernelImage,
        root: MachineRoot
    ) async throws(MachineError) -> EmulatorProcess {
        let arguments = EmulatorArguments(
            configuration: configuration, accelerator: accelerator,
            kernel: kernel.isPublic ? kernel.path : "/dev/fd/\(Inherited.kernel.rawValue)",
            root: Inherited.root.rawValue, console: Inherited.console.rawValue, agent: Inherited.agent.rawValue)
        let result = await withCheckedContinuation { continuation in
            // The thread stays until QEMU has ended: the kernel kills QEMU when the thread that started it ends.
            KernelThread.start("vm-\(configuration.name ?? "")") {
                let started = Result { () throws(Errno) in
                    try spawn(emulator, arguments.words, accelerator, kernel: kernel, root: root)
                }
                continuation.resume(returning: started)
                guard case .success(let process) = started else { return }
                var status: Int32 = 0
                while waitpid(process.pid, &status, 0) < 0, errno == EINTR {}
                process.ending.fulfil(status)
            }
        }
        do throws(Errno) {
            return try result.get()
        } catch {
            throw .system(stage: "start", errno: error.code, path: emulator.path)
        }
    }

    private static func spawn(
        _ emulator: Emulator, _ words: [String], _ accelerator: Accelerator, kernel: KernelImage, root: MachineRoot
    ) throws(Errno) -> EmulatorProcess {
        let console = try SocketPair(type: Int32(SOCK_STREAM.rawValue))
        let agent = try SocketPair(type: Int32(SOCK_STREAM.rawValue))
        let null = try FileDescriptor.open("/dev/null", O_RDWR)
        let messages = try MemoryFile.make("kijabi-vm-messages")
        // QEMU may run as a user that could not open a kernel for root's eyes only.
        let kernelFile = kernel.isPublic ? null : try Self.copy(of: kernel)
        var sources: [Int32] = []
        // Above all the numbers they will get.
        for file in [null, null, messages, root.file, console.second, agent.second, kernelFile] {
            sources.append(try checked { fcntl(file.number, F_DUPFD_CLOEXEC, 64) })
        }
        defer { sources.forEach { close($0) } }
        var program = kijabi_program()
        if geteuid() == 0 {
            // A machine that breaks out of QEMU is nobody.
            program.has_identity = 1
            program.uid = 65_534
            program.gid = accelerator == .kvm ? Self.group(of: "/dev/kvm") ?? 65_534 : 65_534
        }
        let pid = withCStrings(words) { arguments in
            withCStrings(["PATH=/usr/bin:/bin", "HOME=/", "LC_ALL=C"]) { environment in
                sources.withUnsafeBufferPointer { sources in
                    emulator.path.withCString { path in
                        program.path = path
                        program.arguments = arguments
                        program.environment = environment
                        program.descriptors = sources.baseAddress
                        program.descriptor_count = Int32(sources.count)
                        return kijabi_spawn_program(&program)
                    }
                }
            }
        }
        guard pid > 0 else { throw Errno(-pid) }
        return EmulatorProcess(
            pid: pid, console: console.first, agent: agent.first, messages: messages, ending: Ending())
    }

    private static func copy(of kernel: KernelImage) throws(Errno) -> FileDescriptor {
        let copy = try MemoryFile.make("kijabi-vm-kernel", contents: try ProcessFiles.read(kernel.path))
        try checked { fchmod(copy.number, 0o444) }
        return copy
    }

    private static func group(of path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_gid : nil
    }

    /// As of waitpid(2); nil as long as it runs.
    var status: Int32? { ending.status }

    func wait() async -> Int32 { await ending.wait() }

    /// Pulls the plug.
    func kill() {
        // Not reaped yet, so the number is still its.
        if ending.status == nil { Glibc.kill(pid, SIGKILL) }
    }

    /// What it said, without the name of the program in front.
    var message: String {
        var bytes = [UInt8](repeating: 0, count: 2000)
        let count = pread(messages.number, &bytes, bytes.count, 0)
        let text = String(decoding: bytes[..<max(count, 0)], as: UTF8.self)
        return text.split(separator: "\n").map { line in
            let prefix = Emulator.program + ": "
            return line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : String(line)
        }.joined(separator: "; ")
    }
}

/// Runs `body` with a NULL-terminated array of C strings.
private func withCStrings<Result>(_ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result)
    -> Result
{
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
        // An array with an element is never without an address.
        body(UnsafePointer(buffer.baseAddress ?? UnsafeMutablePointer.allocate(capacity: 1)))
    }
}
