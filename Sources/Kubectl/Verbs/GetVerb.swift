import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl get`
enum GetVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "get", aliases: [],
            summary: Localized(ko: "무엇이 있는지 표로 보여 줍니다.", en: "Shows what there is."),
            usage: "(TYPE[,TYPE] [NAME…] | TYPE/NAME… | -f FILE) [flags]",
            examples: [
                (
                    "kubectl get pods,svc -o wide",
                    Localized(ko: "파드와 서비스를 더 자세히", en: "Pods and services, with more columns")
                ),
                ("kubectl get pod web -o yaml", Localized(ko: "오브젝트 전체", en: "The whole object")),
                ("kubectl get pods -w", Localized(ko: "바뀔 때마다 (끝내기: Ctrl-C)", en: "Every change, until Ctrl-C")),
            ],
            flags: flags,
            completeArgument: { await Completions(kubectl).typeThenNames($0, $1, $2) },
            run: kubectl.perform { call in
                try checkArguments(call)
                if call.invocation.isOn("watch") || call.invocation.isOn("watch-only") {
                    try await GetWatch(call: call).run()
                } else {
                    try await Getter(call: call).run()
                }
            })
    }

    private static var flags: [Flag] {
        let formats = ["wide", "yaml", "json", "name", "jsonpath=", "jsonpath-as-json=", "custom-columns="]
        return [
            SharedFlags.output(formats), SharedFlags.allNamespaces, SharedFlags.selector, SharedFlags.fieldSelector,
            Flag("watch", short: "w", summary: Localized(ko: "바뀔 때마다 계속 보여 줍니다", en: "go on showing changes")),
            Flag(
                "watch-only",
                summary: Localized(ko: "지금 것은 빼고 바뀌는 것만", en: "changes only, not what there is already")),
            Flag(
                "output-watch-events",
                summary: Localized(ko: "-w 에서 어떤 변화인지도 (ADDED, …)", en: "with -w, also say what happened (ADDED, …)")),
            Flag("show-labels", summary: Localized(ko: "라벨 열을 덧붙입니다", en: "adds a column with the labels")),
            Flag(
                "label-columns", short: "L", .list, placeholder: "KEY",
                summary: Localized(ko: "이 라벨을 열로 보여 줍니다", en: "shows this label as a column")),
            Flag(
                "sort-by", .text, placeholder: "JSONPATH",
                summary: Localized(
                    ko: "이 필드로 정렬합니다 (.metadata.creationTimestamp)", en: "sorts by a field (.metadata.name)")),
            Flag("no-headers", summary: Localized(ko: "표 머리를 뺍니다", en: "leaves the header out")),
            Flag(
                "ignore-not-found", summary: Localized(ko: "없어도 실패로 치지 않습니다", en: "what is not there is no error")),
            Flag("show-kind", summary: Localized(ko: "이름 앞에 종류를 붙입니다", en: "puts the kind before names")),
            Flag(
                "show-managed-fields", summary: Localized(ko: "managedFields 도 보여 줍니다", en: "shows managedFields too")),
        ] + SharedFlags.files
    }

    private static func checkArguments(_ call: Call) throws {
        guard call.invocation.allArguments.isEmpty, !call.invocation.has("filename") else { return }
        call.complain(
            "You must specify the type of resource to get. "
                + "Use \"kubectl api-resources\" for a complete list of supported resources.\n")
        throw Failure.usage("Required resource not specified.")
    }
}

/// What a `get` asks for: a kind, or one of it by name.
struct GetRequest: Sendable {
    var resource: APIResource
    var namespace: String?
    var name: String?

    static func all(_ call: Call) async throws -> [GetRequest] {
        if call.invocation.has("filename") {
            let selected = try await call.targets(call.invocation.allArguments)
            try Failure.throwAll(selected.errors)
            return selected.targets.map { GetRequest(resource: $0.resource, namespace: $0.namespace, name: $0.name) }
        }
        let items = try ResourceArguments.parse(call.invocation.allArguments)
        return try items.map { item in
            if item.name != nil {
                if call.allNamespaces, item.resource.isNamespaced {
                    throw Failure.message("a resource cannot be retrieved by name across all namespaces")
                }
                if call.invocation.has("selector") {
                    throw Failure.message("name cannot be provided when a selector is specified")
                }
            }
            return GetRequest(
                resource: item.resource, namespace: call.listNamespace(for: item.resource), name: item.name)
        }
    }

    /// The options that find it.
    func options(_ call: Call) throws -> ListOptions {
        var options = try call.listOptions()
        if let name { options.fieldSelector = .equals("metadata.name", name) }
        return options
    }

    /// As a table. A name that is not there is an error, in the server's words.
    func table(_ call: Call) async throws -> ObjectTable {
        let table = try await call.client.table(resource, namespace: namespace, options(call))
        if let name, table.rows.isEmpty {
            _ = try await call.client.get(resource, namespace: namespace, name: name)
        }
        return table
    }

    func objects(_ call: Call) async throws -> ObjectList {
        if let name {
            let object = try await call.client.get(resource, namespace: namespace, name: name)
            return ObjectList(items: [object], resourceVersion: object.resourceVersion)
        }
        return try await call.client.list(resource, namespace: namespace, options(call))
    }
}

/// `get` without `-w`.
struct Getter {
    let call: Call

    func run() async throws {
        let requests = try await GetRequest.all(call)
        let format = try OutputFormat(call, tables: true)
        if format == .human || format == .wide {
            try await printTables(requests, format)
        } else {
            try await printObjects(requests, format)
        }
    }

    private func printTables(_ requests: [GetRequest], _ format: OutputFormat) async throws {
        var errors: [any Error] = []
        var groups: [(resource: APIResource, table: ObjectTable)] = []
        for request in requests {
            do {
                let table = try await request.table(call)
                if let last = groups.last, last.resource == request.resource {
                    groups[groups.count - 1].table.rows += table.rows
                } else {
                    groups.append((request.resource, table))
                }
            } catch {
                if isIgnored(error) { continue }
                errors.append(error)
            }
        }
        // As in kubectl, kinds of which there is nothing count too: `get all` always shows `service/kubernetes`.
        let namesKinds = Set(groups.map(\.resource)).count > 1
        groups.removeAll { $0.table.rows.isEmpty }
        try await write(groups, format, namesKinds)
        if groups.isEmpty, errors.isEmpty, !call.invocation.isOn("ignore-not-found") {
            let isNamespaced = !call.allNamespaces && requests.allSatisfy { $0.resource.isNamespaced }
            call.complain(
                isNamespaced ? "No resources found in \(call.namespace) namespace." : "No resources found")
        }
        try Failure.throwAll(errors)
    }

    private func write(
        _ groups: [(resource: APIResource, table: ObjectTable)], _ format: OutputFormat, _ namesKinds: Bool
    ) async throws {
        var isFirst = true
        for (resource, table) in groups {
            var writer = TableWriter(call, resource, isWide: format == .wide)
            if namesKinds { writer.showsKind = true }
            if !isFirst, !writer.hidesHeaders { try await call.print() }
            isFirst = false
            let rows = try SortBy(call)?.sorted(table.rows, by: \.object.document) ?? table.rows
            try await call.write(writer.text(resource, table.columns, rows))
        }
    }

    private func printObjects(_ requests: [GetRequest], _ format: OutputFormat) async throws {
        var errors: [any Error] = []
        var objects: [KubernetesObject] = []
        for request in requests {
            do {
                objects += try await request.objects(call).items
            } catch {
                if isIgnored(error) { continue }
                errors.append(error)
            }
        }
        if let sort = try SortBy(call) { objects = try sort.sorted(objects, by: \.document) }
        let isSingle = requests.count == 1 && requests[0].name != nil
        if isSingle, objects.isEmpty { return try Failure.throwAll(errors) }
        if objects.isEmpty, call.invocation.isOn("ignore-not-found") { return try Failure.throwAll(errors) }
        var document: JSONValue = [
            "apiVersion": "v1", "items": .array(objects.map(\.document)), "kind": "List",
            "metadata": ["resourceVersion": ""],
        ]
        if isSingle, let only = objects.first { document = only.document }
        var printer = ObjectPrinter(format, showsManagedFields: call.invocation.isOn("show-managed-fields"))
        printer.hidesHeaders = call.invocation.isOn("no-headers")
        try await call.write(printer.text(document))
        try Failure.throwAll(errors)
    }

    private func isIgnored(_ error: any Error) -> Bool {
        guard call.invocation.isOn("ignore-not-found"), let status = error as? Status else { return false }
        return status.reason == .notFound
    }
}

extension TableWriter {
    /// A table as the flags of `get` ask.
    init(_ call: Call, _ resource: APIResource, isWide: Bool) {
        self.init()
        self.isWide = isWide
        showsNamespace = call.allNamespaces && resource.isNamespaced
        showsKind = call.invocation.isOn("show-kind")
        showsLabels = call.invocation.isOn("show-labels")
        labelColumns = call.invocation.all("label-columns").flatMap { $0.split(separator: ",").map(String.init) }
        hidesHeaders = call.invocation.isOn("no-headers")
    }
}
