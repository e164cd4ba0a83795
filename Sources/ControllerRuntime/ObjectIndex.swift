import Documents
public import KubernetesAPI

/// A way to find objects of a `Lister` other than by key: each object is filed under the values it yields.
public struct ObjectIndex: Sendable {
    public let name: String
    public let values: @Sendable (KubernetesObject) -> [String]

    public init(_ name: String, _ values: @escaping @Sendable (KubernetesObject) -> [String]) {
        self.name = name
        self.values = values
    }

    /// By the uid of the owner that manages the object (`controller: true`).
    public static let controllerUID = ObjectIndex("controllerUID") { object in
        object.controller.map { [$0.uid] } ?? []
    }

    /// By the uid of every owner.
    public static let ownerUID = ObjectIndex("ownerUID") { $0.ownerReferences.map(\.uid) }

    /// By the value of one label.
    public static func label(_ key: String) -> ObjectIndex {
        ObjectIndex("label:\(key)") { object in
            object.document.at("metadata", "labels", key)?.string.map { [$0] } ?? []
        }
    }

    /// By the text of one field, such as `spec.nodeName`.
    public static func field(_ path: String) -> ObjectIndex {
        let members = path.split(separator: ".").map(String.init)
        return ObjectIndex("field:\(path)") { object in
            object.document.at(members)?.string.map { [$0] } ?? []
        }
    }
}
