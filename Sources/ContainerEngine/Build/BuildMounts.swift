import ContainerRuntime
import Dockerfile
import Glibc
import OCI

/// What is mounted while a RUN runs, and what of it its result depends on.
struct BuildMounts: Sendable {
    private(set) var mounts: [Mount] = []
    /// Of what is in the mounts whose content counts.
    private(set) var contentDigests: [String] = []
    /// Copies of what is mounted; they live as long as this value.
    private var copies: [StoredLayer] = []
    /// Variables that secrets are in, and the one that leads to an agent: nothing that a result depends on.
    private(set) var environment: [String] = []
    private var places: [PrivateDirectory] = []
    private var agents: [AgentSocket] = []

    static func prepare(
        _ run: RunOperation, _ step: BuildStep, _ stage: StageBuild
    ) async throws(StepFailure) -> BuildMounts {
        var prepared = BuildMounts()
        if !run.scripts.isEmpty {
            prepared.mounts.append(
                Mount(source: .files(run.scripts), target: RunOperation.scriptsPath, readOnly: true))
        }
        for mount in run.mounts {
            switch mount.kind {
            case .tmpfs:
                let size = mount.size.flatMap { Int($0) }
                prepared.mounts.append(Mount(source: .tmpfs(size: size), target: mount.target))
            case .cache: try prepared.addCache(mount, stage)
            case .bind: try await prepared.addFiles(mount, step, stage)
            case .secret: try prepared.addSecret(mount, stage)
            case .ssh: try prepared.addAgent(mount, stage)
            }
        }
        return prepared
    }

    /// A directory that outlives the build and belongs to nobody's image.
    private mutating func addCache(_ mount: BuildMount, _ stage: StageBuild) throws(StepFailure) {
        let engine = stage.plan.build.engine
        let name = Digest(of: Array((mount.id ?? mount.target).utf8)).hex
        let parent = engine.configuration.dataDirectory + "/build-mounts"
        let path = "\(parent)/\(name)"
        do throws(RuntimeError) {
            if access(path, F_OK) != 0 {
                try ContainerEngine.makeDirectory(path)
                if let mode = mount.mode.flatMap({ UInt32($0, radix: 8) }) { chmod(path, mode) }
                if engine.harbour.rootID != geteuid() { chown(path, engine.harbour.rootID, engine.harbour.rootID) }
            }
        } catch {
            throw StepFailure(error)
        }
        mounts.append(Mount(source: .bind(path: path), target: mount.target, readOnly: mount.isReadOnly))
    }

    /// Files of the context, of a stage or of an image: a copy of them, so that nothing written there stays.
    private mutating func addFiles(
        _ mount: BuildMount, _ step: BuildStep, _ stage: StageBuild
    ) async throws(StepFailure) {
        var place = BuildGraph.Place.context
        if let from = mount.from {
            do throws(DockerfileError) {
                place = try stage.plan.graph.place(from, seenFrom: stage.node, lines: step.instruction.lines)
            } catch {
                throw StepFailure(.other, error.message)
            }
        }
        let operation = CopyOperation(
            place: place, sources: [mount.source ?? "/"], destination: "/mount", documents: [], owner: nil, mode: nil,
            excluded: [], keepsParents: false, unpacks: false, checksum: nil)
        let (layer, digest) = try await stage.copyAside(operation, lines: step.instruction.lines)
        contentDigests.append(digest)
        guard let layer, let tree = layer.tree else { return }
        copies.append(layer)
        mounts.append(
            Mount(source: .bind(path: tree + "/mount"), target: mount.target, readOnly: mount.isReadOnly))
    }

    // MARK: Secrets

    /// A file, or a variable, that is there while the command runs and never in a layer.
    private mutating func addSecret(_ mount: BuildMount, _ stage: StageBuild) throws(StepFailure) {
        guard let id = mount.id ?? mount.source ?? mount.target.split(separator: "/").last.map(String.init) else {
            throw StepFailure(.other, "one of source, target required")
        }
        guard let content = stage.request.secrets[id] else {
            if mount.isRequired { throw StepFailure(.missingSecret(id: id), "secret \(id): not found") }
            return
        }
        if let variable = mount.variable {
            environment.append("\(variable)=\(String(decoding: content, as: UTF8.self))")
            if mount.target.isEmpty { return }
        }
        let target = mount.target.isEmpty ? "/run/secrets/\(id)" : mount.target
        do throws(RuntimeError) {
            let place = try PrivateDirectory(for: stage.plan.build.engine)
            let path = place.path + "/secret"
            do {
                let file = try StoredFile(creating: path)
                try file.write(content)
            }
            try place.give(path, to: mount, mode: 0o400)
            places.append(place)
            mounts.append(Mount(source: .bind(path: path), target: target, readOnly: true))
        } catch {
            throw StepFailure(error)
        }
    }

    /// The socket of the caller's agent, by a relay that belongs to the container's user.
    private mutating func addAgent(_ mount: BuildMount, _ stage: StageBuild) throws(StepFailure) {
        let id = mount.id ?? "default"
        let environment = stage.plan.build.engine.configuration.registries.environment
        guard stage.request.agents.contains(id), let agent = environment["SSH_AUTH_SOCK"] else {
            if mount.isRequired { throw StepFailure(.missingAgent(id: id), "no ssh handler for id \(id)") }
            return
        }
        let target = mount.target.isEmpty ? "/run/buildkit/ssh_agent.\(agents.count)" : mount.target
        do throws(RuntimeError) {
            let place = try PrivateDirectory(for: stage.plan.build.engine)
            let path = place.path + "/agent"
            agents.append(try AgentSocket(at: path, agent: agent))
            try place.give(path, to: mount, mode: 0o600)
            places.append(place)
            mounts.append(Mount(source: .bind(path: path), target: target, readOnly: false))
            if agents.count == 1 { self.environment.append("SSH_AUTH_SOCK=\(target)") }
        } catch {
            throw StepFailure(error)
        }
    }
}
