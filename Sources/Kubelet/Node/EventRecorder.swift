import ControllerRuntime
import Documents
import KubernetesAPI

/// Writes Events about Pods and the node. Writing goes on in the background, in order, so that nobody who does
/// something waits for it to be told.
///
/// An Event that repeats one of the last is counted up instead of written anew (client-go's `EventCorrelator`).
final class EventRecorder: Sendable {
    struct Note: Sendable {
        enum Severity: String, Sendable { case normal = "Normal", warning = "Warning" }
        var severity: Severity
        var reason: String
        var message: String
    }

    private struct Entry: Sendable {
        var involved: JSONValue
        var namespace: String
        var note: Note
        var time: Timestamp
    }

    private let entries: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation
    private let client: any KubernetesClient
    private let clock: any ControllerClock
    private let host: String

    init(client: any KubernetesClient, clock: any ControllerClock, host: String) {
        self.client = client
        self.clock = clock
        self.host = host
        (entries, continuation) = AsyncStream.makeStream(of: Entry.self, bufferingPolicy: .bufferingNewest(4096))
    }

    /// Notes something about `object`; `fieldPath` names a part of it, such as a container.
    func record(_ object: KubernetesObject, fieldPath: String? = nil, _ note: Note) {
        var involved: JSONValue = [
            "kind": .string(object.kind), "apiVersion": .string(object.apiVersion), "name": .string(object.name),
            "uid": .string(object.uid),
        ]
        if !object.namespace.isEmpty { involved["namespace"] = .string(object.namespace) }
        if !object.resourceVersion.isEmpty { involved["resourceVersion"] = .string(object.resourceVersion) }
        if let fieldPath { involved["fieldPath"] = .string(fieldPath) }
        continuation.yield(
            Entry(
                involved: involved, namespace: object.namespace.isEmpty ? "default" : object.namespace, note: note,
                time: clock.timestamp))
    }

    func normal(_ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String) {
        record(object, fieldPath: fieldPath, Note(severity: .normal, reason: reason, message: message))
    }

    func warning(_ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String) {
        record(object, fieldPath: fieldPath, Note(severity: .warning, reason: reason, message: message))
    }

    /// Writes until the task is cancelled.
    func run() async {
        var known: [[String]: KubernetesObject] = [:]
        var order: [[String]] = []
        var number: Int64 = 0
        for await entry in entries {
            let involved = entry.involved
            let identity =
                [
                    involved["kind"], involved["uid"], involved["name"], involved["fieldPath"],
                ].map { $0?.string ?? "" } + [entry.namespace, entry.note.reason, entry.note.message]
            let written: KubernetesObject?
            if let present = known[identity] {
                written = await countUp(present, at: entry.time)
            } else {
                written = nil
            }
            // Two Events of one nanosecond, as with a clock that stands still, need different names.
            number += 1
            guard let event = if let written { written } else { await write(entry, number) } else { continue }
            if known.updateValue(event, forKey: identity) == nil {
                order.append(identity)
                if order.count > 512 { known[order.removeFirst()] = nil }
            }
        }
    }

    private func countUp(_ event: KubernetesObject, at time: Timestamp) async -> KubernetesObject? {
        let count = (event.document["count"]?.int ?? 1) + 1
        return try? await client.patch(
            .events, namespace: event.namespace, name: event.name,
            .merge(["count": .integer(count), "lastTimestamp": .string(time.text)]), subresource: nil, WriteOptions())
    }

    private func write(_ entry: Entry, _ number: Int64) async -> KubernetesObject? {
        let name = entry.involved["name"]?.string ?? ""
        let (seconds, attoseconds) = entry.time.sinceEpoch.components
        let suffix = seconds * 1_000_000_000 + attoseconds / 1_000_000_000 + number
        var event = KubernetesObject(
            .events, namespace: entry.namespace, name: "\(name).\(String(suffix, radix: 16))")
        event.document["involvedObject"] = entry.involved
        event.document["reason"] = .string(entry.note.reason)
        event.document["message"] = .string(entry.note.message)
        event.document["type"] = .string(entry.note.severity.rawValue)
        event.document["count"] = 1
        event.document["firstTimestamp"] = .string(entry.time.text)
        event.document["lastTimestamp"] = .string(entry.time.text)
        event.document["source"] = ["component": "kubelet", "host": .string(host)]
        event.document["reportingComponent"] = "kubelet"
        event.document["reportingInstance"] = .string(host)
        return try? await client.create(.events, event)
    }
}
