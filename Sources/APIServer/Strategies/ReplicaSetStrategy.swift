import Documents
import KubernetesAPI

struct ReplicaSetStrategy: Strategy {
    let resource = APIResource.replicaSets
    let countsGenerations = true

    func applyDefaults(to replicaSet: inout KubernetesObject) {
        WorkloadRules.applyDefaults(to: &replicaSet)
        // `apps/v1` selects by the template's labels only where it is told to, so nothing is filled in here.
    }

    func prepareForCreate(_ replicaSet: inout KubernetesObject) {
        replicaSet.status = ["replicas": 0]
    }

    func validate(_ replicaSet: KubernetesObject) -> [FieldError] {
        WorkloadRules.errors(inSpec: replicaSet.spec)
    }

    func validateUpdate(of replicaSet: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        validate(replicaSet) + WorkloadRules.errors(inSelectorOf: replicaSet.spec, from: old.spec)
    }

    func validateStatusUpdate(of replicaSet: KubernetesObject, from old: KubernetesObject) -> [FieldError] {
        WorkloadRules.errors(
            inStatus: replicaSet.status, ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas"])
    }

    var selectableFields: [String] { ["status.replicas"] }

    func value(ofField field: String, in replicaSet: KubernetesObject) -> String {
        String(replicaSet.status["replicas"]?.int ?? 0)
    }
}
