import Glibc

/// The resolvers that this machine asks (resolv.conf(5)), for names that are not the cluster's.
public enum HostResolver {
    /// IPv4 name servers of the file, three at most, as the C library counts them.
    public static func addresses(path: String = "/etc/resolv.conf") -> [IPv4] { parse(text(path)) }

    /// The domains in which short names are looked for.
    public static func searches(path: String = "/etc/resolv.conf") -> [String] {
        let lines = text(path).split(separator: "\n").map { $0.split(whereSeparator: { $0 == " " || $0 == "\t" }) }
        return lines.last { $0.first == "search" }?.dropFirst().map(String.init) ?? []
    }

    private static func text(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var content = [UInt8](repeating: 0, count: 16_384)
        let count = read(descriptor, &content, content.count)
        return String(decoding: content.prefix(max(0, count)), as: UTF8.self)
    }

    public static func parse(_ text: String) -> [IPv4] {
        let addresses = text.split(separator: "\n").compactMap { line -> IPv4? in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count >= 2, words[0] == "nameserver" else { return nil }
            return IPv4(words[1])
        }
        return Array(addresses.prefix(3))
    }
}
