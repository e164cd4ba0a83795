import Documents
import KubernetesAPI

struct NodeStrategy: Strategy {
    let resource = APIResource.nodes

    func applyDefaults(to node: inout KubernetesObject) {
        if node.document["spec"] == nil { node.spec = [:] }
        for list in ["capacity", "allocatable"] where node.status[list]?.object != nil {
            PodDefaults.canonicalise(quantities: &node.status[list, default: [:]])
        }
        if let capacity = node.status["capacity"], capacity.object != nil {
            node.status.setDefault("allocatable", capacity)
        }
    }

    func prepareForStatusUpdate(_ node: inout KubernetesObject, from old: KubernetesObject) {
        applyDefaults(to: &node)
    }

    func validate(_ node: KubernetesObject) -> [FieldError] {
        SchedulingValidation.errors(inTaints: node.spec.elements("taints"), at: "spec.taints")
    }

    func validateUpdate(of node: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        var errors = validate(node)
        let before = old.spec.text("podCIDR")
        if !before.isEmpty, node.spec.text("podCIDR") != before {
            errors.append(
                .forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid"))
        }
        let provider = old.spec.text("providerID")
        if !provider.isEmpty, node.spec.text("providerID") != provider {
            errors.append(
                .forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid"))
        }
        return errors
    }

    var selectableFields: [String] { ["spec.unschedulable"] }

    func value(ofField field: String, in node: KubernetesObject) -> String {
        node.spec["unschedulable"]?.bool == true ? "true" : "false"
    }
}
