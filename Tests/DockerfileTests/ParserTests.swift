import Testing

@testable import Dockerfile

/// A Dockerfile that must be readable.
func parsed(_ text: String) throws -> Dockerfile { try Dockerfile(parsing: Array(text.utf8)) }

/// What is wrong with one that is not.
func failure(_ text: String) -> DockerfileError? {
    do throws(DockerfileError) {
        _ = try Dockerfile(parsing: Array(text.utf8))
        return nil
    } catch {
        return error
    }
}

@Suite struct ParserTests {
    @Test("Comments, empty lines and continued lines make one instruction with its lines")
    func continuedLines() throws {
        let file = try parsed(
            """
            # a comment
            FROM busybox

            RUN echo one \\
              # in between
              && echo two \\  \u{20}
              && echo three
            CMD ["sh"]
            """)
        let run = file.stages[0].instructions[0]
        #expect(run.lines == 4...7)
        guard case .run(let instruction) = run.action, case .shell(let line) = instruction.command else {
            Issue.record("no RUN")
            return
        }
        #expect(
            line.split(whereSeparator: \.isWhitespace).joined(separator: " ") == "echo one && echo two && echo three")
        #expect(file.stages[0].instructions[1].action == .command(.exec(["sh"])))
        #expect(file.warnings.isEmpty)
    }

    @Test("An escaped escape at the end of a line does not continue it")
    func escapedEscape() throws {
        let file = try parsed("FROM busybox\nRUN echo a\\\\\nRUN echo b\n")
        #expect(file.stages[0].instructions.count == 2)
    }

    @Test("An empty line in a continued one is a warning, as in docker")
    func emptyContinuation() throws {
        let file = try parsed("FROM busybox\nRUN echo a \\\n\n  b\n")
        #expect(file.warnings == [DockerfileWarning(kind: .emptyContinuation, lines: 2...4)])
    }

    @Test("Directives count at the top only, and the escape can be a backtick")
    func directives() throws {
        let file = try parsed("# syntax=docker/dockerfile:1\n# escape=`\nFROM busybox\nRUN a `\n  b\n")
        #expect(file.syntax == "docker/dockerfile:1")
        #expect(file.escape == "`")
        #expect(file.stages[0].instructions.count == 1)
        #expect(try parsed("# hello\n# escape=`\nFROM a\n").escape == "\\")
        #expect(failure("# escape=x\nFROM a\n")?.lines == 1...1)
    }

    @Test("Byte order mark and carriage returns do no harm")
    func foreignFiles() throws {
        let file = try parsed("\u{FEFF}FROM busybox\r\nRUN echo a \\\r\n  b\r\n")
        #expect(file.stages[0].base == "busybox")
        #expect(file.stages[0].instructions[0].text == "RUN echo a   b")
    }

    @Test("Stages have names in small letters; arguments before the first are global")
    func stages() throws {
        let file = try parsed("ARG VERSION=1 OTHER\nFROM a:$VERSION AS Build\nFROM --platform=$X scratch\n")
        #expect(
            file.arguments == [
                ArgumentDeclaration(name: "VERSION", fallback: "1"), ArgumentDeclaration(name: "OTHER", fallback: nil),
            ])
        #expect(file.stages.map(\.name) == ["build", nil])
        #expect(file.stages[0].base == "a:$VERSION")
        #expect(file.stages[1].platform == "$X")
    }

    @Test("Settings keep quotes until they are expanded; the old form takes the rest of the line")
    func settings() throws {
        let file = try parsed("FROM a\nENV A=1 B=\"x y\" C=d\\ e\nENV OLD some value\nLABEL \"k\"='v w'\n")
        #expect(
            file.stages[0].instructions[0].action
                == .environment([
                    Setting(name: "A", value: "1"), Setting(name: "B", value: "\"x y\""),
                    Setting(name: "C", value: "d\\ e"),
                ]))
        #expect(
            file.stages[0].instructions[1].action == .environment([Setting(name: "OLD", value: "some value")]))
        #expect(file.stages[0].instructions[2].action == .label([Setting(name: "\"k\"", value: "'v w'")]))
        #expect(file.warnings.map(\.kind) == [.oldForm(.env)])
    }

    @Test("COPY and ADD with flags, several sources and JSON")
    func transfers() throws {
        let file = try parsed(
            "FROM a\nCOPY --from=build --chown=1:2 --chmod=644 x y /z/\nADD [\"a b\", \"/c d\"]\n")
        guard case .copy(let copy) = file.stages[0].instructions[0].action,
            case .add(let add) = file.stages[0].instructions[1].action
        else {
            Issue.record("no transfer")
            return
        }
        #expect(copy.sources == ["x", "y"] && copy.destination == "/z/")
        #expect(copy.from == "build" && copy.owner == "1:2" && copy.mode == "644")
        #expect(add.sources == ["a b"] && add.destination == "/c d")
    }

    @Test("Here-documents belong to the instruction, with and without expansion and tabs")
    func hereDocuments() throws {
        let file = try parsed(
            """
            FROM a
            RUN <<EOF
            echo one
            # no comment
            EOF
            COPY <<a.txt <<-"b.txt" /dir/
            A $X
            a.txt
            \tB $X
            \tb.txt
            RUN cat <<E | sh -x
            echo
            E
            RUN echo $((1<<2)) '<<EOF'
            """)
        let instructions = file.stages[0].instructions
        #expect(instructions.count == 4)
        guard case .run(let run) = instructions[0].action, case .copy(let copy) = instructions[1].action,
            case .run(let piped) = instructions[2].action, case .run(let plain) = instructions[3].action
        else {
            Issue.record("other instructions")
            return
        }
        #expect(run.hereDocuments.map(\.content) == ["echo one\n# no comment\n"])
        #expect(instructions[0].lines == 2...5)
        #expect(copy.hereDocuments.map(\.name) == ["a.txt", "b.txt"])
        #expect(copy.hereDocuments.map(\.content) == ["A $X\n", "B $X\n"])
        #expect(copy.hereDocuments.map(\.expands) == [true, false])
        #expect(copy.sources.isEmpty && copy.destination == "/dir/")
        #expect(piped.hereDocuments.count == 1)
        #expect(plain.hereDocuments.isEmpty)
    }

    @Test("RUN with mounts and network")
    func mounts() throws {
        let file = try parsed(
            "FROM a\nRUN --mount=type=cache,target=/c,id=k --mount=source=s,target=/s,rw --network=none make\n")
        guard case .run(let run) = file.stages[0].instructions[0].action else {
            Issue.record("no RUN")
            return
        }
        #expect(run.network == "none")
        #expect(run.mounts.map(\.kind) == [.cache, .bind])
        #expect(run.mounts.map(\.isReadOnly) == [false, false])
        #expect(run.mounts[0].id == "k" && run.mounts[1].source == "s")
        #expect(run.command == .shell("make"))
    }

    @Test("A health check with its spans, and none")
    func healthChecks() throws {
        let file = try parsed(
            "FROM a\nHEALTHCHECK --interval=5s --retries=2 CMD test -f /ok || exit 1\nHEALTHCHECK NONE\n")
        guard case .healthCheck(let check) = file.stages[0].instructions[0].action,
            case .healthCheck(let none) = file.stages[0].instructions[1].action
        else {
            Issue.record("no HEALTHCHECK")
            return
        }
        #expect(check.interval == "5s" && check.retries == 2)
        #expect(check.command == .shell("test -f /ok || exit 1"))
        #expect(none.command == nil)
    }

    @Test("What looks like JSON and is none goes to the shell, with a warning")
    func almostJSON() throws {
        let file = try parsed("FROM a\nCMD ['sh', '-c']\n")
        #expect(file.stages[0].instructions[0].action == .command(.shell("['sh', '-c']")))
        #expect(file.warnings.map(\.kind) == [.notJSON(.cmd)])
    }

    @Test(
        "Mistakes name their line and say what is wrong",
        arguments: [
            ("", 1, "file with no instructions"),
            ("# nothing\n", 1, "file with no instructions"),
            ("FROM a\nRUNN echo\n", 2, "unknown instruction: RUNN"),
            ("RUN echo\n", 1, "no build stage in current context"),
            ("ARG A\n", 1, "no build stage in current context"),
            ("FROM\n", 1, "FROM requires either one or three arguments"),
            ("FROM a as\n", 1, "FROM requires either one or three arguments"),
            ("FROM a of b\n", 1, "FROM requires either one or three arguments"),
            (
                "FROM a AS 1b\n", 1,
                "invalid name for build stage: \"1b\", name can't start with a number or contain symbols"
            ),
            (
                "FROM a\nCOPY x\n", 2,
                "COPY requires at least two arguments, but only one was provided. Destination could not be determined"
            ),
            ("FROM a\n\nCOPY\n", 3, "COPY requires at least two arguments"),
            ("FROM a\nCOPY --form=b x y\n", 2, "unknown flag: --form"),
            ("FROM a\nENV A\n", 2, "ENV must have two arguments"),
            ("FROM a\nENV A=1 B\n", 2, "Syntax error - can't find = in \"B\". Must be of the form: name=value"),
            ("FROM a\nENV =1\n", 2, "ENV names can not be blank"),
            ("FROM a\nWORKDIR\n", 2, "WORKDIR requires exactly one argument"),
            ("FROM a\nSHELL sh -c\n", 2, "SHELL requires the arguments to be in JSON form"),
            ("FROM a\nONBUILD FROM b\n", 2, "FROM isn't allowed as an ONBUILD trigger"),
            ("FROM a\nONBUILD ONBUILD RUN x\n", 2, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
            ("FROM a\nHEALTHCHECK WHAT\n", 2, "Unknown type \"WHAT\" in HEALTHCHECK (try CMD)"),
            ("FROM a\nRUN <<EOF\necho\n", 2, "unterminated heredoc"),
            ("FROM a\nRUN --mount=type=nfs,target=/x y\n", 2, "unsupported mount type \"nfs\""),
            ("FROM a\nEXPOSE\n", 2, "EXPOSE requires at least one argument"),
        ])
    func mistakes(_ text: String, _ line: Int, _ message: String) {
        let found = failure(text)
        #expect(found?.lines.lowerBound == line)
        #expect(found?.message == message)
    }

    @Test("A trigger of ONBUILD is read again where it is used")
    func triggers() throws {
        let file = try parsed("FROM a\nONBUILD COPY . /src\nONBUILD RUN <<EOF\nmake\nEOF\n")
        guard case .onBuild(let copy) = file.stages[0].instructions[0].action,
            case .onBuild(let run) = file.stages[0].instructions[1].action
        else {
            Issue.record("no ONBUILD")
            return
        }
        #expect(try Dockerfile.trigger(copy, lines: 7...7).keyword == .copy)
        guard case .run(let instruction) = try Dockerfile.trigger(run, lines: 7...7).action else {
            Issue.record("no RUN")
            return
        }
        #expect(instruction.hereDocuments.map(\.content) == ["make\n"])
    }
}
