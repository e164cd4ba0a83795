import ContainerRuntime
import Glibc
import LinuxKernel

extension OutboundProxy {
    // linux/in.h, asm-generic/socket.h
    private static let level: Int32 = 0
    private static let transparent: Int32 = 19
    private static let receiveDestination: Int32 = 20
    private static let mark: Int32 = 36

    func makeSockets() async throws(RuntimeError) -> Sockets {
        let listener = try await make(SOCK_STREAM)
        let datagrams = try await make(SOCK_DGRAM)
        let raw = try await make(SOCK_RAW, protocol: Int32(IPPROTO_RAW))
        let error = StreamCalls.setOption(raw.number, SOL_SOCKET, Self.mark, Int32(NetworkRules.admitted))
        if error != 0 { throw .system(stage: "mark packets", errno: error, path: nil) }
        let told = StreamCalls.setOption(datagrams.number, Self.level, Self.receiveDestination, 1)
        if told != 0 { throw .system(stage: "receive destinations", errno: told, path: nil) }
        let log = await makeLog()
        let ports = NetworkRules.OutboundPorts(
            stream: try bind(listener), datagram: try bind(datagrams), holds: log != nil)
        guard listen(listener.number, 1024) == 0 else {
            throw .system(stage: "listen for outbound connections", errno: errno, path: nil)
        }
        return Sockets(listener: listener, datagrams: datagrams, raw: raw, log: log, ports: ports)
    }

    /// A socket of the harbour that may speak in anybody's name.
    func make(_ type: __socket_type, protocol: Int32 = 0) async throws(RuntimeError) -> FileDescriptor {
        let socket = FileDescriptor(
            owning: try await harbour.makeSocket(
                domain: AF_INET, type: Int32(type.rawValue) | Int32(SOCK_NONBLOCK.rawValue), protocol: `protocol`))
        let error = StreamCalls.setOption(socket.number, Self.level, Self.transparent, 1)
        if error != 0 { throw .system(stage: "make socket transparent", errno: error, path: nil) }
        return socket
    }

    /// - Returns: the port.
    private func bind(_ socket: FileDescriptor) throws(RuntimeError) -> UInt16 {
        let loopback = IPv4Address(value: 0x7F00_0001)
        guard loopback.withSocketAddress(port: 0, { Glibc.bind(socket.number, $0, $1) }) == 0 else {
            throw .system(stage: "bind outbound proxy", errno: errno, path: nil)
        }
        var bound = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &bound) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.number, $0, &length) }
        }
        return UInt16(bigEndian: bound.sin_port)
    }

    private func makeLog() async -> FileDescriptor? {
        let type = Int32(SOCK_RAW.rawValue)
        guard
            let made = try? await harbour.makeSocket(domain: AF_NETLINK, type: type, protocol: NetlinkSocket.netfilter),
            let kept = try? FileDescriptor.duplicate(made)
        else { return nil }
        var socket = NetlinkSocket(owning: made)
        guard (try? socket.send([.bindPacketLog(group: NetworkRules.logGroup, length: 1500)])) != nil else {
            return nil
        }
        StreamCalls.setBlocking(kept.number, false)
        return kept
    }

    /// Sends a packet as it is.
    func inject(_ packet: [UInt8], to address: IPv4Address) {
        guard let raw = sockets?.raw else { return }
        _ = address.withSocketAddress(port: 0) {
            sendto(raw.number, packet, packet.count, Int32(MSG_NOSIGNAL), $0, $1)
        }
    }
}
