import Foundation
import Testing

@testable import Lessons

/// The lessons that are in the repository.
@Suite struct LessonFilesTests {
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "lessons").path()

    @Test func allOfThemKeepTheRules() throws {
        let catalog = try LessonCatalog(directory: Self.directory)
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
