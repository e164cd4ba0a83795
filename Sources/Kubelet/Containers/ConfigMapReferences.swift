import Documents

/// Which ConfigMaps a container needs.
struct ConfigMapReferences {
    let pod: PodSpecification

    func names(for container: ContainerSpecification) -> Set<String> {
        var names: Set<String> = []
        func add(_ name: JSONValue?) { if let name = name?.string { names.insert(name) } }
        for source in container.document["envFrom"]?.array ?? [] { add(source.at("configMapRef", "name")) }
        for variable in container.document["env"]?.array ?? [] {
            add(variable.at("valueFrom", "configMapKeyRef", "name"))
        }
        let mounted = Set((container.document["volumeMounts"]?.array ?? []).compactMap { $0["name"]?.string })
        for volume in pod.spec["volumes"]?.array ?? [] where mounted.contains(volume["name"]?.string ?? "") {
            add(volume.at("configMap", "name"))
            for source in volume.at("projected", "sources")?.array ?? [] { add(source.at("configMap", "name")) }
        }
        return names
    }
}
