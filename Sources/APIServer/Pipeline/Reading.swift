import KubernetesAPI
import ObjectStore

extension APIServer {
    func get(_ request: Request) throws(Status) -> KubernetesObject {
        _ = try begin(request)
        let name = request.name ?? ""
        guard let object = try storage.get(request.resource, namespace: request.namespace, name: name) else {
            throw Status.notFound(request.resource, name)
        }
        return object
    }

    /// All that match, of one revision; with a limit, the first of them and where to go on.
    func list(_ request: Request, _ options: ListOptions) throws(Status) -> ObjectList {
        let strategy = try begin(request)
        let selection = try Selection(options, strategy)
        let prefix = Storage.prefix(request.resource, namespace: request.namespace)
        var continuation: StoreRange.Continuation?
        if let token = options.continueToken, !token.isEmpty {
            guard let place = StoreRange.Continuation(token: token) else {
                throw Status(.badRequest, "continue key is not valid: illegal base64 data")
            }
            continuation = place
        }
        let limit = options.limit.flatMap { $0 > 0 ? $0 : nil }
        var items: [KubernetesObject] = []
        do throws(StoreError) {
            while true {
                let range = try store.list(
                    prefix: prefix, limit: limit.map { $0 - items.count }, continuation: continuation)
                for entry in range.entries {
                    let object = KubernetesObject(entry.value.document)
                    if selection.isEverything || selection.matches(object) { items.append(object) }
                }
                continuation = range.continuation
                // What a selector has left out of a page is made up for by the next page.
                guard let limit, items.count < limit, continuation != nil else {
                    return ObjectList(
                        items: items, resourceVersion: String(range.revision), continueToken: continuation?.token)
                }
            }
        } catch {
            if case .compacted = error {
                throw Status(
                    .expired,
                    "The provided continue parameter is too old to display a consistent list result. You can start a new "
                        + "list without the continue parameter.")
            }
            throw Storage.status(error, request.resource, "")
        }
    }

    func table(_ request: Request, _ options: ListOptions) throws(Status) -> ObjectTable {
        let list = try list(request, options)
        let strategy = try strategies.strategy(for: request.resource)
        let now = now()
        return ObjectTable(
            columns: strategy.columns,
            rows: list.items.map { ObjectTable.Row(cells: strategy.cells(of: $0, now: now), object: $0) },
            resourceVersion: list.resourceVersion)
    }

    /// The cells of one object; only the name for a resource that is not served.
    func tableRow(_ resource: APIResource, _ object: KubernetesObject) -> ObjectTable.Row {
        let cells = (try? strategies.strategy(for: resource))?.cells(of: object, now: now()) ?? [object.name]
        return ObjectTable.Row(cells: cells, object: object)
    }
}
