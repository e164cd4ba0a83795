import Commands
import KubernetesAPI
import Terminal

/// Words that can stand at the cursor: kinds, and names that exist right now.
struct Completions: Sendable {
    let kubectl: Kubectl

    init(_ kubectl: Kubectl) {
        self.kubectl = kubectl
    }

    func namespaces() async -> [Completion] { await names(of: .namespaces, namespace: nil) }

    func names(of resource: APIResource, _ invocation: Invocation) async -> [Completion] {
        let given = invocation["namespace"] ?? ""
        let namespace = given.isEmpty ? kubectl.session.namespace : given
        return await names(of: resource, namespace: resource.isNamespaced ? namespace : nil)
    }

    private func names(of resource: APIResource, namespace: String?) async -> [Completion] {
        let list = try? await kubectl.client.list(resource, namespace: namespace, ListOptions())
        return (list?.items ?? []).map { Completion($0.name) }
    }

    /// `TYPE`, then `NAME…`; or `TYPE/NAME`.
    func typeThenNames(_ invocation: Invocation, _ index: Int, _ prefix: String) async -> [Completion] {
        if let slash = prefix.firstIndex(of: "/"), let resource = APIResource.named(String(prefix[..<slash])) {
            return await names(of: resource, invocation).map { Completion("\(prefix[...slash])\($0.word)") }
        }
        if index == 0 { return kinds(prefix) }
        guard let resource = APIResource.named(invocation.arguments[0]) else { return [] }
        return await names(of: resource, invocation).filter { !invocation.arguments.contains($0.word) }
    }

    /// Names of one kind.
    func names(of resource: APIResource, atMost count: Int = 1)
        -> @Sendable (Invocation, Int, String) async -> [Completion]
    {
        { invocation, index, _ in index < count ? await names(of: resource, invocation) : [] }
    }

    /// Pods, or `TYPE/NAME` of what has Pods.
    func podOrOwner(_ invocation: Invocation, _ index: Int, _ prefix: String) async -> [Completion] {
        guard index == 0 else { return [] }
        if prefix.contains("/") { return await typeThenNames(invocation, index, prefix) }
        let owners = ["deployment/", "replicaset/", "service/"].map { Completion($0, continues: true) }
        return await names(of: .pods, invocation) + owners
    }

    /// `TYPE/NAME` or `TYPE`, then `NAME`, of certain kinds only.
    func kinds(_ resources: [APIResource]) -> @Sendable (Invocation, Int, String) async -> [Completion] {
        { invocation, index, prefix in
            if index == 0, !prefix.contains("/") {
                return resources.flatMap { [Completion($0.singular), Completion("\($0.singular)/", continues: true)] }
            }
            return await typeThenNames(invocation, index, prefix)
        }
    }

    func containers(_ invocation: Invocation) async -> [Completion] {
        guard let argument = invocation.arguments.first else { return [] }
        let name = argument.split(separator: "/").last.map(String.init) ?? argument
        let given = invocation["namespace"] ?? ""
        let namespace = given.isEmpty ? kubectl.session.namespace : given
        guard let pod = try? await kubectl.client.get(.pods, namespace: namespace, name: name) else { return [] }
        return PodContainers(pod).all.map { Completion($0) }
    }

    private func kinds(_ prefix: String) -> [Completion] {
        // `pods,` goes on with another kind.
        let head = prefix.lastIndex(of: ",").map { String(prefix[...$0]) } ?? ""
        let names = APIResource.all.flatMap { [$0.plural, $0.singular] + $0.shortNames }
        return (names + ["all"]).map { Completion(head + $0) }
    }
}
