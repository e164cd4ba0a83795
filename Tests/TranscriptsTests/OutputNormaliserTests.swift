import Testing

@testable import Transcripts

@Suite struct OutputNormaliserTests {
    func form(_ texts: String...) -> [String] {
        var normaliser = OutputNormaliser()
        return texts.map { normaliser.normalised($0) }
    }

    @Test func renamesByFirstAppearance() {
        let kept = form("web-x2x7z Running", "web-x2x7z Running")
        let replaced = form("web-b8k2d Running", "web-c9l3f Running")
        #expect(kept == ["web-<pod1> Running", "web-<pod1> Running"])
        #expect(kept[0] == replaced[0], "the name itself is chance")
        #expect(kept[1] != replaced[1], "that the Pod was replaced is not")
    }

    @Test(arguments: [
        ("NAME   READY   STATUS    RESTARTS   AGE", "NAME READY STATUS RESTARTS AGE"),
        ("lone   1/1     Running   0          5s", "lone 1/1 Running 0 <age>"),
        ("lone   1/1     Running   1 (2s ago)   1m5s", "lone 1/1 Running 1 (<age> ago) <age>"),
        ("Up 3 seconds", "Up <age>"),
        ("Exited (137) Less than a second ago", "Exited (137) <age> ago"),
        ("About a minute ago", "<age> ago"),
        ("10.244.1.7", "<address1>"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("2026-11-23T15:04:05Z", "<time>"),
        ("pid 4711", "pid <number1>"),
        ("exit 137 of 3", "exit 137 of 3"),
        ("0123456789ab", "<id1>"),
        ("6.1.0-18-amd64", "<release1>"),
        ("brave_otter", "<name1>"),
        ("\u{1B}[31mred\u{1B}[0m\r\n", "red"),
        ("busybox latest", "busybox latest"),
    ])
    func classifiesWords(text: String, expected: String) {
        #expect(form(text) == [expected])
    }

    @Test func longAndShortIdsAreOneName() {
        let long = "0123456789ab" + String(repeating: "c", count: 52)
        #expect(form(long, "0123456789ab") == ["<id1>", "<id1>"])
    }

    @Test func verifierTellsDifferencesApart() async throws {
        let cast = """
            {"version":3,"term":{"cols":80,"rows":24}}
            [0,"K","{\\"kind\\":\\"in\\",\\"cell\\":1,\\"source\\":\\"a\\"}"]
            [0,"o","web-x2x7z 5s\\r\\n"]
            [0,"K","{\\"kind\\":\\"out\\",\\"cell\\":1,\\"status\\":0}"]
            [0,"K","{\\"kind\\":\\"in\\",\\"cell\\":2,\\"source\\":\\"b\\"}"]
            [0,"o","hello\\r\\n"]
            [0,"K","{\\"kind\\":\\"out\\",\\"cell\\":2,\\"status\\":1}"]
            """
        let verifier = TranscriptVerifier(try Transcript(parsing: Array(cast.utf8), file: "t"))
        func run(_ outputs: [String: (Int32, String)]) async -> [CellComparison] {
            let report = await verifier.verify(
                run: { cell in outputs[cell.source].map { TranscriptVerifier.Result(status: $0.0, output: $0.1) } },
                report: { _, _ in })
            return report.cells.map(\.comparison)
        }
        #expect(await run(["a": (0, "web-b8k2d 7s\n"), "b": (1, "hello\n")]) == [.same, .same])
        #expect(
            await run(["a": (0, "db-b8k2d 7s\n"), "b": (0, "hello\n")]) == [
                .differs(recorded: "web-<pod1> <age>", now: "db-<pod1> <age>"), .statusDiffers(recorded: 1, now: 0),
            ])
        #expect(await run(["a": (0, "web-b8k2d 7s\n")])[1] == .couldNotRun(""))
    }
}
