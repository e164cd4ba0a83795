public import KubernetesAPI
import Synchronization

/// Tells Events in the background (client-go's `EventBroadcaster`): taking note costs those who act no request, and
/// `run` hands the notes, in order, to an `EventRecorder`.
public final class EventBroadcaster: Sendable {
    private struct Note: Sendable {
        let kind: EventRecorder.Kind
        let object: KubernetesObject
        let fieldPath: String?
        let reason: String
        let message: String
    }

    private let recorder: EventRecorder
    private let notes: AsyncStream<Note>
    private let continuation: AsyncStream<Note>.Continuation
    private let pending = Mutex(0)
    private static let limit = 4096

    /// - Parameters:
    ///   - component: who tells, such as `replicaset-controller`.
    ///   - host: the node it is on, if that matters.
    public init(client: any KubernetesClient, clock: any ControllerClock, component: String, host: String = "") {
        recorder = EventRecorder(client: client, component: component, host: host, clock: { clock.timestamp })
        (notes, continuation) = AsyncStream.makeStream(of: Note.self, bufferingPolicy: .unbounded)
    }

    /// Nothing waits to be told.
    public var isIdle: Bool { pending.withLock { $0 == 0 } }

    public func normal(_ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String) {
        note(Note(kind: .normal, object: object, fieldPath: fieldPath, reason: reason, message: message))
    }

    public func warning(_ object: KubernetesObject, fieldPath: String? = nil, _ reason: String, _ message: String) {
        note(Note(kind: .warning, object: object, fieldPath: fieldPath, reason: reason, message: message))
    }

    private func note(_ note: Note) {
        // Where nobody writes for long, what comes later is dropped: Events are told, not owed.
        let isAccepted = pending.withLock { pending in
            guard pending < Self.limit else { return false }
            pending += 1
            return true
        }
        if isAccepted { continuation.yield(note) }
    }

    /// Tells until the task is cancelled. To be called once.
    public func run() async {
        for await note in notes {
            await recorder.record(
                note.kind, reason: note.reason, message: note.message, about: note.object, fieldPath: note.fieldPath)
            pending.withLock { $0 -= 1 }
        }
    }
}
