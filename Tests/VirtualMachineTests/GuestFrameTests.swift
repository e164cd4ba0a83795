import Testing

@testable import VirtualMachine

/// What is said over the serial line, whatever else comes over it.
@Suite struct GuestFrameTests {
    @Test func framesSurviveTheLineInAnyPieces() throws {
        let run = try #require(
            GuestFrame.run(channel: 3, ["echo", "안녕", ""], environment: ["A=b"], terminal: (columns: 80, rows: 24)))
        let frames = [run, GuestFrame(.input, channel: 3, Array("x\u{A5}y".utf8)), GuestFrame(.input, channel: 3)]
        let bytes = frames.flatMap(\.bytes)
        for size in [1, 2, 7, bytes.count] {
            var parser = GuestFrameParser()
            var found: [GuestFrame] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += parser.append(bytes[start..<min(start + size, bytes.count)])
            }
            #expect(found == frames)
        }
    }

    @Test func whatIsNoFrameIsPassedOver() {
        var parser = GuestFrameParser()
        let hello = GuestFrame(.hello, [1, 0, 0, 0, 0, 0, 0, 0] + Array("6.1.0".utf8))
        let noise = Array("SeaBIOS\r\n".utf8) + [0xA5, 0x00, 0xA5]
        #expect(parser.append(noise + hello.bytes) == [hello])
        #expect(parser.append([0xA5, UInt8(ascii: "O"), 0, 0, 0xFF, 0xFF] + hello.bytes) == [hello])
    }

    @Test func noiseNeverBreaksIt() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var parser = GuestFrameParser()
            let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for frame in parser.append(noise) { #expect(frame.payload.count <= 4096) }
        }
    }

    @Test func tooMuchIsRefused() {
        #expect(GuestFrame.run(channel: 0, [], environment: [], terminal: nil) == nil)
        #expect(GuestFrame.run(channel: 0, ["x", "a\u{0}b"], environment: [], terminal: nil) == nil)
        #expect(
            GuestFrame.run(channel: 0, [String(repeating: "x", count: 5000)], environment: [], terminal: nil) == nil)
        #expect(GuestFrame.run(channel: 0, Array(repeating: "x", count: 256), environment: [], terminal: nil) == nil)
    }

    @Test func statusesAreToldAsAShellDoes() {
        #expect(GuestSession.exitStatus(7 << 8) == 7)
        #expect(GuestSession.exitStatus(9) == 137)
        #expect(GuestSession.exitStatus(0) == 0)
    }
}
