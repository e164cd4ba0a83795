import ContainerRuntime
public import KubernetesAPI

/// The kubelet's streaming endpoints: `logs`, `exec` and `attach` of its Pods' containers.
extension Kubelet {
    public func podLogs(_ pod: KubernetesObject, _ options: PodLogOptions) async throws(Status)
        -> AsyncStream<[UInt8]>
    {
        let container = try container(options.container, of: pod)
        guard let worker = worker(of: pod.uid) else { throw Self.notFound(pod, container) }
        let record = await worker.state[container]
        guard let run = options.previous ? record.previous : record.current ?? record.previous else {
            throw options.previous ? Self.noPrevious(pod, container) : Self.waiting(pod, container, record)
        }
        var log = LogOptions(follow: options.follow, tail: options.tail)
        if let seconds = options.sinceSeconds {
            let since = Timestamp.now.sinceEpoch - .seconds(seconds)
            log.since = since / .seconds(1)
        }
        let lines: AsyncStream<LogLine>
        do throws(RuntimeError) {
            lines = try await runtime.logs(run.id, log)
        } catch {
            throw Status(.internalError, "Internal error occurred: \(error.sentence)")
        }
        let hasTimestamps = options.timestamps
        return AsyncStream { continuation in
            let task = Task {
                var isLineStart = true
                for await line in lines {
                    if hasTimestamps, isLineStart {
                        continuation.yield(Array("\(Self.logTime(line.time)) ".utf8) + line.bytes)
                    } else {
                        continuation.yield(line.bytes)
                    }
                    isLineStart = line.bytes.last == 0x0A
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    public func podExec(_ pod: KubernetesObject, _ options: PodExecOptions) async throws(Status) -> any PodSession {
        let container = try container(options.container, of: pod)
        let id = try await runningID(pod, container)
        var configuration = ExecConfiguration(command: options.command)
        configuration.terminal = options.terminal.map { TerminalSize(columns: $0.columns, rows: $0.rows) }
        do throws(RuntimeError) {
            return RuntimePodSession(try await runtime.exec(id, configuration, streams: Self.streams(options)))
        } catch {
            throw Status(
                .internalError,
                "Internal error occurred: error executing command in container: failed to exec in container: "
                    + error.sentence)
        }
    }

    public func podAttach(_ pod: KubernetesObject, _ options: PodExecOptions) async throws(Status) -> any PodSession {
        let container = try container(options.container, of: pod)
        let id = try await runningID(pod, container)
        do throws(RuntimeError) {
            let session = RuntimePodSession(try await runtime.attach(id, streams: Self.streams(options)))
            if let size = options.terminal { await session.resize(columns: size.columns, rows: size.rows) }
            return session
        } catch {
            throw Status(.internalError, "Internal error occurred: error attaching to container: \(error.sentence)")
        }
    }

    // MARK: Which container

    private func container(_ name: String?, of pod: KubernetesObject) throws(Status) -> String {
        let specification = PodSpecification(pod)
        if let name {
            guard specification.container(name) != nil else {
                throw Status(.badRequest, "container \(name) is not valid for pod \(pod.name)")
            }
            return name
        }
        if let chosen = pod.annotations["kubectl.kubernetes.io/default-container"],
            specification.container(chosen) != nil
        {
            return chosen
        }
        guard specification.containers.count == 1, let only = specification.containers.first else {
            let names = specification.containers.map(\.name).joined(separator: " ")
            throw Status(
                .badRequest, "a container name must be specified for pod \(pod.name), choose one of: [\(names)]")
        }
        return only.name
    }

    private func runningID(_ pod: KubernetesObject, _ container: String) async throws(Status) -> String {
        guard let worker = worker(of: pod.uid), let run = await worker.state[container].current, run.isRunning else {
            throw Self.notFound(pod, container)
        }
        return run.id
    }

    private static func notFound(_ pod: KubernetesObject, _ container: String) -> Status {
        Status(
            .internalError,
            "Internal error occurred: unable to upgrade connection: container not found (\"\(container)\")")
    }

    private static func noPrevious(_ pod: KubernetesObject, _ container: String) -> Status {
        Status(.badRequest, "previous terminated container \"\(container)\" in pod \"\(pod.name)\" not found")
    }

    private static func waiting(_ pod: KubernetesObject, _ container: String, _ record: ContainerRecord) -> Status {
        let reason = record.waiting?.reason ?? "ContainerCreating"
        let what =
            switch reason {
            case "ErrImagePull": "image can't be pulled"
            case "ImagePullBackOff": "trying and failing to pull image"
            default: reason
            }
        return Status(.badRequest, "container \"\(container)\" in pod \"\(pod.name)\" is waiting to start: \(what)")
    }

    private static func streams(_ options: PodExecOptions) -> StreamDescriptors {
        StreamDescriptors(input: options.input, output: options.output, error: options.error)
    }

    /// RFC 3339 with nanoseconds, as container logs have it.
    static func logTime(_ seconds: Double) -> String {
        let time = Duration.seconds(seconds)
        let nanoseconds = time.components.attoseconds / 1_000_000_000
        let digits = String(1_000_000_000 + nanoseconds).dropFirst()
        return Timestamp(sinceEpoch: time).text.dropLast() + ".\(digits)Z"
    }
}

/// A session of the runtime, as the API speaks of it.
private struct RuntimePodSession: PodSession {
    private let session: any StreamSession

    init(_ session: any StreamSession) {
        self.session = session
    }

    func wait() async throws(Status) -> Int32 {
        do throws(RuntimeError) {
            return try await session.wait().code
        } catch {
            throw Status(.internalError, "Internal error occurred: \(error.sentence)")
        }
    }

    func resize(columns: UInt16, rows: UInt16) async { await session.resize(columns: columns, rows: rows) }
    func signal(_ signal: Int32) async { await session.signal(signal) }
    func detach() async { await session.detach() }
}
