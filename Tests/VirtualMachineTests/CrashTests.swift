import CLinux
import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import VirtualMachine

/// However kijabi ends, its machines end with it.
@Suite(.serialized) struct CrashTests {
    @Test(arguments: [SIGKILL, SIGTERM])
    func aMachineEndsWithKijabi(signal: Int32) async throws {
        guard let bed = try await TestBed() else { return }
        await bed.close()
        let program = TestBed.programs + "/kijabi"
        guard access(program, X_OK) == 0 else {
            print("skipped: \(program) is not built")
            return
        }
        var template = Array("/tmp/kijabi-vm-home-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let home = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(home, 0o755)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-c", "vm run -d --accel tcg doomed; sleep 1000"]
        process.environment = ["HOME": home, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        let output = Foundation.Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let name = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(name == "doomed\n")
        let machines = ProcessFiles.all().filter { pid in
            ProcessStatus(pid: pid)?.parent == process.processIdentifier
                && (try? ProcessFiles.read("/proc/\(pid)/cmdline"))?.starts(with: Emulator.program.utf8) ?? false
        }
        let machine = try #require(machines.first)
        #expect(machines.count == 1)
        let watch = FileDescriptor(owning: kijabi_pidfd_open(machine, 0))
        try #require(watch.number >= 0)
        kill(process.processIdentifier, signal)
        var ended = pollfd(fd: watch.number, events: Int16(POLLIN), revents: 0)
        #expect(poll(&ended, 1, 30_000) == 1)
        process.waitUntilExit()
        // Nothing of it runs, though its new parent may not have looked yet.
        #expect(ProcessFiles.link("/proc/\(machine)/exe") == nil)
    }
}
