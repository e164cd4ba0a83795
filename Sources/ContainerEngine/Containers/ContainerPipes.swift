import ContainerRuntime
import Glibc
import LinuxKernel

/// The pipes of a container without a terminal.
struct ContainerPipes {
    let input: Pipe?
    let output: Pipe?
    let error: Pipe?

    /// - Parameter owner: who may open them again, as `/dev/stdout`.
    init(_ configuration: ContainerConfiguration, owner: UInt32) throws(RuntimeError) {
        do throws(Errno) {
            input = configuration.openInput && !configuration.terminal ? try Pipe() : nil
            output = configuration.terminal ? nil : try Pipe()
            error = configuration.terminal ? nil : try Pipe()
        } catch {
            throw .system(stage: "pipe", errno: error.code, path: nil)
        }
        guard owner != geteuid() else { return }
        for end in [input?.readEnd, output?.writeEnd, error?.writeEnd] {
            if let end { fchown(end.number, owner, owner) }
        }
    }
}
