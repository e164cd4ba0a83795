import ContainerRuntime
import ControllerRuntime
import Documents
import KubernetesAPI

extension PodWorker {
    // MARK: Looking

    /// Asks the runtime about containers that were running, if something may have happened to them.
    func refresh() async {
        guard mustRefresh else { return }
        mustRefresh = false
        for container in pod.allContainers {
            guard let run = state[container.name].current, run.isRunning else { continue }
            do throws(RuntimeError) {
                let status = try await context.runtime.containerStatus(run.id)
                guard status.state == .exited || status.state == .removing else { continue }
                await ended(container, status.exit ?? ExitStatus(code: 137, signal: 9))
            } catch {
                // Somebody removed it behind our back; what it would have said is lost.
                guard case .noSuchContainer = error else { continue }
                await ended(container, ExitStatus(code: 137, signal: 9))
            }
        }
    }

    private func ended(_ container: ContainerSpecification, _ exit: ExitStatus) async {
        stopProbes(container.name)
        var record = state[container.name]
        record.current?.end = .exited(exit)
        record.current?.endTimestamp = context.clock.timestamp
        record.current?.endedAt = context.clock.now
        record.killDeadline = nil
        record.isProbedReady = false
        record.image = .unknown
        state[container.name] = record
        let policy = container.document["terminationMessagePolicy"]?.string
        if policy == "FallbackToLogsOnError", exit.code != 0, let id = record.current?.id {
            state[container.name].current?.terminationMessage = await endOfLog(id)
        }
    }

    /// The last 80 lines of a log, at most 2 KiB of them.
    private func endOfLog(_ id: String) async -> String {
        guard let lines = try? await context.runtime.logs(id, LogOptions(tail: 80)) else { return "" }
        var bytes: [UInt8] = []
        for await line in lines { bytes += line.bytes }
        return String(decoding: bytes.suffix(2048), as: UTF8.self)
    }

    // MARK: Images

    func resolveImage(for name: String) async {
        guard let container = pod.container(name) else { return }
        let reference = container.image
        if let image = await presentImage(reference) {
            note(container, "Pulled", "Container image \"\(reference)\" already present on machine")
            images[name] = image
            return state[name].image = .present
        }
        if container.pullPolicy == .never {
            let message = "Container image \"\(reference)\" is not present with pull policy of Never"
            warn(container, "ErrImageNeverPull", message)
            warn(container, "Failed", "Error: ErrImageNeverPull")
            return imageFailed(name, ImageFailure(reason: "ErrImageNeverPull", message: message))
        }
        note(container, "Pulling", "Pulling image \"\(reference)\"")
        let failures = imageFailures(name)
        state[name].image = .resolving
        // Assembling an image may take long; meanwhile the worker hears of deletions.
        Task { [context] in
            let started = context.clock.now
            let result: Result<ImageSummary, RuntimeError>
            do throws(RuntimeError) {
                result = .success(try await context.runtime.resolveImage(reference))
            } catch {
                result = .failure(error)
            }
            await imageResolved(name, result, took: context.clock.now - started, failures: failures)
        }
    }

    private func imageFailures(_ name: String) -> Int {
        if case .failed(_, _, _, let failures) = state[name].image { failures } else { 0 }
    }

    private func presentImage(_ reference: String) async -> ImageSummary? {
        guard let images = try? await context.runtime.images() else { return nil }
        return images.first { image in
            image.id == reference || image.references.contains { $0 == reference || $0 == reference + ":latest" }
        }
    }

    private func imageResolved(
        _ name: String, _ result: Result<ImageSummary, RuntimeError>, took: Duration, failures: Int
    ) async {
        guard let container = pod.container(name) else { return }
        switch result {
        case .success(let image):
            let time = Duration.milliseconds(took / .milliseconds(1)).goText
            note(
                container, "Pulled",
                "Successfully pulled image \"\(container.image)\" in \(time) (\(time) including waiting). "
                    + "Image size: \(image.size) bytes." + (image.origin.isEmpty ? "" : " It was \(image.origin)."))
            images[name] = image
            state[name].image = .present
        case .failure(let error):
            var message = error.sentence
            let offers = await context.runtime.offeredImages()
            if !offers.isEmpty { message += " (there are \(offers.joined(separator: ", ")))" }
            warn(container, "Failed", "Failed to pull image \"\(container.image)\": \(message)")
            warn(container, "Failed", "Error: ErrImagePull")
            imageFailed(name, ImageFailure(reason: "ErrImagePull", message: message), after: failures)
        }
        wake()
    }

    private func imageFailed(_ name: String, _ failure: ImageFailure, after failures: Int? = nil) {
        let failures = failures ?? imageFailures(name)
        let now = context.clock.now
        state[name].image = .failed(
            failure, failedAt: now, retryAt: now + context.timing.image.delay(failures: failures),
            failures: failures + 1)
    }

    // MARK: Starting

    func start(_ name: String) async {
        guard let container = pod.container(name), case .ready(let sandbox, let address) = state.sandbox,
            let image = images[name]
        else { return }
        let before = state[name]
        let restarts = before.current == nil ? before.restarts : before.restarts + 1
        do throws(ContainerStartFailure) {
            let configuration = try await configuration(
                container, sandbox: sandbox, address: address, image: image, restarts: restarts)
            let id: String
            do throws(RuntimeError) {
                id = try await context.runtime.createContainer(configuration)
            } catch {
                throw ContainerStartFailure.creation(error.sentence)
            }
            note(container, "Created", "Created container: \(name)")
            await start(container, id: id, image: image, restarts: restarts)
        } catch {
            failed(container, error)
        }
    }

    private func start(_ container: ContainerSpecification, id: String, image: ImageSummary, restarts: Int) async {
        let clock = context.clock
        var record = state[container.name]
        let outdated = record.previous
        if let last = record.current {
            record.restartDelay = RestartDelay.next(
                after: record.restartDelay, end: last.endedAt ?? clock.now, now: clock.now,
                backoff: context.timing.restart)
            record.previous = last
        }
        var run = ContainerRun(
            id: id, image: container.image, imageID: image.id, startTimestamp: clock.timestamp)
        var failure: RuntimeError?
        do throws(RuntimeError) {
            try await context.runtime.startContainer(id)
        } catch {
            failure = error
            run.end = .notStarted(message: error.sentence)
            run.endTimestamp = clock.timestamp
            run.endedAt = clock.now
        }
        record.current = run
        record.restarts = restarts
        record.waiting = nil
        record.retryAt = nil
        record.failures = 0
        record.killDeadline = nil
        record.hasPassedStartup = failure == nil && container.probe(.startup) == nil
        record.isProbedReady = failure == nil && container.probe(.readiness) == nil
        if failure != nil { record.image = .unknown }
        state[container.name] = record
        if let failure {
            warn(container, "Failed", "Error: \(failure.sentence)")
        } else {
            note(container, "Started", "Started container \(container.name)")
            // It may have ended before we began to listen for its end.
            mustRefresh = true
            startProbes(container)
            runPostStart(container, id: id)
        }
        // Logs of the run before this one can still be asked for; older ones not.
        if let outdated { try? await context.runtime.removeContainer(outdated.id, force: true) }
    }

    private func configuration(
        _ container: ContainerSpecification, sandbox: String, address: String?, image: ImageSummary, restarts: Int
    ) async throws(ContainerStartFailure) -> ContainerConfiguration {
        let object = pod.object
        let hostIP = context.node.internalIP
        let fields = PodFields(
            pod: object, nodeName: context.node.name, hostIP: hostIP,
            podIP: pod.usesHostNetwork ? hostIP : address)
        let maps = await configMaps(namedBy: container)
        let resources = ContainerResources(pod: pod, machine: context.machine)
        let field: (String?, String, String?) -> String? = { name, path, divisor in
            resources.field(container: name ?? container.name, path, divisor: divisor)
        }
        let environment = ContainerEnvironment(
            container: container.document, namespace: object.namespace, fields: fields,
            services: ServiceEnvironment.variables(
                services: context.services.list(), namespace: object.namespace,
                includesAll: pod.spec["enableServiceLinks"]?.bool ?? true), resources: field, configMap: { maps[$0] })
        let volumes = VolumeMounts(pod: object, fields: fields, configMap: { maps[$0] }, resources: field)
        let blueprint = ContainerBlueprint(
            pod: pod, container: container, node: context.node, sandboxID: sandbox, image: image, restarts: restarts,
            environment: try environment.make(), mounts: try volumes.mounts(for: container),
            resources: resources.limits(of: container))
        return try blueprint.configuration()
    }

    /// What the informer knows, and where it knows nothing yet, what the server says.
    private func configMaps(namedBy container: ContainerSpecification) async -> [String: KubernetesObject] {
        var found: [String: KubernetesObject] = [:]
        let namespace = pod.object.namespace
        for name in ConfigMapReferences(pod: pod).names(for: container) {
            if let object = context.configMaps.get(ObjectKey(namespace: namespace, name: name)) {
                found[name] = object
            } else if let object = try? await context.client.get(.configMaps, namespace: namespace, name: name) {
                found[name] = object
            }
        }
        return found
    }

    /// A ConfigMap came or changed: containers that could not be made may be possible now.
    func configMapChanged(_ key: ObjectKey) {
        guard key.namespace == pod.object.namespace else { return }
        let references = ConfigMapReferences(pod: pod)
        for container in pod.allContainers where references.names(for: container).contains(key.name) {
            guard state[container.name].retryAt != nil else { continue }
            state[container.name].retryAt = nil
            wake()
        }
    }

    private func failed(_ container: ContainerSpecification, _ failure: ContainerStartFailure) {
        var record = state[container.name]
        switch failure {
        case .configuration(let message):
            record.waiting = ContainerWaiting("CreateContainerConfigError", message)
            warn(container, "Failed", "Error: \(message)")
        case .creation(let message):
            record.waiting = ContainerWaiting("CreateContainerError", message)
            warn(container, "Failed", "Error: \(message)")
        case .volume(let name, let message):
            record.waiting = nil
            context.events.warning(
                pod.object, "FailedMount", "MountVolume.SetUp failed for volume \"\(name)\" : \(message)")
        }
        record.retryAt = context.clock.now + context.timing.retry.delay(failures: record.failures)
        record.failures += 1
        state[container.name] = record
    }

    // MARK: Stopping

    func kill(_ name: String, grace: Duration, cause: PodSyncDecision.KillCause) {
        guard let container = pod.container(name), let run = state[name].current, run.isRunning else { return }
        let isFirst = state[name].killDeadline == nil
        state[name].killDeadline = context.clock.now + grace
        if isFirst {
            let message =
                cause == .definitionChanged
                ? "Container \(name) definition changed, will be restarted" : "Stopping container \(name)"
            note(container, "Killing", message)
        }
        stop(container, run.id, grace: grace, runsHook: isFirst)
    }

    /// Stops a container in the background; the runtime's event tells when it has ended.
    private func stop(_ container: ContainerSpecification, _ id: String, grace: Duration, runsHook: Bool) {
        let address = address
        Task { [context] in
            let deadline = context.clock.now + grace
            if runsHook, let hook = container.preStop {
                let outcome = await context.handlers.run(
                    hook, container: container, id: id, address: address, timeout: grace)
                if case .failure(let message) = outcome {
                    warn(container, "FailedPreStopHook", "PreStopHook failed: \(message)")
                }
            }
            let left = max(.zero, deadline - context.clock.now)
            do throws(RuntimeError) {
                try await context.runtime.stopContainer(id, grace: left)
            } catch {
                stopFailed(container, id, error)
            }
            containersChanged()
        }
    }

    private func stopFailed(_ container: ContainerSpecification, _ id: String, _ error: RuntimeError) {
        if case .noSuchContainer = error { return }
        guard state[container.name].current?.id == id else { return }
        state[container.name].killDeadline = nil
        warn(container, "FailedKillPod", "error killing container: \(error.sentence)")
        retryLater()
    }

    /// Stops a container whose probe or hook failed; the restart policy decides what comes then.
    func killFailing(_ container: ContainerSpecification, id: String, grace: Duration?, message: String) {
        let record = state[container.name]
        guard let run = record.current, run.id == id, run.isRunning, record.killDeadline == nil else { return }
        let grace = grace ?? pod.terminationGrace
        let willRestart = container.role == .sidecar || pod.restartPolicy != .never
        state[container.name].killDeadline = context.clock.now + grace
        note(container, "Killing", message + (willRestart ? ", will be restarted" : ""))
        stop(container, id, grace: grace, runsHook: true)
    }

    private func runPostStart(_ container: ContainerSpecification, id: String) {
        guard let hook = container.postStart else { return }
        let address = address
        Task { [context] in
            // A hook has no time limit of its own; the container's end ends it.
            let outcome = await context.handlers.run(
                hook, container: container, id: id, address: address, timeout: .seconds(3600))
            if case .failure(let message) = outcome {
                warn(container, "FailedPostStartHook", "PostStartHook failed: \(message)")
                killFailing(container, id: id, grace: nil, message: "FailedPostStartHook")
            }
        }
    }
}
