import LinuxKernel
import Synchronization

/// Transfers by libcurl, each on a thread of its own. Connections are kept and used again.
public final class CurlTransport: HTTPTransport {
    /// To resolve a name, connect and agree on keys. What is on this machine answers at once or never.
    static func connectSeconds(_ url: HTTPURL) -> Int { url.isLoopback ? 5 : 20 }
    private let proxies: ProxySettings
    private let trust: @Sendable (HTTPURL) -> ServerTrust
    private let stallSeconds: Int
    private let idle = Mutex<[CurlHandle]>([])

    /// - Parameters:
    ///   - stallSeconds: how long a transfer may go without a byte in either direction.
    ///   - trust: what to trust, and to show, where a URL leads.
    public init(
        proxies: ProxySettings, stallSeconds: Int = 60, trust: @escaping @Sendable (HTTPURL) -> ServerTrust
    ) {
        self.proxies = proxies
        self.stallSeconds = stallSeconds
        self.trust = trust
    }

    public func send(
        _ request: HTTPRequest, to sink: any ResponseSink
    ) async throws(TransportError) -> HTTPHead {
        guard let handle = await handle() else { throw .noLibrary }
        handle.renew()
        let proxy = proxies.proxy(for: request.url) ?? ""
        let (trust, stallSeconds) = (trust, stallSeconds)
        let result = await withTaskCancellationHandler {
            await KernelThread.run("transfer") {
                handle.perform(
                    request, sink, proxy: proxy, trust: trust(request.url), stallSeconds: stallSeconds)
            }
        } onCancel: {
            handle.cancel()
        }
        idle.withLock { $0.append(handle) }
        return try result.get()
    }

    /// The handle used last, whose connection is the warmest, or a new one.
    private func handle() async -> CurlHandle? {
        if let handle = idle.withLock({ $0.popLast() }) { return handle }
        return await KernelThread.run("transfer") { CurlHandle() }
    }
}
