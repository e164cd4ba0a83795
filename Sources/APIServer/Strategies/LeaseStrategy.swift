import Documents
import KubernetesAPI

struct LeaseStrategy: Strategy {
    let resource = APIResource.leases
    let hasStatus = false

    func validate(_ lease: KubernetesObject) -> [FieldError] {
        var errors: [FieldError] = []
        if let duration = lease.spec["leaseDurationSeconds"], let seconds = duration.int, seconds <= 0 {
            errors.append(.invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"))
        }
        if let transitions = lease.spec["leaseTransitions"], let count = transitions.int, count < 0 {
            errors.append(.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"))
        }
        return errors
    }
}
