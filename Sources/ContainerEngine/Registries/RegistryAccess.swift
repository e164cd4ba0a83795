import LinuxKernel
import Registry
import Synchronization

/// The way to registries: one client for each, over shared connections.
final class RegistryAccess: Sendable {
    let credentials: CredentialKeeper
    private let transport: CurlTransport
    private struct State {
        var clients: [String: (client: RegistryClient, credential: RegistryCredential?)] = [:]
        var silent: [String: (failure: RegistryError, until: ContinuousClock.Instant)] = [:]
    }
    private let state = Mutex(State())

    init(_ settings: RegistrySettings) {
        credentials = CredentialKeeper(settings)
        let directories = settings.certificateDirectories
        transport = CurlTransport(proxies: ProxySettings(environment: settings.environment)) { url in
            ServerTrust(registry: url.authority, directories: directories)
        }
    }

    /// The client of a registry, with the password that is known for it now.
    func client(_ domain: String) async -> RegistryClient {
        let credentials = credentials
        // Reading a file blocks, if only for a moment.
        let credential = await KernelThread.run("credentials") { credentials.credential(for: domain) }
        return state.withLock { state in
            if let known = state.clients[domain], known.credential == credential { return known.client }
            let client = client(domain, credential)
            state.clients[domain] = (client, credential)
            return client
        }
    }

    /// A client with another password than the known one.
    func client(_ domain: String, _ credential: RegistryCredential?) -> RegistryClient {
        RegistryClient(domain: domain, credential: credential, transport: transport)
    }

    /// For files that are no registry's.
    var fileDownload: FileDownload { FileDownload(transport: transport) }

    // MARK: Registries that cannot be reached

    /// Why a registry could not be reached just now. Kubelets ask for images again and again, and a network that swallows
    /// everything takes its time to say so.
    func recentFailure(_ domain: String) -> RegistryError? {
        state.withLock { state in
            guard let known = state.silent[domain], known.until > .now else { return nil }
            return known.failure
        }
    }

    func remember(_ failure: RegistryError, of domain: String) {
        guard case .unreachable = failure else { return }
        state.withLock { $0.silent[domain] = (failure, .now + .seconds(30)) }
    }
}
