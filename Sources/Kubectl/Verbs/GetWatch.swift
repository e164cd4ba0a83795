import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl get -w`: what there is, then a line for every change until the caller has enough.
struct GetWatch {
    let call: Call

    func run() async throws {
        let requests = try await GetRequest.all(call)
        guard Set(requests.map(\.resource)).count == 1, let request = requests.first else {
            throw Failure.message("you may only specify a single resource type")
        }
        guard requests.count == 1 else {
            throw Failure.message(
                "watch is only supported on individual resources and resource collections - "
                    + "more than 1 resource was found")
        }
        let format = try OutputFormat(call, tables: true)
        var printer = WatchPrinter(call: call, resource: request.resource, format: format)
        var options = try request.options(call)
        do {
            let table = try await request.table(call)
            printer.columns = table.columns
            options.resourceVersion = table.resourceVersion
            if !call.invocation.isOn("watch-only") {
                let rows = try SortBy(call)?.sorted(table.rows, by: \.object.document) ?? table.rows
                try await printer.print("ADDED", rows)
            }
        } catch let status as Status
            where status.reason == .notFound && call.invocation.isOn("ignore-not-found")
        {
            return
        }
        try await call.follow(request.resource, request.namespace, options) { event in
            switch event {
            case .added(let object): try await printer.print("ADDED", object)
            case .modified(let object): try await printer.print("MODIFIED", object)
            case .deleted(let object): try await printer.print("DELETED", object)
            case .bookmark: break
            }
            return true
        }
    }
}

/// Prints changes one by one, in columns that line up.
private struct WatchPrinter {
    let call: Call
    let resource: APIResource
    let format: OutputFormat
    var columns: [ObjectTable.Column] = []
    private var table: TableWriter
    private var objects: ObjectPrinter
    private let showsEvents: Bool

    init(call: Call, resource: APIResource, format: OutputFormat) {
        self.call = call
        self.resource = resource
        self.format = format
        table = TableWriter(call, resource, isWide: format == .wide)
        objects = ObjectPrinter(format, showsManagedFields: call.invocation.isOn("show-managed-fields"))
        showsEvents = call.invocation.isOn("output-watch-events")
    }

    mutating func print(_ event: String, _ object: KubernetesObject) async throws {
        try await print(event, [call.client.tableRow(resource, object)])
    }

    /// Rows that come together line up among themselves too.
    mutating func print(_ event: String, _ rows: [ObjectTable.Row]) async throws {
        guard format == .human || format == .wide else {
            for row in rows {
                let document = row.object.document
                try await call.write(
                    objects.text(showsEvents ? ["type": .string(event), "object": document] : document))
            }
            return
        }
        guard showsEvents else { return try await call.write(table.text(resource, columns, rows)) }
        let named = rows.map { ObjectTable.Row(cells: [event] + $0.cells, object: $0.object) }
        try await call.write(table.text(resource, [ObjectTable.Column("Event")] + columns, named))
    }
}
