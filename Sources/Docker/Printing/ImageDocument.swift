import ContainerRuntime
import Documents

/// An image as the Docker Engine API describes it (`GET /images/{name}/json`).
enum ImageDocument {
    static func make(_ image: ImageDetails) -> JSONValue {
        let configuration = (try? JSONValue(parsing: image.configuration)) ?? .null
        let history = configuration["history"]?.array ?? []
        return [
            "Id": .string(image.summary.id),
            "RepoTags": ContainerDocument.strings(image.summary.references),
            "RepoDigests": ContainerDocument.strings(image.repositoryDigests),
            "Parent": .string(image.parent ?? ""),
            "Comment": .string(history.last?["comment"]?.string ?? ""),
            "Created": configuration["created"] ?? .string(TimeText.rfc3339(image.summary.createdAt)),
            "DockerVersion": .string(configuration["docker_version"]?.string ?? ""),
            "Author": .string(configuration["author"]?.string ?? ""),
            "Config": settings(configuration["config"] ?? [:]),
            "Architecture": configuration["architecture"] ?? "",
            "Os": configuration["os"] ?? "linux",
            "Size": .integer(image.summary.size),
            "GraphDriver": [
                "Data": [
                    "LowerDir": .string(image.layerDirectories.dropFirst().joined(separator: ":")),
                    "UpperDir": .string(image.layerDirectories.first ?? ""),
                ],
                "Name": "overlay2",
            ],
            "RootFS": ["Type": "layers", "Layers": ContainerDocument.strings(image.layers.map(\.diffID))],
            "Metadata": ["LastTagTime": .string(TimeText.rfc3339(image.taggedAt))],
            "Descriptor": [
                "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": .string(image.manifestDigest),
            ],
            "Origin": .string(image.summary.origin),
        ]
    }

    /// The settings as docker orders and fills them; what else the image says follows.
    private static func settings(_ given: JSONValue) -> JSONValue {
        var settings: JSONValue = [
            "Hostname": "", "Domainname": "", "User": "", "AttachStdin": false, "AttachStdout": false,
            "AttachStderr": false, "Tty": false, "OpenStdin": false, "StdinOnce": false, "Env": [], "Cmd": .null,
            "Image": "", "Volumes": .null, "WorkingDir": "", "Entrypoint": .null, "OnBuild": .null, "Labels": .null,
        ]
        for (key, value) in given.object ?? [:] { settings[key] = value }
        return settings
    }
}
