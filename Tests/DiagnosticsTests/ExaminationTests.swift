import ContainerEngine
import Foundation
import Glibc
import Testing

@testable import Diagnostics

/// What the doctor finds by trying, on this very machine.
@Suite(.serialized) struct ExaminationTests {
    /// A program of this package, beside the test.
    static func programs() -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().path
    }

    static func withDirectory(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/kijabi-examination-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(directory, 0o755)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    static func examination(_ directory: String, programs: String = programs()) -> Examination {
        Examination(
            engine: EngineConfiguration(
                dataDirectory: directory + "/data", runDirectory: directory + "/run", programDirectory: programs),
            stateDirectory: directory + "/state", environment: ProcessInfo.processInfo.environment)
    }

    @Test func thisMachineRunsContainers() async throws {
        try await Self.withDirectory { directory in
            let situation = await Self.examination(directory).run()
            #expect(situation.harbour == .worked)
            #expect(situation.container == .worked)
            #expect(situation.systemCallFilter == .worked)
            #expect(situation.network == .worked)
            #expect(situation.packetFilter == .worked)
            #expect(situation.limits == .worked)
            #expect(situation.missingPrograms.isEmpty)
            #expect(Diagnosis(situation).allowsContainers)
        }
    }

    @Test func aMissingZygoteIsFound() async throws {
        try await Self.withDirectory { directory in
            let situation = await Self.examination(directory, programs: directory).run()
            #expect(situation.missingPrograms.count == 3)
            #expect(situation.harbour == .notTried)
            #expect(!Diagnosis(situation).allowsContainers)
        }
    }

    @Test func aFileInTheWayOfADirectoryIsFound() async throws {
        try await Self.withDirectory { directory in
            try Data().write(to: URL(fileURLWithPath: directory + "/file"))
            let facts = DirectoryTrial.look(at: directory + "/file/data", for: .images)
            #expect(facts.errno == ENOTDIR)
            #expect(DirectoryTrial.look(at: directory + "/a/b/c", for: .images).errno == 0)
            #expect(!FileManager.default.fileExists(atPath: directory + "/a"))
        }
    }
}
