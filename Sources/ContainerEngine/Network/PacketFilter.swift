import ContainerRuntime
import Glibc
import LinuxKernel

/// The harbour's packet filter, as seen from here: the wanted services, what is installed, and the program
/// kijabi-packetfilter that installs it.
///
/// Changes come in bursts (a Deployment that scales changes its endpoints once a pod). While one transaction runs, the
/// following calls only note what is wanted; the next transaction installs the newest for all of them.
actor PacketFilter {
    private nonisolated let executor = ThreadExecutor(name: "packetfilter")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let harbour: Harbour
    private let program: String
    private let serviceSubnet: IPv4Subnet
    private var agent: PacketFilterAgent?
    private var networks = NetworkRules()
    private var installedNetworks = NetworkRules()
    private var installed = ServiceRules()
    private var wanted = ServiceRules()
    private var wantedVersion = 0
    private var installedVersion = 0

    init(harbour: Harbour, program: String, serviceSubnet: IPv4Subnet) {
        self.harbour = harbour
        self.program = program
        self.serviceSubnet = serviceSubnet
    }

    /// Returns when these services, or ones that were set later, are installed.
    func setServices(_ services: [VirtualService]) async throws(RuntimeError) {
        wanted = ServiceRules(services, reusing: wanted)
        wantedVersion += 1
        let version = wantedVersion
        // Calls that came in meanwhile have replaced what is wanted; then their transaction is this one's too.
        await Task.yield()
        if installedVersion >= version { return }
        try await startAgent()
        if installedVersion >= version { return }
        let target = wanted
        let targetVersion = wantedVersion
        if let text = target.transaction(from: installed) { try run(text) }
        let gone = installed.datagramPaths.subtracting(target.datagramPaths)
        installed = target
        installedVersion = targetVersion
        if !gone.isEmpty { try await forgetFlows(along: gone) }
    }

    /// Changes what is known of networks; returns when that is installed.
    func setNetworks(_ change: @Sendable (inout NetworkRules) -> Void) async throws(RuntimeError) {
        change(&networks)
        try await startAgent()
        try installNetworks()
    }

    private func installNetworks() throws(RuntimeError) {
        guard let text = networks.transaction(from: installedNetworks) else { return }
        try run(text)
        installedNetworks = networks
    }

    private func run(_ text: String) throws(RuntimeError) {
        do {
            try agent?.run(text)
        } catch {
            // What is installed is unknown if the agent is gone: the next call starts a new one, on an empty table.
            if case .system("packet filter agent", _, _) = error { agent = nil }
            throw error
        }
    }

    private func startAgent() async throws(RuntimeError) {
        if agent != nil { return }
        let started = try await PacketFilterAgent(harbour: harbour, program: program)
        // Another call may have come here while this one waited.
        if agent != nil { return }
        try started.run(ServiceRules.skeleton(serviceSubnet: serviceSubnet))
        agent = started
        installed = ServiceRules()
        installedNetworks = NetworkRules()
        try installNetworks()
    }

    /// Lets datagrams that were on their way to an endpoint that is gone find another. A TCP connection to it is broken
    /// anyway, and its client told so; a UDP client would go on talking to nobody.
    private func forgetFlows(along paths: Set<ServiceRules.DatagramPath>) async throws(RuntimeError) {
        let descriptor = try await harbour.makeSocket(
            domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.netfilter)
        var socket = NetlinkSocket(owning: descriptor)
        var messages: [NetlinkMessage] = []
        do throws(NetlinkError) {
            try socket.dump(.listConnections) { _, payload in
                guard let flow = TrackedConnection(payload: payload), flow.transport == UInt8(IPPROTO_UDP) else {
                    return
                }
                let ends = [flow.destination, nil].map {
                    ServiceRules.DatagramPath(
                        address: $0, port: flow.destinationPort,
                        endpoint: ServiceRules.Target(address: flow.responder, port: flow.responderPort))
                }
                if ends.contains(where: paths.contains) { messages.append(.forget(flow)) }
            }
            // One that ended meanwhile is forgotten already.
            try socket.send(messages, tolerating: [ENOENT])
        } catch {
            throw .system(stage: error.stage, errno: error.errno, path: nil)
        }
    }
}

/// The connection to a running kijabi-packetfilter; its protocol is described in that program.
private final class PacketFilterAgent: Sendable {
    private let socket: FileDescriptor

    init(harbour: Harbour, program: String) async throws(RuntimeError) {
        let sockets: SocketPair
        do {
            sockets = try SocketPair(type: Int32(SOCK_STREAM.rawValue))
        } catch {
            throw .system(stage: "socketpair", errno: error.code, path: nil)
        }
        try await harbour.startAgent(program: program, socket: sockets.second.number)
        socket = sockets.first
    }

    func run(_ text: String) throws(RuntimeError) {
        let bytes = Array(text.utf8)
        try send(withUnsafeBytes(of: UInt32(bytes.count)) { Array($0) } + bytes)
        let head = try receive(8).withUnsafeBytes {
            (error: $0.load(as: UInt32.self), length: $0.load(fromByteOffset: 4, as: UInt32.self))
        }
        let explanation = String(decoding: try receive(Int(head.length)), as: UTF8.self)
        if head.error != 0 {
            throw .system(stage: "packet filter: \(explanation)", errno: Int32(head.error), path: nil)
        }
    }

    private func send(_ bytes: [UInt8]) throws(RuntimeError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(stage: "packet filter agent", errno: errno, path: nil) }
            rest = rest.dropFirst(count)
        }
    }

    private func receive(_ length: Int) throws(RuntimeError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var filled = 0
        while filled < length {
            let count = bytes.withUnsafeMutableBytes {
                recv(socket.number, $0.baseAddress.map { $0 + filled }, length - filled, 0)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .system(stage: "packet filter agent", errno: count == 0 ? EPIPE : errno, path: nil)
            }
            filled += count
        }
        return bytes
    }
}
