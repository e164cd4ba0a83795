import Foundation
import Terminal
import Testing

@testable import Shell

/// Lessons as a learner and as their prover meet them, in the built program.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct LessonTests {
    /// A directory with one lesson.
    private struct Lessons {
        let directory: String

        init(_ steps: String) throws {
            directory = NSTemporaryDirectory() + "kijabi-lessons-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            let front = "---\nid: trial\ntitle: {ko: 시험, en: Trial}\n---\n<!-- ko -->\n안녕\n<!-- en -->\nhello\n\n"
            try Data((front + steps).utf8).write(to: URL(filePath: directory + "/01-trial.md"))
        }

        func remove() { try? FileManager.default.removeItem(atPath: directory) }
    }

    private static let limited = """
        ## limited

        <!-- ko -->
        제한
        <!-- en -->
        a limit

        ```check
        - name: limited
          says: {ko: 제한이 있다, en: it is limited}
          containers: {name: bale}
          quantifier: any
          where:
            memory: 67108864
        ```

        ```hint
        if:
          containers: {name: bale}
          quantifier: any
        ko: 제한이 없네요
        en: it is there without its limit
        ```

        ```hint
        ko: 만드세요
        en: make one first
        ```

        ```solution
        docker run -d --name bale --memory 64m busybox sleep 1d
        ```

        ```wrong fails=limited
        docker run -d --name bale busybox sleep 1d
        docker rm -f bale
        ```

        """

    private static let files = """
        ## files

        <!-- ko -->
        파일
        <!-- en -->
        files

        ```check
        - name: note
          says: {ko: 쪽지가 있다, en: there is a note}
          file: {path: /tmp/note}
          quantifier: any
          where:
            content: {contains: ahoy}
        - name: said
          says: {ko: 말했다, en: it spoke}
          log: {container: parrot}
          quantifier: any
          where:
            text: {contains: land}
        - name: changed
          says: {ko: 바뀌었다, en: it changed}
          changes: {container: parrot}
          quantifier: any
          where:
            kind: A
            path: /egg
        - name: tagged
          says: {ko: 이름표, en: a label}
          images: {reference: tagged}
          quantifier: any
          where:
            id: {equals: {images: {reference: busybox}, field: id}}
        - name: kept
          says: {ko: 볼륨, en: a volume}
          volumes: {name: nest}
          quantifier: any
          where:
            anonymous: false
        - name: served
          says: {ko: 대답한다, en: it answers}
          probe: {url: "http://127.0.0.1:18473/egg"}
          quantifier: any
          where:
            status: 200
        ```

        ```hint
        ko: 하세요
        en: do it
        ```

        ```solution
        echo ahoy > /tmp/note
        docker run -d --name parrot -p 18473:80 busybox sh -c 'echo land; echo x > /egg; exec httpd -f -p 80 -h /'
        docker tag busybox tagged
        docker volume create nest
        ```

        ```wrong fails=note
        echo ahoy
        ```

        ```wrong fails=said
        docker run -d --name parrot busybox sh -c 'echo sea; sleep 1d'
        docker rm -f parrot
        ```

        """

    private static let elsewhere = """
        ## elsewhere

        <!-- ko -->
        다른 곳
        <!-- en -->
        elsewhere

        ```needs
        features: ["image:nobody-offers-this"]
        ko: 없이도 읽을 수 있어요
        en: it can be read without
        ```

        ```check
        - name: never
          says: {ko: 없다, en: never}
          containers: {name: never}
          quantifier: any
        ```

        ```hint
        ko: 없음
        en: none
        ```

        ```solution
        false
        ```

        ```wrong fails=never
        true
        ```

        """

    @Test func everySubjectIsProvedAndWhatAMachineLacksIsSkipped() throws {
        let lessons = try Lessons(Self.limited + Self.files + Self.elsewhere)
        defer { lessons.remove() }
        let result = try Kijabi.run(["--lessons", lessons.directory, "lessons", "verify"])
        #expect(result.error == "")
        #expect(result.output.contains("✓ trial/limited  assertions: 1, wrong attempts: 1"))
        #expect(result.output.contains("✓ trial/files  assertions: 6, wrong attempts: 2"))
        #expect(result.output.contains("– trial/elsewhere  skipped: The image nobody-offers-this is not here"))
        #expect(result.output.hasSuffix("3 passed, 0 failed, 1 skipped\n"))
        #expect(result.status == 0)
    }

    @Test func aSolutionThatDoesNotSolveIsFound() throws {
        let lessons = try Lessons(
            Self.limited.replacing("--memory 64m busybox", with: "busybox").replacing(
                "says:", with: "within: 1\n  says:"))
        defer { lessons.remove() }
        let result = try Kijabi.run(["--lessons", lessons.directory, "lessons", "verify"])
        #expect(result.error.contains("'limited' does not hold 1.0 s after the solution"))
        #expect(result.output.hasSuffix("1 passed, 1 failed\n"))
        #expect(result.status == 1)
    }

    @Test func hintsLookAtTheLiveState() throws {
        let lessons = try Lessons(Self.limited + Self.elsewhere)
        defer { lessons.remove() }
        let terminal = try Kijabi.open(["--lang", "en", "--lessons", lessons.directory, "learn", "trial"])
        defer { terminal.end() }
        #expect(terminal.waitFor("[2] kijabi ⎈"))
        #expect(terminal.type("hint\r", thenSee: "make one first"))
        #expect(terminal.type("docker run -d --name bale busybox sleep 1d\r", thenSee: "[4] kijabi ⎈"))
        #expect(terminal.type("hint\r", thenSee: "it is there without its limit"))
        #expect(terminal.type("docker rm -f bale\r", thenSee: "[6] kijabi ⎈"))
        #expect(
            terminal.type("docker run -d --name bale --memory 64m busybox sleep 1d\r", thenSee: "Passed!"))
        // What cannot be done here is read, and left.
        #expect(terminal.type("next\r", thenSee: "it can be read without"))
        #expect(terminal.type("next\r", thenSee: "Lesson complete!"))
        #expect(terminal.type("exit\r", thenSee: "Fair winds"))
    }

    @Test func aFaultyFileIsNamedAndTheOthersAreThere() throws {
        let lessons = try Lessons(Self.limited)
        defer { lessons.remove() }
        try Data("---\nid: broken\n---\n".utf8).write(to: URL(filePath: lessons.directory + "/02-broken.md"))
        let session = try Kijabi.run(["--lang", "en", "--lessons", lessons.directory, "-c", "lesson"])
        #expect(session.error.contains("One lesson cannot be read and is left out: "))
        #expect(session.error.contains("02-broken.md:"))
        #expect(session.output.contains("trial"))
        #expect(session.status == 0)
        let lint = try Kijabi.run(["--lessons", lessons.directory, "lessons", "lint"])
        #expect(lint.output == "1 passed, 1 failed\n")
        #expect(lint.status == 1)
    }

    @Test(arguments: ["ko", "en"]) func helpFitsASmallTerminal(language: String) throws {
        let result = try Kijabi.run(["--lang", language, "-c", "help"])
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.count <= 23)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 })
    }

    @Test func whatIsNotFoundIsNamedAsAShellNamesIt() throws {
        let result = try Kijabi.run(["-c", "gfortran --version"])
        #expect(result.error.hasPrefix("sh: gfortran: not found\n"))
        #expect(result.status == 127)
    }
}
