import Commands
import ContainerRuntime
import Glibc

/// `--cidfile`: a new file with the id of the container that was made.
enum IdentifierFile {
    /// - Throws: `.conflict` where there is such a file already, or it cannot be written.
    static func write(_ id: String, to path: String, _ context: CommandContext) async throws(RuntimeError) {
        let descriptor: Int32
        do {
            descriptor = try await context.files.open(
                path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o644, workingDirectory: context.workingDirectory)
        } catch {
            throw .conflict(
                error.errno == EEXIST
                    ? "container ID file found, make sure the other container isn't running or delete \(path)"
                    : "failed to create the container ID file: open \(path): \(ErrorNumber.text(error.errno))")
        }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, id, id.utf8.count) == id.utf8.count else {
            throw .conflict("failed to write the container ID to the file: \(ErrorNumber.text(errno))")
        }
    }
}
