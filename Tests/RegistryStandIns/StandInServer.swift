import Glibc
import LinuxKernel
import Synchronization

/// An HTTP server on this machine that answers as a test tells it to, also against all rules.
public final class StandInServer: Sendable {
    public struct Request: Sendable {
        public var method: String
        /// Path and query.
        public var target: String
        public var headers: [String: String]
        public var body: [UInt8]

        public var path: String { String(target.prefix { $0 != "?" }) }
    }

    /// What goes out, and then the connection is closed.
    public enum Answer: Sendable {
        case status(Int, headers: [String: String] = [:], body: [UInt8] = [])
        /// The head announces `length` bytes, then only these come.
        case cutOff(Int, headers: [String: String] = [:], body: [UInt8], length: Int)
        /// The body never ends.
        case endless(headers: [String: String])
        /// All of it but what comes after so many bytes of the body; the rest follows when the gate is opened.
        case held(Int, headers: [String: String] = [:], body: [UInt8], after: Int, gate: Gate)
        /// Nothing is said until the other side goes away.
        case silence
        case raw([UInt8])
    }

    /// Closed until it is opened, once.
    public final class Gate: Sendable {
        private let pipe: Pipe

        public init() throws { pipe = try Pipe() }

        public func open() { _ = Glibc.write(pipe.writeEnd.number, [1], 1) }

        /// - Returns: whether it was opened before the other side of `connection` went away.
        fileprivate func wait(_ connection: Int32) -> Bool {
            var watched = [
                pollfd(fd: pipe.readEnd.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
            ]
            while poll(&watched, 2, -1) < 0, errno == EINTR {}
            return watched[0].revents != 0
        }
    }

    public let port: UInt16
    private let listener: FileDescriptor
    private let seen = Mutex<[Request]>([])

    public var requests: [Request] { seen.withLock { $0 } }
    public var domain: String { "127.0.0.1:\(port)" }

    public init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        listener = FileDescriptor(
            owning: try checked { socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0) })
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = listener.number
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = try checked { bind(number, address, length) }
                _ = try checked { listen(number, 16) }
                _ = try checked { getsockname(number, address, &length) }
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        let owner = Unowned(self)
        KernelThread.start("server") {
            while true {
                let connection = accept(number, nil, nil)
                if connection < 0, errno == EINTR || errno == ECONNABORTED { continue }
                guard connection >= 0 else { return }
                KernelThread.start("connection") {
                    defer { Glibc.close(connection) }
                    guard let request = Self.read(connection) else { return }
                    owner.server?.seen.withLock { $0.append(request) }
                    Self.write(answer(request), to: connection, isHead: request.method == "HEAD")
                }
            }
        }
    }

    /// The thread must not keep its server alive.
    private final class Unowned: Sendable {
        nonisolated(unsafe) weak var server: StandInServer?
        init(_ server: StandInServer) { self.server = server }
    }

    deinit { close() }

    /// Nobody listens there from now on.
    public func close() { shutdown(listener.number, Int32(SHUT_RDWR)) }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var end: Int?
        while end == nil {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return nil }
            bytes += buffer[..<count]
            // This server does not speak TLS (its first byte is 22).
            if bytes.first == 22 { return nil }
            end = bytes.indices.dropLast(3).first { bytes[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
        }
        guard let end else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " }) }
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        var body = Array(bytes[(end + 4)...])
        while body.count < length {
            let count = recv(connection, &buffer, buffer.count, 0)
            if count <= 0 { return nil }
            body += buffer[..<count]
        }
        return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
    }

    private static func write(_ answer: Answer, to connection: Int32, isHead: Bool) {
        func head(_ status: Int, _ headers: [String: String], length: Int?) -> [UInt8] {
            var text = "HTTP/1.1 \(status) -\r\nConnection: close\r\n"
            if let length, headers["Content-Length"] == nil { text += "Content-Length: \(length)\r\n" }
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            return Array((text + "\r\n").utf8)
        }
        switch answer {
        case .status(let status, let headers, let body):
            send(head(status, headers, length: body.count) + (isHead ? [] : body), to: connection)
        case .cutOff(let status, let headers, let body, let length):
            send(head(status, headers, length: length) + body, to: connection)
        case .endless(let headers):
            send(head(200, headers, length: nil), to: connection)
            let piece = [UInt8](repeating: 0x20, count: 1 << 16)
            while send(piece, to: connection) {}
        case .held(let status, let headers, let body, let after, let gate):
            send(head(status, headers, length: body.count) + body[..<after], to: connection)
            if gate.wait(connection) { send(Array(body[after...]), to: connection) }
        case .silence:
            var byte: UInt8 = 0
            _ = recv(connection, &byte, 1, 0)
        case .raw(let bytes): send(bytes, to: connection)
        }
    }

    @discardableResult
    private static func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
