/// Settings of this kernel that forbid or bound namespaces; nil where it does not have the setting.
public struct KernelSettings: Sendable, Hashable {
    /// `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu 23.10 and later): 1 takes all capabilities from namespaces
    /// of programs that no AppArmor profile allows them.
    public var apparmorRestrictsUserNamespaces: Int?
    /// `kernel.unprivileged_userns_clone` (Debian's and Arch's kernels): 0 keeps user namespaces for root.
    public var unprivilegedUserNamespaces: Int?
    /// `user.max_…_namespaces` by kind (`user`, `mnt`, `pid`, …), namespaces(7).
    public var namespaceLimits: [String: Int]

    public init(
        apparmorRestrictsUserNamespaces: Int? = nil, unprivilegedUserNamespaces: Int? = nil,
        namespaceLimits: [String: Int] = [:]
    ) {
        self.apparmorRestrictsUserNamespaces = apparmorRestrictsUserNamespaces
        self.unprivilegedUserNamespaces = unprivilegedUserNamespaces
        self.namespaceLimits = namespaceLimits
    }

    /// The kinds of namespaces that the harbour needs.
    static let kinds = ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup"]

    /// Reads them from /proc/sys.
    public static func read() -> KernelSettings {
        var settings = KernelSettings(
            apparmorRestrictsUserNamespaces: number("kernel/apparmor_restrict_unprivileged_userns"),
            unprivilegedUserNamespaces: number("kernel/unprivileged_userns_clone"))
        for kind in kinds { settings.namespaceLimits[kind] = number("user/max_\(kind)_namespaces") }
        return settings
    }

    private static func number(_ name: String) -> Int? {
        guard let text = KernelFile.text("/proc/sys/\(name)") else { return nil }
        return Int(text.prefix { $0.isNumber })
    }

    /// Kinds of which none may be made here.
    var forbiddenKinds: [String] { Self.kinds.filter { namespaceLimits[$0] == 0 } }
}
