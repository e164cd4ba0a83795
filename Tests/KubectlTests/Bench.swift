import APIServer
import Commands
import Documents
import Glibc
import Kubectl
import KubernetesAPI
import ObjectStore
import Synchronization
import Terminal
import Testing

/// kubectl over a real API server in memory, with a clock that moves when told, files of its own and pipes for output.
final class Bench: Sendable {
    static let start = Timestamp(secondsSinceEpoch: 1_767_225_600)

    let client: any KubernetesClient
    let command: Command
    let session = KubectlSession()
    let files = MemoryFiles()
    let connector = ProcessConnector()
    let time: Time

    /// A clock that stands still between calls.
    final class Time: Sendable {
        private let moment = Mutex(Bench.start)
        var now: Timestamp { moment.withLock { $0 } }
        func advance(by span: Duration) { moment.withLock { $0 = $0 + span } }
    }

    struct Result: Sendable {
        var status: Int32
        var output: String
        var error: String
    }

    init() throws {
        let time = Time()
        self.time = time
        let server = APIServer(
            store: ObjectStore(), clock: { time.now }, seed: 7, nodeConnector: connector)
        try server.bootstrap()
        client = server.client(user: "kubernetes-admin")
        command = KubectlCommand.make(client: client, session: session, now: { time.now })
    }

    /// Runs `kubectl LINE`; single quotes keep words together as in a shell.
    @discardableResult
    func run(_ line: String, input: String = "", language: Language = .english) async throws -> Result {
        let (inputRead, inputWrite) = try Self.pipe()
        OutputStream(descriptor: inputWrite).write(input)
        close(inputWrite)
        defer { close(inputRead) }
        let (outputRead, outputWrite) = try Self.pipe()
        let (errorRead, errorWrite) = try Self.pipe()
        async let output = InputStream(descriptor: outputRead).readAll()
        async let error = InputStream(descriptor: errorRead).readAll()
        let context = context(input: inputRead, output: outputWrite, error: errorWrite, language)
        let status = await command.dispatch(Self.words(line), context)
        close(outputWrite)
        close(errorWrite)
        let result = await Result(
            status: status, output: String(decoding: output, as: UTF8.self),
            error: String(decoding: error, as: UTF8.self))
        close(outputRead)
        close(errorRead)
        return result
    }

    func context(input: Int32, output: Int32, error: Int32, _ language: Language = .english) -> CommandContext {
        CommandContext(
            input: input, output: OutputStream(descriptor: output), error: OutputStream(descriptor: error),
            environment: [:], workingDirectory: "/work", files: files, language: language,
            style: Style(isEnabled: false))
    }

    static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in line {
            switch character {
            case "'":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let done = word { words.append(done) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }

    // MARK: What kubelets and controllers would write

    func node(_ name: String) async throws {
        var node = KubernetesObject(.nodes, name: name)
        node.labels = ["kubernetes.io/hostname": name, "kubernetes.io/os": "linux"]
        node = try await client.create(.nodes, node)
        node.status = try YAMLParser.document(
            in: """
                addresses: [{type: InternalIP, address: 10.89.0.11}, {type: Hostname, address: \(name)}]
                capacity: {cpu: "2", memory: 4Gi, pods: "110"}
                allocatable: {cpu: "2", memory: 4Gi, pods: "110"}
                conditions:
                - {type: Ready, status: "True", reason: KubeletReady, message: kubelet is posting ready status,
                   lastHeartbeatTime: "2026-01-01T00:00:00Z", lastTransitionTime: "2026-01-01T00:00:00Z"}
                nodeInfo: {kernelVersion: 6.18.0, osImage: kijabi, containerRuntimeVersion: kijabi://1,
                           kubeletVersion: v1.34.0, operatingSystem: linux, architecture: amd64}
                """, file: "node"
        ).value
        _ = try await client.update(.nodes, node, subresource: .status)
    }

    /// The Pod as it is once a kubelet has started it.
    func start(_ name: String, namespace: String = "default", node: String = "node-1", isReady: Bool = true)
        async throws
    {
        var pod = try await client.get(.pods, namespace: namespace, name: name)
        if pod.spec["nodeName"] == nil {
            var binding = KubernetesObject(["apiVersion": "v1", "kind": "Binding"])
            binding.name = name
            binding.namespace = namespace
            binding.document["target"] = ["kind": "Node", "name": .string(node)]
            _ = try await client.update(.pods, namespace: namespace, binding, subresource: .binding, WriteOptions())
            pod = try await client.get(.pods, namespace: namespace, name: name)
        }
        let ready = isReady ? "True" : "False"
        let containers = pod.spec["containers"]?.array ?? []
        var status = try YAMLParser.document(
            in: """
                phase: Running
                hostIP: 10.89.0.11
                podIP: 10.244.1.2
                podIPs: [{ip: 10.244.1.2}]
                startTime: "2026-01-01T00:00:00Z"
                qosClass: BestEffort
                conditions:
                - {type: Initialized, status: "True"}
                - {type: Ready, status: "\(ready)"}
                - {type: PodScheduled, status: "True"}
                """, file: "pod"
        ).value
        status["containerStatuses"] = .array(
            containers.map { container in
                [
                    "name": container["name"] ?? "", "image": container["image"] ?? "",
                    "imageID": "sha256:1111", "containerID": "kijabi://2222", "ready": .bool(isReady),
                    "started": true, "restartCount": 0, "lastState": [:],
                    "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]],
                ]
            })
        pod.status = status
        _ = try await client.update(.pods, pod, subresource: .status)
    }

    func setStatus(_ resource: APIResource, _ name: String, _ yaml: String) async throws {
        var object = try await client.get(resource, namespace: resource.isNamespaced ? "default" : nil, name: name)
        object.status = try YAMLParser.document(in: yaml, file: "status").value
        _ = try await client.update(resource, object, subresource: .status)
    }
}

/// Files that live in memory, all in one directory or below it.
final class MemoryFiles: FileAccess {
    private let contents = Mutex<[String: String]>([:])

    subscript(path: String) -> String? {
        get { contents.withLock { $0[Self.absolute(path)] } }
        set { contents.withLock { $0[Self.absolute(path)] = newValue } }
    }

    func read(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [UInt8] {
        guard let text = self[path] else { throw FileAccessError(path: path, errno: ENOENT) }
        return Array(text.utf8)
    }

    func list(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [String] {
        let prefix = Self.absolute(path) + "/"
        let names = contents.withLock { contents in
            contents.keys.filter { $0.hasPrefix(prefix) }.map { key in
                key.dropFirst(prefix.count).prefix { $0 != "/" }
            }
        }
        guard !names.isEmpty else { throw FileAccessError(path: path, errno: ENOENT) }
        return Set(names.map(String.init)).sorted()
    }

    func isDirectory(_ path: String, workingDirectory: String) async -> Bool {
        let prefix = Self.absolute(path) + "/"
        return contents.withLock { $0.keys.contains { $0.hasPrefix(prefix) } }
    }

    private static func absolute(_ path: String) -> String {
        var path = path.hasPrefix("/") ? path : "/work/" + path
        while path.hasSuffix("/") || path.hasSuffix("/.") { path.removeLast() }
        return path
    }
}
