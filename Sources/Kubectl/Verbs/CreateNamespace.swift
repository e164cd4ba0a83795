import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl create namespace`
enum CreateNamespace {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "namespace", aliases: ["ns"],
            summary: Localized(ko: "네임스페이스를 만듭니다.", en: "Creates a namespace."), usage: "NAME [flags]",
            examples: [("kubectl create namespace dev", Localized(ko: "이름만 있으면 됩니다", en: "A name is all it takes"))],
            flags: CreateVerb.commonFlags,
            run: kubectl.perform { call in
                var object = KubernetesObject(.namespaces, name: try CreateVerb.name(call))
                object.spec = [:]
                object.status = [:]
                try await CreateVerb.createGenerated(call, .namespaces, object)
            })
    }
}
