import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl events`
enum EventsVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "events", summary: Localized(ko: "무슨 일이 있었는지 차례로 보여 줍니다.", en: "Shows what has happened, in order."),
            usage: "[--for TYPE/NAME] [--types=Normal,Warning] [--watch]",
            examples: [
                ("kubectl events", Localized(ko: "지금 네임스페이스", en: "Of this namespace")),
                ("kubectl events --for pod/web -w", Localized(ko: "파드 하나를 계속", en: "Of one pod, and go on")),
            ],
            flags: [
                SharedFlags.allNamespaces,
                Flag("watch", short: "w", summary: Localized(ko: "계속 보여 줍니다", en: "goes on")),
                Flag("no-headers", summary: Localized(ko: "표 머리를 뺍니다", en: "leaves the header out")),
                Flag(
                    "for", .text, placeholder: "TYPE/NAME", summary: Localized(ko: "이것에 대한 것만", en: "only about this"),
                    complete: { await Completions(kubectl).typeThenNames($0, 0, $1) }),
                Flag(
                    "types", .list, placeholder: "TYPES",
                    summary: Localized(ko: "이 종류만", en: "only these types") + " (Normal,Warning)"),
                SharedFlags.output,
            ],
            run: kubectl.perform { call in
                var printer = try EventPrinter(call)
                try await printer.run()
            })
    }
}

private struct EventPrinter {
    let call: Call
    private let about: ResourceArguments.Item?
    private let types: [String]
    private var table = TablePrinter()

    init(_ call: Call) throws {
        self.call = call
        types = call.invocation.all("types").flatMap { $0.split(separator: ",").map { $0.lowercased() } }
        guard types.allSatisfy({ $0 == "normal" || $0 == "warning" }) else {
            throw Failure.message("valid --types are Normal or Warning")
        }
        if let text = call.invocation["for"], !text.isEmpty {
            guard text.contains("/") else { throw Failure.message("--for must be in resource/name form") }
            about = try ResourceArguments.parse([text])[0]
        } else {
            about = nil
        }
    }

    mutating func run() async throws {
        var options = ListOptions()
        if let about, let name = about.name { options.fieldSelector = .equals("involvedObject.name", name) }
        let namespace = call.listNamespace(for: .events)
        let list = try await call.client.list(.events, namespace: namespace, options)
        let events = list.items.filter(isWanted).sorted(by: EventTimes.isEarlier)
        let format = try OutputFormat(call)
        if events.isEmpty, !call.invocation.isOn("watch") {
            call.complain(
                call.allNamespaces ? "No events found." : "No events found in \(call.namespace) namespace.")
            return
        }
        guard format == .human else {
            var printer = ObjectPrinter(format)
            let items = JSONValue.array(events.map(\.document))
            return try await call.write(
                printer.text(["apiVersion": "v1", "items": items, "kind": "EventList", "metadata": [:]]))
        }
        try await print(events, withHeader: !call.invocation.isOn("no-headers"))
        guard call.invocation.isOn("watch") else { return }
        options.resourceVersion = list.resourceVersion
        var printer = self
        try await call.follow(.events, namespace, options) { event in
            switch event {
            case .added(let object), .modified(let object):
                if printer.isWanted(object) { try await printer.print([object], withHeader: false) }
            default: break
            }
            return true
        }
    }

    private func isWanted(_ event: KubernetesObject) -> Bool {
        if !types.isEmpty, !types.contains(event.document.text("type").lowercased()) { return false }
        guard let about else { return true }
        return event.document.text("involvedObject", "kind") == about.resource.kind
    }

    private mutating func print(_ events: [KubernetesObject], withHeader: Bool) async throws {
        var rows: [[String]] = []
        if withHeader { rows.append(["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]) }
        for event in events {
            let document = event.document
            let object =
                "\(document.text("involvedObject", "kind"))/\(document.text("involvedObject", "name"))"
            let message = document.text("message").split(whereSeparator: \.isNewline).joined(separator: " ")
            rows.append([
                EventTimes.text(event, now: call.now()), document.text("type"), document.text("reason"), object,
                message,
            ])
        }
        if call.allNamespaces {
            let names = (withHeader ? ["NAMESPACE"] : []) + events.map(\.namespace)
            rows = zip(names, rows).map { [$0] + $1 }
        }
        table.rows = rows
        if table.minimumWidths.isEmpty { table.minimumWidths = Array(repeating: 3, count: 6) }
        table.minimumWidths = table.widths
        try await call.write(table.text())
    }
}
