import ContainerRuntime
import Documents
import Glibc
import KubernetesAPI

/// Where lessons look: the API and the engine, asked the way anybody asks.
struct LiveSystem: Sendable {
    let client: any KubernetesClient
    let runtime: any Engine
    let machine: any LessonMachine
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
        case .log(let container): return try await log(of: container)
        case .images(let reference): return try await images(reference)
        case .volumes(let name): return try await volumes(name)
        case .changes(let container): return try await changes(of: container)
        case .statistics(let container): return try await statistics(of: container)
        case .machines(let name):
            _ = try await reachable()
            return await machine.virtualMachines().filter { name == nil || $0["name"]?.string == name }.map {
                ObservedItem(identity: "\($0["name"]?.string ?? "")@\($0["startedAt"]?.double ?? 0)", document: $0)
            }
        case .probe(let probe):
            _ = try await reachable()
            return await probe.answer().map { [ObservedItem(identity: probe.description, document: $0)] } ?? []
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
    func reachable() async throws(ObservationError) -> [ImageSummary] {
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

    private func file(_ path: String, in name: String?) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        var holders: [ContainerStatus] = []
        if let name {
            if let status = try? await runtime.containerStatus(name) { holders = [status] }
        } else {
            holders = await runtime.containers().filter(ContainerView.isToolbox)
        }
        var items: [ObservedItem] = []
        for holder in holders {
            guard
                let descriptor = try? await runtime.openFile(
                    holder.id, path: path, flags: O_RDONLY | O_NONBLOCK | O_CLOEXEC, mode: 0)
            else { continue }
            defer { close(descriptor) }
            let content = String(decoding: FileContent.read(descriptor: descriptor) ?? [], as: UTF8.self)
            items.append(
                ObservedItem(
                    identity: "\(holder.id):\(path)",
                    document: ["path": .string(path), "content": .string(content)]))
        }
        return items
    }

    private func log(of name: String) async throws(ObservationError) -> [ObservedItem] {
        _ = try await reachable()
        guard let status = try? await runtime.containerStatus(name),
            let lines = try? await runtime.logs(status.id, LogOptions(tail: 200))
        else { return [] }
        var bytes: [UInt8] = []
        for await line in lines { bytes += line.bytes }
        return [
            ObservedItem(identity: status.id, document: ["text": .string(String(decoding: bytes, as: UTF8.self))])
        ]
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
