import Commands
import ContainerRuntime
import Terminal

/// Which namespaces(7) a container has of its own.
enum NamespaceFlags {
    private static let kinds: [(name: String, kind: NamespaceKind, joins: Bool)] = [
        ("pid", .pid, true), ("uts", .uts, false), ("ipc", .ipc, true), ("userns", .user, false),
        ("cgroupns", .cgroup, false),
    ]

    static let flags: [Flag] = kinds.map { name, _, joins in
        Flag(
            name, .text, placeholder: joins ? "host|container:NAME" : "host",
            summary: Localized(ko: "\(name) 네임스페이스를 함께 쓴다", en: "Share the \(name) namespace"))
    }

    static func apply(_ line: Invocation, to configuration: inout ContainerConfiguration) throws(RuntimeError) {
        for (name, kind, joins) in kinds {
            switch line[name] {
            case nil, "", "private": break
            case "shareable" where kind == .ipc, "none" where kind == .ipc: break
            case "host": configuration.sharedWithHost.insert(kind)
            case let text? where joins && text.hasPrefix("container:") && text.count > "container:".count:
                configuration.sharedWithContainer[kind] = String(text.dropFirst("container:".count))
            default: throw .conflict("--\(name): invalid \(name.uppercased()) mode")
            }
        }
    }
}
