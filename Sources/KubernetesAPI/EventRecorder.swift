import Documents

/// Writes Events about objects, for controllers, the scheduler and kubelets.
///
/// An Event that says the same about the same object as an earlier one is counted up instead of written anew (as
/// client-go's correlator does), so that a crash loop does not fill the store. Events are told, not relied on: a failure
/// to write one is not reported.
public actor EventRecorder {
    public enum Kind: String, Sendable { case normal = "Normal", warning = "Warning" }

    private struct Identity: Hashable {
        let kind: Kind
        let object: [String]
        let reason: String
        let message: String
    }

    private struct Written {
        var name: String
        var namespace: String
        var count: Int
    }

    /// How many Events are remembered for counting.
    private static let memory = 1024

    private let client: any KubernetesClient
    private let component: String
    private let host: String
    private let clock: @Sendable () -> Timestamp
    private var written: [Identity: Written] = [:]
    private var order: [Identity] = []
    private var serial: Int64 = 0

    /// - Parameters:
    ///   - component: who speaks, e.g. `deployment-controller`
    ///   - host: on which node, if it is one that speaks
    ///   - clock: the time of day
    public init(
        client: any KubernetesClient, component: String, host: String = "",
        clock: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        self.client = client
        self.component = component
        self.host = host
        self.clock = clock
    }

    /// Notes something about `object`.
    /// - Parameters:
    ///   - reason: one word in CamelCase, such as `ScalingReplicaSet`
    ///   - message: a sentence for people
    ///   - fieldPath: a part of the object, such as `spec.containers{web}`
    public func record(
        _ kind: Kind, reason: String, message: String, about object: KubernetesObject, fieldPath: String? = nil
    ) async {
        let now = clock()
        let identity = Identity(
            kind: kind, object: [object.kind, object.namespace, object.name, object.uid, fieldPath ?? ""],
            reason: reason, message: message)
        if await countUp(identity, now) { return }
        serial += 1
        // Events of objects without a namespace are kept in `default`.
        let namespace = object.namespace.isEmpty ? "default" : object.namespace
        // Two Events of one nanosecond, as with a clock that stands still, need different names.
        let (seconds, attoseconds) = now.sinceEpoch.components
        let suffix = seconds * 1_000_000_000 + attoseconds / 1_000_000_000 + serial
        let name = "\(object.name.prefix(230)).\(String(suffix, radix: 16))"
        remember(identity, Written(name: name, namespace: namespace, count: 1))
        var event = KubernetesObject(.events, namespace: namespace, name: name)
        event.document["involvedObject"] = Self.reference(to: object, fieldPath)
        event.document["reason"] = .string(reason)
        event.document["message"] = .string(message)
        event.document["type"] = .string(kind.rawValue)
        event.document["count"] = 1
        event.document["firstTimestamp"] = .string(now.text)
        event.document["lastTimestamp"] = .string(now.text)
        event.document["source"] = ["component": .string(component)]
        if !host.isEmpty { event.document["source"]["host"] = .string(host) }
        event.document["reportingComponent"] = .string(component)
        event.document["reportingInstance"] = .string(host)
        _ = try? await client.create(.events, event)
    }

    /// - Returns: whether there was an Event to count up.
    private func countUp(_ identity: Identity, _ now: Timestamp) async -> Bool {
        guard var known = written[identity] else { return false }
        known.count += 1
        // Before the write: another one that is recorded meanwhile counts on from here.
        written[identity] = known
        let patch: JSONValue = ["count": .integer(known.count), "lastTimestamp": .string(now.text)]
        do {
            _ = try await client.patch(
                .events, namespace: known.namespace, name: known.name, .merge(patch), subresource: nil, WriteOptions())
            return true
        } catch {
            return error.reason != .notFound
        }
    }

    private func remember(_ identity: Identity, _ event: Written) {
        if written.updateValue(event, forKey: identity) == nil { order.append(identity) }
        if order.count > Self.memory { written[order.removeFirst()] = nil }
    }

    private static func reference(to object: KubernetesObject, _ fieldPath: String?) -> JSONValue {
        var reference: JSONValue = ["kind": .string(object.kind)]
        if !object.namespace.isEmpty { reference["namespace"] = .string(object.namespace) }
        reference["name"] = .string(object.name)
        reference["uid"] = .string(object.uid)
        reference["apiVersion"] = .string(object.apiVersion)
        if !object.resourceVersion.isEmpty { reference["resourceVersion"] = .string(object.resourceVersion) }
        if let fieldPath { reference["fieldPath"] = .string(fieldPath) }
        return reference
    }
}
