import CLinux
public import ContainerRuntime
public import LinuxKernel

/// Directories whose files belong to the harbour's users.
extension Harbour {
    /// Opens a directory below `/run`, `/data` or `/layers`, as the harbour sees it.
    public func openTree(_ path: String) async throws(RuntimeError) -> FileDescriptor {
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, path)
        return FileDescriptor(owning: try Self.take(try await ask(ZYGOTE_OPEN_TREE, 0, 0, 0, contents)))
    }

    /// Removes a directory below the image store's, which the harbour has as `/data/images`.
    func removeTree(_ path: String, ofStore directory: String) async {
        guard path.hasPrefix(directory + "/") else { return }
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, "/data/images" + path.dropFirst(directory.count))
        // What cannot be removed now is tried again by the next that sweeps.
        _ = try? await ask(ZYGOTE_REMOVE_TREE, 0, 0, 0, contents)
    }
}
