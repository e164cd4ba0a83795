import ContainerRuntime
import Glibc
import LinuxKernel
import OCI

/// Unpacks a layer into a directory and hashes its tar stream on the way.
struct LayerWriter {
    /// The id that the user 0 (and group 0) of an image has on this machine's disk; nil leaves files to whoever writes.
    let owner: (user: UInt32, group: UInt32)?
    /// Hears of bytes that were copied from this machine's files. What it throws ends the work.
    var progress: (Int) throws(RuntimeError) -> Void = { _ in }

    /// - Parameters:
    ///   - directory: exists and is empty.
    ///   - blob: a file to make of the tar stream, if it is to be kept.
    /// - Returns: the digest and the size of the tar stream.
    func unpack(
        _ content: LayerContent, into directory: String, keeping blob: String? = nil
    ) throws(RuntimeError) -> (digest: Digest, size: Int) {
        var archive = TapeArchive(
            file: try blob.map { path throws(RuntimeError) in
                try ImageStaging.open(path, O_WRONLY | O_CREAT | O_EXCL)
            })
        for entry in content.entries {
            try write(entry, of: content, into: directory, archive: &archive)
        }
        let digest = try archive.finish()
        try setOwner(directory, 0, 0)
        try check(chmod(directory, 0o755), "chmod", directory)
        // Directories last: making their entries moved their times.
        for entry in content.entries.reversed() {
            guard case .directory = entry.kind else { continue }
            setTime(directory + "/" + entry.path, content.modificationTime(of: entry))
        }
        setTime(directory, content.modificationTime)
        return (digest, archive.size)
    }

    private func write(
        _ entry: LayerContent.Entry, of content: LayerContent, into directory: String, archive: inout TapeArchive
    ) throws(RuntimeError) {
        let path = directory + "/" + entry.path
        func head(_ size: Int) throws(RuntimeError) {
            guard archive.header(entry, size: size, modificationTime: content.modificationTime(of: entry)) else {
                throw .system(stage: "layer", errno: ENAMETOOLONG, path: entry.path)
            }
        }
        switch entry.kind {
        case .directory:
            try head(0)
            try check(mkdir(path, 0o700), "mkdir", path)
        case .file(let bytes):
            try head(bytes.count)
            archive.write(bytes)
            archive.pad()
            let file = try StoredFile(creating: path)
            try file.write(bytes)
        case .hostFile(let source, let size):
            try head(size)
            try copy(source, size: size, to: path, archive: &archive)
            archive.pad()
        case .symbolicLink(let target):
            try head(0)
            try check(symlink(target, path), "symlink", path)
            try setOwner(path, entry.user, entry.group)
            setTime(path, content.modificationTime(of: entry))
            return
        case .hardLink(let target):
            try head(0)
            try check(link(directory + "/" + target, path), "link", path)
            return
        }
        // The owner first: chown takes the set-user-id bit away.
        try setOwner(path, entry.user, entry.group)
        try check(chmod(path, entry.mode), "chmod", path)
        setTime(path, content.modificationTime(of: entry))
    }

    private func copy(_ source: String, size: Int, to path: String, archive: inout TapeArchive) throws(RuntimeError) {
        let input = try StoredFile(reading: source)
        let output = try StoredFile(creating: path)
        var rest = size
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while rest > 0 {
            let count = try input.read(into: &buffer, atMost: rest)
            // It shrank since its size was looked at: whoever replaces it is not finished.
            guard count > 0 else { throw .system(stage: "read", errno: EAGAIN, path: source) }
            let piece = Array(buffer[..<count])
            archive.write(piece)
            try output.write(piece)
            rest -= count
            try progress(count)
        }
    }

    private func setOwner(_ path: String, _ user: UInt32, _ group: UInt32) throws(RuntimeError) {
        guard let owner else { return }
        try check(lchown(path, owner.user + user, owner.group + group), "chown", path)
    }

    private func setTime(_ path: String, _ seconds: Int) {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        // A time that could not be set harms nothing.
        _ = utimensat(AT_FDCWD, path, [time, time], AT_SYMLINK_NOFOLLOW)
    }

    private func check(_ result: Int32, _ stage: String, _ path: String) throws(RuntimeError) {
        if result != 0 { throw .system(stage: stage, errno: errno, path: path) }
    }
}
