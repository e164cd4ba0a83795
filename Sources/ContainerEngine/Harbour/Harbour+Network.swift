import CLinux
public import ContainerRuntime
import LinuxKernel

/// What the network is built with.
extension Harbour {
    /// A socket made inside the harbour's network namespace, or in `namespace` (a descriptor of one).
    /// - Returns: a close-on-exec descriptor that the caller owns.
    nonisolated(nonsending) public func makeSocket(
        domain: Int32, type: Int32, protocol: Int32, namespace: Int32? = nil
    ) async throws(RuntimeError) -> Int32 {
        var contents = ZygoteMessage()
        if let namespace { _ = contents.add(descriptor: namespace) }
        let reply = try await ask(ZYGOTE_SOCKET, domain, type, `protocol`, contents)
        return try Self.take(reply)
    }

    /// The harbour's own network namespace.
    /// - Returns: a close-on-exec descriptor that the caller owns.
    public func networkNamespace() async throws(RuntimeError) -> Int32 {
        try Self.take(try await ask(ZYGOTE_OPEN_NAMESPACE))
    }

    /// Starts a program of this machine's in the harbour, with `socket` as its standard input, where it stays until
    /// it ends by itself or the harbour ends. The caller keeps owning `socket`.
    public func startAgent(program: String, socket: Int32) async throws(RuntimeError) {
        let file: FileDescriptor
        do throws(Errno) {
            file = try FileDescriptor.open(program, 0)
        } catch {
            throw .system(stage: "open", errno: error.code, path: program)
        }
        var contents = ZygoteMessage()
        _ = contents.add(descriptor: file.number)
        _ = contents.add(descriptor: socket)
        _ = try await ask(ZYGOTE_START_AGENT, 0, 0, 0, contents)
    }

    static func take(_ reply: Reply) throws(RuntimeError) -> Int32 {
        do throws(Errno) {
            guard let descriptor = reply.descriptors.first else { throw Errno(71) }
            return try descriptor.duplicateNumber()
        } catch {
            throw .system(stage: "receive descriptor", errno: error.code, path: nil)
        }
    }
}
