import Glibc
import LinuxKernel

/// The proxies that the environment names (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in capitals or not), for
/// where this machine has no direct way outside.
public struct ProxyEnvironment: Sendable {
    private let secure: ProxyTunnel?
    private let plain: ProxyTunnel?
    private let exceptions: [String]

    public static let names = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"]

    public init(_ environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name.lowercased()] ?? environment[name] }
        let any = value("ALL_PROXY").flatMap(ProxyTunnel.init)
        secure = value("HTTPS_PROXY").flatMap(ProxyTunnel.init) ?? any
        plain = value("HTTP_PROXY").flatMap(ProxyTunnel.init) ?? any
        exceptions = (value("NO_PROXY") ?? "").split(separator: ",").map { entry in
            entry.filter { $0 != " " }
        }
    }

    /// That of this process.
    static var current: ProxyEnvironment {
        var environment: [String: String] = [:]
        for name in names.flatMap({ [$0, $0.lowercased()] }) {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return ProxyEnvironment(environment)
    }

    /// The proxy for a connection, or nil for none.
    func tunnel(to address: IPv4Address, port: UInt16) -> ProxyTunnel? {
        let isExcepted = exceptions.contains { entry in
            if entry == "*" { return true }
            if let subnet = IPv4Subnet(entry) { return subnet.contains(address) }
            return IPv4Address(entry) == address
        }
        if isExcepted { return nil }
        return port == 80 ? plain ?? secure : secure ?? plain
    }
}

/// One HTTP proxy that is asked for connections (CONNECT, RFC 9110 §9.3.6).
struct ProxyTunnel: Sendable, Hashable {
    let host: String
    let port: UInt16
    /// Base64 of user and password, if the address has them.
    let credentials: String?

    /// `http://user:password@proxy.example:3128/`; nil for what is no address of an HTTP proxy.
    init?(_ text: String) {
        var rest = text[...]
        if let scheme = rest.range(of: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "http" else { return nil }
            rest = rest[scheme.upperBound...]
        }
        rest = rest.prefix { $0 != "/" }
        if let at = rest.lastIndex(of: "@") {
            credentials = Self.base64(Self.decoded(rest[..<at]))
            rest = rest[rest.index(after: at)...]
        } else {
            credentials = nil
        }
        if let colon = rest.lastIndex(of: ":") {
            guard let number = UInt16(rest[rest.index(after: colon)...]), number > 0 else { return nil }
            port = number
            rest = rest[..<colon]
        } else {
            port = 80
        }
        guard !rest.isEmpty else { return nil }
        host = String(rest)
    }

    /// The request for a connection.
    func request(_ address: IPv4Address, _ number: UInt16) -> String {
        "CONNECT \(address):\(number) HTTP/1.1\r\nHost: \(address):\(number)\r\n"
            + (credentials.map { "Proxy-Authorization: Basic \($0)\r\n" } ?? "") + "\r\n"
    }

    /// - Returns: a non-blocking socket on which the next byte is the destination's, or nil.
    func open(to address: IPv4Address, port number: UInt16) async -> FileDescriptor? {
        await KernelThread.run("proxy") { () -> FileDescriptor? in
            guard let socket = dial() else { return nil }
            let text = Array(request(address, number).utf8)
            guard send(socket.number, text, text.count, Int32(MSG_NOSIGNAL)) == text.count, isGranted(socket) else {
                return nil
            }
            StreamCalls.setBlocking(socket.number, false)
            return socket
        }
    }

    private func dial() -> FileDescriptor? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return nil }
        defer { freeaddrinfo(found) }
        var next = found
        while let candidate = next?.pointee {
            next = candidate.ai_next
            let number = socket(candidate.ai_family, candidate.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard number >= 0 else { continue }
            let made = FileDescriptor(owning: number)
            var patience = timeval(tv_sec: 10, tv_usec: 0)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                setsockopt(number, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
            }
            if connect(number, candidate.ai_addr, candidate.ai_addrlen) == 0 { return made }
        }
        return nil
    }

    /// Reads the answer's head, byte by byte: what follows is the destination's.
    private func isGranted(_ socket: FileDescriptor) -> Bool {
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while head.count < 8192, !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard recv(socket.number, &byte, 1, 0) == 1 else { return false }
            head.append(byte)
        }
        return Self.grants(head)
    }

    static func grants(_ head: [UInt8]) -> Bool {
        let words = head.prefix { $0 != 13 }.split(separator: 32)
        guard words.count >= 2, words[0].starts(with: Array("HTTP/1.".utf8)), words[1].count == 3 else { return false }
        return words[1].first == UInt8(ascii: "2")
    }

    private static func decoded(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
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
        return bytes
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            let value = piece.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - piece.count))
            for index in 0..<4 {
                text.append(index <= piece.count ? alphabet[Int(value >> UInt32(18 - 6 * index) & 63)] : "=")
            }
        }
        return text
    }
}

extension Substring {
    /// Foundation's, which is not here.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
