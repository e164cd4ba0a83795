import ContainerRuntime
import Glibc
import LinuxKernel

/// The interfaces of a network namespace and where they lead, asked of the kernel by rtnetlink(7).
enum NetworkPath {
    static func look(_ harbour: Harbour, _ namespace: FileDescriptor) async -> NetworkView? {
        guard let inside = try? await links(harbour, namespace.number),
            let outside = try? await links(harbour, nil)
        else { return nil }
        let own = try? await harbour.networkNamespace()
        defer { if let own { close(own) } }
        var isHarbours = false
        if let own {
            var (first, second) = (stat(), stat())
            isHarbours =
                fstat(own, &first) == 0 && fstat(namespace.number, &second) == 0 && first.st_ino == second.st_ino
        }
        let interfaces = inside.links.map { link in
            var interface = NetworkView.Interface(name: link.name, index: link.index)
            interface.addresses = link.addresses
            interface.hardwareAddress = link.hardwareAddress
            interface.receivedBytes = link.receivedBytes
            interface.sentBytes = link.sentBytes
            if !isHarbours, link.peerIndex != 0 {
                interface.peer = outside.links.first { $0.index == link.peerIndex && $0.peerIndex == link.index }?.name
            }
            return interface
        }
        return NetworkView(interfaces: interfaces, gateway: inside.gateway, isHarbours: isHarbours)
    }

    private static func links(
        _ harbour: Harbour, _ namespace: Int32?
    ) async throws(RuntimeError) -> (links: [NetworkLink], gateway: String?) {
        let descriptor = try await harbour.makeSocket(
            domain: AF_NETLINK, type: Int32(SOCK_RAW.rawValue), protocol: NetlinkSocket.route, namespace: namespace)
        // It answers from the kernel's memory, at once.
        var socket = NetlinkSocket(owning: descriptor)
        do throws(NetlinkError) {
            return (try NetworkLink.all(&socket), try NetworkLink.gateway(&socket))
        } catch {
            throw .system(stage: error.stage, errno: error.errno, path: nil)
        }
    }
}
