import ContainerRuntime

/// Why a container could not be brought to run, by the stage at which it failed.
enum ContainerStartFailure: Error, Equatable {
    /// Something its variables or user need is missing: `CreateContainerConfigError`.
    case configuration(String)
    /// A volume cannot be made ready; the container stays in creation.
    case volume(name: String, String)
    /// The runtime refused to make it: `CreateContainerError`.
    case creation(String)
}

extension RuntimeError {
    /// The failure in words, as they appear in events and statuses.
    var sentence: String {
        switch self {
        case .noSuchImage(let reference): "there is no image \"\(reference)\" here, and no recipe to make it"
        case .noSuchContainer(let id): "no such container: \(id)"
        case .noSuchSandbox(let id): "no such sandbox: \(id)"
        case .nameInUse(let name, let holder): "the name \"\(name)\" is in use by container \(holder)"
        case .commandNotFound(let command): "exec: \"\(command)\": executable file not found in $PATH"
        case .commandNotExecutable(let command, let code): "exec: \"\(command)\": \(errorText(code))"
        case .registry(let failure): "\(failure)"
        case .network(let failure): "network: \(failure)"
        case .invalidArchive(let reason): reason
        case .noSuchVolume(let name): "no such volume: \(name)"
        case .volumeInUse(let name, let holder):
            "volume \(name) is in use by \(holder.map { "container \($0)" } ?? "another process")"
        case .wrongState(let id, let state, let wanted):
            "container \(id.prefix(12)) is \(state.rawValue), but \(wanted) is wanted"
        case .invalid(let field, let reason): "\(field): \(reason)"
        case .portInUse(let address, let port): "port \(address):\(port) is already allocated"
        case .unreachable(let address, let port, let code): "dial tcp \(address):\(port): connect: \(errorText(code))"
        case .system(let stage, let code, let path): "\(stage)\(path.map { " \($0)" } ?? ""): \(errorText(code))"
        case .unavailable(let reason), .conflict(let reason): reason
        }
    }
}
