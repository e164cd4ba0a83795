/// The kinds of namespaces(7) a container has of its own.
public enum NamespaceKind: String, Sendable, Hashable, CaseIterable {
    case pid, mount = "mnt", network = "net", uts, ipc, user, cgroup
}
