import ContainerRuntime
import Documents
import Foundation
import Glibc
import LinuxKernel
import OCI
import Synchronization
import Testing

@testable import ContainerEngine

@Suite struct BuildTests {
    @Test("A Dockerfile with every instruction becomes an image that runs as it says")
    func everyInstruction() async throws {
        let fixture = try await BuildFixture()
        try fixture.write("src/hello.txt", "hello\n")
        try fixture.write("src/skip.md", "no\n")
        try fixture.write("src/deep/file", "deep\n", mode: 0o640)
        try fixture.write("tool", "#!/bin/sh\necho \"tool $1\"\n", mode: 0o755)
        try fixture.write(".dockerignore", "**/*.md\n")
        let image = try await fixture.build(
            """
            # syntax=docker/dockerfile:1
            ARG BASE=busybox
            FROM ${BASE} AS build
            ARG WHO=nobody
            ENV GREETING="hi there" LIST=a
            ENV LIST=$LIST:b
            LABEL org.example="x y"
            MAINTAINER somebody
            WORKDIR /app/sub
            WORKDIR ..
            COPY src/ ./
            COPY --chmod=700 tool /bin/
            ADD src/*.txt /added/
            RUN ["/bin/sh", "-c", "echo exec > /exec"]
            RUN echo "$GREETING $WHO $LIST $(pwd)" > /said && rm -r /home && ln -s hello.txt link
            RUN <<EOF
            set -e
            tool here > /heredoc
            EOF
            COPY <<"A" <<B /docs/
            raw $GREETING
            A
            cooked $GREETING
            B
            SHELL ["/bin/sh", "-ec"]
            RUN --mount=type=tmpfs,target=/scratch touch /scratch/x && test -d /scratch
            RUN --mount=type=bind,source=src,target=/mnt/src cat /mnt/src/hello.txt > /frommount
            EXPOSE 8080/tcp 53/udp
            VOLUME /data
            USER 0:0
            STOPSIGNAL SIGUSR1
            HEALTHCHECK --interval=5s --timeout=2s CMD test -f /said
            ONBUILD RUN touch /triggered
            ENTRYPOINT ["/bin/sh", "-c"]
            CMD ["cat /said /heredoc /exec /docs/A /docs/B /frommount"]
            """,
            change: {
                $0.arguments = ["WHO": "kijabi"]; $0.tags = ["every"]; $0.labels = ["given": "1"]
            })
        #expect(
            try await fixture.run(image)
                == "hi there kijabi a:b /app\ntool here\nexec\nraw $GREETING\ncooked hi there\nhello\n")
        #expect(
            try await fixture.run(image, "sh", "-c", "stat -c '%a %u:%g' /bin/tool /app/deep/file; readlink /app/link")
                == "700 0:0\n640 0:0\nhello.txt\n")
        // What is ignored is not there, nor what was removed, nor the places where something was mounted.
        #expect(
            try await fixture.run(image, "sh", "-c", "cd /; ls app added; ls -d home scratch mnt/src 2>/dev/null")
                == "added:\nhello.txt\n\napp:\ndeep\nhello.txt\nlink\nsub\n")
        let made = try await fixture.configuration(image)
        #expect(made.environment.contains("GREETING=hi there") && made.environment.contains("LIST=a:b"))
        #expect(made.labels == ["org.example": "x y", "given": "1"])
        #expect(made.workingDirectory == "/app")
        #expect(made.exposedPorts == ["53/udp", "8080/tcp"] && made.volumes == ["/data"])
        #expect(made.stopSignal == "SIGUSR1" && made.onBuild == ["RUN touch /triggered"])
        #expect(made.healthCheck?.test == ["CMD-SHELL", "test -f /said"])
        #expect(made.author == "somebody")
        let layered = made.history.filter { $0["empty_layer"]?.bool != true }
        #expect(layered.count == made.layers.count)
        #expect(try await fixture.leftovers() == [])
    }

    @Test("Stages that do not wait for one another run at the same time, and what is not needed is not built")
    func stages() async throws {
        let fixture = try await BuildFixture()
        // Each waits for the other: one after the other they would never end.
        let meet = "--mount=type=cache,target=/meet"
        let image = try await fixture.build(
            """
            FROM busybox AS left
            RUN \(meet) touch /meet/left; until test -e /meet/right; do sleep 0.01; done; echo left > /out
            FROM busybox AS right
            RUN \(meet) touch /meet/right; until test -e /meet/left; do sleep 0.01; done; echo right > /out
            FROM busybox AS unused
            RUN false
            FROM busybox
            COPY --from=left /out /left
            COPY --from=1 /out /right
            COPY --from=busybox /bin/busybox /copied
            CMD cat /left /right
            """)
        #expect(try await fixture.run(image) == "left\nright\n")
        #expect(!fixture.ends.keys.contains { $0.contains("RUN false") })
        #expect(fixture.ends.keys.filter { $0.contains("FROM docker.io/library/busybox:latest") }.count == 1)
    }

    @Test("A second build finds every step, and makes the very same image; what changes is built from there on")
    func cache() async throws {
        let fixture = try await BuildFixture()
        try fixture.write("one", "1\n")
        try fixture.write("two", "1\n")
        let text =
            "FROM busybox\nCOPY one /one\nRUN cp /one /ran\nCOPY two /two\nRUN cp /two /ran2\nCMD cat /ran /ran2\n"
        let first = try await fixture.build(text)
        let second = try await fixture.build(text)
        #expect(first.ranSteps == 4 && second.ranSteps == 0 && second.cachedSteps == 4)
        #expect(first.id == second.id)
        #expect(fixture.ends["[3/5] RUN cp /one /ran"] == .cached)
        // A time is no content.
        try fixture.write("one", "1\n")
        #expect(try await fixture.build(text).id == first.id)
        try fixture.write("two", "2\n")
        let third = try await fixture.build(text)
        #expect(third.cachedSteps == 2 && third.ranSteps == 2)
        #expect(try await fixture.run(third) == "1\n2\n")
        #expect(try await fixture.build(text, change: { $0.usesCache = false }).ranSteps == 4)
        // An argument counts where it is declared, and from there on.
        let argued = "FROM busybox\nRUN echo a > /a\nARG V\nRUN echo $V > /v\n"
        _ = try await fixture.build(argued, change: { $0.arguments = ["V": "1"] })
        #expect(try await fixture.build(argued, change: { $0.arguments = ["V": "2"] }).cachedSteps == 1)
        #expect(!(try await fixture.engine.buildCache()).isEmpty)
        _ = try await fixture.engine.pruneBuildCache(olderThan: nil)
        #expect(try await fixture.engine.buildCache().isEmpty)
        #expect(try await fixture.run(third) == "1\n2\n")
        #expect(try await fixture.build(text).ranSteps == 4)
    }

    @Test("With SOURCE_DATE_EPOCH the same input gives the same image without any cache")
    func reproducible() async throws {
        let fixture = try await BuildFixture()
        try fixture.write("file", "1\n")
        let text = "FROM busybox\nRUN mkdir /d && date > /dev/null && echo x > /d/f && rm -r /home\nCOPY file /f\n"
        func build() async throws -> String {
            try await fixture.build(
                text,
                change: {
                    $0.usesCache = false
                    $0.sourceDateEpoch = 1_700_000_000
                }
            ).id
        }
        let first = try await build()
        _ = try await fixture.engine.pruneBuildCache(olderThan: nil)
        #expect(try await build() == first)
        #expect(try await fixture.configuration(fixture.build(text)).created != "2023-11-14T22:13:20Z")
    }

    @Test("A command that fails, a file that is not there, an image that is not: each says which line")
    func faults() async throws {
        let fixture = try await BuildFixture()
        try fixture.write("secret", "")
        try fixture.write(".dockerignore", "secret\n")
        let failed = try await fixture.fault("FROM busybox\nRUN echo first\nRUN echo told; exit 3\n")
        #expect(failed?.reason == .commandFailed(ExitStatus(code: 3)))
        #expect(
            failed?.message == "process \"/bin/sh -c echo told; exit 3\" did not complete successfully: exit code: 3")
        #expect(failed?.source?.marked == 3...3)
        #expect(fixture.output == "first\ntold\n")
        #expect(fixture.ends["[2/3] RUN echo first"] == .done)
        let absent = try await fixture.fault("FROM busybox\nRUN [\"nosuch\"]\n")
        #expect(absent?.message.hasSuffix("exec: \"nosuch\": executable file not found in $PATH") == true)
        #expect(
            try await fixture.fault("FROM busybox\nCOPY nothere /\n")?.reason
                == .missingFile(path: "/nothere", isIgnored: false))
        #expect(
            try await fixture.fault("FROM busybox\nCOPY secret /\n")?.reason
                == .missingFile(path: "/secret", isIgnored: true))
        let image = try await fixture.fault("FROM busybox AS a\nFROM nosuch:1\n")
        guard case .noSuchImage("nosuch:1", _) = image?.reason else {
            Issue.record("\(String(describing: image?.reason))")
            return
        }
        #expect(image?.source?.marked == 2...2)
        let syntax = try await fixture.fault("FROM busybox\nRUNN x\n")
        #expect(syntax?.message == "dockerfile parse error on line 2: unknown instruction: RUNN")
        #expect(try await fixture.fault("FROM busybox\nADD git@example.org:x /\n")?.reason == .unsupported)
        #expect(
            try await fixture.fault("FROM --platform=linux/s390x busybox\n")?.reason == .unsupported)
        #expect(try await fixture.leftovers() == [])
    }

    @Test("No link leads a COPY out of the context or the image")
    func links() async throws {
        let fixture = try await BuildFixture()
        let outside = fixture.directory.path + "/outside"
        try Data("secret\n".utf8).write(to: URL(fileURLWithPath: outside))
        try fixture.write("file", "inside\n")
        let context = fixture.directory.path + "/context"
        #expect(symlink("../outside", context + "/relative") == 0)
        #expect(symlink(outside, context + "/absolute") == 0)
        #expect(symlink("/etc", context + "/machine") == 0)
        for source in ["relative", "absolute", "../outside", "machine/passwd"] {
            let fault = try await fixture.fault("FROM busybox\nCOPY \(source) /x\n")
            guard case .missingFile = fault?.reason else {
                Issue.record("\(source) was found")
                continue
            }
        }
        // A link of the image to somewhere outside is a place inside it.
        let target = fixture.directory.path + "/target"
        let image = try await fixture.build(
            "FROM busybox\nRUN ln -s \(target) /out && ln -s ../../../../.. /up\nCOPY file /out/file\nCOPY file /up/file2\n"
                + "CMD cat \(target)/file /file2\n")
        #expect(try await fixture.run(image) == "inside\ninside\n")
        #expect(access(target, F_OK) != 0)
    }

    @Test("An archive is unpacked by ADD and copied by COPY; what only looks like one is copied")
    func archives() async throws {
        let fixture = try await BuildFixture()
        let tree = fixture.directory.path + "/tree"
        try FileManager.default.createDirectory(atPath: tree + "/d", withIntermediateDirectories: true)
        try Data("in tar\n".utf8).write(to: URL(fileURLWithPath: tree + "/d/file"))
        #expect(link(tree + "/d/file", tree + "/d/other") == 0)
        let tar = try Process.run(
            URL(fileURLWithPath: "/bin/tar"),
            arguments: ["-C", tree, "-czf", fixture.directory.path + "/context/a.tar.gz", "d"])
        tar.waitUntilExit()
        #expect(tar.terminationStatus == 0)
        try fixture.write("fake.gz", "\u{1F}not gzip at all")
        let fake = fixture.directory.path + "/context/fake.gz"
        try Data([0x1F, 0x8B, 1, 2, 3]).write(to: URL(fileURLWithPath: fake))
        let image = try await fixture.build(
            """
            FROM busybox
            ADD a.tar.gz fake.gz /x/
            COPY a.tar.gz /y/
            CMD cat /x/d/other; stat -c %h /x/d/file; ls /x /y
            """)
        #expect(try await fixture.run(image) == "in tar\n2\n/x:\nd\nfake.gz\n\n/y:\na.tar.gz\n")
    }

    @Test("A context can come as a tar stream, with the Dockerfile in it")
    func streams() async throws {
        let fixture = try await BuildFixture()
        let context = fixture.directory.path + "/context"
        try fixture.write("Dockerfile", "FROM busybox\nCOPY . /c/\nCMD ls /c\n")
        try fixture.write("file", "x")
        let archive = fixture.directory.path + "/context.tar"
        let tar = try Process.run(URL(fileURLWithPath: "/bin/tar"), arguments: ["-C", context, "-cf", archive, "."])
        tar.waitUntilExit()
        let file = try FileDescriptor.open(archive, O_RDONLY)
        var start = [UInt8](repeating: 0, count: 600)
        #expect(read(file.number, &start, start.count) == 600)
        let image = try await fixture.build("") { request in
            request.dockerfile = .file(path: "Dockerfile")
            request.context = .archive(start: start, descriptor: file.number)
        }
        #expect(try await fixture.run(image) == "Dockerfile\nfile\n")
        #expect(try await fixture.leftovers() == [])
    }

    @Test("Cancelling kills the command at once, and leaves nothing but the steps that were done")
    func cancellation() async throws {
        let fixture = try await BuildFixture()
        let started = fixture.directory.path + "/data/build-mounts"
        let task = Task {
            try await fixture.build(
                "FROM busybox\nRUN echo done > /done\nRUN --mount=type=cache,id=x,target=/m touch /m/started && sleep 1000\n"
            )
        }
        while (try? FileManager.default.subpathsOfDirectory(atPath: started))?.contains(where: {
            $0.hasSuffix("started")
        })
            != true
        {
            await Task.yield()
        }
        task.cancel()
        await #expect(throws: BuildError.cancelled) { try await task.value }
        #expect(try await fixture.leftovers() == [])
        #expect(try await fixture.build("FROM busybox\nRUN echo done > /done\n").cachedSteps == 1)
    }

    @Test("An image from nothing holds nothing but what was copied")
    func scratch() async throws {
        let fixture = try await BuildFixture()
        let image = try await fixture.build(
            """
            FROM busybox AS tools
            FROM scratch
            COPY --from=tools /bin/busybox /busybox
            CMD ["/busybox", "ls", "/"]
            """)
        #expect(try await fixture.run(image) == "busybox\ndev\netc\nproc\nsys\n")
        #expect(try await fixture.configuration(image).layers.count == 1)
        let fault = try await fixture.fault("FROM scratch\nRUN echo\n")
        #expect(fault?.message.hasSuffix("no such file or directory: the image is empty") == true)
    }
}
