public import ContainerRuntime

/// What can go wrong with a virtual machine.
public enum MachineError: Error, Sendable {
    /// No QEMU on this machine.
    case noEmulator(program: String, package: String)
    /// No kernel in `directory` that a machine could start with.
    case noKernel(directory: String, package: String)
    /// There are kernels, but this user may read none of them.
    case unreadableKernels([String])
    /// Kernels of this processor cannot be started yet.
    case unsupportedProcessor(String)
    /// The machine's first process did not answer. `console` is the end of what the kernel said.
    case didNotBoot(accelerator: Accelerator, after: Duration, console: String)
    /// QEMU ended; `message` is what it said.
    case emulatorFailed(status: Int32, message: String)
    case noSuchMachine(String)
    case nameInUse(String)
    case invalidName(String)
    case notRunning(String)
    case commandNotFound(String)
    case commandNotExecutable(String, errno: Int32)
    /// The machine ended while a command ran in it.
    case machineEnded(String)
    /// Too many commands run in the machine at once.
    case busy(String)
    /// The image its user space is made of cannot be had.
    case image(RuntimeError)
    case system(stage: String, errno: Int32, path: String?)
    case interrupted
}
