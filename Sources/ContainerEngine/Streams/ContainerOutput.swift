import LinuxKernel
import Synchronization

/// A container's output, spread to its log and to whoever is attached.
final class ContainerOutput: OutputSink {
    let log: ContainerLog
    private let writers = Mutex<[OutputWriter]>([])

    init(log: ContainerLog) {
        self.log = log
    }

    func receive(_ bytes: [UInt8], isError: Bool, resume: @escaping @Sendable () -> Void) -> Bool {
        log.append(bytes, isError: isError)
        return writers.withLock { writers in
            // The slowest decides; the others have taken theirs.
            writers.reduce(true) { $1.receive(bytes, isError: isError, resume: resume) && $0 }
        }
    }

    func add(_ writer: OutputWriter) {
        writers.withLock { $0.append(writer) }
    }

    func remove(_ writer: OutputWriter) {
        writers.withLock { $0.removeAll { $0 === writer } }
        writer.close()
    }
}
