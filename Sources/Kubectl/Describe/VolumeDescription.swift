import Documents
import KubernetesAPI

extension Description {
    mutating func volumes(_ volumes: [JSONValue], indented: Bool = false) {
        let space = indented ? "  " : ""
        guard !volumes.isEmpty else { return line("\(space)Volumes:\t<none>") }
        line("\(space)Volumes:")
        for volume in volumes {
            line(1, (indented ? " " : "") + volume.text("name") + ":")
            source(of: volume)
        }
    }

    private mutating func source(of volume: JSONValue) {
        if let directory = volume["emptyDir"] {
            field("Type", "EmptyDir (a temporary directory that shares a pod's lifetime)", level: 2)
            field("Medium", directory.text("medium"), level: 2)
            let limit = directory.text("sizeLimit")
            field("SizeLimit", limit.isEmpty ? "<unset>" : limit, level: 2)
        } else if let path = volume["hostPath"] {
            field("Type", "HostPath (bare host directory volume)", level: 2)
            field("Path", path.text("path"), level: 2)
            field("HostPathType", path["type"] == nil ? "<none>" : path.text("type"), level: 2)
        } else if let map = volume["configMap"] {
            field("Type", "ConfigMap (a volume populated by a ConfigMap)", level: 2)
            field("Name", map.text("name"), level: 2)
            field("Optional", "\(map["optional"]?.bool ?? false)", level: 2)
        } else if let secret = volume["secret"] {
            field("Type", "Secret (a volume populated by a Secret)", level: 2)
            field("SecretName", secret.text("secretName"), level: 2)
            field("Optional", "\(secret["optional"]?.bool ?? false)", level: 2)
        } else if let claim = volume["persistentVolumeClaim"] {
            field(
                "Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
                level: 2)
            field("ClaimName", claim.text("claimName"), level: 2)
            field("ReadOnly", "\(claim["readOnly"]?.bool ?? false)", level: 2)
        } else if let items = volume.at("downwardAPI", "items")?.array {
            field("Type", "DownwardAPI (a volume populated by information about the pod)", level: 2)
            line(2, "Items:")
            for item in items {
                let source =
                    item["fieldRef"] != nil
                    ? item.text("fieldRef", "fieldPath") : item.text("resourceFieldRef", "resource")
                line(3, "\(source) -> \(item.text("path"))")
            }
        } else {
            line(2, "<unknown>")
        }
    }
}
