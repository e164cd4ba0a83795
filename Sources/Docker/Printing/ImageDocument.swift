import ContainerRuntime
import Documents

/// An image as the Docker Engine API describes it (`GET /images/{name}/json`).
enum ImageDocument {
    static func make(_ image: ImageSummary) -> JSONValue {
        [
            "Id": .string(image.id),
            "RepoTags": ContainerDocument.strings(image.references),
            "Created": .string(TimeText.rfc3339(image.createdAt)),
            "Size": .integer(image.size),
            "Comment": .string(image.origin),
            "Config": [
                "User": .string(image.user),
                "Env": ContainerDocument.strings(image.environment),
                "Cmd": ContainerDocument.strings(image.command),
                "Entrypoint": ContainerDocument.strings(image.entrypoint),
                "WorkingDir": .string(image.workingDirectory),
            ],
        ]
    }
}
