import CLinux
import ContainerRuntime
import LinuxKernel

/// What a container may do: capabilities and system calls.
extension ContainerEngine {
    func capabilities(of wanted: ContainerConfiguration) throws(RuntimeError) -> Capabilities {
        let asked = try Capabilities(added: wanted.addedCapabilities, dropped: wanted.droppedCapabilities)
        guard wanted.isPrivileged else { return asked }
        // A privileged container has everything, whatever was dropped beside it, as docker's has.
        return .all
    }

    func checkSecurity(_ wanted: ContainerConfiguration) throws(RuntimeError) {
        let capabilities = try capabilities(of: wanted)
        // All containers' user namespaces are below the harbour's: who had more there could reach them all.
        if wanted.sharedWithHost.contains(.user), !capabilities.isSubset(of: .standard) {
            throw .conflict(
                "a container in the harbour's user namespace (--userns host) cannot have more than the default "
                    + "capabilities")
        }
        if case .profile(let text) = wanted.security.systemCalls { _ = try SeccompProfile(parsing: text) }
    }

    /// The zygote's slot of the filter that a container gets; -1 is none.
    func filter(
        for capabilities: Capabilities, _ wanted: ContainerConfiguration
    ) async throws(RuntimeError) -> Int32 {
        switch wanted.security.systemCalls {
        case .standard: return wanted.isPrivileged ? -1 : try await standardFilter(for: capabilities)
        case .unconfined: return -1
        case .profile(let text):
            if wanted.isPrivileged { return -1 }
            // What a profile allows depends on the capabilities, too.
            let key = text + withUnsafeBytes(of: capabilities.rawValue) { Array($0) }
            if let slot = profileFilters[key] { return slot }
            let profile = try SeccompProfile(parsing: text)
            let program = try build { file throws(Errno) in try profile.write(to: file, capabilities) }
            // Before it is installed: who asks meanwhile comes after this at the zygote.
            let slot = try takeSlot()
            profileFilters[key] = slot
            try await install(program, slot)
            return slot
        }
    }

    /// The filter that such a container has, built once more to be looked at; nil is none.
    func filterProgram(of wanted: ContainerConfiguration) throws(RuntimeError) -> FileDescriptor? {
        let capabilities = try capabilities(of: wanted)
        if wanted.isPrivileged { return nil }
        switch wanted.security.systemCalls {
        case .unconfined: return nil
        case .standard:
            return try build { file throws(Errno) in
                let result = kijabi_write_seccomp_filter(file, capabilities.rawValue)
                if result < 0 { throw Errno(-result) }
            }
        case .profile(let text):
            let profile = try SeccompProfile(parsing: text)
            return try build { file throws(Errno) in try profile.write(to: file, capabilities) }
        }
    }

    /// The standard profile; each is built once.
    private func standardFilter(for capabilities: Capabilities) async throws(RuntimeError) -> Int32 {
        // Only these open system calls that are closed otherwise.
        let relevant = capabilities.rawValue & ~Capabilities.standard.rawValue
        if let slot = filters[relevant] { return slot }
        let program = try build { file throws(Errno) in
            let result = kijabi_write_seccomp_filter(file, capabilities.rawValue)
            if result < 0 { throw Errno(-result) }
        }
        let slot = try takeSlot()
        filters[relevant] = slot
        try await install(program, slot)
        return slot
    }

    private func takeSlot() throws(RuntimeError) -> Int32 {
        guard nextFilter < Int32(ZYGOTE_FILTER_LIMIT) else {
            throw .invalid(field: "security", reason: "more than \(ZYGOTE_FILTER_LIMIT) different seccomp filters")
        }
        defer { nextFilter += 1 }
        return nextFilter
    }

    private func build(_ write: (Int32) throws(Errno) -> Void) throws(RuntimeError) -> FileDescriptor {
        do throws(Errno) {
            let file = try MemoryFile.make("kijabi-seccomp")
            try write(file.number)
            return file
        } catch {
            throw .system(stage: "build seccomp filter", errno: error.code, path: nil)
        }
    }

    /// Hands a filter to the zygote. Requests are served in order: it is there before whatever is asked for after this.
    private func install(_ program: FileDescriptor, _ slot: Int32) async throws(RuntimeError) {
        var contents = ZygoteMessage()
        _ = contents.add(program)
        _ = try await harbour.ask(ZYGOTE_SET_FILTER, slot, 0, 0, contents)
    }
}
