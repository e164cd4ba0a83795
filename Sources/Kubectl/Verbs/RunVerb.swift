import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl run`
enum RunVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "run",
            summary: Localized(ko: "파드 하나를 바로 띄웁니다.", en: "Starts one pod right away."),
            usage: "NAME --image=IMAGE [flags] [-- ARG…]",
            examples: [
                (
                    "kubectl run web --image=busybox -- sleep 1d",
                    Localized(ko: "하루 동안 자는 파드", en: "A pod that sleeps a day")
                ),
                (
                    "kubectl run -it --rm box --image=busybox -- sh",
                    Localized(ko: "들어가서 써 보고 나오면 지워지는 파드", en: "A shell in a pod that goes when you leave")
                ),
                (
                    "kubectl run web --image=busybox --dry-run=client -o yaml",
                    Localized(ko: "만들지 않고 YAML 만", en: "Only its YAML")
                ),
            ],
            flags: flags, run: kubectl.perform { try await Runner($0).run() })
    }

    private static var flags: [Flag] {
        [
            Flag("image", .text, placeholder: "IMAGE", summary: Localized(ko: "컨테이너 이미지", en: "container image")),
            Flag(
                "restart", .text, placeholder: "Always|OnFailure|Never",
                summary: Localized(ko: "끝났을 때 다시 띄울지", en: "whether to start again what ended")),
            Flag(
                "env", .list, placeholder: "NAME=VALUE", summary: Localized(ko: "환경 변수", en: "environment variable")),
            Flag("port", .text, placeholder: "PORT", summary: Localized(ko: "여는 포트", en: "port it listens on")),
            Flag(
                "labels", short: "l", .text, placeholder: "LABELS",
                summary: Localized(ko: "라벨 (a=b,c=d)", en: "labels (a=b,c=d)")),
            Flag(
                "annotations", .list, placeholder: "KEY=VALUE", summary: Localized(ko: "주석", en: "annotation")),
            Flag(
                "command",
                summary: Localized(ko: "-- 뒤를 인자가 아니라 명령으로", en: "what follows -- is the command, not arguments")),
            Flag("stdin", short: "i", summary: Localized(ko: "표준 입력을 이어 줍니다", en: "passes standard input")),
            Flag("tty", short: "t", summary: Localized(ko: "터미널을 줍니다", en: "gives it a terminal")),
            Flag("attach", summary: Localized(ko: "떠서 쓰는 것을 봅니다", en: "waits and shows what it writes")),
            Flag("rm", summary: Localized(ko: "끝나면 지웁니다", en: "deletes it afterwards")),
            Flag("leave-stdin-open", summary: Localized(ko: "입력이 끝나도 열어 둡니다", en: "keeps its input open")),
            Flag("expose", summary: Localized(ko: "서비스도 만듭니다 (--port)", en: "makes a service too (with --port)")),
            Flag(
                "image-pull-policy", .text, placeholder: "POLICY",
                summary: Localized(ko: "이미지를 언제 내려받을지", en: "when to pull the image")),
            Flag(
                "privileged", summary: Localized(ko: "(권한을 더 줍니다)", en: "(with more rights)")),
            Flag("quiet", short: "q", summary: Localized(ko: "덧붙이는 말 없이", en: "no words of kubectl's own")),
            Flag(
                "pod-running-timeout", .text, placeholder: "DURATION",
                summary: Localized(ko: "뜨기를 기다릴 시간", en: "how long to wait for it to run"), fallback: "1m0s"),
        ] + CreateVerb.commonFlags
    }
}

/// Makes a Pod of a `run` line, and stays with it where that was asked for.
struct Runner {
    let call: Call
    private let dryRun: DryRun
    private let isInteractive: Bool
    private let attaches: Bool
    private let restartPolicy: String

    init(_ call: Call) throws {
        self.call = call
        let invocation = call.invocation
        dryRun = try DryRun(call)
        isInteractive = invocation.isOn("stdin")
        attaches = invocation.has("attach") ? invocation.isOn("attach") : isInteractive || invocation.isOn("tty")
        let restart = invocation["restart"] ?? ""
        guard ["", "Always", "OnFailure", "Never"].contains(restart) else {
            throw Failure.usage("invalid restart policy: \(restart)")
        }
        restartPolicy = restart.isEmpty ? (isInteractive ? "OnFailure" : "Always") : restart
        try check()
    }

    private func check() throws {
        let invocation = call.invocation
        guard !invocation.arguments.isEmpty else { throw Failure.usage("NAME is required for run") }
        guard let image = invocation["image"], !image.isEmpty else {
            throw Failure.message("--image is required", hint: Hints.missingImage)
        }
        guard ImageName.isValid(image) else {
            throw Failure.message("Invalid image name \"\(image)\": invalid reference format")
        }
        if invocation.isOn("tty"), !isInteractive {
            throw Failure.usage("-i/--stdin is required for containers with -t/--tty=true")
        }
        if invocation.isOn("expose"), (invocation["port"] ?? "").isEmpty {
            throw Failure.usage("--port must be set when exposing a service")
        }
        if invocation.isOn("rm"), !attaches {
            throw Failure.usage("--rm should only be used for attached containers")
        }
        if attaches, dryRun != .none {
            throw Failure.usage(
                "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)"
            )
        }
        if let policy = invocation["image-pull-policy"], !["Always", "IfNotPresent", "Never", ""].contains(policy) {
            throw Failure.usage("invalid image pull policy: \(policy)")
        }
    }

    func run() async throws {
        let generator = PodGenerator(call: call, restartPolicy: restartPolicy)
        let pod = try await create(.pods, generator.pod())
        var created = [(APIResource.pods, pod)]
        var printer = try ResultPrinter(call, dryRun: dryRun)
        if call.invocation.isOn("expose") {
            do {
                let service = try await create(.services, generator.service(for: pod))
                created.append((.services, service))
                try await printer.report(.services, service, "created")
            } catch let status as Status {
                if !attaches { try await printer.report(.pods, pod, "created") }
                throw status
            }
        }
        guard attaches else { return try await printer.report(.pods, pod, "created") }
        do {
            try await PodAttendance(call: call, isInteractive: isInteractive).attend(pod, restartPolicy: restartPolicy)
        } catch {
            await remove(created)
            throw error
        }
        await remove(created)
    }

    private func create(_ resource: APIResource, _ object: KubernetesObject) async throws -> KubernetesObject {
        var object = object
        if dryRun != .client || call.isNamespaceExplicit { object.namespace = call.namespace }
        return try await CreateVerb.create(call, resource, object)
    }

    /// `--rm`, also when the call is interrupted.
    private func remove(_ created: [(APIResource, KubernetesObject)]) async {
        guard call.invocation.isOn("rm") else { return }
        let call = call
        // A task of its own, because a cancelled one could not send the request any more.
        await Task {
            for (resource, object) in created {
                let namespace = resource.isNamespaced ? object.namespace : nil
                guard
                    (try? await call.client.delete(
                        resource, namespace: namespace, name: object.name, DeleteOptions())) != nil
                else { continue }
                if !call.invocation.isOn("quiet") {
                    call.context.output.line(
                        "\(resource.qualifiedSingular) \"\(object.name)\" deleted from \(object.namespace) namespace")
                }
            }
        }.value
    }
}

/// The grammar of image names, as far as a typing error would break it (distribution/reference).
enum ImageName {
    static func isValid(_ name: String) -> Bool {
        let repository = name.split(separator: "@", maxSplits: 1)[0]
        guard !repository.isEmpty, !repository.hasPrefix("/"), !repository.hasSuffix("/"), !name.contains(" ") else {
            return false
        }
        let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, !parts.contains("") else { return false }
        let tagged = last.split(separator: ":", omittingEmptySubsequences: false)
        guard tagged.count <= 2, let base = tagged.first, !base.isEmpty, tagged.last?.isEmpty == false else {
            return false
        }
        let isHost = parts.count > 1 && (parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost")
        let path = (isHost ? parts.dropFirst().dropLast() : parts.dropLast()) + [base]
        return path.allSatisfy { part in
            guard let first = part.first, first.isASCII, first.isLowercase || first.isNumber else { return false }
            return part.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || "._-".contains($0)) }
        }
    }
}
