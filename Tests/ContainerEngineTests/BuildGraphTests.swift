import Dockerfile
import OCI
import Testing

@testable import ContainerEngine

private func graph(
    _ text: String, arguments: [String: String] = [:], target: String? = nil
) throws -> BuildGraph {
    try BuildGraph(
        Dockerfile(parsing: Array(text.utf8)), arguments: arguments, platform: BuildPlatform.arguments, target: target)
}

@Suite struct BuildGraphTests {
    @Test("Only what the target needs is built, in an order in which everything is there in time")
    func neededStages() throws {
        let text = """
            FROM a AS base
            FROM base AS left
            FROM b AS unused
            FROM c AS tools
            FROM base AS right
            RUN --mount=from=tools,target=/t make
            FROM scratch
            COPY --from=left /x /
            COPY --from=4 /y /
            COPY --from=some/image /z /
            """
        #expect(try graph(text).needed == [0, 1, 3, 4, 5])
        #expect(try graph(text, target: "left").needed == [0, 1])
        #expect(try graph(text, target: "LEFT").target == 1)
        #expect(try graph(text, target: "3").needed == [3])
        #expect(try graph(text).nodes[5].base == .scratch)
        #expect(try graph(text).nodes[1].base == .stage(0))
    }

    @Test("Arguments before the first stage have their values in FROM")
    func arguments() throws {
        let text = "ARG V=1\nARG NAME=app-$V\nFROM $NAME:${TAG:-latest}-$TARGETARCH\n"
        #expect(try graph(text).nodes[0].base == .image("app-1:latest-\(BuildPlatform.architecture)"))
        #expect(
            try graph(text, arguments: ["V": "2"]).nodes[0].base == .image("app-2:latest-\(BuildPlatform.architecture)")
        )
        // One that was not declared has no value, given or not.
        #expect(
            try graph(text, arguments: ["TAG": "x"]).nodes[0].base
                == .image("app-1:latest-\(BuildPlatform.architecture)"))
    }

    @Test(arguments: [
        ("FROM $NOTHING\n", nil, "base name ($NOTHING) should not be blank"),
        ("FROM a\nCOPY --from=1 x y\n", nil, "invalid from flag value 1: invalid stage index 1"),
        ("FROM a\n", "nope", "target stage \"nope\" could not be found"),
    ])
    func mistakes(_ text: String, _ target: String?, _ message: String) {
        do {
            _ = try graph(text, target: target)
            Issue.record("accepted")
        } catch {
            #expect((error as? DockerfileError)?.message == message)
        }
    }
}

@Suite struct StageEvaluationTests {
    private func steps(
        _ text: String, given: [String: String] = [:], base: (inout ImageConfiguration) -> Void = { _ in }
    ) throws -> [BuildStep] {
        var configuration = ImageConfiguration(architecture: "amd64")
        configuration.environment = ["PATH=/bin"]
        base(&configuration)
        let graph = try graph("FROM a\n" + text, arguments: given)
        var evaluation = StageEvaluation(graph: graph, node: graph.nodes[0], base: configuration, given: given)
        return try evaluation.steps()
    }

    private func last(
        _ text: String, given: [String: String] = [:], base: (inout ImageConfiguration) -> Void = { _ in }
    ) throws -> ImageConfiguration {
        try #require(try steps(text, given: given, base: base).last).configuration
    }

    @Test("Every instruction that only says something is in the configuration")
    func configuration() throws {
        let made = try last(
            """
            ENV A=1 PATH=/x:$PATH
            LABEL a="b c"
            WORKDIR /srv
            WORKDIR app
            USER app:crew
            EXPOSE 80 53/udp 9000-9001
            VOLUME ["/data"]
            STOPSIGNAL SIGINT
            SHELL ["/bin/ash", "-c"]
            ENTRYPOINT serve --fast
            CMD ["--port", "80"]
            HEALTHCHECK --interval=1m30s --retries=2 CMD ["check"]
            ONBUILD RUN make
            MAINTAINER me
            """)
        #expect(made.environment == ["PATH=/x:/bin", "A=1"])
        #expect(made.labels == ["a": "b c"])
        #expect(made.workingDirectory == "/srv/app")
        #expect(made.user == "app:crew")
        #expect(made.exposedPorts == ["53/udp", "80/tcp", "9000/tcp", "9001/tcp"])
        #expect(made.volumes == ["/data"])
        #expect(made.stopSignal == "SIGINT")
        #expect(made.shell == ["/bin/ash", "-c"])
        #expect(made.entrypoint == ["/bin/ash", "-c", "serve --fast"])
        #expect(made.command == ["--port", "80"])
        #expect(made.healthCheck?.test == ["CMD", "check"])
        #expect(made.healthCheck?.interval == 90_000_000_000 && made.healthCheck?.retries == 2)
        #expect(made.onBuild == ["RUN make"])
        #expect(made.author == "me")
    }

    @Test("A new entrypoint takes the base image's command away, but not the stage's own")
    func entrypoints() throws {
        #expect(try last("ENTRYPOINT [\"e\"]\n", base: { $0.command = ["old"] }).command == [])
        #expect(
            try last("CMD [\"new\"]\nENTRYPOINT [\"e\"]\n", base: { $0.command = ["old"] }).command == ["new"])
    }

    @Test("A line of ENV sees the values before it; arguments lose to the environment")
    func variables() throws {
        #expect(try last("ENV A=1\nENV A=2 B=$A\n").environment == ["PATH=/bin", "A=2", "B=1"])
        #expect(try last("ARG V=1\nENV V=2\nLABEL v=$V\n", given: ["V": "3"]).labels == ["v": "2"])
        #expect(try last("ARG V=1\nLABEL v=$V\n", given: ["V": "3"]).labels == ["v": "3"])
        #expect(try last("ARG V\nLABEL v=${V:-none}\n").labels == ["v": "none"])
    }

    @Test("RUN gets the environment and the declared arguments; proxies are passed on but do not count")
    func runEnvironment() throws {
        let step = try #require(
            try steps("ARG V=1\nRUN make\n", given: ["HTTP_PROXY": "http://p", "UNKNOWN": "x"]).last)
        guard case .run(let run) = step.operation else {
            Issue.record("no RUN")
            return
        }
        #expect(run.arguments == ["/bin/sh", "-c", "make"])
        #expect(run.environment == ["PATH=/bin", "V=1"])
        #expect(run.passedOn == ["HTTP_PROXY=http://p"])
        #expect(step.createdBy == "RUN |1 V=1 /bin/sh -c make # buildkit")
    }

    @Test("A here-document is the script, the input of the line, or a file")
    func hereDocuments() throws {
        let made = try steps(
            """
            ENV X=1
            RUN <<EOF
            echo a
            EOF
            RUN cat <<EOF
            b
            EOF
            RUN <<EOF
            #!/usr/bin/env python3
            print(1)
            EOF
            COPY <<EOF /f
            $X
            EOF
            """)
        let runs = made.compactMap { step in if case .run(let run) = step.operation { run } else { nil } }
        #expect(runs[0].arguments == ["/bin/sh", "-c", "echo a\n"])
        #expect(runs[1].arguments == ["/bin/sh", "-c", "cat <<EOF\nb\nEOF\n"])
        #expect(runs[2].arguments == ["/usr/bin/env", "python3", "/dev/shm/build/EOF"])
        #expect(runs[2].scripts["EOF"] == Array("#!/usr/bin/env python3\nprint(1)\n".utf8))
        guard case .copy(let copy) = try #require(made.last).operation else {
            Issue.record("no COPY")
            return
        }
        #expect(copy.documents == [CopyOperation.Document(name: "EOF", content: "1\n")])
    }

    @Test("Triggers of the base image come first")
    func triggers() throws {
        let made = try steps("RUN second\n", base: { $0.onBuild = ["RUN first", "ENV A=1"] })
        #expect(made.map(\.title) == ["RUN first", "ENV A=1", "RUN second"])
        #expect(made.last?.configuration.onBuild == [])
    }

    @Test(arguments: [
        ("EXPOSE x\n", "invalid containerPort: x"), ("EXPOSE 80/xyz\n", "invalid proto: xyz"),
        ("STOPSIGNAL NOPE\n", "invalid signal: NOPE"),
        (
            "COPY a b /c\n",
            "When using COPY with more than one source file, the destination must be a directory and end with a /"
        ),
        ("COPY --chmod=rw a /c\n", "invalid chmod parameter: 'rw'. it should be octal string and between 0 and 07777"),
        ("HEALTHCHECK --interval=fast CMD x\n", "time: invalid duration \"fast\" (--interval)"),
        ("ENV A=${B:x}\n", "failed to process \"${B:x}\": unsupported modifier (:x) in substitution"),
    ])
    func mistakes(_ text: String, _ message: String) {
        do {
            _ = try steps(text)
            Issue.record("accepted")
        } catch {
            #expect((error as? DockerfileError)?.message == message)
            #expect((error as? DockerfileError)?.lines == 2...2)
        }
    }
}
