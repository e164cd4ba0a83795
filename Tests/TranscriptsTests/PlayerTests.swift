import Foundation
import Terminal
import Testing

@testable import Transcripts

/// Recordings as they are played.
@Suite struct PlayerTests {
    @Test func whatIsTypedAppearsKeyByKeyAndNothingIsLost() async throws {
        let text = """
            {"version":3,"term":{"cols":80,"rows":24},"timestamp":1}
            [0.5,"m","[1]"]
            [0,"o","[1] 키잡이 ⎈ echo 안녕\\r\\n"]
            [0,"K","{\\"kind\\":\\"in\\",\\"cell\\":1,\\"source\\":\\"echo 안녕\\"}"]
            [0.1,"o","안녕\\r\\n"]
            [0,"K","{\\"kind\\":\\"out\\",\\"cell\\":1,\\"status\\":0}"]
            [0,"o","통과!\\r\\n"]
            [0,"x","0"]

            """
        let transcript = try Transcript(parsing: Array(text.utf8), file: "trial.cast")
        // What is shown between cells belongs to none of them.
        #expect(transcript.cells.map(\.output) == ["안녕\r\n"])
        let path = NSTemporaryDirectory() + "kijabi-player-\(UUID().uuidString)"
        let descriptor = open(path, O_RDWR | O_CREAT, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        #expect(await TranscriptPlayer(transcript, speed: 1000).play(to: OutputStream(descriptor: descriptor)))
        let shown = try String(contentsOfFile: path, encoding: .utf8)
        #expect(shown == "[1] 키잡이 ⎈ echo 안녕\r\n안녕\r\n통과!\r\n")
    }
}
