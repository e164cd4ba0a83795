import Glibc

/// Unix stream sockets with descriptors in their messages (unix(7)).
enum UnixSocket {
    /// A listening socket at `path`, for its owner alone.
    /// - Returns: nil if it cannot be made; errno(3) tells why.
    static func listen(at path: String) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            errno = ENAMETOOLONG
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_UNIX, type, 0)
        guard listener >= 0 else { return nil }
        unlink(path)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard isBound == 0, chmod(path, 0o600) == 0, Glibc.listen(listener, 64) == 0 else {
            close(listener)
            return nil
        }
        return listener
    }

    /// The next connection, non-blocking and close-on-exec, and the user at its other end (`SO_PEERCRED`).
    static func accept(_ listener: Int32) -> (descriptor: Int32, user: uid_t)? {
        // The Glibc module does not show accept4(2).
        let connection = Glibc.accept(listener, nil, nil)
        guard connection >= 0 else { return nil }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        _ = fcntl(connection, F_SETFL, O_NONBLOCK)
        // struct ucred: pid, uid, gid.
        var credentials: [Int32] = [0, 0, 0]
        var size = socklen_t(12)
        guard getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
            close(connection)
            return nil
        }
        return (connection, uid_t(bitPattern: credentials[1]))
    }

    /// Reads what is there, with the descriptors that came along (close-on-exec).
    /// - Returns: nil if nothing is there yet; no bytes at the end.
    static func receive(_ connection: Int32) -> (bytes: [UInt8], descriptors: [Int32])? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        // struct cmsghdr is a length of eight bytes, level and type of four each, then the descriptors (cmsg(3)).
        var control = [UInt64](repeating: 0, count: 8)
        var controlLength = 0
        let count = bytes.withUnsafeMutableBytes { data in
            control.withUnsafeMutableBytes { control in
                var vector = iovec(iov_base: data.baseAddress, iov_len: data.count)
                return withUnsafeMutablePointer(to: &vector) { vector in
                    var message = msghdr()
                    message.msg_iov = vector
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    let count = recvmsg(connection, &message, Int32(MSG_CMSG_CLOEXEC))
                    controlLength = message.msg_controllen
                    return count
                }
            }
        }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? nil : ([], []) }
        let descriptors = control.withUnsafeBytes { descriptorsIn($0[..<min(controlLength, $0.count)]) }
        return (Array(bytes[..<count]), descriptors)
    }

    private static func descriptorsIn(_ control: Slice<UnsafeRawBufferPointer>) -> [Int32] {
        let buffer = UnsafeRawBufferPointer(rebasing: control)
        guard buffer.count >= 16, buffer.load(fromByteOffset: 8, as: Int32.self) == SOL_SOCKET,
            buffer.load(fromByteOffset: 12, as: Int32.self) == Int32(SCM_RIGHTS)
        else { return [] }
        let length = min(buffer.load(as: Int.self), buffer.count)
        return stride(from: 16, to: length - 3, by: 4).map { buffer.load(fromByteOffset: $0, as: Int32.self) }
    }
}
