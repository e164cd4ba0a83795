import ContainerRuntime
import DNS
import Glibc
import LinuxKernel

/// The files about names that a sandbox's containers share.
extension ContainerEngine {
    /// hosts(5), hostname(5) and resolv.conf(5), which its containers share.
    func writeFiles(_ record: SandboxRecord) throws(RuntimeError) {
        let directory = "\(runDirectory)/sandboxes/\(record.status.id)"
        try Self.makeDirectory(directory)
        let wanted = record.configuration
        var hosts = HostsFile()
        for entry in wanted.hosts {
            let address = entry.address == HostGateway.word ? HostGateway.text : entry.address
            hosts.add(address, entry.names.joined(separator: " "))
        }
        for link in wanted.links {
            guard let other = containersByID[link.container], let address = other.status.address else { continue }
            let names = [link.alias, String(other.id.prefix(12)), other.status.name]
            hosts.add(
                address,
                names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element).joined(separator: " "))
        }
        let addresses = record.places.compactMap(\.endpoint?.address)
        for address in addresses.isEmpty ? [record.status.address].compactMap(\.self) : addresses {
            hosts.add(address, wanted.hostname)
        }
        try write(hosts.text, to: "\(directory)/hosts")
        try write("\(wanted.hostname)\n", to: "\(directory)/hostname")
        if let dns = resolution(of: record) { try write(Self.resolverFile(dns), to: "\(directory)/resolv.conf") }
    }

    /// Brings hosts(5) and resolv.conf(5) in line with a running sandbox's networks. What a container wrote into its
    /// hosts stays.
    /// - Parameters:
    ///   - gone: an address that it has no longer.
    ///   - come: one that is new.
    func rewriteFiles(of sandbox: SandboxRecord, gone: String?, come: String?) {
        let directory = "\(runDirectory)/sandboxes/\(sandbox.status.id)"
        var status = stat()
        // A container may have made it as large as it likes.
        if stat("\(directory)/hosts", &status) == 0, status.st_size < 1 << 20,
            let content = try? ProcessFiles.read("\(directory)/hosts")
        {
            var hosts = HostsFile(String(decoding: content, as: UTF8.self))
            if let gone { hosts.remove(gone, sandbox.configuration.hostname) }
            if let come { hosts.add(come, sandbox.configuration.hostname) }
            try? write(hosts.text, to: "\(directory)/hosts")
        }
        // Its resolver is another one, if this was its first network with names, or its last.
        guard let text = resolution(of: sandbox).map(Self.resolverFile) else { return }
        try? write(text, to: "\(directory)/resolv.conf")
    }

    /// Who resolves names in a sandbox: as docker has it, the network's own resolver where names are known, and elsewhere
    /// the gateway, which asks whom this machine asks. Nil leaves the image's file.
    func resolution(of sandbox: SandboxRecord) -> DNSConfiguration? {
        switch sandbox.configuration.network {
        case .networks: break
        case .sandbox(let other):
            return sandbox.configuration.dns ?? sandboxesByID[other].flatMap(resolution)
        case .pod, .none, .host: return sandbox.configuration.dns
        }
        let wanted = sandbox.configuration.dns
        let knowsNames = sandbox.places.contains(where: \.plan.resolvesNames)
        var dns = DNSConfiguration(
            nameservers: [knowsNames ? ContainerResolver.address : HarbourNetwork.router.description],
            searches: wanted?.searches ?? [], options: wanted?.options ?? [])
        if let servers = wanted?.nameservers, !servers.isEmpty, !knowsNames { dns.nameservers = servers }
        if wanted?.searches.isEmpty ?? true { dns.searches = HostResolver.searches() }
        if knowsNames, !dns.options.contains(where: { $0.hasPrefix("ndots:") }) { dns.options.append("ndots:0") }
        return dns
    }

    /// resolv.conf(5)
    static func resolverFile(_ dns: DNSConfiguration) -> String {
        var lines = dns.nameservers.map { "nameserver \($0)\n" }
        if !dns.searches.isEmpty { lines.append("search \(dns.searches.joined(separator: " "))\n") }
        if !dns.options.isEmpty { lines.append("options \(dns.options.joined(separator: " "))\n") }
        return lines.joined()
    }

    func write(_ text: String, to path: String) throws(RuntimeError) {
        do throws(Errno) {
            let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
            var text = text
            try checked { text.withUTF8 { Glibc.write(file.number, $0.baseAddress, $0.count) } }
        } catch {
            throw .system(stage: "write", errno: error.code, path: path)
        }
        own(path)
    }
}
