import KubernetesAPI
import Terminal

/// A line below an error that helps a beginner on: what is near to what was asked for.
struct Hints {
    let call: Call

    func hint(for error: any Error) async -> Localized? {
        switch error {
        case Failure.message(_, let hint), Failure.line(_, let hint): return hint
        case let status as Status: return await hint(for: status)
        case Failure.fromFile(let status, _, _): return await hint(for: status)
        default: return nil
        }
    }

    private func hint(for status: Status) async -> Localized? {
        switch status.reason {
        case .notFound: return await nearName(status)
        case .alreadyExists:
            return Localized(
                ko: "이미 있습니다. 다른 이름을 쓰거나, 먼저 지우거나, kubectl apply 로 고칠 수 있어요.",
                en: "It is already there: take another name, delete it first, or change it with kubectl apply.")
        case .conflict:
            return Localized(
                ko: "그사이 누군가 바꿨습니다. 다시 해 보면 됩니다.",
                en: "Somebody changed it in between. Doing it again will do.")
        default: return nil
        }
    }

    /// Names of the same kind: the nearest one, or a few that exist, here or in other namespaces.
    private func nearName(_ status: Status) async -> Localized? {
        guard !status.name.isEmpty, let resource = APIResource.all.first(where: { $0.plural == status.kind }) else {
            return nil
        }
        let everywhere = (try? await call.client.list(resource, namespace: nil, ListOptions()))?.items ?? []
        let namespace = call.namespace(for: resource)
        if let namespace, let other = everywhere.first(where: { $0.name == status.name && $0.namespace != namespace }) {
            return Localized(
                ko: "네임스페이스 \(other.namespace) 에는 있어요: -n \(other.namespace)",
                en: "There is one in the namespace \(other.namespace): -n \(other.namespace)")
        }
        let names = everywhere.filter { namespace == nil || $0.namespace == namespace }.map(\.name)
        if let near = Suggestion.nearest(to: status.name, in: names) {
            return Localized(ko: "혹시 \(near) 인가요?", en: "Did you mean \(near)?")
        }
        guard !names.isEmpty else {
            return Localized(
                ko: "지금은 \(resource.plural) 이(가) 하나도 없습니다.", en: "There are no \(resource.plural) at the moment.")
        }
        let some = names.sorted().prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        return Localized(ko: "지금 있는 것: \(some)", en: "What there is: \(some)")
    }
}
