import Documents
import KubernetesAPI

/// Tells what a verb did to an object: in words, or the object as `-o` asks.
struct ResultPrinter {
    let call: Call
    let dryRun: DryRun
    private var printer: ObjectPrinter

    init(_ call: Call, dryRun: DryRun = .none) throws {
        self.call = call
        self.dryRun = dryRun
        printer = try ObjectPrinter(OutputFormat(call))
    }

    var isHuman: Bool { printer.format == .human }

    /// `deployment.apps/web scaled`, or the object.
    mutating func report(_ resource: APIResource, _ object: KubernetesObject, _ operation: String) async throws {
        if isHuman {
            try await call.print("\(resource.qualifiedSingular)/\(object.name) \(operation)\(dryRun.suffix)")
        } else {
            try await call.write(printer.text(object.document))
        }
    }

    /// The objects at once: one as it is, several as a List.
    mutating func reportTogether(_ objects: [KubernetesObject]) async throws {
        var document: JSONValue = [
            "apiVersion": "v1", "items": .array(objects.map(\.document)), "kind": "List", "metadata": [:],
        ]
        if objects.count == 1 { document = objects[0].document }
        try await call.write(printer.text(document))
    }
}
