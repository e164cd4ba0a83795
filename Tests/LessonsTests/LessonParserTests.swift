import Testing

@testable import Lessons

@Suite struct LessonParserTests {
    static let small = """
        ---
        id: small
        title: {ko: 작은, en: Small}
        ---
        <!-- ko -->
        안녕
        <!-- en -->
        hello

        ## one

        <!-- ko -->
        하나
        <!-- en -->
        one

        ```check
        - name: there
          says: {ko: 있다, en: it is there}
          objects: {resource: pods, selector: app=web}
          quantifier: {count: ">= 2"}
          where:
            status.conditions[type=Ready].status: "True"
        ```

        ```hint for=there
        ko: 도움
        en: help
        ```

        ```solution
        true
        ```

        ```wrong fails=there
        false
        ```
        """

    func reason(_ text: String) -> String {
        do throws(LessonError) {
            _ = try LessonParser.parse(text, file: "x.md")
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func readsAStep() throws {
        let lesson = try LessonParser.parse(Self.small, file: "x.md")
        #expect(lesson.id == "small")
        #expect(lesson.introduction == BilingualText(korean: "안녕", english: "hello"))
        let step = try #require(lesson.steps.first)
        #expect(step.prose.korean == "하나")
        #expect(step.assertions[0].quantifier == .count(.atLeast, 2))
        #expect(step.assertions[0].conditions[0].path.parts.count == 4)
        #expect(step.solution.map(\.text) == ["true"])
        #expect(step.wrongs.map(\.assertion) == ["there"])
    }

    @Test(arguments: [
        ("", "x.md:1: a lesson begins with '---' and its front matter"),
        ("---\nid: a\n", "x.md:1: the front matter is not closed by '---'"),
        (
            "---\nid: a\ntitel: x\n---\n",
            "x.md:3: titel: unknown field (expected id, title, requires, seed, minutes)"
        ),
        ("---\nid: a\ntitle: {ko: ㄱ}\n---\n", "x.md:3: title: expected 'ko' and 'en', each a text"),
        ("---\nid: a\ntitle: {ko: ㄱ, en: b}\n---\n", "x.md:5: a lesson needs at least one '## step'"),
        (
            "---\nid: a\ntitle: {ko: ㄱ, en: b}\n---\n## One\n",
            "x.md:5: a step's heading is its id: small letters, digits and '-', not 'One'"
        ),
        (
            "---\nid: a\ntitle: {ko: ㄱ, en: b}\n---\n## one\nprose\n",
            "x.md:6: prose outside <!-- ko --> and <!-- en -->"
        ),
        (
            "---\nid: a\ntitle: {ko: ㄱ, en: b}\n---\n## one\n```chek\n```\n",
            "x.md:6: unknown block 'chek' (expected setup, run, check, hint, solution, wrong, quiz, needs, note)"
        ),
        ("---\nid: a\ntitle: {ko: ㄱ, en: b}\n---\n## one\n```check\n", "x.md:6: this block is not closed"),
    ])
    func saysWhatIsWrongAndWhere(text: String, expected: String) {
        #expect(reason(text) == expected)
    }

    @Test func assertionsAreStrict() {
        let bad = Self.small.replacing("quantifier: {count: \">= 2\"}", with: "quantifier: some")
        #expect(reason(bad).contains("unknown quantifier 'some' (expected all, any, none, count, changed)"))
        let both = Self.small.replacing("quantifier:", with: "answer: 1\n  quantifier:")
        #expect(reason(both).contains("expected exactly one of objects, containers, file, log, images"))
        let missing = Self.small.replacing("fails=there", with: "fails=their")
        #expect(reason(missing).contains("there is no assertion 'their' in this step"))
    }

    @Test func hintsMayHaveACondition() throws {
        let text = Self.small.replacing(
            "ko: 도움\nen: help", with: "if:\n  containers: {name: box}\n  quantifier: any\nko: 도움\nen: help")
        let hint = try #require(try LessonParser.parse(text, file: "x.md").steps[0].hints.first)
        #expect(hint.condition?.quantifier == .any)
        #expect(hint.text == BilingualText(korean: "도움", english: "help"))
        let vague = text.replacing("\n  quantifier: any", with: "")
        #expect(reason(vague).contains("if.quantifier: expected one of all, any"))
        let lesson = try LessonParser.parse(text, file: "x.md")
        #expect(
            LessonLint.faults(in: lesson, known: []).map(\.reason) == [
                "'there' of step 'one' has no hint that always fits"
            ])
    }

    @Test func readsWhatAStepNeeds() throws {
        let needs = "\n```needs\nfeatures: [vm, 'image:debian']\nko: 없이\nen: without\n```\n"
        let note = "\n```note lacks=kernel-limits\nko: 흉내\nen: emulated\n```\n"
        let step = try LessonParser.parse(Self.small + needs + note, file: "x.md").steps[0]
        #expect(step.needs?.features == [.virtualMachines, .image("debian")])
        #expect(step.notes.map(\.feature) == [.kernelLimits])
        #expect(reason(Self.small + needs + needs).contains("a step has one 'needs' at most"))
        #expect(reason(Self.small + needs.replacing("vm", with: "vmm")).contains("expected words of vm, kernel-limits"))
        #expect(reason(Self.small + note.replacing("kernel-limits", with: "luck")).contains("a note says 'lacks="))
        let without = step.withoutWork(try #require(step.needs))
        #expect(without.assertions.isEmpty && without.run.isEmpty && without.prose.english == "without")
    }

    /// Cut and mutated lessons are refused or read; nothing else happens.
    @Test func survivesDamage() {
        var generator = SystemRandomNumberGenerator()
        let bytes = Array(Self.small.utf8)
        var outcomes = Set<Bool>()
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: damaged[place] = UInt8.random(in: 0x20..<0x7F, using: &generator)
                case 1: damaged.remove(at: place)
                default: damaged.insert(contentsOf: Array("\n```".utf8), at: place)
                }
            }
            outcomes.insert(reason(String(decoding: damaged, as: UTF8.self)) == "none")
        }
        #expect(outcomes.contains(false))
    }

    @Test func boldBeforeAParticleIsFound() {
        #expect(LessonLint.unclosedBold(in: "**파드(Pod)**는 상자다") == [")**는"])
        #expect(LessonLint.unclosedBold(in: "**파드**(Pod)는 **상자**다") == [])
        #expect(LessonLint.unclosedBold(in: "**다 됐다.** 다음") == [])
    }
}
