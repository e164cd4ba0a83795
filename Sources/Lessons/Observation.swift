import ContainerRuntime
import Documents
import Glibc
import KubernetesAPI

/// One thing that was found on the live system.
struct ObservedItem: Sendable {
    /// Tells it from a later one of the same name: a uid, or a container's id and start.
    let identity: String
    let document: JSONValue
}

/// The live system could not be asked: neither right nor wrong.
struct ObservationError: Error, Sendable {
    let reason: String
}

/// Containers as assertions see them.
enum ContainerView {
    static func isOwn(_ status: ContainerStatus) -> Bool {
        status.configuration.labels["io.kubernetes.pod.name"] == nil
            && status.configuration.labels["kijabi.role"] == nil
    }

    static func item(_ status: ContainerStatus) -> ObservedItem {
        ObservedItem(identity: "\(status.id)@\(status.startedAt ?? 0)", document: .object(fields(status)))
    }

    static func fields(_ status: ContainerStatus) -> JSONObject {
        let configuration = status.configuration
        var fields: JSONObject = [
            "id": .string(status.id), "name": .string(status.name), "image": .string(status.imageReference),
            "state": .string(status.state.rawValue), "command": .string(status.command.joined(separator: " ")),
            "terminal": .bool(configuration.terminal), "input": .bool(configuration.openInput),
            "removeOnExit": .bool(configuration.removeOnExit), "network": .string(network(configuration)),
            "shared": .array(configuration.sharedWithHost.map(\.rawValue).sorted().map { .string($0) }),
            "ports": .array(
                status.publishedPorts.map {
                    ["host": .integer(Int($0.hostPort)), "container": .integer(Int($0.containerPort))]
                }),
        ]
        let environment = configuration.environment.map { entry -> JSONObject.Member in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (key: String(parts[0]), value: .string(parts.count > 1 ? String(parts[1]) : ""))
        }
        fields["environment"] = .object(JSONObject(environment))
        fields["pid"] = status.pid.map { .integer(Int($0)) }
        fields["address"] = status.address.map { .string($0) }
        fields["exitCode"] = status.exit.map { .integer(Int($0.code)) }
        fields["signal"] = status.exit?.signal.map { .integer(Int($0)) }
        fields["outOfMemory"] = status.exit.map { .bool($0.outOfMemory) }
        fields["memory"] = status.resources.memory.map { .integer($0) }
        fields["cpus"] = status.resources.cpus.map { .number(JSONNumber($0)) }
        fields["pids"] = status.resources.pids.map { .integer($0) }
        return fields
    }

    private static func network(_ configuration: ContainerConfiguration) -> String {
        if configuration.sharedWithHost.contains(.network) { return "host" }
        switch configuration.sandbox?.network {
        case .pod, nil: return "bridge"
        case .networks(let attachments): return attachments.first?.network ?? "none"
        case .host: return "host"
        case .sandbox: return "container"
        case .some(.none): return "none"
        }
    }
}

/// What happened to docker's containers, in order, since the recorder was started.
actor ContainerHistory {
    private(set) var items: [ObservedItem] = []
    private let runtime: any ContainerRuntime
    private static let capacity = 2_000

    init(runtime: any ContainerRuntime) {
        self.runtime = runtime
    }

    /// How many events there have been: the place where a step begins.
    var position: Int { dropped + items.count }
    private var dropped = 0

    func items(since position: Int) -> [ObservedItem] {
        Array(items.dropFirst(max(0, position - dropped)))
    }

    func record(_ event: ContainerEvent) async {
        var status = event.status
        if status == nil { status = try? await runtime.containerStatus(event.containerID) }
        guard let status, ContainerView.isOwn(status) else { return }
        var fields = ContainerView.fields(status)
        fields["event"] = .string(event.kind.rawValue)
        if let exit = event.exit {
            fields["exitCode"] = .integer(Int(exit.code))
            fields["signal"] = exit.signal.map { .integer(Int($0)) }
            fields["outOfMemory"] = .bool(exit.outOfMemory)
        }
        fields["exec"] = event.command.map { .string($0.joined(separator: " ")) }
        items.append(ObservedItem(identity: "\(position)", document: .object(fields)))
        if items.count > Self.capacity {
            items.removeFirst()
            dropped += 1
        }
    }
}

/// Where lessons look: the API and the engine, asked the way anybody asks.
struct LiveSystem: Sendable {
    let client: any KubernetesClient
    let runtime: any ContainerRuntime
    let history: ContainerHistory

    /// - Parameters:
    ///   - position: where in the container history the step began.
    ///   - answer: what the learner answered last, if anything.
    func items(of subject: Assertion.Subject, since position: Int, answer: String?)
        async throws(ObservationError) -> [ObservedItem]
    {
        switch subject {
        case .objects(let kind, let namespace, let name, let selector):
            return try await objects(kind, namespace, name, selector)
        case .containers(let name, let image):
            return try await containers(name, image)
        case .file(let container, let path):
            return try await file(path, in: container)
        case .history(let event):
            _ = try await reachable()
            return await history.items(since: position).filter {
                event == nil || $0.document["event"]?.string == event
            }
        case .answer:
            _ = try await reachable()
            guard let answer else { return [] }
            let value: JSONValue = Int(answer).map { .integer($0) } ?? .string(answer)
            return [ObservedItem(identity: answer, document: ["value": value])]
        }
    }

    /// An engine that cannot be asked makes every verdict an error, also one that needs no look at it.
    private func reachable() async throws(ObservationError) -> [ImageSummary] {
        do {
            return try await runtime.images()
        } catch {
            throw ObservationError(reason: "the container engine does not answer: \(error)")
        }
    }

    private func containers(_ name: String?, _ image: String?) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        return await runtime.containers().filter { status in
            ContainerView.isOwn(status) && (name == nil || status.name == name)
                && (image == nil || status.imageReference == image || status.imageReference == "\(image ?? ""):latest")
        }.map(ContainerView.item)
    }

    private func file(_ path: String, in name: String) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        guard let status = try? await runtime.containerStatus(name),
            let descriptor = try? await runtime.openFile(
                status.id, path: path, flags: O_RDONLY | O_NONBLOCK | O_CLOEXEC, mode: 0)
        else { return [] }
        defer { close(descriptor) }
        let content = String(decoding: FileContent.read(descriptor: descriptor) ?? [], as: UTF8.self)
        return [ObservedItem(identity: path, document: ["path": .string(path), "content": .string(content)])]
    }

    private func objects(_ kind: String, _ namespace: String, _ name: String?, _ selector: String?)
        async throws(ObservationError) -> [ObservedItem]
    {
        guard let resource = APIResource.named(kind) else { throw ObservationError(reason: "no resource \(kind)") }
        do throws(Status) {
            var options = ListOptions()
            if let selector { options.labelSelector = try SelectorText.parse(selector) }
            let list = try await client.list(
                resource, namespace: resource.isNamespaced ? namespace : nil, options)
            return list.items.filter { name == nil || $0.name == name }.map {
                ObservedItem(identity: $0.uid, document: $0.document)
            }
        } catch {
            throw ObservationError(reason: error.message)
        }
    }
}

/// Label selectors of assertions: `app=web,tier!=db`.
enum SelectorText {
    static func parse(_ text: String) throws(Status) -> LabelSelector {
        var requirements: [LabelSelector.Requirement] = []
        for part in text.split(separator: ",") {
            let isNegated = part.contains("!=")
            let sides = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            guard sides.count == 2 else { throw Status(.badRequest, "'\(text)' is no label selector") }
            let key = isNegated ? String(sides[0].dropLast()) : sides[0]
            requirements.append(.init(key, isNegated ? .notEquals(sides[1]) : .equals(sides[1])))
        }
        return LabelSelector(requirements)
    }
}
