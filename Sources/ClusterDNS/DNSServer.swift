public import ContainerRuntime
public import DNS
import Glibc
import Synchronization

/// The cluster's resolver: UDP and TCP on sockets inside the Pods' network, served by one thread that sleeps in poll(2)
/// until a query comes.
public final class DNSServer: Sendable {
    private let responder: DNSResponder
    private let resolvers: [SocketAddress]
    /// Closing the writing end ends the thread; the loop owns everything else.
    private let stopWriter = Mutex<Int32>(-1)
    private let ended = Mutex<[CheckedContinuation<Void, Never>]?>(nil)

    /// - Parameter resolvers: who is asked about names that are not the cluster's, from this machine's own network; none
    ///   refuses such names.
    public convenience init(zone: ClusterZone, resolvers: [IPv4]) {
        self.init(zone: zone, upstream: resolvers.map { SocketAddress($0, 53) })
    }

    init(zone: ClusterZone, upstream resolvers: [SocketAddress]) {
        responder = DNSResponder(zone: zone, forwards: !resolvers.isEmpty)
        self.resolvers = resolvers
    }

    /// Takes `address` in the network and serves port 53 of it.
    public func start(network: any PodNetwork, address: String, port: UInt16 = 53) async throws(RuntimeError) {
        guard let ip = IPv4(address) else { throw .invalid(field: "address", reason: "not an IPv4 address") }
        try await network.addAddress(address)
        let udp = try await network.socket(domain: AF_INET, type: Int32(SOCK_DGRAM.rawValue), protocol: 0)
        let tcp: Int32
        do throws(RuntimeError) {
            tcp = try await network.socket(domain: AF_INET, type: Int32(SOCK_STREAM.rawValue), protocol: 0)
        } catch {
            close(udp)
            throw error
        }
        try start(udp: udp, tcp: tcp, at: SocketAddress(ip, port))
    }

    /// Serves on sockets that are not bound yet; owns them from now on.
    func start(udp: Int32, tcp: Int32, at address: SocketAddress) throws(RuntimeError) {
        var one: Int32 = 1
        setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        for descriptor in [udp, tcp] {
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
            guard address.withRaw({ bind(descriptor, $0, $1) }) == 0 else {
                throw Self.failed("bind cluster DNS", closing: [udp, tcp])
            }
        }
        guard listen(tcp, 64) == 0 else { throw Self.failed("listen for cluster DNS", closing: [udp, tcp]) }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.failed("pipe", closing: [udp, tcp]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        stopWriter.withLock { $0 = ends[1] }
        ended.withLock { $0 = [] }
        let loop = DNSServerLoop(udp: udp, tcp: tcp, stop: ends[0], responder: responder, resolvers: resolvers)
        Thread.detach { [self] in
            loop.run()
            let waiting = ended.withLock { waiting in
                defer { waiting = nil }
                return waiting ?? []
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private static func failed(_ stage: String, closing descriptors: [Int32]) -> RuntimeError {
        let error = RuntimeError.system(stage: stage, errno: errno, path: nil)
        for descriptor in descriptors { close(descriptor) }
        return error
    }

    /// Ends the thread and closes the sockets. Idempotent.
    public func stop() async {
        let writer = stopWriter.withLock { writer in
            defer { writer = -1 }
            return writer
        }
        if writer >= 0 { close(writer) }
        await withCheckedContinuation { continuation in
            let isOver = ended.withLock { waiting in
                guard waiting != nil else { return true }
                waiting?.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}

/// A thread of our own, because the loop blocks in the kernel.
private enum Thread {
    static func detach(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, context)
        if failure == 0 {
            pthread_detach(thread)
        } else {
            Unmanaged<Box>.fromOpaque(context).release()
        }
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
