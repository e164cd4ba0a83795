import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl create deployment`
enum CreateDeployment {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "deployment", aliases: ["deploy"],
            summary: Localized(ko: "디플로이먼트를 만듭니다.", en: "Creates a deployment."),
            usage: "NAME --image=IMAGE… [-- COMMAND [args…]]",
            examples: [
                (
                    "kubectl create deployment web --image=busybox --replicas=3 -- httpd -f",
                    Localized(ko: "같은 파드 셋", en: "Three pods of one kind")
                )
            ],
            flags: [
                Flag("image", .list, placeholder: "IMAGE", summary: Localized(ko: "컨테이너 이미지", en: "container image")),
                Flag(
                    "replicas", short: "r", .integer, placeholder: "N",
                    summary: Localized(ko: "파드 수", en: "number of pods"), fallback: "1"),
                Flag("port", .integer, placeholder: "PORT", summary: Localized(ko: "컨테이너 포트", en: "container port")),
            ] + CreateVerb.commonFlags,
            run: kubectl.perform { call in
                let object = try deployment(call)
                try await CreateVerb.createGenerated(
                    call, .deployments, object, failure: "failed to create deployment")
            })
    }

    private static func deployment(_ call: Call) throws -> KubernetesObject {
        let invocation = call.invocation
        let name = try CreateVerb.name(call)
        let images = invocation.all("image").flatMap { $0.split(separator: ",").map(String.init) }
        guard !images.isEmpty else {
            throw Failure.line("error: required flag(s) \"image\" not set", hint: Hints.missingImage)
        }
        let command = invocation.afterDashes ?? []
        if images.count > 1, !command.isEmpty {
            throw Failure.message("cannot specify multiple --image options and command")
        }
        var containers: [JSONValue] = []
        for image in images {
            var container: JSONValue = [
                "image": .string(image), "name": .string(containerName(image)), "resources": [:],
            ]
            if !command.isEmpty { container["command"] = .array(command.map { .string($0) }) }
            if let port = invocation.integer("port") { container["ports"] = [["containerPort": .integer(port)]] }
            containers.append(container)
        }
        let labels: JSONValue = ["app": .string(name)]
        var object = KubernetesObject(.deployments, name: name)
        object.metadata["labels"] = labels
        object.spec = [
            "replicas": .integer(invocation.integer("replicas") ?? 1), "selector": ["matchLabels": labels],
            "strategy": [:],
            "template": ["metadata": ["labels": labels], "spec": ["containers": .array(containers)]],
        ]
        object.status = [:]
        return object
    }

    /// `nginx` of `docker.io/library/nginx:1.29`
    static func containerName(_ image: String) -> String {
        var name = image.split(separator: "/").last.map(String.init) ?? image
        for mark in [":", "@"] {
            if let end = name.firstIndex(of: Character(mark)) { name = String(name[..<end]) }
        }
        let allowed = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(allowed)
    }
}

extension Hints {
    static let missingImage = Localized(
        ko: "어떤 이미지로 만들지 적어 주세요: --image=busybox", en: "Say which image: --image=busybox")
}
