import ContainerRuntime
import Documents
import KubernetesAPI

/// Everything a container's configuration is made from.
struct ContainerBlueprint {
    let pod: PodSpecification
    let container: ContainerSpecification
    let node: NodeIdentity
    let sandboxID: String
    let image: ImageSummary
    let restarts: Int
    let environment: [(String, String)]
    let mounts: [Mount]
    let resources: Resources

    func configuration() throws(ContainerStartFailure) -> ContainerConfiguration {
        let document = container.document
        var made = ContainerConfiguration(image: container.image, name: name)
        let values = Dictionary(environment, uniquingKeysWith: { $1 })
        func expanded(_ member: String) -> [String]? {
            guard let words = document[member]?.array, !words.isEmpty else { return nil }
            return words.map { expandingVariables($0.string ?? "") { values[$0] } }
        }
        made.entrypoint = expanded("command")
        made.command = expanded("args")
        made.environment = environment.map { "\($0.0)=\($0.1)" }
        made.workingDirectory = document["workingDir"]?.string
        made.user = try user()
        made.sandboxID = sandboxID
        made.labels = RuntimeLabel.of(pod: pod.object, node: node.name)
        made.labels[RuntimeLabel.containerName] = container.name
        made.labels[RuntimeLabel.restartCount] = String(restarts)
        made.mounts = mounts
        made.resources = resources
        made.terminal = document["tty"]?.bool ?? false
        made.openInput = document["stdin"]?.bool ?? false
        made.readOnlyRoot = security("readOnlyRootFilesystem")?.bool ?? false
        made.addedCapabilities = security("capabilities")?["add"]?.array?.compactMap(\.string) ?? []
        made.droppedCapabilities = security("capabilities")?["drop"]?.array?.compactMap(\.string) ?? []
        // Privileged means every capability; of the container's own user namespace, as with rootless engines.
        if security("privileged")?.bool == true { made.addedCapabilities = ["ALL"] }
        if pod.spec["hostPID"]?.bool == true { made.sharedWithHost.insert(.pid) }
        if pod.spec["hostIPC"]?.bool == true { made.sharedWithHost.insert(.ipc) }
        return made
    }

    /// `k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT`, as the docker command shows them with a real kubelet.
    private var name: String {
        let object = pod.object
        return "k8s_\(container.name)_\(object.name)_\(object.namespace)_\(object.uid)_\(restarts)"
    }

    private func security(_ member: String) -> JSONValue? {
        container.document.at("securityContext", member) ?? pod.spec.at("securityContext", member)
    }

    private func user() throws(ContainerStartFailure) -> String? {
        let uid = security("runAsUser")?.int
        let gid = security("runAsGroup")?.int
        if security("runAsNonRoot")?.bool == true {
            let imageUser = image.user.split(separator: ":").first.map(String.init) ?? ""
            if uid == 0 || (uid == nil && (imageUser.isEmpty || imageUser == "root" || imageUser == "0")) {
                let who =
                    uid == 0
                    ? "container's runAsUser breaks non-root policy"
                    : "container has runAsNonRoot and image will run as root"
                throw .configuration("\(who) (pod: \"\(pod.description)\", container: \(container.name))")
            }
        }
        guard uid != nil || gid != nil else { return nil }
        return "\(uid ?? 0)" + (gid.map { ":\($0)" } ?? "")
    }
}
