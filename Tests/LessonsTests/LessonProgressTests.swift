import Foundation
import Testing

@testable import Lessons

@Suite struct LessonProgressTests {
    let path = NSTemporaryDirectory() + "progress-\(UUID().uuidString).json"

    func lesson() throws -> Lesson { try LessonParser.parse(LessonParserTests.small, file: "x.md") }

    @Test func keepsOutcomes() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let progress = LessonProgress(path: path)
        #expect(progress.outcomes(of: "small") == [:])
        try progress.record(.skipped, step: "one", of: lesson())
        #expect(LessonProgress(path: path).outcomes(of: "small") == ["one": .skipped])
        try progress.record(.passed, step: "one", of: lesson())
        try progress.record(.skipped, step: "one", of: lesson())
        #expect(progress.outcomes(of: "small") == ["one": .passed], "what was passed stays passed")
        try progress.forget("small")
        #expect(progress.outcomes(of: "small") == [:])
    }

    @Test func aDamagedFileIsKeptAside() throws {
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + ".damaged")
        }
        try Data("{\"lessons\": ".utf8).write(to: URL(filePath: path))
        let progress = LessonProgress(path: path)
        #expect(progress.outcomes(of: "small") == [:])
        try progress.record(.passed, step: "one", of: lesson())
        #expect(progress.outcomes(of: "small") == ["one": .passed])
        #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
    }

    @Test func severalShellsLoseNothing() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let lesson = try lesson()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { [path] in
                    try? LessonProgress(path: path).record(.passed, step: "s\(number)", of: lesson)
                }
            }
        }
        #expect(LessonProgress(path: path).outcomes(of: "small").count == 20)
    }
}
