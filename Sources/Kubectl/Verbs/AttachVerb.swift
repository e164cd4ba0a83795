import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl attach`
enum AttachVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "attach",
            summary: Localized(
                ko: "컨테이너의 첫 프로세스에 입출력을 잇습니다.", en: "Joins the input and output of a container's first process."),
            usage: "(POD | TYPE/NAME) -c CONTAINER",
            examples: [
                ("kubectl attach web", Localized(ko: "지금부터 쓰는 것을 보기", en: "See what it writes from now on")),
                ("kubectl attach -it web", Localized(ko: "입력도 이어서", en: "Type into it as well")),
            ],
            flags: [
                SharedFlags.container(kubectl),
                Flag("stdin", short: "i", summary: Localized(ko: "표준 입력을 이어 줍니다", en: "passes standard input")),
                Flag("tty", short: "t", summary: Localized(ko: "터미널로", en: "as a terminal")),
                Flag("quiet", short: "q", summary: Localized(ko: "덧붙이는 말 없이", en: "no words of kubectl's own")),
            ],
            completeArgument: { await Completions(kubectl).podOrOwner($0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let arguments = call.invocation.allArguments
        guard !arguments.isEmpty else { throw Failure.message("at least 1 argument is required for attach") }
        guard arguments.count <= 2 else {
            throw Failure.message(
                "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw \(arguments.count): "
                    + "[\(arguments.joined(separator: " "))]")
        }
        let item = try ResourceArguments.parse(arguments, names: .pods)[0]
        let pod = try await PodChooser(call: call).pod(item)
        let phase = pod.status["phase"]?.string ?? ""
        if phase == "Succeeded" || phase == "Failed" {
            throw Failure.message("cannot attach a container in a completed pod; current phase is \(phase)")
        }
        let attachment = Attachment(
            call: call, passesInput: call.invocation.isOn("stdin"), wantsTerminal: call.invocation.isOn("tty"))
        try await attachment.run(pod)
    }
}

/// Attaches the caller to a running Pod.
struct Attachment {
    let call: Call
    var passesInput: Bool
    var wantsTerminal: Bool

    func run(_ pod: KubernetesObject) async throws {
        let isQuiet = call.invocation.isOn("quiet")
        let container = try PodContainers(pod).chosen(call.invocation["container"]) {
            if !isQuiet { call.complain($0) }
        }
        let spec = pod.spec["containers"]?.array?.first { $0["name"]?.string == container }
        let hasTerminal = spec?["tty"]?.bool ?? false
        if wantsTerminal, !hasTerminal, !isQuiet {
            call.complain("error: Unable to use a TTY - container \(container) did not allocate one")
        }
        let session = StreamSession(
            call: call, passesInput: passesInput, wantsTerminal: hasTerminal, isQuiet: isQuiet)
        if !isQuiet {
            call.complain(
                "All commands and output from this session will be recorded in container logs, including credentials "
                    + "and sensitive information passed through the command prompt.")
            call.complain("If you don't see a command prompt, try pressing enter.")
        }
        _ = try await session.run(PodExecOptions(container: container)) {
            try await call.client.podAttach(namespace: pod.namespace, name: pod.name, $0)
        }
        let restarts = pod.spec["restartPolicy"]?.string == "Always"
        if !isQuiet, passesInput, session.usesTerminal, restarts {
            try await call.print(
                "Session ended, resume using 'kubectl attach \(pod.name) -c \(container) -i -t' command when the pod "
                    + "is running")
        }
    }
}
