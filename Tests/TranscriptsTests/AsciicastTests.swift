import Foundation
import Testing

@testable import Transcripts

@Suite struct AsciicastTests {
    static let version3 = """
        {"version":3,"term":{"cols":80,"rows":24}}
        # a comment
        [0.5,"o","$ ls\\r\\n"]
        [0.25,"m","[1]"]
        [0.25,"K","{\\"kind\\":\\"in\\",\\"cell\\":1,\\"source\\":\\"ls\\"}"]
        [1.0,"o","a\\r\\nb\\r\\n"]
        [0,"K","{\\"kind\\":\\"out\\",\\"cell\\":1,\\"status\\":2}"]
        [0,"x","0"]
        """

    @Test func readsVersion3() throws {
        let transcript = try Transcript(parsing: Array(Self.version3.utf8), file: "t.cast")
        #expect(transcript.header.columns == 80)
        #expect(transcript.cells.map(\.source) == ["ls"])
        #expect(transcript.cells.map(\.output) == ["a\r\nb\r\n"])
        #expect(transcript.cells.map(\.status) == [2])
    }

    @Test func version2CountsFromTheStart() throws {
        let transcript = try Transcript(parsing: Array(Self.version3.utf8), file: "t.cast")
        let bytes = AsciicastWriter.version2(transcript.header, transcript.events)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(
            text == """
                {"version":2,"width":80,"height":24}
                [0.5,"o","$ ls\\r\\n"]
                [0.75,"m","[1]"]
                [2,"o","a\\r\\nb\\r\\n"]

                """)
        let again = try AsciicastReader.read(bytes, file: "t2.cast")
        #expect(again.events.map(\.interval) == [0.5, 0.25, 1.25])
    }

    @Test(arguments: [
        ("", "t.cast:1: there is no header"),
        ("{}", "t.cast:1: this is no asciicast recording: the header has no version"),
        ("{\"version\":1}", "t.cast:1: asciicast version 1 is not known (2 and 3 are)"),
        ("{\"version\":3}", "t.cast:1: the header does not say how large the terminal was"),
        (
            "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n[1,\"oo\",\"x\"]",
            "t.cast:2: an event is [seconds, \"letter\", \"data\"]"
        ),
        (
            "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n[1,",
            "t.cast:2: no JSON: unexpected end of text"
        ),
    ])
    func saysWhatIsWrong(text: String, expected: String) {
        #expect {
            _ = try Transcript(parsing: Array(text.utf8), file: "t.cast")
        } throws: { error in
            (error as? TranscriptError)?.description == expected
        }
    }

    @Test func recordsAndReadsBack() throws {
        let path = NSTemporaryDirectory() + "recording-\(UUID().uuidString).cast"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recorder = try TranscriptRecorder(
            path: path, header: AsciicastHeader(columns: 100, rows: 30),
            session: Transcript.Session(lesson: "x", seed: 7, language: "ko", nodes: 3, program: "kijabi"))
        recorder.cellBegins(number: 1, source: "echo 안녕", prompt: "[1] ")
        let bytes = Array("안녕\n".utf8)
        recorder.output(Array(bytes[..<4]))
        recorder.output(Array(bytes[4...]))
        recorder.cellEnds(number: 1, status: 0)
        recorder.finish(status: 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let transcript = try Transcript(parsing: Array(Data(contentsOf: URL(filePath: path))), file: path)
        #expect(transcript.session?.seed == 7)
        #expect(transcript.session?.lesson == "x")
        #expect(transcript.cells.map(\.output) == ["안녕\r\n"], "a character is never cut in two")
        #expect(transcript.cells.map(\.status) == [0])
    }

    @Test(arguments: [
        ("export PASSWORD=hunter2 x", "export PASSWORD=••• x"),
        ("curl -H 'Authorization: Bearer abc.def'", "curl -H 'Authorization: Bearer •••'"),
        ("login --token abc --user me", "login --token ••• --user me"),
        ("tokens are fine, secretly", "tokens are fine, secretly"),
        ("api_key: 'x1'\nnext", "api_key: '•••'\nnext"),
    ])
    func secretsAreStruckOut(text: String, expected: String) {
        #expect(Secrets.struckOut(text) == expected)
    }

    @Test func exportsEveryFormat() throws {
        let transcript = try Transcript(parsing: Array(Self.version3.utf8), file: "t.cast")
        let markdown = String(decoding: TranscriptExport.markdown.export(transcript), as: UTF8.self)
        #expect(markdown.contains("```sh\nls\n```") && markdown.contains("```text\na\nb\n```"))
        #expect(
            String(decoding: TranscriptExport.html.export(transcript), as: UTF8.self).contains("<pre class=\"out\">"))
        let notebook = try JSONSerialization.jsonObject(with: Data(TranscriptExport.notebook.export(transcript)))
        #expect(((notebook as? [String: Any])?["cells"] as? [Any])?.count == 2)
    }

    @Test func survivesDamage() {
        let bytes = Array(Self.version3.utf8)
        var refused = 0
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] = damaged[place] == 0x22 ? 0x20 : 0x22
            if (try? Transcript(parsing: damaged, file: "t")) == nil { refused += 1 }
        }
        #expect(refused > 0)
    }
}
