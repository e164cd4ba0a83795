public import ContainerRuntime
import Glibc
import LinuxKernel

/// Measures a container and a virtual machine with the same user space, one beside the other, on this machine.
public struct Comparison: Sendable {
    let runtime: any ContainerRuntime
    let hypervisor: Hypervisor

    public init(runtime: any ContainerRuntime, hypervisor: Hypervisor) {
        self.runtime = runtime
        self.hypervisor = hypervisor
    }

    /// What was measured of one side, a number a run.
    public struct Side: Sendable {
        /// Seconds from the request to the first byte that a program inside has written.
        public var startSeconds: [Double] = []
        /// Bytes of memory, shared ones in shares (PSS, proc_pid_smaps(5)), of all processes that are there for it alone.
        public var memoryBytes: [Double] = []
        /// Bytes on the disk that one needs.
        public var diskBytes = 0
        /// What `uname -r` says inside.
        public var release = ""

        public var start: Double { Self.median(startSeconds) }
        public var memory: Double { Self.median(memoryBytes) }

        static func median(_ values: [Double]) -> Double {
            let sorted = values.sorted()
            guard !sorted.isEmpty else { return 0 }
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        }
    }

    public struct Result: Sendable {
        public var container = Side()
        public var machine = Side()
        public var accelerator = Accelerator.tcg
        public var hostRelease = Emulator.hostRelease()
    }

    public enum Step: Sendable {
        case container(Int)
        case machine(Int)
        case tries(Accelerator)
    }

    /// - Parameter runs: of each; the first container is preceded by one that counts for nothing, since making the image
    ///   is not part of starting a container, and neither is unpacking the machine's.
    public func measure(
        runs: Int, progress: @escaping @Sendable (Step) -> Void
    ) async throws(MachineError) -> Result {
        var result = Result()
        _ = try await container()
        for run in 1...runs {
            progress(.container(run))
            let one = try await container()
            result.container.startSeconds.append(one.seconds)
            result.container.memoryBytes.append(one.memory)
            result.container.release = one.release
            result.container.diskBytes = one.disk
            if Task.isCancelled { throw .interrupted }
        }
        for run in 1...runs {
            progress(.machine(run))
            let (one, accelerator) = try await machine { progress(.tries($0)) }
            result.accelerator = accelerator
            result.machine.startSeconds.append(one.seconds)
            result.machine.memoryBytes.append(one.memory)
            result.machine.release = one.release
            result.machine.diskBytes = one.disk
            if Task.isCancelled { throw .interrupted }
        }
        return result
    }

    private struct Measured {
        var seconds: Double
        var memory: Double
        var disk: Int
        var release: String
    }

    private func container() async throws(MachineError) -> Measured {
        let output = try FirstOutput()
        let begin = ContinuousClock.now
        do throws(RuntimeError) {
            var wanted = ContainerConfiguration(
                image: "busybox", command: ["sh", "-c", "uname -r; exec sleep 3600"])
            wanted.labels = ["kijabi.role": "vm"]
            let id = try await runtime.createContainer(wanted)
            do throws(RuntimeError) {
                let session = try await runtime.attach(id, streams: StreamDescriptors(output: output.writeEnd.number))
                try await runtime.startContainer(id)
                let release = await output.line()
                let seconds = (ContinuousClock.now - begin) / .seconds(1)
                try await settle(id)
                var memory = 0
                for process in try await runtime.processes(id) { memory += MemoryShare.bytes(of: process.pid) }
                await session.detach()
                try await runtime.removeContainer(id, force: true)
                let image = try await runtime.resolveImage("busybox")
                return Measured(seconds: seconds, memory: Double(memory), disk: image.size, release: release)
            } catch {
                try? await runtime.removeContainer(id, force: true)
                throw error
            }
        } catch {
            throw .image(error)
        }
    }

    /// The shell has said its line and becomes what stays; what is measured is that.
    private func settle(_ id: String) async throws(RuntimeError) {
        for _ in 0..<200 {
            if try await runtime.processes(id).allSatisfy({ $0.command.hasPrefix("sleep") }) { return }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func machine(
        _ tries: @escaping @Sendable (Accelerator) -> Void
    ) async throws(MachineError) -> (Measured, Accelerator) {
        let output = try FirstOutput()
        var attempt = ContinuousClock.now
        let status = try await hypervisor.start(MachineConfiguration(console: .none), progress: tries)
        // An accelerator that was tried in vain is not part of what a machine takes.
        attempt = ContinuousClock.now - status.bootTime
        let name = status.name
        let command = GuestCommand(
            ["uname", "-r"], output: output.writeEnd.number, error: output.writeEnd.number)
        let seconds: Double
        let memory: Int
        do throws(MachineError) {
            _ = try await hypervisor.execute(name, command)
            seconds = (ContinuousClock.now - attempt) / .seconds(1)
            memory = status.pid.map { MemoryShare.bytes(of: $0) } ?? 0
        } catch {
            try? await hypervisor.remove(name, force: true)
            throw error
        }
        let release = await output.line()
        try await hypervisor.remove(name, force: true)
        return (
            Measured(
                seconds: seconds, memory: Double(memory), disk: status.kernel.size + status.rootSize, release: release),
            status.accelerator
        )
    }
}

/// The first line that arrives on a pipe.
private struct FirstOutput {
    let readEnd: FileDescriptor
    let writeEnd: FileDescriptor

    init() throws(MachineError) {
        do throws(Errno) {
            let pipe = try Pipe()
            (readEnd, writeEnd) = (pipe.readEnd, pipe.writeEnd)
        } catch {
            throw .system(stage: "pipe", errno: error.code, path: nil)
        }
    }

    func line() async -> String {
        let file = readEnd
        return await KernelThread.run("first-output") {
            var wait = pollfd(fd: file.number, events: Int16(POLLIN), revents: 0)
            // A container that never says anything must not keep anybody waiting.
            guard poll(&wait, 1, 20_000) > 0 else { return "" }
            var buffer = [UInt8](repeating: 0, count: 256)
            let count = read(file.number, &buffer, buffer.count)
            return String(decoding: buffer[..<max(count, 0)].prefix { $0 != 0x0A }, as: UTF8.self)
        }
    }
}

/// How much memory a process takes.
enum MemoryShare {
    /// Its proportional set size; its resident set where the kernel does not tell.
    static func bytes(of pid: Int32) -> Int {
        if let text = try? ProcessFiles.read("/proc/\(pid)/smaps_rollup") {
            for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Pss:".utf8) {
                let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                return (Int(String(decoding: digits, as: UTF8.self)) ?? 0) * 1024
            }
        }
        return ProcessStatus(pid: pid)?.residentBytes ?? 0
    }
}
