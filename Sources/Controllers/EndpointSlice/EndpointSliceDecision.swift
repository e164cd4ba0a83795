import Documents
import KubernetesAPI

/// What the EndpointSlice controller sees of one Service.
struct EndpointSliceObservation: Sendable {
    var service: KubernetesObject
    /// Pods that its selector matches.
    var pods: [KubernetesObject]
    /// The slices this controller made for it.
    var slices: [KubernetesObject]
}

enum EndpointSliceAction: Sendable, Equatable {
    case create(KubernetesObject)
    case update(KubernetesObject)
    case delete(KubernetesObject)
}

/// Where the Pods behind a Service are (`pkg/controller/endpointslice`).
enum EndpointSliceDecision {
    static let managedByLabel = "endpointslice.kubernetes.io/managed-by"
    static let managedBy = "endpointslice-controller.k8s.io"
    static let serviceNameLabel = "kubernetes.io/service-name"
    static let headlessLabel = "service.kubernetes.io/headless"
    /// `--max-endpoints-per-slice`
    static let capacity = 100

    static func decide(_ observed: EndpointSliceObservation) -> [EndpointSliceAction] {
        var wanted: [EndpointPorts: [JSONValue]] = [:]
        for pod in observed.pods.sorted(by: { $0.key < $1.key }) {
            guard let endpoint = endpoint(of: pod, service: observed.service) else { continue }
            wanted[EndpointPorts(of: observed.service, on: pod), default: []].append(endpoint)
        }
        // A Service without Pods keeps one empty slice, so that readers can tell it from an unknown one.
        if wanted.isEmpty { wanted[EndpointPorts([])] = [] }

        var actions: [EndpointSliceAction] = []
        let slicesByPorts = Dictionary(grouping: observed.slices.filter { !$0.isBeingDeleted }) {
            EndpointPorts(slice: $0)
        }
        var unused = slicesByPorts.filter { wanted[$0.key] == nil }.values.flatMap(\.self).sorted { $0.key < $1.key }
        for (ports, endpoints) in wanted.sorted(by: { $0.key.document.jsonText < $1.key.document.jsonText }) {
            var reusable = (slicesByPorts[ports] ?? []).sorted { $0.key < $1.key }
            for chunk in distribute(endpoints, over: reusable) {
                // A slice whose ports nobody has any more is rewritten before a new one is made.
                let base = reusable.isEmpty ? (unused.isEmpty ? nil : unused.removeFirst()) : reusable.removeFirst()
                let slice = makeSlice(from: base, service: observed.service, ports: ports, endpoints: chunk)
                guard let base else {
                    actions.append(.create(slice))
                    continue
                }
                if slice != base { actions.append(.update(slice)) }
            }
            unused += reusable
        }
        return actions + unused.map { .delete($0) }
    }

    /// Endpoints stay in the slice they are in; new ones fill the gaps; at least one chunk.
    private static func distribute(_ endpoints: [JSONValue], over slices: [KubernetesObject]) -> [[JSONValue]] {
        var byUID: [String: JSONValue] = [:]
        var order: [String] = []
        for endpoint in endpoints {
            let uid = endpoint.at("targetRef", "uid")?.string ?? ""
            byUID[uid] = endpoint
            order.append(uid)
        }
        var chunks: [[JSONValue]] = []
        for slice in slices {
            let kept = (slice.document["endpoints"]?.array ?? []).compactMap { old in
                old.at("targetRef", "uid")?.string.flatMap { byUID.removeValue(forKey: $0) }
            }
            if !kept.isEmpty { chunks.append(kept) }
        }
        var rest = order.compactMap { byUID[$0] }[...]
        for index in chunks.indices {
            let room = max(0, capacity - chunks[index].count)
            chunks[index] += rest.prefix(room)
            rest = rest.dropFirst(room)
        }
        while !rest.isEmpty {
            chunks.append(Array(rest.prefix(capacity)))
            rest = rest.dropFirst(capacity)
        }
        return chunks.isEmpty ? [[]] : chunks
    }

    /// Nil for a Pod that cannot be reached: it has no address, or has ended.
    static func endpoint(of object: KubernetesObject, service: KubernetesObject) -> JSONValue? {
        let pod = PodView(object)
        guard !pod.address.isEmpty, !pod.isTerminated else { return nil }
        let publishesAll = service.spec["publishNotReadyAddresses"]?.bool ?? false
        let isServing = publishesAll || pod.isReady
        var endpoint: JSONValue = [
            "addresses": [.string(pod.address)],
            "conditions": [
                "ready": .bool(publishesAll || (isServing && !object.isBeingDeleted)), "serving": .bool(isServing),
                "terminating": .bool(object.isBeingDeleted),
            ],
            "targetRef": [
                "kind": "Pod", "namespace": .string(object.namespace), "name": .string(object.name),
                "uid": .string(object.uid),
            ],
        ]
        if !pod.nodeName.isEmpty { endpoint["nodeName"] = .string(pod.nodeName) }
        if let hostname = object.spec["hostname"]?.string, object.spec["subdomain"]?.string == service.name {
            endpoint["hostname"] = .string(hostname)
        }
        return endpoint
    }

    private static func makeSlice(
        from base: KubernetesObject?, service: KubernetesObject, ports: EndpointPorts, endpoints: [JSONValue]
    ) -> KubernetesObject {
        var slice =
            base
            ?? KubernetesObject([
                "apiVersion": .string(APIResource.endpointSlices.apiVersion),
                "kind": .string(APIResource.endpointSlices.kind),
            ])
        if base == nil {
            slice.metadata["generateName"] = .string("\(service.name)-")
            slice.namespace = service.namespace
            slice.ownerReferences = [OwnerReference(controller: service)]
            slice.document["addressType"] = "IPv4"
        }
        var labels = service.labels
        labels[serviceNameLabel] = service.name
        labels[managedByLabel] = managedBy
        if service.spec["clusterIP"]?.string == "None" { labels[headlessLabel] = "" }
        slice.labels = labels
        slice.document["endpoints"] = .array(endpoints)
        slice.document["ports"] = ports.document
        return slice
    }
}
