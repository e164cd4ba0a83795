import Foundation
import Testing

@testable import Lessons

/// The lessons that are in the repository.
@Suite struct LessonFilesTests {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "lessons").path()

    @Test func aFaultyFileKeepsNoOtherLessonAway() throws {
        let directory = NSTemporaryDirectory() + "kijabi-catalog-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in [
            ("01-broken.md", LessonParserTests.small.replacing("quantifier", with: "quantifer")),
            ("02-small.md", LessonParserTests.small), ("03-again.md", LessonParserTests.small),
        ] {
            try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
        }
        let catalog = try LessonCatalog(directory: directory)
        #expect(catalog.lessons.map(\.id) == ["small"])
        try #require(catalog.faults.count == 2)
        #expect(catalog.faults[0].file.hasSuffix("01-broken.md") && catalog.faults[0].line > 0)
        #expect(catalog.faults[0].reason.contains("quantifer"))
        #expect(catalog.faults[1].reason == "another lesson has the id 'small'")
        #expect(throws: LessonError.self) { try LessonCatalog(directory: directory + "/absent") }
    }

    @Test func allOfThemKeepTheRules() throws {
        let catalog = try LessonCatalog(directory: Self.directory)
        #expect(catalog.faults.map(\.description) == [])
        let ids = catalog.lessons.map(\.id)
        #expect(ids.count >= 4)
        // What is required comes before.
        for (place, lesson) in catalog.lessons.enumerated() {
            #expect(Set(lesson.requires).isSubset(of: ids[..<place]), "\(lesson.id)")
        }
        let known = Set(catalog.lessons.map(\.id))
        for lesson in catalog.lessons {
            #expect(LessonLint.faults(in: lesson, known: known).map(\.description) == [])
        }
    }

    @Test func stepsHaveWhatLearnersNeed() throws {
        let catalog = try LessonCatalog(directory: Self.directory)
        let lesson = try #require(catalog.lesson("desired-state"))
        let step = try #require(lesson.steps.first { $0.id == "delete-a-pod" })
        #expect(step.assertions.map(\.quantifier) == [.changed])
        #expect(step.hints.count == 1)
        #expect(!step.solution.isEmpty && !step.run.isEmpty && step.afterword != nil)
        #expect(lesson.steps.last?.quiz?.choices.filter(\.isCorrect).count == 1)
    }
}
