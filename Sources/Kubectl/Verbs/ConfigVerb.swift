import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl config`, for the one cluster there is: mostly to choose the namespace.
enum ConfigVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "config",
            summary: Localized(ko: "어느 클러스터, 어느 네임스페이스를 볼지 정합니다.", en: "Chooses the cluster and namespace to look at."),
            usage: "COMMAND",
            examples: [
                (
                    "kubectl config set-context --current --namespace=dev",
                    Localized(ko: "이제부터 -n 없이 dev", en: "From now on dev, without -n")
                )
            ],
            subcommands: [
                simple(kubectl, "current-context", Localized(ko: "지금 컨텍스트", en: "The current context")) { call in
                    try await call.print(Call.contextName)
                },
                contexts(kubectl), view(kubectl), setContext(kubectl), useContext(kubectl),
                simple(kubectl, "get-clusters", Localized(ko: "클러스터 목록", en: "The clusters")) { call in
                    try await call.print("NAME\n\(Call.contextName)")
                },
                simple(kubectl, "get-users", Localized(ko: "사용자 목록", en: "The users")) { call in
                    try await call.print("NAME\n\(Call.contextName)")
                },
            ])
    }

    private static func simple(
        _ kubectl: Kubectl, _ name: String, _ summary: Localized,
        _ body: @escaping @Sendable (Call) async throws -> Void
    ) -> Command {
        Command(name, summary: summary, run: kubectl.perform(body))
    }

    private static func contexts(_ kubectl: Kubectl) -> Command {
        Command(
            "get-contexts", summary: Localized(ko: "컨텍스트 목록", en: "The contexts"),
            flags: [
                Flag("no-headers", summary: Localized(ko: "표 머리를 뺍니다", en: "leaves the header out")),
                SharedFlags.output(["name"]),
            ],
            run: kubectl.perform { call in
                if call.invocation["output"] == "name" { return try await call.print(Call.contextName) }
                var rows = [["*", Call.contextName, Call.contextName, Call.contextName, namespace(call)]]
                if !call.invocation.isOn("no-headers") {
                    rows.insert(["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"], at: 0)
                }
                try await call.write(TablePrinter(rows: rows, minimumWidths: Array(repeating: 3, count: 4)).text())
            })
    }

    /// As a kubeconfig would have it: the default namespace is not written down.
    private static func namespace(_ call: Call) -> String {
        call.session.namespace == "default" ? "" : call.session.namespace
    }

    private static func view(_ kubectl: Kubectl) -> Command {
        Command(
            "view", summary: Localized(ko: "설정을 보여 줍니다", en: "Shows the configuration"),
            flags: [
                SharedFlags.output(["yaml", "json", "jsonpath="]),
                Flag("minify", summary: Localized(ko: "지금 컨텍스트만", en: "only the current context")),
            ],
            run: kubectl.perform { call in
                let name = JSONValue.string(Call.contextName)
                var context: JSONValue = ["cluster": name, "user": name]
                if !namespace(call).isEmpty { context["namespace"] = .string(namespace(call)) }
                let document: JSONValue = [
                    "apiVersion": "v1", "kind": "Config", "preferences": [:], "current-context": name,
                    "clusters": [["cluster": ["server": "https://10.96.0.1:443"], "name": name]],
                    "contexts": [["context": context, "name": name]], "users": [["name": name, "user": [:]]],
                ]
                let format = try OutputFormat(call)
                var printer = ObjectPrinter(format == .human ? .yaml : format)
                try await call.write(printer.text(document))
            })
    }

    private static func setContext(_ kubectl: Kubectl) -> Command {
        Command(
            "set-context", summary: Localized(ko: "네임스페이스를 정합니다", en: "Sets the namespace"),
            usage: "--current --namespace=NAMESPACE",
            examples: [("kubectl config set-context --current --namespace=dev", Localized(ko: "dev 로", en: "To dev"))],
            flags: [Flag("current", summary: Localized(ko: "지금 컨텍스트를", en: "the current context"))],
            run: kubectl.perform { call in
                let names = call.invocation.allArguments
                guard call.invocation.isOn("current") != !names.isEmpty else {
                    throw Failure.usage(
                        names.isEmpty
                            ? "Unexpected args: []" : "Cannot specify --current and a context name at the same time")
                }
                if let name = names.first, name != Call.contextName { throw unknown(name) }
                if call.isNamespaceExplicit { call.session.namespace = call.namespace }
                try await call.print("Context \"\(Call.contextName)\" modified.")
                guard call.isNamespaceExplicit,
                    (try? await call.client.get(.namespaces, namespace: nil, name: call.namespace)) == nil
                else { return }
                call.complain(
                    call.context.style(
                        "→ "
                            + Localized(
                                ko: "네임스페이스 \(call.namespace) 은(는) 아직 없습니다: kubectl create namespace \(call.namespace)",
                                en:
                                    "There is no namespace \(call.namespace) yet: kubectl create namespace \(call.namespace)"
                            )(
                                call.context.language), .dim))
            })
    }

    private static func useContext(_ kubectl: Kubectl) -> Command {
        Command(
            "use-context", aliases: ["use"], summary: Localized(ko: "컨텍스트를 고릅니다", en: "Chooses a context"),
            usage: "NAME",
            completeArgument: { _, index, _ in index == 0 ? [Completion(Call.contextName)] : [] },
            run: kubectl.perform { call in
                guard call.invocation.arguments.count == 1 else {
                    throw Failure.usage("Unexpected args: [\(call.invocation.arguments.joined(separator: " "))]")
                }
                let name = call.invocation.arguments[0]
                if name != Call.contextName { throw Failure.message("no context exists with the name: \"\(name)\"") }
                try await call.print("Switched to context \"\(name)\".")
            })
    }

    private static func unknown(_ name: String) -> Failure {
        .message(
            "no context exists with the name: \"\(name)\"",
            hint: Localized(ko: "여기에는 \(Call.contextName) 하나뿐입니다.", en: "There is only \(Call.contextName) here."))
    }
}
