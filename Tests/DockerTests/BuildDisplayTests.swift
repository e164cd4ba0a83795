import ContainerRuntime
import Terminal
import Testing

@testable import Docker

/// A small build, as the engine tells it.
private let story: [BuildEvent] = [
    BuildEvent(step: 0, time: 0, kind: .planned(steps: 3)),
    BuildEvent(step: 1, time: 0, kind: .began(name: "[internal] load build definition from Dockerfile")),
    BuildEvent(step: 1, time: 0.01, kind: .detail("transferring dockerfile: 52B done")),
    BuildEvent(step: 1, time: 0.02, kind: .finished(.done)),
    BuildEvent(step: 0, time: 0.02, kind: .planned(steps: 6)),
    BuildEvent(step: 2, time: 0.1, kind: .began(name: "[one 1/2] RUN make one")),
    BuildEvent(step: 3, time: 0.1, kind: .began(name: "[two 1/1] RUN make two")),
    BuildEvent(step: 2, time: 0.2, kind: .output(Array("first\nsecond, ".utf8))),
    BuildEvent(step: 3, time: 0.3, kind: .finished(.cached)),
    BuildEvent(step: 2, time: 0.35, kind: .output(Array("later\n\u{1B}[31mred".utf8))),
    BuildEvent(step: 2, time: 1.4, kind: .finished(.failed("exit code: 3"))),
]

private func log(_ events: [BuildEvent] = story) -> BuildLog {
    var log = BuildLog()
    for event in events { log.apply(event) }
    return log
}

@Suite struct BuildDisplayTests {
    @Test("Plain progress is lines that begin with their step's number")
    func plain() {
        var printer = PlainBuildText()
        #expect(
            story.map { printer.text(for: $0) }.joined()
                == """
                #1 [internal] load build definition from Dockerfile
                #1 transferring dockerfile: 52B done
                #1 DONE 0.0s

                #2 [one 1/2] RUN make one
                #2 ...

                #3 [two 1/1] RUN make two
                #3 ...

                #2 [one 1/2] RUN make one
                #2 0.100 first
                #2 ...

                #3 [two 1/1] RUN make two
                #3 CACHED

                #2 [one 1/2] RUN make one
                #2 0.250 second, later
                #2 1.300 \u{1B}[31mred
                #2 ERROR: exit code: 3

                """)
    }

    @Test("The screen fits its terminal, shows what runs, and says what is known already")
    func screen() {
        let screen = BuildScreen(style: Style(isEnabled: false))
        let running = log(Array(story.prefix(10)))
        let lines = screen.lines(running, time: 1, columns: 40, rows: 24)
        #expect(lines.count == 7)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 40 })
        #expect(lines[0].hasPrefix("[+] Building 1.0s (2/6)"))
        #expect(lines.contains { $0.hasPrefix(" => CACHED [two 1/1] RUN make two") && $0.hasSuffix("0.2s") })
        #expect(lines.contains(" => => # second, later"))
        // Where there is little room, what runs stays.
        let small = screen.lines(running, time: 1, columns: 40, rows: 5)
        #expect(small.count <= 5)
        #expect(small.contains(" => => # ^[[31mred"))
        let wide = screen.lines(
            log([
                BuildEvent(step: 1, time: 0, kind: .began(name: "[1/1] RUN 안녕하세요 여러분 모두 반가워요 정말로"))
            ]), time: 0, columns: 30, rows: 24)
        #expect(wide.allSatisfy { DisplayWidth.of($0) <= 30 })
    }

    @Test("A failure shows what the step said, the lines in question, and the error")
    func failure() {
        let source = ["FROM busybox", "RUN true", "RUN make one", "CMD sh"]
        let fault = BuildFault(
            .commandFailed(ExitStatus(code: 3)),
            "process \"/bin/sh -c make one\" did not complete successfully: exit code: 3",
            source: SourceExcerpt(fileName: "Dockerfile", source: source, marked: 3...3), step: 2)
        let screen = BuildFailureScreen(error: .fault(fault), log: log())
        #expect(
            screen.text(.english) == """
                ------
                 > [one 1/2] RUN make one:
                0.100 first
                0.100 second, later
                0.250 ^[[31mred
                ------
                Dockerfile:3
                --------------------
                   1 |     FROM busybox
                   2 |     RUN true
                   3 | >>> RUN make one
                   4 |     CMD sh
                --------------------
                ERROR: failed to build: failed to solve: process "/bin/sh -c make one" did not complete successfully: exit code: 3

                """)
        #expect(screen.hint(.english)?.hasPrefix("The command in line 3 ended with status 3.") == true)
        #expect(screen.hint(.korean)?.hasPrefix("3번째 줄의 명령이 실패했어요 (종료 코드 3)") == true)
    }

    @Test("A misspelt instruction is met with the nearest one")
    func misspelt() {
        let fault = BuildFault(
            .unknownInstruction("RUNN", known: ["RUN", "CMD", "COPY"]),
            "dockerfile parse error on line 2: unknown instruction: RUNN",
            source: SourceExcerpt(fileName: "Dockerfile", source: ["FROM a", "RUNN b"], marked: 2...2))
        let screen = BuildFailureScreen(error: .fault(fault), log: BuildLog())
        #expect(
            screen.text(.english)
                == """
                Dockerfile:2
                --------------------
                   1 |     FROM a
                   2 | >>> RUNN b
                --------------------
                ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)

                """)
    }

    @Test("An excerpt keeps to the lines that there are", arguments: [(1, 1), (3, 3), (9, 12), (0, 0)])
    func excerpts(_ first: Int, _ last: Int) {
        let excerpt = SourceExcerpt(fileName: "D", source: ["a", "b", "c"], marked: first...last)
        #expect(excerpt.firstLine >= 1 && excerpt.firstLine + excerpt.lines.count - 1 <= 3)
        #expect(excerpt.marked.lowerBound >= 1 && excerpt.marked.upperBound <= 3)
    }
}
