import Documents
import KubernetesAPI

/// What the kubelet reads of a Pod's `spec`: a view over the document, so nothing is lost and nothing is copied twice.
struct PodSpecification: Sendable {
    enum RestartPolicy: String, Sendable {
        case always = "Always"
        case onFailure = "OnFailure"
        case never = "Never"
    }

    let object: KubernetesObject
    let restartPolicy: RestartPolicy
    let initContainers: [ContainerSpecification]
    let containers: [ContainerSpecification]

    init(_ object: KubernetesObject) {
        self.object = object
        let spec = object.spec
        restartPolicy = spec["restartPolicy"]?.string.flatMap(RestartPolicy.init) ?? .always
        initContainers = (spec["initContainers"]?.array ?? []).map { document in
            let isSidecar = document["restartPolicy"]?.string == "Always"
            return ContainerSpecification(document, role: isSidecar ? .sidecar : .initialization)
        }
        containers = (spec["containers"]?.array ?? []).map { ContainerSpecification($0, role: .main) }
    }

    var spec: JSONValue { object.spec }
    /// Init containers, then main ones.
    var allContainers: [ContainerSpecification] { initContainers + containers }

    func container(_ name: String) -> ContainerSpecification? {
        allContainers.first { $0.name == name }
    }

    /// `terminationGracePeriodSeconds`, 30 where the server has not filled it in.
    var terminationGrace: Duration { .seconds(spec["terminationGracePeriodSeconds"]?.int ?? 30) }

    /// The grace of the deletion that was asked for, else of the spec; never less than a second, as in the real
    /// kubelet, so that even a forced deletion lets a process hear SIGTERM.
    var deletionGrace: Duration {
        let asked = object.document.at("metadata", "deletionGracePeriodSeconds")?.int.map { Duration.seconds($0) }
        return max(.seconds(1), asked ?? terminationGrace)
    }

    var activeDeadline: Duration? { spec["activeDeadlineSeconds"]?.int.map { .seconds($0) } }
    var usesHostNetwork: Bool { spec["hostNetwork"]?.bool ?? false }

    /// `name_namespace(uid)`, as the kubelet names a Pod in its messages.
    var description: String { "\(object.name)_\(object.namespace)(\(object.uid))" }
}

/// What the kubelet reads of one entry of `spec.containers` or `spec.initContainers`.
struct ContainerSpecification: Sendable {
    enum Role: Sendable {
        /// Runs to its end before the next one starts.
        case initialization
        /// An init container with `restartPolicy: Always`: the next one starts when it has started.
        case sidecar
        case main
    }

    enum PullPolicy: String, Sendable {
        case always = "Always"
        case ifNotPresent = "IfNotPresent"
        case never = "Never"
    }

    let document: JSONValue
    let role: Role
    let name: String

    init(_ document: JSONValue, role: Role) {
        self.document = document
        self.role = role
        name = document["name"]?.string ?? ""
    }

    var image: String { document["image"]?.string ?? "" }

    var pullPolicy: PullPolicy {
        document["imagePullPolicy"]?.string.flatMap(PullPolicy.init) ?? .ifNotPresent
    }

    func probe(_ kind: ProbeKind) -> ProbeSpecification? {
        document[kind.member].flatMap(ProbeSpecification.init)
    }

    var preStop: HandlerSpecification? {
        document.at("lifecycle", "preStop").flatMap(HandlerSpecification.init)
    }

    var postStart: HandlerSpecification? {
        document.at("lifecycle", "postStart").flatMap(HandlerSpecification.init)
    }

    /// The object path that events about this container carry, e.g. `spec.containers{web}`.
    var fieldPath: String { role == .main ? "spec.containers{\(name)}" : "spec.initContainers{\(name)}" }
}
