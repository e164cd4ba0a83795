import Documents
public import KubernetesAPI
import Synchronization

/// Writes Events about objects (client-go's `tools/record`).
///
/// Recording only takes note; `run` writes, in order, so that nobody who does something waits for it to be told. An
/// Event that repeats an earlier one is counted up instead of written anew.
public final class EventRecorder: Sendable {
    public enum Severity: String, Sendable { case normal = "Normal", warning = "Warning" }

    private struct Entry: Sendable {
        var involved: JSONValue
        var namespace: String
        var severity: Severity
        var reason: String
        var message: String
        var time: Timestamp

        /// What makes two Events the same one, happened twice.
        var identity: [String] {
            ["kind", "namespace", "name", "uid", "fieldPath"].map { involved[$0]?.string ?? "" } + [reason, message]
        }
    }

    private let client: any KubernetesClient
    private let clock: any ControllerClock
    private let component: String
    private let host: String
    private let entries: AsyncStream<Entry>
    private let continuation: AsyncStream<Entry>.Continuation
    private let pending = Mutex(0)
    private static let bufferLimit = 4096
    private static let memoryLimit = 512

    /// - Parameters:
    ///   - component: who tells, such as `kubelet`.
    ///   - host: the node it is on, if that matters.
    public init(client: any KubernetesClient, clock: any ControllerClock, component: String, host: String = "") {
        self.client = client
        self.clock = clock
        self.component = component
        self.host = host
        (entries, continuation) = AsyncStream.makeStream(of: Entry.self, bufferingPolicy: .unbounded)
    }

    /// Nothing waits to be written.
    public var isIdle: Bool { pending.withLock { $0 == 0 } }

    public func normal(_ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String) {
        record(.normal, object, fieldPath: fieldPath, reason, message)
    }

    public func warning(_ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String) {
        record(.warning, object, fieldPath: fieldPath, reason, message)
    }

    /// - Parameters:
    ///   - fieldPath: the part of the object that is meant, such as `spec.containers{main}`.
    ///   - reason: one word in CamelCase, for programs.
    ///   - message: a sentence, for people.
    public func record(
        _ severity: Severity, _ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String
    ) {
        // Where nobody writes for long, the newest are dropped: Events are told, not owed.
        let isAccepted = pending.withLock { pending in
            guard pending < Self.bufferLimit else { return false }
            pending += 1
            return true
        }
        guard isAccepted else { return }
        var involved: JSONValue = [
            "kind": .string(object.kind), "apiVersion": .string(object.apiVersion), "name": .string(object.name),
            "uid": .string(object.uid),
        ]
        if !object.namespace.isEmpty { involved["namespace"] = .string(object.namespace) }
        if !object.resourceVersion.isEmpty { involved["resourceVersion"] = .string(object.resourceVersion) }
        if let fieldPath { involved["fieldPath"] = .string(fieldPath) }
        continuation.yield(
            Entry(
                involved: involved, namespace: object.namespace.isEmpty ? "default" : object.namespace,
                severity: severity, reason: reason, message: message, time: clock.timestamp))
    }

    /// Writes until the task is cancelled. To be called once.
    public func run() async {
        var known: [[String]: KubernetesObject] = [:]
        var order: [[String]] = []
        for await entry in entries {
            defer { pending.withLock { $0 -= 1 } }
            let identity = entry.identity
            var written: KubernetesObject?
            if let present = known[identity] { written = await countUp(present, at: entry.time) }
            if written == nil { written = await write(entry) }
            guard let written else { continue }
            if known.updateValue(written, forKey: identity) == nil { order.append(identity) }
            if order.count > Self.memoryLimit { known[order.removeFirst()] = nil }
        }
    }

    /// Nil where the Event has been deleted meanwhile.
    private func countUp(_ event: KubernetesObject, at time: Timestamp) async -> KubernetesObject? {
        let count = (event.document["count"]?.int ?? 1) + 1
        return try? await client.patch(
            .events, namespace: event.namespace, name: event.name,
            .merge(["count": .integer(count), "lastTimestamp": .string(time.text)]), subresource: nil, WriteOptions())
    }

    /// Nil where the server refuses it: the object's namespace is going, for example. What was to be told about is no
    /// worse for it.
    private func write(_ entry: Entry) async -> KubernetesObject? {
        let (seconds, attoseconds) = entry.time.sinceEpoch.components
        var number = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        while !Task.isCancelled {
            let name = "\(entry.involved["name"]?.string ?? "").\(String(number, radix: 16))"
            var event = KubernetesObject(.events, namespace: entry.namespace, name: name)
            event.document["involvedObject"] = entry.involved
            event.document["reason"] = .string(entry.reason)
            event.document["message"] = .string(entry.message)
            var source: JSONValue = ["component": .string(component)]
            if !host.isEmpty { source["host"] = .string(host) }
            event.document["source"] = source
            event.document["firstTimestamp"] = .string(entry.time.text)
            event.document["lastTimestamp"] = .string(entry.time.text)
            event.document["count"] = 1
            event.document["type"] = .string(entry.severity.rawValue)
            event.document["reportingComponent"] = .string(component)
            event.document["reportingInstance"] = .string(host)
            do {
                return try await client.create(.events, event)
            } catch  where error.reason == .alreadyExists {
                // Two Events about one object at one moment of the clock.
                number += 1
            } catch {
                return nil
            }
        }
        return nil
    }
}
