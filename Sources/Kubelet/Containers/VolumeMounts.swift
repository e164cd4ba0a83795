import ContainerRuntime
import Documents
import KubernetesAPI

/// Turns the volumes of a Pod into what the runtime mounts.
///
/// `emptyDir` is a directory of the sandbox, on disk whatever its `medium`; ConfigMaps and the downward API are
/// files with the contents of the moment in which the container starts. Directories of the host are refused: nothing a
/// learner types may reach this machine's files.
struct VolumeMounts {
    let pod: KubernetesObject
    let fields: PodFields
    let configMap: (String) -> KubernetesObject?
    let resources: (_ container: String?, _ resource: String, _ divisor: String?) -> String?

    func mounts(for container: ContainerSpecification) throws(ContainerStartFailure) -> [Mount] {
        let volumes = pod.spec["volumes"]?.array ?? []
        var mounts: [Mount] = []
        for request in container.document["volumeMounts"]?.array ?? [] {
            guard let name = request["name"]?.string, let target = request["mountPath"]?.string else { continue }
            guard let volume = volumes.first(where: { $0["name"]?.string == name }) else {
                throw .configuration("volume \"\(name)\" is not defined")
            }
            if let path = request["subPath"]?.string, !path.isEmpty {
                throw .configuration("volume \"\(name)\": subPath is not supported by kijabi")
            }
            let (source, isAlwaysReadOnly) = try source(of: volume, name: name)
            mounts.append(
                Mount(
                    source: source, target: target,
                    readOnly: isAlwaysReadOnly || request["readOnly"]?.bool ?? false))
        }
        return mounts
    }

    private func source(of volume: JSONValue, name: String) throws(ContainerStartFailure) -> (Mount.Source, Bool) {
        if volume["emptyDir"] != nil { return (.sandbox(name: name), false) }
        if let source = volume["configMap"] { return (.files(try configMapFiles(source, volume: name)), true) }
        if let source = volume["downwardAPI"] { return (.files(try downwardFiles(source, volume: name)), true) }
        if let source = volume["projected"] {
            var files: [String: [UInt8]] = [:]
            for part in source["sources"]?.array ?? [] {
                if let map = part["configMap"] {
                    files.merge(try configMapFiles(map, volume: name)) { $1 }
                } else if let downward = part["downwardAPI"] {
                    files.merge(try downwardFiles(downward, volume: name)) { $1 }
                } else {
                    throw .volume(name: name, "this kind of projected source is not supported by kijabi")
                }
            }
            return (.files(files), true)
        }
        if let path = volume.at("hostPath", "path")?.string {
            throw .volume(name: name, "hostPath \(path) is refused: containers here cannot reach this machine's files")
        }
        if let secret = volume.at("secret", "secretName")?.string {
            throw .volume(name: name, "secret \"\(secret)\" not found")
        }
        let kind = volume.object?.keys.first { $0 != "name" } ?? "unknown"
        throw .volume(name: name, "volumes of kind \(kind) are not supported by kijabi")
    }

    private func configMapFiles(_ source: JSONValue, volume: String) throws(ContainerStartFailure)
        -> [String: [UInt8]]
    {
        let name = source["name"]?.string ?? ""
        let isOptional = source["optional"]?.bool ?? false
        guard let map = configMap(name) else {
            if isOptional { return [:] }
            throw .volume(name: volume, "configmap \"\(name)\" not found")
        }
        var contents: [String: [UInt8]] = [:]
        for (key, value) in map.document["data"]?.object ?? [:] { contents[key] = Array((value.string ?? "").utf8) }
        for (key, value) in map.document["binaryData"]?.object ?? [:] {
            contents[key] = value.string.flatMap { Base64.decode($0) }
        }
        guard let items = source["items"]?.array else { return contents }
        var files: [String: [UInt8]] = [:]
        for item in items {
            guard let key = item["key"]?.string, let path = item["path"]?.string else { continue }
            guard let content = contents[key] else {
                if isOptional { continue }
                throw .volume(name: volume, "configmap references non-existent config key: \(key)")
            }
            files[path] = content
        }
        return files
    }

    private func downwardFiles(_ source: JSONValue, volume: String) throws(ContainerStartFailure) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for item in source["items"]?.array ?? [] {
            guard let path = item["path"]?.string else { continue }
            if let field = item.at("fieldRef", "fieldPath")?.string {
                guard let value = fields.value(field) else {
                    throw .volume(name: volume, "unsupported fieldPath: \(field)")
                }
                files[path] = Array(value.utf8)
            } else if let reference = item["resourceFieldRef"], let resource = reference["resource"]?.string {
                let divisor = reference["divisor"]?.string
                files[path] = (resources(reference["containerName"]?.string, resource, divisor)).map { Array($0.utf8) }
            }
        }
        return files
    }
}
