import CLinux
import ContainerRuntime
import Glibc
public import OCI

/// What kijabi-archive found out about a stream that it read or wrote.
public struct ArchiveResult: Sendable, Hashable {
    /// Of the tar stream itself, uncompressed: the diff id of a layer (OCI image-spec, config.md).
    public var streamDigest: Digest
    /// Bytes of the tar stream.
    public var streamSize: Int
    /// Of the stream as it is stored or sent.
    public var blobDigest: Digest
    public var blobSize: Int
    /// Bytes of all regular files.
    public var fileSize: Int
    public var entries: Int
    /// Device nodes that were not made, sockets that were not packed.
    public var skipped: Int
}

/// How far a job has come, in bytes.
public struct ArchiveProgress: Sendable, Hashable {
    public var streamSize: Int
    public var blobSize: Int
}

extension tar_reply {
    init?(_ bytes: [UInt8]) {
        guard bytes.count == MemoryLayout<tar_reply>.size else { return nil }
        self = bytes.withUnsafeBytes { $0.loadUnaligned(as: tar_reply.self) }
    }

    var progress: ArchiveProgress { ArchiveProgress(streamSize: Int(stream_bytes), blobSize: Int(blob_bytes)) }

    var result: ArchiveResult? {
        guard let stream = Self.digest(stream_digest), let blob = Self.digest(blob_digest) else { return nil }
        return ArchiveResult(
            streamDigest: stream, streamSize: Int(stream_bytes), blobDigest: blob, blobSize: Int(blob_bytes),
            fileSize: Int(file_bytes), entries: Int(entries), skipped: Int(skipped))
    }

    var failure: RuntimeError {
        let stage = Self.text(self.stage)
        let path = Self.text(self.path)
        switch error {
        case EBADMSG, EILSEQ, EFBIG:
            return .invalidArchive(reason: path.isEmpty ? stage : "\(stage): \(path)")
        default: return .system(stage: stage, errno: error, path: path.isEmpty ? nil : path)
        }
    }

    private static func digest(_ octets: some Any) -> Digest? {
        let digits = Array("0123456789abcdef".utf8)
        let hex = withUnsafeBytes(of: octets) { $0.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] } }
        return Digest("sha256:" + String(decoding: hex, as: UTF8.self))
    }

    private static func text(_ field: some Any) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
