import ControllerRuntime
import Documents
import KubernetesAPI
import Synchronization

/// Plays the server's side of list and watch by hand: what the wire may do that a healthy server does not.
final class ScriptedClient: KubernetesClient {
    enum Call: Equatable {
        case list
        case watch(from: String?)
    }

    private struct State {
        var lists: [Result<ObjectList, Status>] = []
        var calls: [Call] = []
        var watch: WatchStream.Continuation?
    }

    private let state = Mutex(State())
    /// Says each time that a watch has begun.
    let watching: AsyncStream<WatchStream.Continuation>
    private let began: AsyncStream<WatchStream.Continuation>.Continuation

    init(lists: [Result<ObjectList, Status>]) {
        (watching, began) = AsyncStream.makeStream()
        state.withLock { $0.lists = lists }
    }

    var calls: [Call] { state.withLock { $0.calls } }

    func list(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> ObjectList {
        let next: Result<ObjectList, Status> = state.withLock { state in
            state.calls.append(.list)
            return state.lists.isEmpty ? .failure(Status(.serviceUnavailable, "no more")) : state.lists.removeFirst()
        }
        return try next.get()
    }

    func watch(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> WatchStream
    {
        let (stream, continuation) = WatchStream.makeStream()
        state.withLock { $0.calls.append(.watch(from: options.resourceVersion)) }
        began.yield(continuation)
        return stream
    }

    private var unscripted: Status { Status(.methodNotAllowed, "not in the script") }

    func get(_: APIResource, namespace: String?, name: String) async throws(Status) -> KubernetesObject {
        throw unscripted
    }
    func table(_: APIResource, namespace: String?, _: ListOptions) async throws(Status) -> ObjectTable {
        throw unscripted
    }
    func tableRow(_: APIResource, _ object: KubernetesObject) -> ObjectTable.Row {
        ObjectTable.Row(cells: [], object: object)
    }
    func create(_: APIResource, namespace: String?, _: KubernetesObject, _: WriteOptions) async throws(Status)
        -> KubernetesObject
    { throw unscripted }
    func update(_: APIResource, namespace: String?, _: KubernetesObject, subresource: Subresource?, _: WriteOptions)
        async throws(Status) -> KubernetesObject
    { throw unscripted }
    func patch(
        _: APIResource, namespace: String?, name: String, _: Patch, subresource: Subresource?, _: WriteOptions
    ) async throws(Status) -> KubernetesObject { throw unscripted }
    func delete(_: APIResource, namespace: String?, name: String, _: DeleteOptions) async throws(Status)
        -> KubernetesObject
    { throw unscripted }
    func podLogs(namespace: String, name: String, _: PodLogOptions) async throws(Status) -> AsyncStream<[UInt8]> {
        throw unscripted
    }
    func podExec(namespace: String, name: String, _: PodExecOptions) async throws(Status) -> any PodSession {
        throw unscripted
    }
    func podAttach(namespace: String, name: String, _: PodExecOptions) async throws(Status) -> any PodSession {
        throw unscripted
    }
    func caused(by cause: String) -> any KubernetesClient { self }
}

func pod(_ name: String, uid: String = "", version: Int, node: String? = nil, owner: String? = nil) -> KubernetesObject
{
    var pod = KubernetesObject(.pods, namespace: "default", name: name)
    pod.document.set("metadata", "uid", to: .string(uid.isEmpty ? "uid-\(name)" : uid))
    pod.resourceVersion = String(version)
    if let node { pod.spec["nodeName"] = .string(node) }
    if let owner {
        pod.ownerReferences = [OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner)]
    }
    return pod
}
