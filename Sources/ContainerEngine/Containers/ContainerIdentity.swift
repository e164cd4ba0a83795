import Glibc
import LinuxKernel

/// The user and group that a container's processes have, as numbers.
///
/// An ordinary user to whom no further ids are granted (subuid(5)) has only one for all containers: their root. A program
/// that must not be root still runs there, because in its container the one id can be called something else: the user
/// namespace maps the program's user, instead of 0, to it. What belongs to root in other containers then belongs to that
/// user, and there is no root in the container.
struct ContainerIdentity: Sendable, Hashable {
    var user: UInt32 = 0
    var group: UInt32 = 0

    var isRoot: Bool { user == 0 && group == 0 }

    /// The identity that `user[:group]`, names or numbers, stands for in a file tree.
    /// - Parameter layers: directories of this machine, top first.
    /// - Returns: nil where there is no such user or group.
    static func find(_ text: String, in layers: [String]) -> ContainerIdentity? {
        func database(_ path: String) -> String {
            for layer in layers { if let text = read(path, in: layer) { return text } }
            return ""
        }
        return find(text, passwd: { database("etc/passwd") }, group: { database("etc/group") })
    }

    /// - Parameters:
    ///   - passwd, group: what is in these files (passwd(5), group(5)).
    static func find(_ text: String, passwd: () -> String, group: () -> String) -> ContainerIdentity? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let userText = parts.first.map(String.init) ?? ""
        var identity = ContainerIdentity()
        let wanted = userText.isEmpty ? "0" : userText
        let number = id(wanted)
        let line = lines(passwd(), fields: 4).first { fields in
            id(fields[2]) != nil && id(fields[3]) != nil
                && (number.map { id(fields[2]) == $0 } ?? (fields[0] == wanted))
        }
        guard let user = line.flatMap({ id($0[2]) }) ?? number else { return nil }
        identity.user = user
        identity.group = line.flatMap { id($0[3]) } ?? 0
        if parts.count == 2, !parts[1].isEmpty {
            let name = String(parts[1])
            let found = id(name) ?? lines(group(), fields: 3).first { $0[0] == name }.flatMap { id($0[2]) }
            guard let found else { return nil }
            identity.group = found
        }
        return identity
    }

    private static func lines(_ text: String, fields: Int) -> some Sequence<[String]> {
        text.split(separator: "\n").lazy
            .map { $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init) }
            .filter { $0.count >= fields }
    }

    private static func id(_ text: String) -> UInt32? {
        guard let first = text.utf8.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9") else { return nil }
        return UInt32(text).flatMap { $0 == .max ? nil : $0 }
    }

    /// A file of a layer, which may come from anywhere: no link in it leads out of it.
    private static func read(_ path: String, in layer: String) -> String? {
        guard let root = try? FileDescriptor.open(layer, FileDescriptor.pathOnly | O_DIRECTORY),
            let number = try? FileInContainer(root: root, path: path, flags: O_RDONLY, mode: 0).open()
        else { return nil }
        let file = FileDescriptor(owning: number)
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let limit = 1 << 22
        while bytes.count < limit {
            let count = Glibc.read(file.number, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
