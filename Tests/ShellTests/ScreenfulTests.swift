import Foundation
import Lessons
import Testing

@testable import Shell

/// What lessons show fits the smallest terminal.
@Suite struct ScreenfulTests {
    private static func lesson(prose: String, needs: String = "") throws -> Lesson {
        try LessonParser.parse(
            """
            ---
            id: long
            title: {ko: 긴, en: Long}
            ---
            <!-- ko -->
            안녕
            <!-- en -->
            hello

            ## first

            <!-- ko -->
            하나
            <!-- en -->
            one

            ## second

            <!-- ko -->
            하나
            <!-- en -->
            \(prose)
            \(needs)
            """, file: "long.md")
    }

    @Test func theLessonsOfTheRepositoryFit() throws {
        let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "lessons").path()
        let catalog = try LessonCatalog(directory: directory)
        #expect(!catalog.lessons.isEmpty)
        #expect(catalog.lessons.flatMap { Screenful.faults(in: $0) }.map(\.description) == [])
    }

    @Test func tellsWhichTextIsTooLong() throws {
        let rows = (1...30).map { "- \($0)" }.joined(separator: "\n")
        let faults = try Screenful.faults(in: Self.lesson(prose: rows))
        #expect(faults.map(\.reason) == ["step 'second' (en) takes 33 rows of 80 columns, more than 22"])
        #expect(try Screenful.faults(in: Self.lesson(prose: "short")) == [])
    }

    @Test func looksAtWhatIsSaidOnOtherMachinesToo() throws {
        let rows = (1...30).map { "  - \($0)" }.joined(separator: "\n")
        let needs = "```needs\nfeatures: [vm]\nko: 없이\nen: |\n\(rows)\n```"
        let faults = try Screenful.faults(in: Self.lesson(prose: "short", needs: needs))
        #expect(faults.count == 1)
        #expect(faults.first?.reason.contains("what step 'second' (en) says where it cannot be done") ?? false)
    }
}
