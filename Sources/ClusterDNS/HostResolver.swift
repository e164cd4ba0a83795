import Glibc

/// The resolvers that this machine asks (resolv.conf(5)), for names that are not the cluster's.
public enum HostResolver {
    /// IPv4 name servers of the file, three at most, as the C library counts them.
    public static func addresses(path: String = "/etc/resolv.conf") -> [IPv4] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var content = [UInt8](repeating: 0, count: 16_384)
        let count = read(descriptor, &content, content.count)
        return parse(String(decoding: content.prefix(max(0, count)), as: UTF8.self))
    }

    static func parse(_ text: String) -> [IPv4] {
        let addresses = text.split(separator: "\n").compactMap { line -> IPv4? in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            return IPv4(words[1])
        }
        return Array(addresses.prefix(3))
    }
}
