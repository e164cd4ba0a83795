import Documents
import KubernetesAPI

/// The rules for `metadata`, the same for all kinds.
enum MetadataValidation {
    static func errors(in object: KubernetesObject, _ strategy: some Strategy) -> [FieldError] {
        var errors: [FieldError] = []
        let metadata = object.metadata
        if let prefix = metadata["generateName"]?.string, !prefix.isEmpty {
            errors += strategy.faults(inName: prefix, isPrefix: true).map {
                .invalid("metadata.generateName", .string(prefix), $0)
            }
        }
        if object.name.isEmpty {
            errors.append(.required("metadata.name", "name or generateName is required"))
        } else {
            errors += strategy.faults(inName: object.name, isPrefix: false).map {
                .invalid("metadata.name", .string(object.name), $0)
            }
        }
        errors += LabelValidation.errors(inLabels: metadata["labels"], at: "metadata.labels")
        errors += LabelValidation.errors(inAnnotations: metadata["annotations"], at: "metadata.annotations")
        errors += self.errors(inOwners: metadata.elements("ownerReferences"))
        for (index, finalizer) in object.finalizers.enumerated() {
            let path = "metadata.finalizers[\(index)]"
            errors += DNS1123.problems(qualifiedName: finalizer).map {
                .invalid(path, .string(finalizer), $0)
            }
        }
        if object.finalizers.contains("orphan"), object.finalizers.contains("foregroundDeletion") {
            errors.append(
                .invalid(
                    "metadata.finalizers", metadata["finalizers"] ?? [],
                    "finalizer orphan and foregroundDeletion cannot be both set"))
        }
        return errors
    }

    /// What an update may not change, beyond what the pipeline puts back by itself.
    static func errors(in object: KubernetesObject, from old: KubernetesObject, _ strategy: some Strategy)
        -> [FieldError]
    {
        var errors = errors(in: object, strategy)
        for member in ["name", "namespace", "uid", "creationTimestamp"]
        where object.metadata[member] != old.metadata[member] {
            errors.append(.invalid("metadata.\(member)", object.metadata[member] ?? "", "field is immutable"))
        }
        if old.isBeingDeleted {
            let before = old.finalizers
            let added = object.finalizers.filter { !before.contains($0) }
            if !added.isEmpty {
                let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
                errors.append(
                    .forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                            + "[]string{\(list)}"))
            }
        }
        return errors
    }

    private static func errors(inOwners owners: [JSONValue]) -> [FieldError] {
        var errors: [FieldError] = []
        var controller: String?
        for (index, owner) in owners.enumerated() {
            let path = "metadata.ownerReferences[\(index)]"
            for member in ["apiVersion", "kind", "name", "uid"] where owner.text(member).isEmpty {
                if member == "apiVersion" {
                    errors.append(.invalid("\(path).apiVersion", "", "version must not be empty"))
                } else {
                    errors.append(.invalid("\(path).\(member)", "", "must not be empty"))
                }
            }
            guard owner["controller"]?.bool == true else { continue }
            let name = owner.text("name")
            if let controller {
                errors.append(
                    .invalid(
                        "metadata.ownerReferences", .array(owners),
                        "Only one reference can have Controller set to true. Found \"true\" in references for "
                            + "\(controller) and \(name)"))
            } else {
                controller = name
            }
        }
        return errors
    }
}
