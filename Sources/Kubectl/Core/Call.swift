import Commands
import KubernetesAPI
import Terminal

/// One call of kubectl: the parsed line, the caller and the cluster.
struct Call: Sendable {
    let client: any KubernetesClient
    let session: KubectlSession
    let invocation: Invocation
    let context: CommandContext
    let now: @Sendable () -> Timestamp

    /// The namespace that `-n` names, or the session's.
    var namespace: String {
        let given = invocation["namespace"] ?? ""
        return given.isEmpty ? session.namespace : given
    }

    var isNamespaceExplicit: Bool { !(invocation["namespace"] ?? "").isEmpty }
    var allNamespaces: Bool { invocation.isOn("all-namespaces") }

    /// Where requests for `resource` go: nil for cluster-scoped kinds.
    func namespace(for resource: APIResource) -> String? { resource.isNamespaced ? namespace : nil }

    /// The same for lists, where `-A` means all.
    func listNamespace(for resource: APIResource) -> String? {
        resource.isNamespaced && !allNamespaces ? namespace : nil
    }

    /// Writes to standard output. A reader that has gone away ends the command as SIGPIPE would.
    func write(_ text: String) async throws {
        guard await context.output.send(text) else {
            try Task.checkCancellation()
            throw Failure.exit(128 + 13)
        }
    }

    func print(_ line: String = "") async throws { try await write(line + "\n") }

    /// Writes a line to standard error.
    func complain(_ line: String) { context.error.line(line) }

    func warn(_ text: String) { complain("Warning: \(text)") }

    /// `--context` and its kin would name another cluster; there is one.
    func refuseForeignCluster() throws {
        for flag in ["context", "kubeconfig", "server", "cluster", "user", "as"] where invocation.has(flag) {
            if flag == "context", invocation[flag] == Call.contextName { continue }
            throw Failure.message(
                "--\(flag) is not supported: there is one cluster here, and it is already chosen",
                hint: Localized(
                    ko: "이 옵션 없이 다시 해 보세요. 네임스페이스는 -n 으로 고릅니다.",
                    en: "Try again without it. Namespaces are chosen with -n."))
        }
    }

    static let contextName = "kijabi"

    /// The label selector of `-l`.
    func labelSelector(_ flag: String = "selector") throws -> LabelSelector {
        guard let text = invocation[flag], !text.isEmpty else { return .everything }
        do {
            return try LabelSelector(parsing: text)
        } catch {
            throw Failure.message("\(error)")
        }
    }

    func fieldSelector() throws -> FieldSelector {
        guard let text = invocation["field-selector"], !text.isEmpty else { return .everything }
        do {
            return try FieldSelector(parsing: text)
        } catch {
            throw Failure.message("\(error)")
        }
    }

    /// The options of a list as `-l` and `--field-selector` ask.
    func listOptions() throws -> ListOptions {
        try ListOptions(labelSelector: labelSelector(), fieldSelector: fieldSelector())
    }

    /// The value of a flag in the syntax of Go's `time.ParseDuration`.
    func duration(_ flag: String) throws -> Duration? {
        guard let text = invocation[flag], !text.isEmpty else { return nil }
        guard let duration = GoDuration.parse(text) else {
            throw Failure.line(
                "error: invalid argument \"\(text)\" for \"--\(flag)\" flag: time: invalid duration \"\(text)\"",
                hint: Localized(ko: "예: 30s, 5m, 1h", en: "For example: 30s, 5m, 1h"))
        }
        return duration
    }
}
