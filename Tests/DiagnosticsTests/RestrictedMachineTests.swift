import Foundation
import Testing

/// The doctor in a user namespace that allows no further ones, through the program itself where it has been built.
@Suite struct RestrictedMachineTests {
    @Test func aForbiddenNamespaceIsDiagnosedWithItsFix() async throws {
        let program = ExaminationTests.programs() + "/kijabi"
        // The narrow packages that developers test with have no program.
        guard FileManager.default.isExecutableFile(atPath: program) else { return }
        try await ExaminationTests.withDirectory { directory in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
            process.arguments = [
                "--user", "--map-root-user", "sh", "-c",
                "echo 0 > /proc/sys/user/max_user_namespaces; exec \"$0\" --lang en doctor", program,
            ]
            process.environment = [
                "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": directory, "XDG_DATA_HOME": directory,
                "XDG_STATE_HOME": directory, "XDG_RUNTIME_DIR": directory,
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 1)
            #expect(text.contains("✗ Namespaces"), "\(text)")
            #expect(text.contains("user.max_user_namespaces = 0"), "\(text)")
            #expect(text.contains("sudo sysctl --system"), "\(text)")
        }
    }
}
