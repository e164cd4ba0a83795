import Glibc
import Terminal

/// Who has a port that somebody else wants: the listening socket in /proc/net, and the process that holds it.
enum PortHolder {
    static func hint(_ port: UInt16) -> Localized {
        switch holder(port) {
        case .some(let (pid, _)) where pid == getpid():
            Localized(
                ko: "포트 \(port) 은(는) 다른 컨테이너가 쓰고 있어요. 누구인지는 'docker ps' 의 PORTS 에 나와요. 다른 번호를 쓰거나 그 컨테이너를 멈추세요.",
                en:
                    "Another container has port \(port): 'docker ps' shows which, under PORTS. Stop it, or take another number."
            )
        case .some(let (pid, name)):
            Localized(
                ko: "포트 \(port) 은(는) 이 컴퓨터의 프로그램 '\(name)' (PID \(pid)) 이 쓰고 있어요. 다른 번호를 쓰세요: -p \(other(port)):…",
                en:
                    "The program '\(name)' (PID \(pid)) of this machine has port \(port). Take another number: -p \(other(port)):…"
            )
        case nil:
            Localized(
                ko: "포트 \(port) 은(는) 이미 누가 쓰고 있어요. 'docker ps' 로 확인하거나 다른 번호를 쓰세요.",
                en: "Somebody uses port \(port) already. Look with 'docker ps', or publish another number.")
        }
    }

    private static func other(_ port: UInt16) -> UInt16 { port < 60_000 ? port + 1 : 8080 }

    private static func holder(_ port: UInt16) -> (pid: pid_t, name: String)? {
        let sockets = Set(
            ["tcp", "tcp6", "udp", "udp6"].flatMap { inodes(in: read("/proc/self/net/\($0)"), port: port) })
        guard !sockets.isEmpty else { return nil }
        let own = getpid()
        if holds(own, sockets) { return (own, "kijabi") }
        for name in entries("/proc") {
            guard let pid = pid_t(name), holds(pid, sockets) else { continue }
            let title = read("/proc/\(pid)/comm").split(separator: "\n").first.map(String.init)
            return (pid, title ?? "?")
        }
        return nil
    }

    /// The inodes of sockets that are bound to the port, from a table as of proc_net(5): those of TCP that listen.
    static func inodes(in table: String, port: UInt16) -> [String] {
        table.split(separator: "\n").dropFirst().compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 9, let colon = words[1].lastIndex(of: ":"),
                UInt16(words[1][words[1].index(after: colon)...], radix: 16) == port,
                // TCP_LISTEN, or a UDP socket without a peer.
                words[3] == "0A" || words[3] == "07"
            else { return nil }
            return String(words[9])
        }
    }

    private static func holds(_ pid: pid_t, _ inodes: Set<String>) -> Bool {
        entries("/proc/\(pid)/fd").contains { entry in
            var target = [CChar](repeating: 0, count: 64)
            guard readlink("/proc/\(pid)/fd/\(entry)", &target, 63) > 0 else { return false }
            let text = CString.text(target)
            return text.hasPrefix("socket:[") && inodes.contains(String(text.dropFirst(8).dropLast()))
        }
    }

    private static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }

    private static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while text.count < 1 << 24 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            text += buffer[..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
