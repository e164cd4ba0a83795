import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl exec`
enum ExecVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "exec",
            summary: Localized(ko: "돌고 있는 컨테이너 안에서 명령을 실행합니다.", en: "Runs a command in a running container."),
            usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args…]",
            examples: [
                ("kubectl exec web -- ls /", Localized(ko: "명령 하나", en: "One command")),
                ("kubectl exec -it web -- sh", Localized(ko: "안으로 들어가기 (나오기: exit)", en: "Step inside; exit leaves")),
            ],
            flags: [
                SharedFlags.container(kubectl),
                Flag("stdin", short: "i", summary: Localized(ko: "표준 입력을 이어 줍니다", en: "passes standard input")),
                Flag("tty", short: "t", summary: Localized(ko: "터미널을 줍니다", en: "gives it a terminal")),
                Flag("quiet", short: "q", summary: Localized(ko: "덧붙이는 말 없이", en: "no words of kubectl's own")),
            ],
            completeArgument: { await Completions(kubectl).podOrOwner($0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let invocation = call.invocation
        guard let command = invocation.afterDashes else {
            if invocation.arguments.count > 1 {
                throw Failure.usage(
                    "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead")
            }
            if invocation.arguments.isEmpty { throw Failure.message(missingPod) }
            throw Failure.message(
                "you must specify at least one command for the container",
                hint: Localized(
                    ko: "예: kubectl exec \(invocation.arguments[0]) -- ls",
                    en: "As in kubectl exec \(invocation.arguments[0]) -- ls"))
        }
        guard let argument = invocation.arguments.first else { throw Failure.message(missingPod) }
        if command.isEmpty { throw Failure.message("you must specify at least one command for the container") }
        if invocation.arguments.count > 1 {
            throw Failure.message("unexpected argument \"\(invocation.arguments[1])\": the command goes behind --")
        }
        let item = try ResourceArguments.parse([argument], names: .pods)[0]
        let pod = try await PodChooser(call: call).pod(item)
        let phase = pod.status["phase"]?.string ?? ""
        if phase == "Succeeded" || phase == "Failed" {
            throw Failure.message("cannot exec into a container in a completed pod; current phase is \(phase)")
        }
        let containers = PodContainers(pod)
        if let given = invocation["container"], !given.isEmpty, !containers.all.contains(given) {
            throw Failure.line(
                "Error from server (BadRequest): container \(given) is not valid for pod \(pod.name)",
                hint: containers.hint)
        }
        let container = try containers.chosen(invocation["container"]) {
            if !invocation.isOn("quiet") { call.complain($0) }
        }
        let session = StreamSession(
            call: call, passesInput: invocation.isOn("stdin"), wantsTerminal: invocation.isOn("tty"),
            isQuiet: invocation.isOn("quiet"), interruptsProcess: true)
        let status = try await session.run(PodExecOptions(container: container, command: command)) {
            try await call.client.podExec(namespace: pod.namespace, name: pod.name, $0)
        }
        guard status == 0 else {
            call.complain("command terminated with exit code \(status)")
            throw Failure.exit(status)
        }
    }

    private static let missingPod = "pod, type/name or --filename must be specified"
}
