import ContainerEngine
import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import Terminal
import Testing

@testable import VirtualMachine

/// Real machines, under the accelerator that works everywhere.
@Suite(.serialized) struct MachineTests {
    @Test func aMachineRunsCommandsOnItsOwnKernel() async throws {
        guard let bed = try await TestBed() else { return }
        let status = try await bed.start("guest")
        #expect(status.state == .running && status.release == status.kernel.release)
        #expect(status.release != Emulator.hostRelease())
        #expect(try await bed.run("guest", "uname", "-r") == .init(status: 0, output: status.release + "\n", error: ""))
        #expect(try await bed.run("guest", "hostname").output == "guest\n")
        let mixed = try await bed.run("guest", "sh", "-c", "echo out; echo err >&2; exit 7")
        #expect(mixed == .init(status: 7, output: "out\n", error: "err\n"))
        #expect(try await bed.run("guest", "sh", "-c", "kill -9 $$").status == 137)
        await #expect(throws: MachineError.self) { try await bed.run("guest", "no-such-program") }

        // More than is under way at once, both ways, unharmed.
        let text = (0..<4000).map { "line \($0)\n" }.joined()
        let echoed = try await bed.run("guest", "cat", input: text)
        #expect(echoed.output == text)
        // Several at a time.
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<6 { group.addTask { try await bed.run("guest", "echo", "\(number)").output } }
            var found: Set<String> = []
            for try await output in group { found.insert(output) }
            #expect(found == Set((0..<6).map { "\($0)\n" }))
        }
        try await bed.hypervisor.stop("guest")
        #expect(try await bed.hypervisor.status("guest").state == .exited)
        await #expect(throws: MachineError.self) { try await bed.run("guest", "true") }
        await bed.close()
    }

    @Test func aMachineIsNobodyWithoutANetwork() async throws {
        guard let bed = try await TestBed() else { return }
        let status = try await bed.start("alone")
        let pid = try #require(status.pid)
        let fields = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        #expect(fields.contains("Seccomp:\t2") && fields.contains("NoNewPrivs:\t1"))
        if geteuid() == 0 { #expect(fields.contains("Uid:\t65534\t65534\t65534\t65534")) }
        #expect(try await bed.run("alone", "ls", "/sys/class/net").output == "lo\n")
        #expect(try await bed.run("alone", "sh", "-c", "ls /sys/block | grep -v '^loop' | wc -l").output == "0\n")
        // None of this program's files are open in it but those it was given.
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").compactMap {
            ProcessFiles.link("/proc/\(pid)/fd/\($0)")
        }
        #expect(!files.contains { $0.hasPrefix(bed.directory) })
        await bed.close()
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test func anInterruptedCommandEnds() async throws {
        guard let bed = try await TestBed() else { return }
        _ = try await bed.start("busy")
        let task = Task { try await bed.run("busy", "sh", "-c", "echo begun; sleep 1000") }
        while try await bed.run("busy", "sh", "-c", "ps | grep -c '[s]leep 1000'").output != "1\n" {
            await Task.yield()
        }
        task.cancel()
        #expect(try await task.value.status == 130)
        #expect(try await bed.run("busy", "sh", "-c", "ps | grep -c '[s]leep 1000'").output == "0\n")
        await bed.close()
    }

    @Test func aMachineThatDoesNotComeUpIsGivenUp() async throws {
        guard let bed = try await TestBed(kernel: .junk) else { return }
        do throws(MachineError) {
            _ = try await bed.start("never")
            Issue.record("started")
        } catch {
            switch error {
            case .didNotBoot, .emulatorFailed: break
            default: Issue.record("\(error)")
            }
        }
        #expect(await bed.hypervisor.list().isEmpty)
        await bed.close()
    }

    @Test func twoAreComparedForReal() async throws {
        guard let bed = try await TestBed() else { return }
        let result = try await Comparison(runtime: bed.engine, hypervisor: bed.hypervisor).measure(runs: 1) { _ in }
        #expect(result.container.release == Emulator.hostRelease())
        #expect(result.machine.release != result.container.release && result.machine.release.hasPrefix("6."))
        #expect(result.container.start > 0 && result.machine.start > result.container.start)
        #expect(result.container.memory > 0 && result.machine.memory > result.container.memory)
        #expect(result.machine.diskBytes > result.container.diskBytes && result.container.diskBytes > 0)
        #expect(await bed.hypervisor.list().isEmpty)
        #expect(await bed.engine.containers().isEmpty)
        let report = ComparisonReport(result: result, runs: 1)
        for canvas in [Canvas(columns: 80), Canvas(columns: 60, glyphs: .ascii)] {
            for language in Language.allCases {
                for line in report.text(language, canvas).split(separator: "\n") {
                    #expect(DisplayWidth.of(line) <= canvas.columns, "\(line)")
                }
            }
        }
        await bed.close()
    }
}

/// An engine and a hypervisor of their own.
final class TestBed: Sendable {
    enum Kernel { case machines, junk }

    let directory: String
    let engine: ContainerEngine
    let hypervisor: Hypervisor

    struct Output: Equatable {
        var status: Int32
        var output: String
        var error: String
    }

    static let programs = URL(
        fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    ).deletingLastPathComponent().path

    /// - Returns: nil, having said why, where this machine has nothing to make machines with.
    init?(kernel: Kernel = .machines) async throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        do throws(MachineError) {
            _ = try Emulator.find(searchPath: path)
            _ = try KernelImage.find()
        } catch {
            print("skipped: \(MachineMessage(error).text.english) \(MachineMessage(error).fix.joined())")
            return nil
        }
        var template = Array("/tmp/kijabi-vm-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(directory, 0o755)
        engine = try await ContainerEngine.start(
            EngineConfiguration(
                dataDirectory: directory + "/data", runDirectory: directory + "/run", programDirectory: Self.programs),
            searchPath: path)
        var boot = "/boot"
        if kernel == .junk {
            // A kernel by its header, and nothing behind it.
            boot = directory + "/boot"
            try FileManager.default.createDirectory(atPath: boot, withIntermediateDirectories: true)
            var bytes = [UInt8](repeating: 0, count: 65_536)
            bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
            bytes[0x20F] = 0x04
            bytes.replaceSubrange(0x600..<0x608, with: Array("9.9-junk".utf8))
            try Data(bytes).write(to: URL(fileURLWithPath: boot + "/vmlinuz-9.9-junk"))
        }
        hypervisor = Hypervisor(
            runtime: engine, guestProgram: Self.programs + "/kijabi-guest", stateDirectory: directory, searchPath: path,
            kernelDirectory: boot, patience: kernel == .junk ? .seconds(3) : nil)
    }

    func start(_ name: String) async throws(MachineError) -> MachineStatus {
        var configuration = MachineConfiguration(name: name, console: .none)
        configuration.accelerator = .tcg
        return try await hypervisor.start(configuration)
    }

    func run(_ machine: String, _ command: String..., input: String? = nil) async throws -> Output {
        let (output, error) = (try LinuxKernel.Pipe(), try LinuxKernel.Pipe())
        var guest = GuestCommand(command, output: output.writeEnd.number, error: error.writeEnd.number)
        let source = try input.map { try MemoryFile.make("input", contents: Array($0.utf8)) }
        guest.input = source?.number
        let texts = [output, error].map { pipe in Task { await InputStream(descriptor: pipe.readEnd.number).readAll() }
        }
        let status: Int32
        do {
            status = try await hypervisor.execute(machine, guest)
        } catch {
            texts.forEach { $0.cancel() }
            throw error
        }
        // Everything has been written; the ends are still held here, so that only cancelling ends the reading.
        var read: [String] = []
        for (text, pipe) in zip(texts, [output, error]) {
            var waiting = pollfd(fd: pipe.readEnd.number, events: Int16(POLLIN), revents: 0)
            while poll(&waiting, 1, 0) > 0 { await Task.yield() }
            text.cancel()
            read.append(String(decoding: await text.value, as: UTF8.self))
        }
        return Output(status: status, output: read[0], error: read[1])
    }

    func close() async {
        await hypervisor.shutdown()
        await engine.shutdown()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
