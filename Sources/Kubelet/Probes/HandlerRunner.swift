import ContainerRuntime
import ControllerRuntime
import Documents
import Glibc

/// Runs what a probe or a lifecycle hook asks for, against the real container: exec in it, or a connection to its
/// address made inside the Pods' network.
struct HandlerRunner: Sendable {
    let runtime: any ContainerRuntime
    let sockets: SocketWatch
    let clock: any ControllerClock

    /// Output of a command beyond this is dropped (the kubelet's `maxProbeOutput`… for events, 10 KiB).
    private static let outputLimit = 10 * 1024

    /// - Parameters:
    ///   - container: for its named ports.
    ///   - address: the Pod's.
    func run(
        _ handler: HandlerSpecification, container: ContainerSpecification, id: String, address: String?,
        timeout: Duration
    ) async -> ProbeProgress.Outcome {
        switch handler {
        case .exec(let command):
            return await exec(command, id: id, timeout: timeout)
        case .httpGet(let get):
            guard !get.isSecure else { return .failure("scheme HTTPS is not supported by kijabi") }
            guard let port = get.port.resolved(in: container.document) else { return .failure("unknown port") }
            guard let host = get.host ?? address else { return .failure("the pod has no address") }
            return await limited(timeout, onTimeout: Self.httpTimeout(get, host: host, port: port)) {
                await http(get, host: host, port: port, timeout: timeout)
            }
        case .tcpSocket(let host, let port):
            guard let port = port.resolved(in: container.document) else { return .failure("unknown port") }
            guard let host = host ?? address else { return .failure("the pod has no address") }
            return await tcp(host: host, port: port, timeout: timeout)
        case .sleep(let span):
            try? await clock.sleep(for: span)
            return .success
        case .unsupported(let kind):
            return .failure("\(kind) is not supported by kijabi")
        }
    }

    /// The outcome of `work`, or a failure when the time is up; `work` is cancelled then.
    private func limited(
        _ timeout: Duration, onTimeout message: String,
        _ work: @escaping @Sendable () async -> ProbeProgress.Outcome
    ) async -> ProbeProgress.Outcome {
        await withTaskGroup(of: ProbeProgress.Outcome?.self) { group in
            group.addTask { await work() }
            group.addTask {
                try? await clock.sleep(for: timeout)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .failure(message)
        }
    }

    // MARK: Commands

    private func exec(_ command: [String], id: String, timeout: Duration) async -> ProbeProgress.Outcome {
        let output: ProbeOutput
        do throws(RuntimeError) {
            output = try ProbeOutput(limit: Self.outputLimit)
            let session = try await runtime.exec(
                id, ExecConfiguration(command: command), streams: output.streams)
            output.closeWriter()
            async let drained: Void = output.drain(sockets)
            let timer = Task {
                try await clock.sleep(for: timeout)
                await session.signal(SIGKILL)
            }
            let started = clock.now
            let status: ExitStatus
            do throws(RuntimeError) {
                status = try await session.wait()
            } catch {
                timer.cancel()
                output.stop()
                await drained
                throw error
            }
            timer.cancel()
            output.stop()
            await drained
            if status.code == 0 { return .success }
            if status.signal == SIGKILL, clock.now - started >= timeout {
                return .failure("command timed out: \(command) timed out after \(timeout.goText)")
            }
            return .failure(output.text)
        } catch {
            return .failure(error.sentence)
        }
    }

    // MARK: Connections

    private func tcp(host: String, port: UInt16, timeout: Duration) async -> ProbeProgress.Outcome {
        do throws(RuntimeError) {
            close(try await runtime.network.connect(address: host, port: port, timeout: timeout))
            return .success
        } catch {
            return .failure(Self.dialFailure(error))
        }
    }

    private static func dialFailure(_ error: RuntimeError) -> String {
        if case .unreachable(let address, let port, ETIMEDOUT) = error {
            return "dial tcp \(address):\(port): i/o timeout"
        }
        return error.sentence
    }

    private static func url(_ get: HandlerSpecification.HTTPGet, host: String, port: UInt16) -> String {
        "http://\(host):\(port)\(get.path)"
    }

    private static func httpTimeout(_ get: HandlerSpecification.HTTPGet, host: String, port: UInt16) -> String {
        "Get \"\(url(get, host: host, port: port))\": context deadline exceeded "
            + "(Client.Timeout exceeded while awaiting headers)"
    }

    private func http(
        _ get: HandlerSpecification.HTTPGet, host: String, port: UInt16, timeout: Duration
    ) async -> ProbeProgress.Outcome {
        let prefix = "Get \"\(Self.url(get, host: host, port: port))\": "
        let socket: Int32
        do throws(RuntimeError) {
            socket = try await runtime.network.connect(address: host, port: port, timeout: timeout)
        } catch {
            return .failure(prefix + Self.dialFailure(error))
        }
        defer { close(socket) }
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        let request = HTTPResponseHead.request(get, authority: "\(host):\(port)")
        if let failure = await send(request, on: socket) { return .failure(prefix + failure) }
        var head = HTTPResponseHead()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count > 0 {
                switch head.append(buffer[..<count]) {
                case .incomplete: continue
                case .malformed(let text): return .failure(prefix + "malformed HTTP response \(text)")
                case .status(let code) where (200..<400).contains(code): return .success
                case .status(let code): return .failure("HTTP probe failed with statuscode: \(code)")
                }
            }
            if count == 0 { return .failure(prefix + "EOF") }
            guard errno == EAGAIN || errno == EINTR else { return .failure(prefix + "read: \(errorText(errno))") }
            guard await sockets.wait(for: .input, on: socket) else { return .failure(prefix + "cancelled") }
        }
    }

    private func send(_ bytes: [UInt8], on socket: Int32) async -> String? {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count >= 0 {
                sent += count
            } else if errno == EAGAIN || errno == EINTR {
                guard await sockets.wait(for: .output, on: socket) else { return "cancelled" }
            } else {
                return "write: \(errorText(errno))"
            }
        }
        return nil
    }
}
