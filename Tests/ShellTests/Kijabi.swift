import CEditline
import Foundation
import Glibc
import Terminal
import Testing

@testable import Shell

/// The program under test.
enum Kijabi {
    private static let directory = URL(
        fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    ).deletingLastPathComponent().path

    static var isBuilt: Bool {
        ["kijabi", "kijabi-zygote", "kijabi-stub", "kijabi-packetfilter"].allSatisfy {
            access("\(directory)/\($0)", X_OK) == 0
        }
    }

    struct Result {
        var status: Int32
        var output: String
        var error: String
    }

    /// Runs it without a terminal, to its end.
    /// - Parameters:
    ///   - home: nil is one of its own.
    ///   - wrapper: a program and its arguments that run it in turn.
    static func run(
        _ arguments: [String], input: String = "", home given: Home? = nil, wrapper: [String] = []
    ) throws -> Result {
        let home = try given ?? Home()
        defer { if given == nil { home.remove() } }
        let process = Process()
        let words = wrapper + [directory + "/kijabi"] + arguments
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = home.environment
        let (standardInput, output, error) = (Pipe(), Pipe(), Pipe())
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = error
        try process.run()
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let outputData = output.fileHandleForReading.readDataToEndOfFile()
        let errorData = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Result(
            status: status, output: String(decoding: outputData, as: UTF8.self),
            error: String(decoding: errorData, as: UTF8.self))
    }

    /// Starts it without a terminal.
    /// - Parameter output: for what it says, errors too.
    static func start(
        _ arguments: [String], home: Home, environment: [String: String] = [:],
        input: FileHandle = .nullDevice, output: FileHandle = .nullDevice, error: FileHandle? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: directory + "/kijabi")
        process.arguments = arguments
        process.environment = home.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error ?? output
        try process.run()
        return process
    }

    /// Starts it on a pseudo-terminal.
    static func open(_ arguments: [String], environment: [String: String] = [:]) throws -> KijabiTerminal {
        let home = try Home()
        let pair = try #require(PseudoTerminal(size: TerminalSize(columns: 80, rows: 24)))
        let follower = pair.takeFollower()
        defer { close(follower) }
        let handle = FileHandle(fileDescriptor: follower)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: directory + "/kijabi")
        process.arguments = arguments
        process.environment = home.environment.merging(environment) { $1 }
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        return KijabiTerminal(process, leader: dup(pair.leader), home)
    }

    /// A home directory of its own, so that tests leave nothing and meet nothing.
    struct Home {
        let path: String

        init() throws {
            var template = Array("/tmp/kijabi-home-XXXXXX".utf8CString)
            try #require(mkdtemp(&template) != nil)
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            chmod(path, 0o755)
        }

        var environment: [String: String] {
            [
                "HOME": path, "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8",
                "KIJABI_LANG": "en", "NO_COLOR": "1",
            ]
        }

        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }
}

/// The program on a pseudo-terminal, and the person before it.
final class KijabiTerminal {
    private let process: Process
    private let leader: Int32
    private let home: Kijabi.Home
    private(set) var seen = ""

    init(_ process: Process, leader: Int32, _ home: Kijabi.Home) {
        self.process = process
        self.leader = leader
        self.home = home
        _ = fcntl(leader, F_SETFL, O_NONBLOCK)
    }

    /// Waits at most fifteen seconds.
    func waitFor(_ text: String) -> Bool {
        let end = ContinuousClock.now + .seconds(15)
        while ContinuousClock.now < end {
            pump(100)
            if seen.contains(text) { return true }
        }
        return false
    }

    func type(_ keys: String, thenSee text: String) -> Bool {
        seen = ""
        let bytes = Array(keys.utf8)
        _ = bytes.withUnsafeBytes { write(leader, $0.baseAddress, $0.count) }
        return waitFor(text)
    }

    func signal(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Nil if it has not ended within fifteen seconds.
    func exitStatus() -> Int32? {
        let end = ContinuousClock.now + .seconds(15)
        while process.isRunning, ContinuousClock.now < end { pump(50) }
        return process.isRunning ? nil : process.terminationStatus
    }

    func end() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        close(leader)
        home.remove()
    }

    private func pump(_ milliseconds: Int32) {
        var wait = pollfd(fd: leader, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(leader, &buffer, buffer.count)
        if count > 0 {
            seen += String(decoding: buffer[..<count], as: UTF8.self)
        } else {
            usleep(UInt32(milliseconds) * 1000)
        }
    }
}
