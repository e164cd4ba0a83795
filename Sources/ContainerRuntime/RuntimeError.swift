/// What a container runtime can refuse, with what a person needs to mend it.
public enum RuntimeError: Error, Sendable, Hashable {
    case noSuchImage(String)
    case noSuchContainer(String)
    case noSuchSandbox(String)
    /// The name is taken by the container with that id.
    case nameInUse(name: String, by: String)
    /// The program was not found in the container (exit status 127).
    case commandNotFound(String)
    /// The program cannot be executed (exit status 126).
    case commandNotExecutable(String, errno: Int32)
    /// The volume is mounted by the container with that id.
    case volumeInUse(name: String, by: String?)
    /// An archive is damaged, is not what its digest says, or wants to reach out of where it is unpacked.
    case invalidArchive(reason: String)
    /// No such volume.
    case noSuchVolume(String)
    /// The call does not fit the container's state, e.g. exec in one that has exited.
    case wrongState(id: String, state: ContainerState, wanted: String)
    /// The wish does not fit what is there, or another wish; the reason is docker's whole sentence.
    case conflict(String)
    /// A field of a configuration is wrong.
    case invalid(field: String, reason: String)
    /// A published port is taken, by another container or by a program of this machine.
    case portInUse(address: String, port: UInt16)
    /// Something that cannot be done with a network.
    case network(NetworkFailure)
    /// Something that a registry did not do, or was not believed.
    case registry(RegistryFailure)
    /// Nothing answers at that address.
    case unreachable(address: String, port: UInt16, errno: Int32)
    /// The kernel refused a step. `stage` names it as the trace does, e.g. `mount overlay`.
    case system(stage: String, errno: Int32, path: String?)
    /// This machine cannot run containers; `kijabi doctor` tells the fix.
    case unavailable(reason: String)

    /// Everything that ran is gone, because the first process of the harbour is.
    public static let harbourEnded = RuntimeError.unavailable(reason: "the harbour has ended")
}
