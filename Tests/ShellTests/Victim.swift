import Foundation
import Glibc
import LinuxKernel
import Testing

@testable import Shell

/// A kijabi that is to be killed, with directories of its own.
final class Victim {
    let home: Kijabi.Home
    private var process = Process()
    private let output = Foundation.Pipe()
    /// Errors too.
    private(set) var said = ""
    private var family: [(pid: Int32, startedAt: Double)] = []
    private var engines: [String] = []

    init() throws {
        home = try Kijabi.Home()
        mkdir(runtime, 0o700)
        // What every one makes that is not there, so that what is left is of the one that is killed.
        let first = try Kijabi.start(["-c", "docker run --rm busybox true"], home: home, environment: environment)
        first.waitUntilExit()
        try #require(first.terminationStatus == 0)
    }

    private var runtime: String { home.path + "/run" }
    private var environment: [String: String] { ["XDG_RUNTIME_DIR": runtime] }
    var images: String { home.path + "/.local/share/kijabi/images" }

    func start(_ script: String, input: FileHandle = .nullDevice) throws {
        process = try Kijabi.start(
            ["-c", script], home: home, environment: environment, input: input, output: output.fileHandleForWriting)
        try output.fileHandleForWriting.close()
    }

    /// Reads what it says until `text` is in it.
    func reads(_ text: String) throws -> Bool {
        while !said.contains(text) {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return false }
            said += String(decoding: data, as: UTF8.self)
        }
        return true
    }

    /// Waits, for a while, until something has become true that nobody tells.
    func waits(_ isTrue: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if isTrue() { return true }
            usleep(2000)
        }
        return false
    }

    /// Kills it, or one of the two processes of its zygote, and checks that everything else goes too.
    /// - Parameter then: what happens before it is waited for.
    func kill(_ who: KilledTests.Who, then: () -> Void = {}) throws {
        let pids = Self.descendants(process.processIdentifier)
        family = pids.compactMap { pid in ProcessStatus(pid: pid).map { (pid, $0.startedAt) } }
        engines = try FileManager.default.contentsOfDirectory(atPath: runtime + "/kijabi").filter {
            $0.hasPrefix("engine-")
        }
        #expect(!engines.isEmpty && !family.isEmpty)
        let janitor = try #require(pids.first { Self.name($0) == "kijabi-zygote" })
        let harbour = try #require(pids.first { ProcessStatus(pid: $0)?.parent == janitor })
        let victim = [.kijabi: process.processIdentifier, .janitor: janitor, .harbour: harbour][who]
        #expect(Glibc.kill(try #require(victim), SIGKILL) == 0)
        then()
        said += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var left: [String] = []
        #expect(
            waits {
                left = leftovers()
                return left.isEmpty
            }, "\(left)")
    }

    var status: Int32 { process.terminationStatus }

    /// Processes and mounts of the one that was killed. Namespaces are not pinned anywhere, so they end
    /// with their processes.
    private func leftovers() -> [String] {
        var left = family.filter { member in
            // One that nobody has waited for yet is dead all the same.
            guard let now = ProcessStatus(pid: member.pid), abs(now.startedAt - member.startedAt) < 1 else {
                return false
            }
            return !Self.isZombie(member.pid)
        }.map { "process \($0.pid) \(Self.name($0.pid))" }
        let mounts = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
        if mounts.contains(home.path) { left.append("mount") }
        return left
    }

    private var groups: [String] {
        ControlGroups().hierarchies.flatMap { hierarchy in
            engines.map { "\(hierarchy.mountPoint)\(hierarchy.own)/kijabi-\($0)" }
        }.filter { FileManager.default.fileExists(atPath: $0) }
    }

    /// What it says to `script` when it is started again.
    func next(_ script: String, input: FileHandle = .nullDevice) throws -> String {
        let output = Foundation.Pipe()
        let next = try Kijabi.start(
            ["-c", script], home: home, environment: environment, input: input,
            output: output.fileHandleForWriting, error: .standardError)
        try output.fileHandleForWriting.close()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        next.waitUntilExit()
        // What could not be removed by those who were killed has been removed by this one.
        #expect(groups.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: runtime + "/kijabi").isEmpty)
        return text
    }

    /// Half made things in the store of images.
    var leftInTheStore: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: images + "/temporary")) ?? []
    }

    func end() {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        home.remove()
    }

    private static func descendants(_ pid: Int32) -> [Int32] {
        var parents: [Int32: Int32] = [:]
        for other in ProcessFiles.all() { parents[other] = ProcessStatus(pid: other)?.parent }
        return parents.keys.filter { other in
            // Numbers are used again while they are read, and may seem to go round in a circle.
            var ancestor = parents[other]
            for _ in 0..<100 {
                guard let next = ancestor, next != pid else { break }
                ancestor = parents[next]
            }
            return ancestor == pid
        }.sorted()
    }

    private static func name(_ pid: Int32) -> String {
        let bytes = (try? ProcessFiles.read("/proc/\(pid)/comm")) ?? []
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    private static func isZombie(_ pid: Int32) -> Bool {
        let bytes = (try? ProcessFiles.read("/proc/\(pid)/stat")) ?? []
        let state = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.dropFirst().first
        return state == nil || state == "Z" || state == "X"
    }
}
