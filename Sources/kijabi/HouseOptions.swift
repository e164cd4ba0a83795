import Commands
import Transcripts

/// What a house is built from.
struct HouseOptions: Sendable {
    /// Nil draws it by chance.
    var seed: UInt64?
    var nodes: Int

    init(_ line: Invocation, seed: UInt64? = nil) {
        self.seed = line.integer("seed").map { UInt64(bitPattern: Int64($0)) } ?? seed
        nodes = line.integer("nodes") ?? 3
    }

    /// As it was when the session was recorded.
    init(_ line: Invocation, session: Transcript.Session?) {
        self.init(line, seed: session?.seed)
        if let session, !line.has("nodes") { nodes = session.nodes }
    }
}
