import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl set image`
enum SetImage {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "image", summary: Localized(ko: "컨테이너의 이미지를 바꿉니다.", en: "Changes the image of containers."),
            usage: "(TYPE NAME | TYPE/NAME) CONTAINER=IMAGE…",
            examples: [
                (
                    "kubectl set image deployment/web web=busybox:1.36",
                    Localized(ko: "컨테이너 web 만", en: "The container web")
                ),
                ("kubectl set image deployment/web '*=busybox:1.36'", Localized(ko: "모든 컨테이너", en: "All containers")),
            ],
            flags: SetVerb.flags, completeArgument: { await complete(kubectl, $0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private static func complete(_ kubectl: Kubectl, _ invocation: Invocation, _ index: Int, _ prefix: String) async
        -> [Completion]
    {
        guard index > 0 else {
            return await Completions(kubectl).kinds([.deployments, .pods])(invocation, index, prefix)
        }
        let parts = invocation.arguments[0].split(separator: "/").map(String.init)
        guard parts.count == 2, let resource = APIResource.named(parts[0]),
            let path = try? SetVerb.podSpecPath(resource),
            let object = try? await kubectl.client.get(
                resource, namespace: invocation["namespace"] ?? kubectl.session.namespace, name: parts[1])
        else { return [] }
        let containers = object.document.at(path + ["containers"])?.array ?? []
        return containers.map { Completion("\($0.text("name"))=", continues: true) }
    }

    private static func run(_ call: Call) async throws {
        let (resources, changes) = SetVerb.split(call.invocation.allArguments)
        var images: [(container: String, image: String)] = []
        for change in changes {
            let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Failure.message("all resources must be specified before image changes: \(change)")
            }
            images.append((parts[0], parts[1]))
        }
        guard !images.isEmpty else {
            throw Failure.message(
                "at least one image update is required",
                hint: Localized(ko: "예: web=busybox:1.36 (컨테이너=이미지)", en: "As in web=busybox:1.36 (container=image)"))
        }
        if images.count > 1, images.contains(where: { $0.container == "*" }) {
            throw Failure.message(
                "all containers are already specified by *, but saw more than one container_name=container_image pairs")
        }
        try await SetVerb.changeContainers(call, resources, "image updated") { object, containers in
            for (name, _) in images where name != "*" && !containers.contains(where: { $0.text("name") == name }) {
                let names = containers.map { $0.text("name") }.joined(separator: ", ")
                throw Failure.line(
                    "error: unable to find container named \"\(name)\"",
                    hint: Localized(
                        ko: "\(object.name) 의 컨테이너: \(names)", en: "The containers of \(object.name): \(names)"))
            }
            return containers.map { container in
                let name = container.text("name")
                guard let image = images.last(where: { $0.container == name || $0.container == "*" })?.image,
                    image != container.text("image")
                else { return nil }
                return ["name": .string(name), "image": .string(image)]
            }
        }
    }
}
