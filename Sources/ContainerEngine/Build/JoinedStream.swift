import ContainerRuntime
import Glibc
import LinuxKernel

/// A stream of which the beginning has been read already, made whole again.
struct JoinedStream {
    /// Read it to its end; whoever stops earlier closes it.
    let reading: FileDescriptor

    /// - Parameter descriptor: stays the caller's.
    init(start: [UInt8], descriptor: Int32) throws(RuntimeError) {
        let ends: SocketPair
        let rest: FileDescriptor
        do throws(Errno) {
            ends = try SocketPair(type: Int32(SOCK_STREAM.rawValue))
            rest = try FileDescriptor.duplicate(descriptor)
        } catch {
            throw .system(stage: "join stream", errno: error.code, path: nil)
        }
        reading = ends.first
        let writing = ends.second
        KernelThread.start("build-context") {
            defer { shutdown(writing.number, Int32(SHUT_RDWR)) }
            if Self.send(start[...], to: writing) { Self.copy(rest, to: writing) }
        }
    }

    private static func copy(_ input: FileDescriptor, to output: FileDescriptor) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Nobody may read any more while nothing comes.
            var waits = [
                pollfd(fd: input.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output.number, events: 0, revents: 0),
            ]
            if poll(&waits, 2, -1) < 0 {
                if errno == EINTR { continue }
                return
            }
            if waits[1].revents != 0 { return }
            let count = read(input.number, &buffer, buffer.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            if count <= 0 || !send(buffer[..<count], to: output) { return }
        }
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to output: FileDescriptor) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(output.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
