public import Documents

/// An API object: a JSON document with the members that all objects share. Typed views (`PodView`, …) read and write
/// the same document, so unknown fields are kept.
public struct KubernetesObject: Sendable, Hashable {
    public var document: JSONValue

    public init(_ document: JSONValue) {
        self.document = document
    }

    /// An object of `resource` with a name and, if namespaced, a namespace.
    public init(_ resource: APIResource, namespace: String? = nil, name: String) {
        var metadata: JSONObject = ["name": .string(name)]
        if let namespace { metadata["namespace"] = .string(namespace) }
        document = ["apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind)]
        document["metadata"] = .object(metadata)
    }

    public var apiVersion: String { document["apiVersion"]?.string ?? "" }
    public var kind: String { document["kind"]?.string ?? "" }

    public var metadata: JSONValue {
        get { document["metadata"] ?? [:] }
        _modify { yield &document["metadata", default: [:]] }
    }

    public var spec: JSONValue {
        get { document["spec"] ?? [:] }
        _modify { yield &document["spec", default: [:]] }
    }

    public var status: JSONValue {
        get { document["status"] ?? [:] }
        _modify { yield &document["status", default: [:]] }
    }

    public var name: String {
        get { document.at("metadata", "name")?.string ?? "" }
        set { metadata["name"] = .string(newValue) }
    }

    /// Empty for cluster-scoped objects.
    public var namespace: String {
        get { document.at("metadata", "namespace")?.string ?? "" }
        set { metadata["namespace"] = newValue.isEmpty ? nil : .string(newValue) }
    }

    public var uid: String { document.at("metadata", "uid")?.string ?? "" }

    /// The revision of its last change, as an opaque text that is a decimal number.
    public var resourceVersion: String {
        get { document.at("metadata", "resourceVersion")?.string ?? "" }
        set { metadata["resourceVersion"] = newValue.isEmpty ? nil : .string(newValue) }
    }

    /// Counts changes of the spec.
    public var generation: Int { document.at("metadata", "generation")?.int ?? 0 }

    public var labels: [String: String] {
        get { stringMap("labels") }
        set { setStringMap("labels", newValue) }
    }

    public var annotations: [String: String] {
        get { stringMap("annotations") }
        set { setStringMap("annotations", newValue) }
    }

    public var finalizers: [String] {
        get { document.at("metadata", "finalizers")?.array?.compactMap(\.string) ?? [] }
        set { metadata["finalizers"] = newValue.isEmpty ? nil : .array(newValue.map { .string($0) }) }
    }

    /// RFC 3339, in UTC.
    public var creationTimestamp: String? { document.at("metadata", "creationTimestamp")?.string }
    /// Set once deletion has been asked for.
    public var deletionTimestamp: String? { document.at("metadata", "deletionTimestamp")?.string }
    public var isBeingDeleted: Bool { deletionTimestamp != nil }

    public var ownerReferences: [OwnerReference] {
        get { document.at("metadata", "ownerReferences")?.array?.compactMap(OwnerReference.init) ?? [] }
        set { metadata["ownerReferences"] = newValue.isEmpty ? nil : .array(newValue.map(\.document)) }
    }

    /// The owner that manages it (`controller: true`).
    public var controller: OwnerReference? { ownerReferences.first(where: \.isController) }

    public var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    private func stringMap(_ member: String) -> [String: String] {
        guard let object = document.at("metadata", member)?.object else { return [:] }
        var map: [String: String] = [:]
        for (key, value) in object { map[key] = value.string }
        return map
    }

    private mutating func setStringMap(_ member: String, _ map: [String: String]) {
        let members = map.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
        metadata[member] = members.isEmpty ? nil : .object(JSONObject(members))
    }
}

/// What names an object within its resource.
public struct ObjectKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty for cluster-scoped objects.
    public var namespace: String
    public var name: String

    public init(namespace: String = "", name: String) {
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}

/// Who owns an object (`metadata.ownerReferences`), for garbage collection and adoption.
public struct OwnerReference: Sendable, Hashable {
    public var apiVersion: String
    public var kind: String
    public var name: String
    public var uid: String
    public var isController: Bool
    public var blocksOwnerDeletion: Bool

    public init(apiVersion: String, kind: String, name: String, uid: String, isController: Bool = true) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
        blocksOwnerDeletion = isController
    }

    /// The reference that makes `owner` the managing controller.
    public init(controller owner: KubernetesObject) {
        self.init(apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid)
    }

    public init?(_ document: JSONValue) {
        guard let name = document["name"]?.string, let uid = document["uid"]?.string else { return nil }
        self.init(
            apiVersion: document["apiVersion"]?.string ?? "", kind: document["kind"]?.string ?? "", name: name,
            uid: uid, isController: document["controller"]?.bool ?? false)
        blocksOwnerDeletion = document["blockOwnerDeletion"]?.bool ?? false
    }

    public var document: JSONValue {
        var value: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
        ]
        if isController { value["controller"] = true }
        if blocksOwnerDeletion { value["blockOwnerDeletion"] = true }
        return value
    }
}
