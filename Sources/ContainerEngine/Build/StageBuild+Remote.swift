import ContainerRuntime
import Dockerfile
import Glibc
import LinuxKernel
import OCI
import Registry

/// ADD of what a URL names: it is downloaded into a place of its own and copied from there, never unpacked.
extension StageBuild {
    static func isRemote(_ source: String) -> Bool {
        source.hasPrefix("http://") || source.hasPrefix("https://")
    }

    /// - Parameters:
    ///   - checksum: `sha256:…` that the file must have.
    ///   - number: the step that hears how far it is.
    /// - Returns: a tree with the one file in it, and its path there.
    func download(
        _ source: String, checksum: String?, _ number: Int
    ) async throws(StepFailure) -> (tree: Tree, path: String) {
        guard let url = HTTPURL(source) else { throw StepFailure(.other, "invalid URL: \(source)") }
        var wanted: Digest?
        if let checksum {
            guard let digest = Digest(checksum) else {
                throw StepFailure(
                    .other, "invalid checksum \"\(checksum)\": it is written as sha256: and 64 hexadecimal digits")
            }
            wanted = digest
        }
        let engine = plan.build.engine
        let progress = progress
        let name = Self.fileName(url)
        do throws(RuntimeError) {
            let staging = try await store.makeStaging()
            guard mkdir(staging.path + "/files", 0o755) == 0 else {
                throw .system(stage: "mkdir", errno: errno, path: staging.path)
            }
            let file = try staging.createFile("files/" + name)
            let limit = try await store.freeSpace()
            let result: FileDownload.Result
            do throws(RegistryError) {
                result = try await engine.registries.fileDownload.fetch(url, to: file, limit: limit) { current, total in
                    progress.tell(number, .transfer(name: name, current: current, total: total, isDone: false))
                }
            } catch {
                throw Self.failure(error, source)
            }
            if let wanted, wanted != result.digest {
                throw .invalidArchive(reason: "\(source): digest mismatch \(result.digest): \(wanted)")
            }
            progress.tell(
                number, .transfer(name: name, current: result.size, total: result.size, isDone: true))
            let time = timespec(tv_sec: result.modificationTime ?? 0, tv_nsec: 0)
            fchmod(file.number, 0o600)
            futimens(file.number, [time, time])
            let place = staging.path + "/files"
            return (
                Tree(
                    open: { () throws(RuntimeError) in LayeredFiles(layers: [place], owners: .same) }, staging: staging),
                "/" + name
            )
        } catch {
            throw StepFailure(error)
        }
    }

    /// The last part of the path, as it is meant; docker's word where there is none.
    private static func fileName(_ url: HTTPURL) -> String {
        let path = url.target.prefix { $0 != "?" }
        var bytes: [UInt8] = []
        var rest = Array((path.split(separator: "/").last ?? "").utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        let name = String(decoding: bytes, as: UTF8.self)
        let isName = !name.isEmpty && name != "." && name != ".." && name.utf8.count < 256
        return isName && !name.contains("/") && !name.contains("\0") ? name : "__unnamed__"
    }

    private static func failure(_ error: RegistryError, _ source: String) -> RuntimeError {
        switch error {
        case .cancelled: .system(stage: "download", errno: ECANCELED, path: source)
        case .noLibrary: .registry(.missingLibrary)
        case .unreachable(_, let detail), .untrusted(_, let detail), .broken(_, let detail):
            .unavailable(reason: "failed to load \(source): \(detail)")
        case .notFound: .unavailable(reason: "failed to load \(source): invalid response status 404")
        case .refused(_, let status, let detail):
            .unavailable(
                reason: "failed to load \(source): invalid response status \(status)"
                    + (detail.isEmpty ? "" : ": \(detail)"))
        case .storage(let path, let errno): .system(stage: "download", errno: errno, path: path)
        default: .unavailable(reason: "failed to load \(source): \(error)")
        }
    }
}
