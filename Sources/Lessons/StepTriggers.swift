import ContainerRuntime
import KubernetesAPI

/// The moments at which a step's assertions may have come true.
enum StepTriggers {
    /// Between two looks at what tells nobody of its changes.
    private static let silentInterval = Duration.milliseconds(500)

    /// One element at once, then one after every change of what the step looks at; changes that come while the last is
    /// being looked into are one.
    static func stream(for step: LessonStep, in system: LiveSystem) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        continuation.yield()
        var watched: Set<APIResource> = []
        for assertion in step.assertions {
            if case .objects(let kind, _, _, _) = assertion.subject, let resource = APIResource.named(kind) {
                watched.insert(resource)
            }
        }
        let resources = watched
        let isSilent = step.assertions.contains { $0.subject.changesSilently }
        let task = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    for await _ in await system.runtime.events() {
                        // The recorder of the history hears of the event at the same time.
                        await Task.yield()
                        continuation.yield()
                    }
                }
                if isSilent {
                    group.addTask {
                        while (try? await Task.sleep(for: silentInterval)) != nil { continuation.yield() }
                    }
                }
                for resource in resources {
                    group.addTask { await watch(resource, system.client, continuation) }
                }
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }

    private static func watch(
        _ resource: APIResource, _ client: any KubernetesClient, _ continuation: AsyncStream<Void>.Continuation
    ) async {
        // A watch that expires is begun anew; one that cannot be had at all ends the loop.
        while !Task.isCancelled {
            guard let stream = try? await client.watch(resource, namespace: nil, ListOptions()) else { return }
            do {
                for try await _ in stream { continuation.yield() }
            } catch {
                continuation.yield()
            }
        }
    }
}

extension Assertion.Subject {
    /// Nobody hears of its changes, so that it has to be looked at again and again.
    fileprivate var changesSilently: Bool {
        switch self {
        case .file, .log, .probe, .images, .volumes, .changes, .statistics, .machines: true
        case .objects, .containers, .history, .answer: false
        }
    }
}
