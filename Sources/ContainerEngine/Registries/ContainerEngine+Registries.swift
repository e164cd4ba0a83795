public import ContainerRuntime
import Glibc
import LinuxKernel
import OCI
import Registry

extension ContainerEngine: RegistryService {
    public func isImageHere(_ reference: String, platform: String?) async -> Bool {
        guard let store = images_ as? ImageStore else { return (try? await images_.resolve(reference)) != nil }
        return await store.isHere(reference, for: platform.flatMap { Platform($0) })
    }

    public func pullImage(
        _ reference: String, platform: String?, progress: @escaping @Sendable (TransferEvent) -> Void
    ) async throws(RuntimeError) -> PulledImage {
        let name = try Self.registryReference(reference)
        var wanted: Platform?
        if let platform {
            guard let parsed = Platform(platform) else {
                throw .invalid(field: "platform", reason: "\"\(platform)\" is an unknown platform")
            }
            wanted = parsed
        }
        let store = try pullStore()
        // The store's directory is there from its first staging on.
        let staging = try await store.makeStaging()
        let directory = try DownloadDirectory(store: configuration.dataDirectory + "/images")
        withExtendedLifetime(staging) { directory.sweep(now: Int(configuration.now())) }
        let pull = ImagePull(
            store: store, client: await registries.client(name.domain), reference: name, platform: wanted,
            directory: directory, progress: progress)
        let pulled = try await pull.run()
        announce(.image, "pull", name.familiar, ["name": name.familiarName])
        return pulled
    }

    public func pushImage(
        _ reference: String, progress: @escaping @Sendable (TransferEvent) -> Void
    ) async throws(RuntimeError) -> PushedImage {
        let name = try Self.registryReference(reference)
        let store = try pullStore()
        guard await store.isHere(name.description) else {
            throw .noSuchImage(name.familiar)
        }
        let push = ImagePush(
            store: store, client: await registries.client(name.domain), reference: name, progress: progress)
        let pushed = try await push.run()
        announce(.image, "push", name.familiar, ["name": name.familiarName])
        return pushed
    }

    public func imageTags(_ name: String, remote: Bool) async throws(RuntimeError) -> [String] {
        let reference = try Self.registryReference(name)
        guard remote else { return try await pullStore().tags(reference) }
        let client = await registries.client(reference.domain)
        do throws(RegistryError) {
            return try await client.tags(reference.path)
        } catch {
            throw RuntimeError(error, reference)
        }
    }

    public func remoteManifest(_ reference: String) async throws(RuntimeError) -> RemoteDocument {
        let name = try Self.registryReference(reference)
        let client = await registries.client(name.domain)
        do throws(RegistryError) {
            let manifest = try await client.manifest(name.path, name.digest?.description ?? name.tag ?? "latest")
            return RemoteDocument(
                bytes: manifest.bytes, mediaType: manifest.mediaType, digest: manifest.digest.description)
        } catch {
            throw RuntimeError(error, name)
        }
    }

    // MARK: Passwords

    public func logIn(registry: String, user: String, secret: String) async throws(RuntimeError) {
        let credential = RegistryCredential(user: user, secret: secret)
        let reference = try Self.registryReference("\(registry)/login")
        do throws(RegistryError) {
            try await registries.client(registry, credential).checkAccess()
        } catch {
            if case .unauthorized(let host, let detail) = error {
                throw .registry(.wrongPassword(host: host, detail: detail))
            }
            throw RuntimeError(error, reference)
        }
        let file = registries.credentials
        let failure = await KernelThread.run("credentials") { () -> Errno? in
            do throws(Errno) {
                try file.set(credential, for: registry)
                return nil
            } catch {
                return error
            }
        }
        if let failure {
            throw .system(stage: "save the password", errno: failure.code, path: file.place(for: registry))
        }
    }

    public func logOut(registry: String) async throws(RuntimeError) -> Bool {
        let file = registries.credentials
        let result = await KernelThread.run("credentials") { () -> Result<Bool, Errno> in
            do throws(Errno) {
                return .success(try file.remove(registry))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let wasThere): return wasThere
        case .failure(let error): throw .system(stage: "forget the password", errno: error.code, path: file.own.path)
        }
    }

    public func login(registry: String) async -> (user: String?, file: String?) {
        let keeper = registries.credentials
        return await KernelThread.run("credentials") {
            let known = keeper.credential(for: registry)
            let file = keeper.helper(for: registry) == nil ? keeper.own.path : nil
            return (known?.isIdentityToken == true ? nil : known?.user, file)
        }
    }

    // MARK: Images for containers

    /// The image for a container: of the store, of a recipe, or of a registry, as the policy says.
    func image(
        _ reference: String, _ policy: PullPolicy, platform: String? = nil,
        progress: @escaping @Sendable (TransferEvent) -> Void = { _ in }
    ) async throws(RuntimeError) -> ImageSummary {
        guard images_ is ImageStore else { return try await images_.resolve(reference) }
        if policy == .always {
            _ = try await pullImage(reference, platform: platform, progress: progress)
        } else if policy == .missing, !(await isImageHere(reference, platform: platform)) {
            try await pullMissing(reference, platform, progress)
        }
        let lack: RuntimeError
        do throws(RuntimeError) {
            let image = try await images_.resolve(reference)
            if let platform, let wanted = Platform(platform), let actual = Platform(image.platform),
                !wanted.runs(actual)
            {
                throw .conflict(
                    "image with reference \(reference) was found but does not match the specified platform: "
                        + "wanted \(wanted), actual: \(actual)")
            }
            return image
        } catch {
            // What a recipe is not given here, a registry may have.
            guard policy == .missing, case .unavailable = error else { throw error }
            lack = error
        }
        do throws(RuntimeError) {
            try await pullMissing(reference, platform, progress)
        } catch {
            throw lack
        }
        return try await images_.resolve(reference)
    }

    /// Pulls an image that is not here, unless its registry did not answer a moment ago.
    private func pullMissing(
        _ reference: String, _ platform: String?, _ progress: @escaping @Sendable (TransferEvent) -> Void
    ) async throws(RuntimeError) {
        let name = try Self.registryReference(reference)
        if let failure = registries.recentFailure(name.domain) {
            throw RuntimeError(failure, name, offers: await images_.offered())
        }
        do throws(RuntimeError) {
            _ = try await pullImage(reference, platform: platform, progress: progress)
        } catch {
            if case .registry(.unreachable(let host, let detail, _)) = error {
                registries.remember(.unreachable(host: host, detail: detail), of: name.domain)
            }
            throw error
        }
    }

    private func pullStore() throws(RuntimeError) -> ImageStore {
        guard let store = images_ as? ImageStore else { throw .unavailable(reason: "this engine has no image store") }
        return store
    }

    private static func registryReference(_ text: String) throws(RuntimeError) -> ImageReference {
        do throws(ImageReferenceError) {
            return try ImageReference(text)
        } catch {
            throw .invalid(field: "image", reason: error.description)
        }
    }
}
