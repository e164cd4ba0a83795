import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl logs`
enum LogsVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "logs", aliases: ["log"],
            summary: Localized(ko: "컨테이너가 쓴 것(표준 출력)을 보여 줍니다.", en: "Prints what a container has written."),
            usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]",
            examples: [
                ("kubectl logs web", Localized(ko: "파드의 로그", en: "The log of a pod")),
                (
                    "kubectl logs -f deploy/web --tail=20",
                    Localized(ko: "끝 20줄부터 계속 (끝내기: Ctrl-C)", en: "From the last 20 lines on, until Ctrl-C")
                ),
                ("kubectl logs web -p", Localized(ko: "다시 시작되기 전 컨테이너의 로그", en: "Of the run before the last restart")),
            ],
            flags: [
                Flag("follow", short: "f", summary: Localized(ko: "새 줄을 계속 보여 줍니다", en: "go on with new lines")),
                Flag(
                    "previous", short: "p",
                    summary: Localized(ko: "다시 시작되기 전의 것", en: "of the run before the present one")),
                SharedFlags.container(kubectl),
                Flag("all-containers", summary: Localized(ko: "파드의 모든 컨테이너", en: "all containers of the pod")),
                Flag("all-pods", summary: Localized(ko: "TYPE/NAME 의 모든 파드", en: "all pods of TYPE/NAME")),
                Flag(
                    "tail", .integer, placeholder: "LINES",
                    summary: Localized(ko: "끝에서 몇 줄만", en: "only so many last lines"),
                    fallback: "-1"),
                Flag(
                    "since", .text, placeholder: "DURATION",
                    summary: Localized(ko: "이만큼 전부터 (10s, 5m)", en: "not older than this (10s, 5m)")),
                Flag(
                    "since-time", .text, placeholder: "TIME",
                    summary: Localized(ko: "이 시각부터 (RFC 3339)", en: "since a moment (RFC 3339)")),
                Flag("timestamps", summary: Localized(ko: "줄마다 시각", en: "the time of every line")),
                Flag("prefix", summary: Localized(ko: "줄마다 파드와 컨테이너 이름", en: "the pod and container of every line")),
                Flag(
                    "limit-bytes", .integer, placeholder: "BYTES",
                    summary: Localized(ko: "이만큼까지만", en: "at most so many bytes")),
                Flag(
                    "max-log-requests", .integer, placeholder: "N",
                    summary: Localized(ko: "-f 로 한꺼번에 볼 수", en: "how many to follow at once"), fallback: "5"),
                Flag("ignore-errors", summary: Localized(ko: "오류가 나도 계속합니다", en: "go on after errors")),
                SharedFlags.selector,
            ],
            completeArgument: { await Completions(kubectl).podOrOwner($0, $1, $2) },
            run: kubectl.perform { try await LogReader(call: $0).run() })
    }
}

/// Reads the logs a `logs` call asks for.
struct LogReader {
    let call: Call

    private struct Source {
        var pod: KubernetesObject
        var container: String
    }

    func run() async throws {
        let options = try options()
        let sources = try await sources()
        let invocation = call.invocation
        let prefixes = invocation.isOn("prefix") || invocation.isOn("all-pods")
        let follows = options.follow && sources.count > 1
        let limit = invocation.integer("max-log-requests") ?? 5
        if follows, sources.count > limit {
            throw Failure.message(
                "you are attempting to follow \(sources.count) log streams, but maximum allowed concurrency is "
                    + "\(limit), use --max-log-requests to increase the limit")
        }
        guard follows else {
            for source in sources { try await copy(source, options, prefixes) }
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources { group.addTask { try await copy(source, options, prefixes) } }
            try await group.waitForAll()
        }
    }

    private func options() throws -> PodLogOptions {
        let invocation = call.invocation
        var tail = invocation.integer("tail") ?? -1
        if tail < -1 { throw Failure.message("--tail must be greater than or equal to -1") }
        if invocation.has("selector"), !invocation.has("tail") { tail = 10 }
        var since = try call.duration("since").map { Int($0.components.seconds) }
        if let text = invocation["since-time"] {
            guard since == nil else {
                throw Failure.message("at most one of `sinceTime` or `sinceSeconds` may be specified")
            }
            guard let time = Timestamp(text) else {
                throw Failure.message(
                    "parsing time \"\(text)\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\(text)\" as \"2006\"")
            }
            since = Int((call.now() - time).components.seconds)
        }
        return PodLogOptions(
            follow: invocation.isOn("follow"), tail: tail < 0 ? nil : tail, sinceSeconds: since,
            timestamps: invocation.isOn("timestamps"), previous: invocation.isOn("previous"))
    }

    private func sources() async throws -> [Source] {
        let invocation = call.invocation
        let arguments = invocation.allArguments
        let usage =
            "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
            + "POD or TYPE/NAME is a required argument for the logs command"
        let given = arguments.count == 2 ? arguments[1] : invocation["container"]
        if arguments.count == 2, invocation.has("container") {
            throw Failure.message("only one of -c or an inline [CONTAINER] arg is allowed")
        }
        if invocation.isOn("all-containers"), let given {
            throw Failure.message("--all-containers=true should not be specified with container name \(given)")
        }
        var pods: [KubernetesObject]
        if invocation.has("selector") {
            guard arguments.isEmpty else { throw Failure.usage("only a selector (-l) or a POD name is allowed") }
            pods = try await call.client.list(.pods, namespace: call.namespace, call.listOptions()).items
            if pods.isEmpty { call.complain("No resources found in \(call.namespace) namespace.") }
        } else {
            guard let first = arguments.first, arguments.count <= 2 else { throw Failure.usage(usage) }
            pods = try await self.pods(first)
        }
        return try pods.flatMap { pod in
            let containers = PodContainers(pod)
            if invocation.isOn("all-containers") {
                return (containers.initial + containers.ordinary + containers.ephemeral).map {
                    Source(pod: pod, container: $0)
                }
            }
            if let given, !containers.all.contains(given) {
                throw Failure.message(
                    "container \(given) is not valid for pod \(pod.name)",
                    hint: containers.hint)
            }
            return [Source(pod: pod, container: try containers.chosen(given) { call.complain($0) })]
        }
    }

    private func pods(_ argument: String) async throws -> [KubernetesObject] {
        do {
            let items = try ResourceArguments.parse([argument], names: .pods)
            let chooser = PodChooser(call: call)
            guard call.invocation.isOn("all-pods"), items[0].resource != .pods else {
                return [try await chooser.pod(items[0], announces: true)]
            }
            return try await chooser.pods(items[0])
        } catch var status as Status where status.reason == .notFound {
            // The words of kubectl since 1.30.
            status.message += " in namespace \"\(call.namespace)\""
            throw Failure.line(
                "error: error from server (NotFound): \(status.message)",
                hint: await Hints(call: call).hint(for: status))
        }
    }

    private func copy(_ source: Source, _ options: PodLogOptions, _ prefixes: Bool) async throws {
        var options = options
        options.container = source.container
        var budget = call.invocation.integer("limit-bytes") ?? Int.max
        let prefix = prefixes ? "[pod/\(source.pod.name)/\(source.container)] " : ""
        do {
            let chunks = try await call.client.podLogs(
                namespace: source.pod.namespace, name: source.pod.name, options)
            var lines = LineBuffer()
            for await chunk in chunks {
                let part = Array(chunk.prefix(budget))
                budget -= part.count
                for line in lines.take(part) { try await write(prefix, line) }
                if budget == 0 { break }
            }
            if let rest = lines.rest { try await write(prefix, rest) }
            try Task.checkCancellation()
        } catch let status as Status where call.invocation.isOn("ignore-errors") {
            try await call.print("error: \(status.message)")
        }
    }

    private func write(_ prefix: String, _ line: [UInt8]) async throws {
        guard await call.context.output.send(Array(prefix.utf8) + line) else {
            try Task.checkCancellation()
            throw Failure.exit(128 + 13)
        }
    }
}

/// Cuts a stream of bytes into lines, so that those of several streams do not mix.
struct LineBuffer {
    private var open: [UInt8] = []

    /// The lines that are complete now, with their newlines.
    mutating func take(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            lines.append(open + rest[...end])
            open = []
            rest = rest[(end + 1)...]
        }
        open += rest
        return lines
    }

    /// What stands behind the last newline.
    var rest: [UInt8]? { open.isEmpty ? nil : open }
}
