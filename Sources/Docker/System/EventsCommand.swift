import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker events`: what happens, as it happens.
enum EventsCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "events", summary: Localized(ko: "일어나는 일을 알려 준다", en: "Get real time events from the engine"),
            usage: "[OPTIONS]",
            flags: [
                Flag(
                    "filter", short: "f", .list, placeholder: "KEY=VALUE",
                    summary: Localized(
                        ko: "고르기: type, event, container, image, label, network, volume",
                        en: "Filter: type, event, container, image, label, network, volume")),
                Flag(
                    "since", .text, placeholder: "TIME",
                    summary: Localized(ko: "이때부터 (10m, 2026-01-02T15:04:05)", en: "Since (10m, 2026-01-02T15:04:05)")),
                Flag("until", .text, placeholder: "TIME", summary: Localized(ko: "이때까지", en: "Until that time")),
                Flag("format", .text, placeholder: "TEMPLATE", summary: Localized(ko: "출력 틀", en: "Go template")),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                return try await follow(line, engine, context)
            } catch {
                return context.report(error)
            }
        }
    }

    private static func follow(_ line: Invocation, _ engine: any Engine, _ context: CommandContext)
        async throws(RuntimeError) -> Int32
    {
        let filter = try EventFilter(line.all("filter"))
        let template: GoTemplate? =
            if let format = line["format"] { try FormatFlag.template(format) } else { nil }
        let since = try TimeFlag.seconds(line, "since")
        let until = try TimeFlag.seconds(line, "until")
        let events = await engine.engineEvents(since: since ?? until.map { _ in 0 })
        // The stream ends when its time is up, or at Ctrl-C.
        let printing = Task { () -> Result<Void, RuntimeError> in
            for await event in events {
                if let until, event.time > until { break }
                guard EventText.isOwn(event), filter.matches(event) else { continue }
                do throws(RuntimeError) {
                    let text =
                        try template.map { template throws(RuntimeError) in
                            try FormatFlag.render(template, EventText.document(event))
                        } ?? EventText.line(event)
                    guard context.output.line(text) else { break }
                } catch {
                    return .failure(error)
                }
            }
            return .success(())
        }
        let timer = until.map { until in
            Task {
                try? await Task.sleep(for: .seconds(max(0, until - Now.seconds) + 0.01))
                printing.cancel()
            }
        }
        defer { timer?.cancel() }
        let result = await withTaskCancellationHandler {
            await printing.value
        } onCancel: {
            printing.cancel()
        }
        try result.get()
        return Task.isCancelled ? 130 : 0
    }
}

/// An event in docker's words.
enum EventText {
    /// Containers of Pods and of the shell itself are not docker's, here as in `docker ps`.
    static func isOwn(_ event: EngineEvent) -> Bool {
        event.attributes["io.kubernetes.pod.name"] == nil && event.attributes["kijabi.role"] == nil
    }

    /// `2026-01-02T15:04:05.000000000Z container start 5f3c… (image=busybox, name=web)`
    static func line(_ event: EngineEvent) -> String {
        let attributes = event.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let list = attributes.isEmpty ? "" : " (\(attributes.joined(separator: ", ")))"
        return "\(TimeText.rfc3339(event.time)) \(event.kind.rawValue) \(event.action) \(event.actor)\(list)"
    }

    /// As the Engine API has it (`GET /events`).
    static func document(_ event: EngineEvent) -> JSONValue {
        var document: JSONValue = [
            "Type": .string(event.kind.rawValue), "Action": .string(event.action),
            "Actor": [
                "ID": .string(event.actor),
                "Attributes": .object(
                    JSONObject(
                        event.attributes.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) })),
            ],
            "scope": "local", "time": .integer(Int(event.time)), "timeNano": .integer(Int(event.time * 1e9)),
        ]
        if event.kind == .container {
            document["status"] = .string(event.action)
            document["id"] = .string(event.actor)
            document["from"] = .string(event.attributes["image"] ?? "")
        }
        return document
    }
}

/// `--filter KEY=VALUE` of events: values of one key are alternatives, keys must all match.
struct EventFilter {
    private let wanted: [String: [String]]

    init(_ texts: [String]) throws(RuntimeError) {
        var wanted: [String: [String]] = [:]
        for text in texts {
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let known = ["type", "event", "container", "image", "label", "network", "volume", "scope", "daemon"]
            guard pair.count == 2, known.contains(pair[0]) else { throw .conflict("invalid filter '\(pair[0])'") }
            wanted[pair[0], default: []].append(pair[1])
        }
        self.wanted = wanted
    }

    func matches(_ event: EngineEvent) -> Bool {
        wanted.allSatisfy { key, values in values.contains { Self.matches(event, key, $0) } }
    }

    private static func matches(_ event: EngineEvent, _ key: String, _ value: String) -> Bool {
        switch key {
        case "type": return event.kind.rawValue == value
        case "event":
            // `exec_start: sh` and `health_status: healthy` are also found by their first word.
            return event.action == value || event.action.prefix { $0 != ":" } == value
        case "container", "network", "volume", "image":
            if event.kind.rawValue == key {
                return event.actor.hasPrefix(value) || event.attributes["name"] == value
            }
            guard let mentioned = event.attributes[key] else { return false }
            return mentioned == value || mentioned.hasPrefix(value + ":")
        case "label":
            let pair = value.split(separator: "=", maxSplits: 1).map(String.init)
            guard let label = event.attributes[pair.first ?? ""] else { return false }
            return pair.count < 2 || label == pair[1]
        default: return true
        }
    }
}
