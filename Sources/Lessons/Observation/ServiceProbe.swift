import Documents
import Glibc

/// A service asked for from outside of every container, as any program of this machine would.
public struct ServiceProbe: Sendable, Hashable, CustomStringConvertible {
    enum Scheme: String, Sendable { case http, tcp }

    let scheme: Scheme
    /// Dotted IPv4.
    let address: String
    let port: UInt16
    let path: String
    public let description: String

    /// `http://127.0.0.1:8080/path` or `tcp://127.0.0.1:5432`; nil where the text is neither. `localhost` is 127.0.0.1.
    init?(_ url: String) {
        guard let colon = url.firstRange(of: "://"), let scheme = Scheme(rawValue: String(url[..<colon.lowerBound]))
        else { return nil }
        let rest = url[colon.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else { return nil }
        let address = parts[0] == "localhost" ? "127.0.0.1" : String(parts[0])
        var binary = in_addr()
        guard inet_pton(AF_INET, address, &binary) == 1 else { return nil }
        self.scheme = scheme
        self.address = address
        self.port = port
        path = authority.endIndex == rest.endIndex ? "/" : String(rest[authority.endIndex...])
        description = url
    }

    /// How long a service may take.
    private static let patience = Duration.seconds(1)
    /// Between two looks at a socket that never blocks.
    private static let interval = Duration.milliseconds(2)

    /// Nil where nobody answers.
    func answer() async -> JSONValue? {
        let descriptor = Glibc.socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let deadline = ContinuousClock.now + Self.patience
        guard await connects(descriptor, before: deadline) else { return nil }
        switch scheme {
        case .tcp:
            // Whoever forwards a port accepts before anybody has answered behind it, and then hangs up.
            let isOpen = await !hangsUp(descriptor, before: min(deadline, .now + .milliseconds(100)))
            return isOpen ? ["connected": true] : nil
        case .http: return await response(on: descriptor, before: deadline)
        }
    }

    private func connects(_ descriptor: Int32, before deadline: ContinuousClock.Instant) async -> Bool {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if result == 0 { return true }
        guard errno == EINPROGRESS, await isReady(descriptor, POLLOUT, before: deadline) else { return false }
        var fault: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0
    }

    private func hangsUp(_ descriptor: Int32, before deadline: ContinuousClock.Instant) async -> Bool {
        guard await isReady(descriptor, POLLIN, before: deadline) else { return false }
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK)) <= 0
    }

    private func response(on descriptor: Int32, before deadline: ContinuousClock.Instant) async -> JSONValue? {
        let request = Array("GET \(path) HTTP/1.0\r\nHost: \(address)\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return nil
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < 1 << 20, await isReady(descriptor, POLLIN, before: deadline) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        return Self.document(of: String(decoding: bytes, as: UTF8.self))
    }

    /// `HTTP/1.1 200 OK`, fields, an empty line, the body.
    static func document(of response: String) -> JSONValue? {
        guard response.hasPrefix("HTTP/1."), let status = Int(response.dropFirst(9).prefix(3)) else { return nil }
        let body = response.firstRange(of: "\r\n\r\n").map { String(response[$0.upperBound...]) } ?? ""
        return ["status": .integer(status), "body": .string(body)]
    }

    private func isReady(_ descriptor: Int32, _ events: Int32, before deadline: ContinuousClock.Instant) async -> Bool {
        while true {
            var wait = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            if poll(&wait, 1, 0) > 0 { return true }
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: Self.interval)) != nil else {
                return false
            }
        }
    }
}
