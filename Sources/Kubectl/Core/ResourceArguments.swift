import KubernetesAPI
import Terminal

/// The arguments that say what a verb is about: `TYPE`, `TYPE NAME…`, `TYPE,TYPE`, `TYPE/NAME…`.
enum ResourceArguments {
    enum Item: Sendable, Hashable {
        case all(APIResource)
        case named(APIResource, String)

        var resource: APIResource {
            switch self {
            case .all(let resource), .named(let resource, _): resource
            }
        }

        var name: String? {
            if case .named(_, let name) = self { name } else { nil }
        }
    }

    /// - Parameter kind: the resource of a single argument that is a name (`kubectl logs web`)
    static func parse(_ arguments: [String], names kind: APIResource? = nil) throws -> [Item] {
        let slashes = arguments.count { $0.contains("/") }
        if slashes > 0 {
            guard slashes == arguments.count else {
                throw Failure.message(
                    "there is no need to specify a resource type as a separate argument when passing arguments in "
                        + "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of "
                        + "'kubectl get resource resource/<resource_name>'")
            }
            return try arguments.map(pair)
        }
        if let kind, arguments.count == 1 { return [.named(kind, arguments[0])] }
        guard let first = arguments.first else { return [] }
        let resources = try types(first)
        let names = arguments.dropFirst()
        if names.isEmpty { return resources.map { .all($0) } }
        return resources.flatMap { resource in names.map { .named(resource, $0) } }
    }

    /// The resources of `deploy,svc`, with categories (`all`) unfolded.
    static func types(_ text: String) throws -> [APIResource] {
        var resources: [APIResource] = []
        for name in text.split(separator: ",").map(String.init) {
            let category = APIResource.all.filter { $0.categories.contains(name) }
            for resource in try category.isEmpty ? [type(name)] : category where !resources.contains(resource) {
                resources.append(resource)
            }
        }
        return resources
    }

    static func type(_ name: String) throws -> APIResource {
        if let resource = APIResource.named(name) { return resource }
        let names = APIResource.all.flatMap { [$0.plural, $0.singular] + $0.shortNames }
        var hint = Localized(
            ko: "어떤 종류가 있는지는 kubectl api-resources 로 볼 수 있어요.",
            en: "kubectl api-resources shows which kinds there are.")
        if let near = Suggestion.nearest(to: name, in: names) {
            hint = Localized(ko: "혹시 \(near) 인가요?", en: "Did you mean \(near)?")
        }
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        let group = parts.count > 1 ? " in group \"\(parts[1])\"" : ""
        throw Failure.message(
            "the server doesn't have a resource type \"\(parts.first ?? name)\"\(group)", hint: hint)
    }

    private static func pair(_ argument: String) throws -> Item {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw Failure.message("arguments in resource/name form may not have more than one slash")
        }
        guard !parts[0].isEmpty, !parts[1].isEmpty, !parts[0].contains(",") else {
            throw Failure.message("arguments in resource/name form must have a single resource and name")
        }
        return .named(try type(parts[0]), parts[1])
    }
}
