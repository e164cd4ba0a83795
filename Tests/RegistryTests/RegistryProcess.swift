import Foundation
import Glibc
import Testing

/// Debian's docker-registry, on a port of this machine that nobody else uses, until the test is over.
final class RegistryProcess {
    static let program = "/usr/bin/docker-registry"
    static var isInstalled: Bool {
        if access(program, X_OK) == 0 { return true }
        print("skipped: \(program) is missing (package docker-registry)")
        return false
    }

    let port: UInt16
    let directory: ScratchDirectory
    private let process = Process()

    var domain: String { "127.0.0.1:\(port)" }

    /// - Parameter settings: further YAML of its configuration, for `http:` (indented) and for the top.
    init(http: String = "", top: String = "") throws {
        directory = try ScratchDirectory("registry")
        let configuration = """
            version: 0.1
            log:
              level: info
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: \(directory.path)/storage
              delete:
                enabled: true
            http:
              addr: 127.0.0.1:0
            \(http)
            \(top)
            """
        try configuration.write(toFile: directory.path + "/config.yml", atomically: false, encoding: .utf8)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["serve", directory.path + "/config.yml"]
        process.standardError = output
        process.standardOutput = output
        try process.run()
        // It says which port it was given.
        var said = ""
        var found: UInt16?
        while found == nil {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw RegistryDied(output: said) }
            said += String(decoding: data, as: UTF8.self)
            if let place = said.range(of: "listening on 127.0.0.1:") {
                let digits = said[place.upperBound...].prefix { $0.isNumber }
                // The number may not be whole yet.
                if said[place.upperBound...].count > digits.count { found = UInt16(digits) }
            }
        }
        port = found ?? 0
        // It must not stand still because nobody reads.
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
    }

    struct RegistryDied: Error { let output: String }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// A directory for one test.
final class ScratchDirectory: Sendable {
    let path: String

    init(_ name: String) throws {
        var template = Array("/tmp/kijabi-\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs a program of this machine to its end.
@discardableResult
func run(_ arguments: String..., in directory: String? = nil) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
}
