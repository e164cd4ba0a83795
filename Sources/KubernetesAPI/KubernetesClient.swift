public import Documents

/// The one way to the cluster's state, for the shell, lessons, controllers and kubelets alike. In process it is a call
/// into the request pipeline; for a real cluster it would be HTTP. The verbs are those of the Kubernetes API conventions.
///
/// `namespace` is nil for cluster-scoped resources and, in `list` and `watch`, for all namespaces.
public protocol KubernetesClient: Sendable {
    func get(_ resource: APIResource, namespace: String?, name: String) async throws(Status) -> KubernetesObject
    func list(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> ObjectList
    /// The same as rows and columns made by the server (`Accept: …;as=Table`).
    func table(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> ObjectTable
    /// A row of the table for one object, for `get NAME` and `-w`.
    func tableRow(_ resource: APIResource, _ object: KubernetesObject) -> ObjectTable.Row
    /// Changes after `options.resourceVersion`; without one, first an `added` for everything that exists, then a bookmark
    /// (`.bookmark`) at the revision up to which that is complete, then changes.
    ///
    /// The stream throws `Status` with `.expired` (410) where that revision has been compacted.
    /// End it by cancelling the task that reads it or dropping the iterator.
    func watch(_ resource: APIResource, namespace: String?, _ options: ListOptions) async throws(Status) -> WatchStream
    func create(_ resource: APIResource, namespace: String?, _ object: KubernetesObject, _ options: WriteOptions)
        async throws(Status) -> KubernetesObject
    /// Replaces. A `resourceVersion` in the object must match, else `.conflict`.
    func update(
        _ resource: APIResource, namespace: String?, _ object: KubernetesObject, subresource: Subresource?,
        _ options: WriteOptions
    ) async throws(Status) -> KubernetesObject
    func patch(
        _ resource: APIResource, namespace: String?, name: String, _ patch: Patch, subresource: Subresource?,
        _ options: WriteOptions
    ) async throws(Status) -> KubernetesObject
    /// Asks for deletion. With a grace period or finalizers the object stays, marked, until they are done.
    /// - Returns: the object as it was left (marked) or as it was when it went.
    func delete(_ resource: APIResource, namespace: String?, name: String, _ options: DeleteOptions)
        async throws(Status) -> KubernetesObject
    /// The `pods/log` subresource.
    func podLogs(namespace: String, name: String, _ options: PodLogOptions) async throws(Status) -> AsyncStream<[UInt8]>
    /// The `pods/exec` subresource; the streams are the caller's own descriptors.
    func podExec(namespace: String, name: String, _ options: PodExecOptions) async throws(Status) -> any PodSession
    /// The `pods/attach` subresource (command of the options is ignored).
    func podAttach(namespace: String, name: String, _ options: PodExecOptions) async throws(Status) -> any PodSession
    /// What a person or controller did that caused the writes of the client that is returned; kept with every write.
    func caused(by cause: String) -> any KubernetesClient
}

extension KubernetesClient {
    public func list(_ resource: APIResource, namespace: String? = nil) async throws(Status) -> ObjectList {
        try await list(resource, namespace: namespace, ListOptions())
    }

    public func create(_ resource: APIResource, _ object: KubernetesObject) async throws(Status) -> KubernetesObject {
        try await create(
            resource, namespace: resource.isNamespaced ? object.namespace : nil, object, WriteOptions())
    }

    public func update(_ resource: APIResource, _ object: KubernetesObject, subresource: Subresource? = nil)
        async throws(Status) -> KubernetesObject
    {
        try await update(
            resource, namespace: resource.isNamespaced ? object.namespace : nil, object, subresource: subresource,
            WriteOptions())
    }
}

public struct ListOptions: Sendable {
    public var labelSelector: LabelSelector
    public var fieldSelector: FieldSelector
    /// For `watch`: the revision after which changes are wanted.
    public var resourceVersion: String?
    /// At most so many objects, and where to go on.
    public var limit: Int?
    public var continueToken: String?

    public init(
        labelSelector: LabelSelector = .everything, fieldSelector: FieldSelector = .everything,
        resourceVersion: String? = nil, limit: Int? = nil, continueToken: String? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.limit = limit
        self.continueToken = continueToken
    }
}

public struct ObjectList: Sendable {
    public var items: [KubernetesObject]
    /// The revision at which this was the truth; watch from here.
    public var resourceVersion: String
    public var continueToken: String?

    public init(items: [KubernetesObject], resourceVersion: String, continueToken: String? = nil) {
        self.items = items
        self.resourceVersion = resourceVersion
        self.continueToken = continueToken
    }
}

/// `meta.k8s.io/v1 Table`
public struct ObjectTable: Sendable {
    public struct Column: Sendable, Hashable {
        /// As written, e.g. `Ready`; kubectl prints it in capitals.
        public var name: String
        /// 0 is always shown, 1 only with `-o wide`.
        public var priority: Int
        public init(_ name: String, priority: Int = 0) {
            self.name = name
            self.priority = priority
        }
    }
    public struct Row: Sendable {
        public var cells: [String]
        public var object: KubernetesObject
        public init(cells: [String], object: KubernetesObject) {
            self.cells = cells
            self.object = object
        }
    }
    public var columns: [Column]
    public var rows: [Row]
    public var resourceVersion: String
    public init(columns: [Column], rows: [Row], resourceVersion: String) {
        self.columns = columns
        self.rows = rows
        self.resourceVersion = resourceVersion
    }
}

public enum WatchEvent: Sendable {
    case added(KubernetesObject)
    case modified(KubernetesObject)
    case deleted(KubernetesObject)
    case bookmark(resourceVersion: String)

    public var object: KubernetesObject? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object): object
        case .bookmark: nil
        }
    }
}

public typealias WatchStream = AsyncThrowingStream<WatchEvent, any Error>

public enum Subresource: String, Sendable, Hashable {
    /// `finalize` is for namespaces: only `spec.finalizers` is written.
    case status, scale, binding, eviction, finalize
}

public enum Patch: Sendable {
    /// RFC 7396
    case merge(JSONValue)
    /// Kubernetes' strategic merge patch
    case strategic(JSONValue)
    /// RFC 6902
    case json(JSONValue)
}

public struct WriteOptions: Sendable {
    /// Validates and answers, but stores nothing.
    public var dryRun: Bool
    /// Unknown and duplicate fields are errors (`fieldValidation: Strict`), as kubectl asks for.
    public var strictFields: Bool
    /// `metadata.managedFields` manager, e.g. `kubectl-create`.
    public var fieldManager: String

    public init(dryRun: Bool = false, strictFields: Bool = false, fieldManager: String = "") {
        self.dryRun = dryRun
        self.strictFields = strictFields
        self.fieldManager = fieldManager
    }
}

public struct DeleteOptions: Sendable {
    public enum Propagation: String, Sendable {
        case background = "Background", foreground = "Foreground", orphan = "Orphan"
    }
    /// Seconds; nil takes the object's default (30 for Pods).
    public var gracePeriodSeconds: Int?
    public var propagation: Propagation
    public var preconditionUID: String?
    public var preconditionResourceVersion: String?
    public var dryRun: Bool

    public init(
        gracePeriodSeconds: Int? = nil, propagation: Propagation = .background, preconditionUID: String? = nil,
        preconditionResourceVersion: String? = nil, dryRun: Bool = false
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagation = propagation
        self.preconditionUID = preconditionUID
        self.preconditionResourceVersion = preconditionResourceVersion
        self.dryRun = dryRun
    }
}

public struct PodLogOptions: Sendable {
    /// Needed where the Pod has several.
    public var container: String?
    public var follow: Bool
    public var tail: Int?
    public var sinceSeconds: Int?
    public var timestamps: Bool
    /// The run before the present one.
    public var previous: Bool

    public init(
        container: String? = nil, follow: Bool = false, tail: Int? = nil, sinceSeconds: Int? = nil,
        timestamps: Bool = false, previous: Bool = false
    ) {
        self.container = container
        self.follow = follow
        self.tail = tail
        self.sinceSeconds = sinceSeconds
        self.timestamps = timestamps
        self.previous = previous
    }
}

public struct PodExecOptions: Sendable {
    public var container: String?
    public var command: [String]
    /// Open descriptors of the caller.
    public var input: Int32?
    public var output: Int32?
    public var error: Int32?
    /// Columns and rows of the terminal, if one is wanted.
    public var terminal: (columns: UInt16, rows: UInt16)?

    public init(
        container: String? = nil, command: [String] = [], input: Int32? = nil, output: Int32? = nil,
        error: Int32? = nil, terminal: (columns: UInt16, rows: UInt16)? = nil
    ) {
        self.container = container
        self.command = command
        self.input = input
        self.output = output
        self.error = error
        self.terminal = terminal
    }
}

public protocol PodSession: Sendable {
    /// Exit status 0–255 of the process.
    func wait() async throws(Status) -> Int32
    func resize(columns: UInt16, rows: UInt16) async
    func signal(_ signal: Int32) async
    func detach() async
}

/// How the API server reaches the kubelet of a Pod's node (`kubelet` streaming endpoints).
public protocol NodeConnector: Sendable {
    func podLogs(node: String, pod: KubernetesObject, _ options: PodLogOptions) async throws(Status)
        -> AsyncStream<[UInt8]>
    func podExec(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status) -> any PodSession
    func podAttach(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
}
