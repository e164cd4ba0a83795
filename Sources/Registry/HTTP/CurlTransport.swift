import LinuxKernel
import Synchronization

/// Transfers by libcurl, each on a thread of its own. Connections are kept and used again.
public final class CurlTransport: HTTPTransport {
    /// To resolve a name, connect and agree on keys. What is on this machine answers at once or never.
    static func connectSeconds(_ url: HTTPURL) -> Int { url.isLoopback ? 5 : 20 }
    /// Without a byte in either direction.
    static let stallSeconds = 60

    private let proxies: ProxySettings
    private let trust: @Sendable (HTTPURL) -> ServerTrust
    private let idle = Mutex<[CurlHandle]>([])

    /// - Parameter trust: what to trust, and to show, where a URL leads.
    public init(proxies: ProxySettings, trust: @escaping @Sendable (HTTPURL) -> ServerTrust) {
        self.proxies = proxies
        self.trust = trust
    }

    public func send(
        _ request: HTTPRequest, to sink: any ResponseSink
    ) async throws(TransportError) -> HTTPHead {
        guard let handle = await handle() else { throw .noLibrary }
        handle.renew()
        let proxy = proxies.proxy(for: request.url) ?? ""
        let trust = trust
        let result = await withTaskCancellationHandler {
            await KernelThread.run("transfer") {
                handle.perform(request, sink, proxy: proxy, trust: trust(request.url))
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
