import ContainerRuntime
import Glibc
import LinuxKernel

/// Somebody who waits for a connection inside the harbour.
struct ConnectionAttempt {
    let socket: Int32
    let continuation: CheckedContinuation<Int32, Never>
    let timer: Task<Void, Never>
}

extension PortForwarder {
    /// See `PodNetwork.connect`. The socket blocks, as socket(2) makes them.
    func connect(address text: String, port: UInt16, timeout: Duration) async throws(RuntimeError) -> Int32 {
        guard let address = IPv4Address(text) else {
            throw .invalid(field: "address", reason: "\(text) is no IPv4 address")
        }
        let socket = try await open(address, port, timeout: timeout)
        StreamCalls.setBlocking(socket, true)
        return socket
    }

    /// A connected, non-blocking socket of the harbour.
    /// - Throws: `.unreachable` with the errno of connect(2), ETIMEDOUT, or ECANCELED if the task was cancelled.
    func open(_ address: IPv4Address, _ port: UInt16, timeout: Duration) async throws(RuntimeError) -> Int32 {
        let socket = try await clientSocket()
        let result = address.withSocketAddress(port: port) { Glibc.connect(socket, $0, $1) }
        if result == 0 { return socket }
        var error = errno
        if error == EINPROGRESS, let outcome = Self.outcome(socket) { error = outcome }
        if error == EINPROGRESS { error = await completion(socket, timeout) }
        if error == 0 { return socket }
        close(socket)
        throw .unreachable(address: address.description, port: port, errno: error)
    }

    private func clientSocket() async throws(RuntimeError) -> Int32 {
        defer { if !publishesNothing { makeSpares() } }
        if let spare = spares.popLast(), let number = try? spare.duplicateNumber() { return number }
        return try await harbour.makeSocket(domain: AF_INET, type: Self.clientType, protocol: 0)
    }

    /// Between neighbours the handshake is over before connect(2) returns.
    private static func outcome(_ socket: Int32) -> Int32? {
        var polled = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        guard poll(&polled, 1, 0) == 1 else { return nil }
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length)
        return error
    }

    /// Waits until the socket is connected.
    /// - Returns: 0, or the errno.
    private func completion(_ socket: Int32, _ timeout: Duration) async -> Int32 {
        let id = nextAttempt
        nextAttempt += 1
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = Task {
                    do { try await Task.sleep(for: timeout) } catch { return }
                    self.settle(id, ETIMEDOUT)
                }
                attempts[id] = ConnectionAttempt(socket: socket, continuation: continuation, timer: timer)
                do {
                    try watch(socket, .writable) { $0.settle(id, nil) }
                } catch {
                    settle(id, EMFILE)
                }
                if Task.isCancelled { settle(id, ECANCELED) }
            }
        } onCancel: {
            Task { await self.settle(id, ECANCELED) }
        }
    }

    /// Ends an attempt, with the socket's own error where none is given.
    private func settle(_ id: Int, _ given: Int32?) {
        guard let attempt = attempts.removeValue(forKey: id) else { return }
        executor.forget(attempt.socket)
        attempt.timer.cancel()
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(attempt.socket, SOL_SOCKET, SO_ERROR, &error, &length)
        attempt.continuation.resume(returning: given ?? error)
    }
}
