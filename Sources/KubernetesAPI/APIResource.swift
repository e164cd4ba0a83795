/// A kind of object the API serves: how it is addressed (`apps/v1`, `deployments`), and how people name it.
public struct APIResource: Sendable, Hashable {
    /// The API group; empty for the core group.
    public let group: String
    public let version: String
    /// `Pod`
    public let kind: String
    /// `pods`
    public let plural: String
    public let shortNames: [String]
    public let isNamespaced: Bool
    /// `all` for what `kubectl get all` lists.
    public let categories: [String]

    public init(
        group: String, version: String, kind: String, plural: String, shortNames: [String] = [],
        isNamespaced: Bool = true, categories: [String] = []
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.shortNames = shortNames
        self.isNamespaced = isNamespaced
        self.categories = categories
    }

    /// `v1`, `apps/v1`
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// `pod`
    public var singular: String { kind.lowercased() }
    /// `pods`, `deployments.apps`: how kubectl names a resource in messages.
    public var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }
    /// `pod`, `deployment.apps`: the prefix of `-o name`.
    public var qualifiedSingular: String { group.isEmpty ? singular : "\(singular).\(group)" }
}

extension APIResource {
    public static let namespaces = APIResource(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", shortNames: ["ns"], isNamespaced: false)
    public static let nodes = APIResource(
        group: "", version: "v1", kind: "Node", plural: "nodes", shortNames: ["no"], isNamespaced: false)
    public static let pods = APIResource(
        group: "", version: "v1", kind: "Pod", plural: "pods", shortNames: ["po"], categories: ["all"])
    public static let services = APIResource(
        group: "", version: "v1", kind: "Service", plural: "services", shortNames: ["svc"], categories: ["all"])
    public static let configMaps = APIResource(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"])
    public static let events = APIResource(
        group: "", version: "v1", kind: "Event", plural: "events", shortNames: ["ev"])
    public static let replicaSets = APIResource(
        group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"],
        categories: ["all"])
    public static let deployments = APIResource(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments", shortNames: ["deploy"],
        categories: ["all"])
    public static let endpointSlices = APIResource(
        group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices")
    public static let leases = APIResource(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")

    /// Everything that is served, in the order of `kubectl api-resources`.
    public static let all: [APIResource] = [
        configMaps, events, namespaces, nodes, pods, services, deployments, replicaSets, leases, endpointSlices,
    ]

    /// The resource that a person names: plural, singular, short name or kind in any case, with or without
    /// `.group` or `.version.group` behind it.
    public static func named(_ name: String) -> APIResource? {
        let lowered = name.lowercased()
        return all.first { resource in
            ([resource.plural, resource.singular] + resource.shortNames).contains { base in
                lowered == base
                    || (!resource.group.isEmpty
                        && (lowered == "\(base).\(resource.group)"
                            || lowered == "\(base).\(resource.version).\(resource.group)"))
            }
        }
    }

    /// The resource of a manifest's `apiVersion` and `kind`.
    public static func of(apiVersion: String, kind: String) -> APIResource? {
        all.first { $0.apiVersion == apiVersion && $0.kind == kind }
    }
}
