import CLinux
import ContainerRuntime
import Documents
import LinuxKernel

/// A seccomp profile in docker's JSON format (docs.docker.com/engine/security/seccomp; runtime-spec `LinuxSeccomp`).
struct SeccompProfile {
    private struct Rule {
        var names: [String]
        var action: UInt32
        var arguments: [kijabi_seccomp_argument]
        /// It counts only with one of these, and only without these.
        var includes: [String]
        var excludes: [String]
    }

    private let defaultAction: UInt32
    private var rules: [Rule] = []

    init(parsing text: [UInt8]) throws(RuntimeError) {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: text)
        } catch {
            throw .conflict("Decoding seccomp profile failed: it is no JSON")
        }
        defaultAction = try Self.action(document, "defaultAction", errno: "defaultErrnoRet")
        for entry in document["syscalls"]?.array ?? [] {
            var names = (entry["names"]?.array ?? []).compactMap(\.string)
            if let name = entry["name"]?.string { names.append(name) }
            guard !names.isEmpty else { throw .conflict("Decoding seccomp profile failed: a rule without names") }
            rules.append(
                Rule(
                    names: names, action: try Self.action(entry, "action", errno: "errnoRet"),
                    arguments: try (entry["args"]?.array ?? []).map { value throws(RuntimeError) in
                        try Self.argument(value)
                    },
                    includes: Self.capabilities(entry["includes"]), excludes: Self.capabilities(entry["excludes"])))
        }
    }

    private static func capabilities(_ filter: JSONValue?) -> [String] {
        (filter?["caps"]?.array ?? []).compactMap(\.string)
    }

    private static func action(_ document: JSONValue, _ field: String, errno: String) throws(RuntimeError) -> UInt32 {
        let code = UInt32(document[errno]?.int ?? 1) & 0xffff
        // linux/seccomp.h
        switch document[field]?.string {
        case "SCMP_ACT_ALLOW": return 0x7fff_0000
        case "SCMP_ACT_ERRNO": return 0x0005_0000 | code
        case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD": return 0x0000_0000
        case "SCMP_ACT_KILL_PROCESS": return 0x8000_0000
        case "SCMP_ACT_TRAP": return 0x0003_0000
        case "SCMP_ACT_LOG": return 0x7ffc_0000
        case let other: throw .conflict("Decoding seccomp profile failed: unknown action \(other ?? "(none)")")
        }
    }

    private static func argument(_ value: JSONValue) throws(RuntimeError) -> kijabi_seccomp_argument {
        let operations = [
            "SCMP_CMP_NE": 1, "SCMP_CMP_LT": 2, "SCMP_CMP_LE": 3, "SCMP_CMP_EQ": 4, "SCMP_CMP_GE": 5, "SCMP_CMP_GT": 6,
            "SCMP_CMP_MASKED_EQ": 7,
        ]
        guard let index = value["index"]?.int, (0...5).contains(index),
            let operation = value["op"]?.string.flatMap({ operations[$0] })
        else { throw .conflict("Decoding seccomp profile failed: a wrong argument") }
        return kijabi_seccomp_argument(
            index: UInt32(index), operation: UInt32(operation),
            value: UInt64(bitPattern: Int64(value["value"]?.int ?? 0)),
            second: UInt64(bitPattern: Int64(value["valueTwo"]?.int ?? 0)))
    }

    /// Compiles it.
    func write(to file: Int32, _ held: Capabilities) throws(Errno) {
        guard let context = kijabi_seccomp_begin(defaultAction) else { throw Errno(12) }
        for rule in rules {
            func holds(_ name: String) -> Bool {
                (try? Capabilities(added: [name], dropped: ["ALL"])).map { held.isSuperset(of: $0) } ?? false
            }
            if !rule.includes.isEmpty, !rule.includes.contains(where: holds) { continue }
            if rule.excludes.contains(where: holds) { continue }
            for name in rule.names {
                let result = kijabi_seccomp_add(
                    context, rule.action, name, rule.arguments, UInt32(rule.arguments.count))
                if result < 0 {
                    kijabi_seccomp_abandon(context)
                    throw Errno(-result)
                }
            }
        }
        let result = kijabi_seccomp_finish(context, file)
        if result < 0 { throw Errno(-result) }
    }
}
