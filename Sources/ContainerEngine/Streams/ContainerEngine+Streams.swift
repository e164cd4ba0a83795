import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine {
    public func attach(_ id: String, streams: StreamDescriptors) async throws(RuntimeError) -> any StreamSession {
        let record = try record(id)
        guard [.created, .running, .exited].contains(record.status.state) || record.isStarting else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "created, running or exited")
        }
        // Whoever attaches to one that has ended is going to start it.
        let hasEnded = record.status.state == .exited && !record.isStarting && record.exit.outcome != nil
        let exit = hasEnded ? record.nextExit : record.exit
        let duplicates = try StreamDuplicates(streams)
        let writer = OutputWriter(output: duplicates.output, error: duplicates.error ?? nil)
        var input: InputCopier?
        if let source = duplicates.input, record.configuration.openInput || record.configuration.terminal {
            let copier = try Self.copier(source)
            record.inputs.append(copier)
            begin(copier, record)
            input = copier
        }
        record.output.add(writer)
        return AttachedSession(
            engine: self, container: record.id, exit: exit, output: record.output, writer: writer, input: input)
    }

    static func copier(_ source: FileDescriptor) throws(RuntimeError) -> InputCopier {
        do throws(Errno) {
            return try InputCopier(from: source)
        } catch {
            throw .system(stage: "pipe", errno: error.code, path: nil)
        }
    }

    func resize(container id: String, _ size: TerminalSize) {
        guard let record = containersByID[id], record.configuration.terminal else { return }
        // Before the start, for the terminal that will be made.
        record.terminalSize = size
        if let terminal = record.process?.terminal { kijabi_set_window_size(terminal.number, size.columns, size.rows) }
    }
}

/// The engine's own duplicates of a front end's descriptors.
struct StreamDuplicates {
    let input: FileDescriptor?
    let output: FileDescriptor?
    let error: FileDescriptor?

    init(_ streams: StreamDescriptors) throws(RuntimeError) {
        do throws(Errno) {
            input = try Self.duplicate(streams.input)
            output = try Self.duplicate(streams.output)
            error = try Self.duplicate(streams.error)
        } catch {
            throw .system(stage: "duplicate descriptor", errno: error.code, path: nil)
        }
    }

    private static func duplicate(_ number: Int32?) throws(Errno) -> FileDescriptor? {
        guard let number else { return nil }
        return try FileDescriptor.duplicate(number)
    }
}
