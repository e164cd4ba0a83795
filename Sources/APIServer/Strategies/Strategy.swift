import Documents
import KubernetesAPI

/// What is particular to one kind of object on its way to the store. Everything else is the same for all kinds and
/// lives in `Pipeline`.
///
/// The calls come in this order. Create: `applyDefaults`, `prepareForCreate`, `validate`, `allocate`. Update (and patch):
/// `applyDefaults`, `prepareForUpdate`, `validateUpdate`, `allocate`. Status: `prepareForStatusUpdate`,
/// `validateStatusUpdate`. Delete: `checkBeforeDeletion`, `gracePeriod`; once the object is gone, `release`.
protocol Strategy: Sendable {
    var resource: APIResource { get }
    /// The status is a subresource: a main update leaves it alone, and a status update leaves the rest alone.
    var hasStatus: Bool { get }
    /// `metadata.generation` counts changes of what is desired.
    var countsGenerations: Bool { get }

    /// Fills in what was left out. Must give the same on its own result.
    func applyDefaults(to object: inout KubernetesObject)
    /// Takes out what a creator may not set, and sets what the server sets.
    func prepareForCreate(_ object: inout KubernetesObject)
    func validate(_ object: KubernetesObject) -> [FieldError]
    /// Puts back what an updater may not change.
    func prepareForUpdate(_ object: inout KubernetesObject, from old: KubernetesObject)
    func validateUpdate(of object: KubernetesObject, from old: KubernetesObject) -> [FieldError]
    func prepareForStatusUpdate(_ object: inout KubernetesObject, from old: KubernetesObject)
    func validateStatusUpdate(of object: KubernetesObject, from old: KubernetesObject) -> [FieldError]

    /// Why `name` cannot name such an object; empty if it can. With `isPrefix` it is a `generateName`.
    func faults(inName name: String, isPrefix: Bool) -> [String]

    /// Takes what there is one of in the cluster (addresses, ports) for the object.
    /// - Throws: what is taken already, by field.
    func allocate(for object: inout KubernetesObject, replacing old: KubernetesObject?) throws(FieldErrors)
    /// Gives back what `new` no longer holds of what `old` held. After a failed write the two come in reverse.
    func release(from old: KubernetesObject, keeping new: KubernetesObject?)

    func checkBeforeDeletion(of object: KubernetesObject) throws(Status)
    /// Seconds between the mark and the removal; nil where objects go at once.
    func gracePeriod(for object: KubernetesObject, requested: Int?) -> Int?

    /// The fields besides `metadata.name` and `metadata.namespace` that a field selector may name.
    var selectableFields: [String] { get }
    /// The text that a field selector compares with.
    func value(ofField field: String, in object: KubernetesObject) -> String

    var columns: [ObjectTable.Column] { get }
    func cells(of object: KubernetesObject, now: Timestamp) -> [String]
}

/// Faults found while allocating.
struct FieldErrors: Error {
    var errors: [FieldError]
}

extension Strategy {
    var hasStatus: Bool { true }
    var countsGenerations: Bool { false }
    func applyDefaults(to object: inout KubernetesObject) {}
    func prepareForCreate(_ object: inout KubernetesObject) {}
    func validate(_ object: KubernetesObject) -> [FieldError] { [] }
    func prepareForUpdate(_ object: inout KubernetesObject, from old: KubernetesObject) {}
    func validateUpdate(of object: KubernetesObject, from old: KubernetesObject) -> [FieldError] { validate(object) }
    func prepareForStatusUpdate(_ object: inout KubernetesObject, from old: KubernetesObject) {}
    func validateStatusUpdate(of object: KubernetesObject, from old: KubernetesObject) -> [FieldError] { [] }
    func faults(inName name: String, isPrefix: Bool) -> [String] {
        NameRule.subdomain.faults(in: name, isPrefix: isPrefix)
    }
    func allocate(for object: inout KubernetesObject, replacing old: KubernetesObject?) throws(FieldErrors) {}
    func release(from old: KubernetesObject, keeping new: KubernetesObject?) {}
    func checkBeforeDeletion(of object: KubernetesObject) throws(Status) {}
    func gracePeriod(for object: KubernetesObject, requested: Int?) -> Int? { nil }
    var selectableFields: [String] { [] }

    func value(ofField field: String, in object: KubernetesObject) -> String {
        let found = object.document.at(field.split(separator: ".").map(String.init))
        return found?.string ?? found?.bool.map { $0 ? "true" : "false" } ?? found?.int.map(String.init) ?? ""
    }
}
