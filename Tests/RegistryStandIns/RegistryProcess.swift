import Foundation
import Glibc

/// Debian's docker-registry, on a port of this machine that nobody else uses, until the test is over.
public final class RegistryProcess {
    public static let program = "/usr/bin/docker-registry"
    public static var isInstalled: Bool {
        if access(program, X_OK) == 0 { return true }
        print("skipped: \(program) is missing (package docker-registry)")
        return false
    }

    public let port: UInt16
    private let directory: String
    private let process = Process()

    public var domain: String { "127.0.0.1:\(port)" }

    /// - Parameter settings: further YAML of its configuration, for `http:` (indented) and for the top.
    public init(http: String = "", top: String = "") throws {
        var template = Array("/tmp/kijabi-registry-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw RegistryDied(output: "no directory") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let configuration = """
            version: 0.1
            log:
              level: info
              accesslog:
                disabled: true
            storage:
              filesystem:
                rootdirectory: \(directory)/storage
              delete:
                enabled: true
            http:
              addr: 127.0.0.1:0
            \(http)
            \(top)
            """
        try configuration.write(toFile: directory + "/config.yml", atomically: false, encoding: .utf8)
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = ["serve", directory + "/config.yml"]
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

    public struct RegistryDied: Error { public let output: String }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
