import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine {
    public func runSandbox(_ configuration: SandboxConfiguration) async throws(RuntimeError) -> SandboxStatus {
        let record = addSandbox(configuration, isPrivate: false)
        do {
            try await makeReady(record)
        } catch {
            sandboxesByID[record.status.id] = nil
            throw error
        }
        return record.status
    }

    public func stopSandbox(_ id: String) async throws(RuntimeError) {
        guard let record = sandboxesByID[id] else { return }
        let members = containersByID.values.filter { $0.status.sandboxID == id }
        for member in members { try? member.process?.signal(SIGKILL) }
        for member in members where member.status.state.isAlive { _ = try? await member.exit.wait() }
        await release(record)
    }

    public func removeSandbox(_ id: String) async throws(RuntimeError) {
        guard sandboxesByID[id] != nil else { return }
        try await stopSandbox(id)
        for member in containersByID.values.filter({ $0.status.sandboxID == id }) {
            try await removeContainer(member.id, force: true)
        }
        let shared = sharedDirectories(of: id)
        if access(shared, F_OK) == 0 { try await removeTree(shared) }
        forget(sandbox: id)
    }

    public func sandboxes() async -> [SandboxStatus] {
        sandboxesByID.values.filter { !$0.isPrivate }.map(\.status).sorted { $0.createdAt < $1.createdAt }
    }

    func addSandbox(_ wanted: SandboxConfiguration, isPrivate: Bool) -> SandboxRecord {
        let status = SandboxStatus(
            id: generator.identifier(), name: wanted.name, address: nil, isReady: false,
            createdAt: configuration.now(), labels: wanted.labels)
        let record = SandboxRecord(configuration: wanted, isPrivate: isPrivate, number: nextSandbox, status: status)
        nextSandbox += 1
        sandboxesByID[status.id] = record
        return record
    }

    func forget(sandbox id: String) {
        guard sandboxesByID.removeValue(forKey: id) != nil else { return }
        let directory = "\(runDirectory)/sandboxes/\(id)"
        for name in ["hosts", "hostname", "resolv.conf"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    /// Makes its namespaces and connects it.
    func makeReady(_ record: SandboxRecord) async throws(RuntimeError) {
        await record.release?.value
        if record.status.isReady { return }
        let wanted = record.configuration
        var flags: Int32 = wanted.sharesProcessNamespace ? Int32(ZYGOTE_SANDBOX_SHARES_PIDS) : 0
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_HOSTNAME, wanted.hostname)
        if !wanted.domainname.isEmpty { contents.add(ZYGOTE_DOMAINNAME, wanted.domainname) }
        var address: String?
        switch wanted.network {
        case .host: flags |= Int32(ZYGOTE_SANDBOX_HARBOUR_NET)
        case .none, .pod, .networks: break
        case .sandbox(let other):
            guard let other = sandboxesByID[other], let network = other.network else { throw .noSuchSandbox(other) }
            flags |= Int32(ZYGOTE_SANDBOX_NET_GIVEN)
            _ = contents.add(descriptor: network.number)
            address = other.status.address
        }
        let reply = try await harbour.ask(ZYGOTE_MAKE_SANDBOX, record.number, flags, 0, contents)
        record.network = reply.descriptors.first
        do {
            if case .pod(let subnet) = wanted.network, let network = record.network {
                address = try await plumber.attach(
                    sandbox: record.status.id, namespace: network.number, subnet: subnet, address: wanted.address)
            }
            record.status.address = address
            if case .networks = wanted.network {
                if wanted.hosts.contains(where: { $0.address == HostGateway.word }) {
                    await plumber.admitToHost(sandbox: record.status.id)
                }
                if let servers = wanted.dns?.nameservers, !servers.isEmpty {
                    await plumber.setNameServers(servers, sandbox: record.status.id)
                }
                try await connectPlaces(of: record)
            }
            try writeFiles(record)
        } catch {
            await release(record)
            throw error
        }
        record.status.isReady = true
    }

    /// Disconnects it and gives its namespaces back; they end with the last process in them.
    func release(_ record: SandboxRecord) async {
        guard record.network != nil else { return }
        record.status.isReady = false
        record.network = nil
        leavePlaces(of: record)
        let (harbour, plumber, number, id) = (harbour, plumber, record.number, record.status.id)
        let isWired =
            switch record.configuration.network {
            case .pod, .networks: true
            case .none, .host, .sandbox: false
            }
        let release = Task {
            if isWired { await plumber.detach(sandbox: id) }
            harbour.tell(ZYGOTE_DROP_SANDBOX, number)
        }
        record.release = release
        await release.value
        if record.network == nil { record.release = nil }
    }
}
