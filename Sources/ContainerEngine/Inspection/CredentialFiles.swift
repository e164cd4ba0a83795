import ContainerRuntime
import LinuxKernel

/// Who a process is and what it may do: proc_pid_status(5), proc_pid_uid_map(5).
enum CredentialFiles {
    /// - Parameters:
    ///   - program: the filter it was given, to be asked what it lets through.
    ///   - harbour: the first process of the harbour, whose filters are not the container's.
    static func look(_ pid: Int32, program: SeccompProgram?, harbour: Int32) -> CredentialsView? {
        guard let fields = fields(pid) else { return nil }
        func set(_ name: String) -> Capabilities {
            Capabilities(rawValue: UInt64(fields[name] ?? "0", radix: 16) ?? 0)
        }
        var view = CredentialsView()
        view.userMap = map("/proc/\(pid)/uid_map")
        view.groupMap = map("/proc/\(pid)/gid_map")
        view.effective = set("CapEff").names
        view.bounding = set("CapBnd").names
        view.ambient = set("CapAmb").names
        view.missing = Capabilities.all.subtracting(set("CapBnd")).names
        view.noNewPrivileges = fields["NoNewPrivs"] == "1"
        view.systemCalls = systemCalls(fields, program)
        return view
    }

    private static func fields(_ pid: Int32) -> [String: String]? {
        guard let text = try? ProcessFiles.read("/proc/\(pid)/status") else { return nil }
        var fields: [String: String] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = String(parts[1].drop { $0 == "\t" || $0 == " " })
        }
        return fields
    }

    private static func systemCalls(_ fields: [String: String], _ program: SeccompProgram?) -> SystemCallView? {
        guard let mode = fields["Seccomp"].flatMap({ Int($0) }).flatMap({ SystemCallView.Mode(rawValue: $0) }) else {
            return nil
        }
        var view = SystemCallView(
            mode: mode, filters: fields["Seccomp_filters"].flatMap { Int($0) } ?? (mode == .off ? 0 : 1))
        guard mode == .filter, let program else { return view }
        view.instructions = program.count
        for (name, verdict) in program.verdicts() {
            switch verdict {
            case .allowed: view.allowed.append(name)
            case .conditional: view.conditional.append(name)
            case .refused: view.refused.append(name)
            }
        }
        return view
    }

    private static func map(_ path: String) -> [CredentialsView.IdentityRange] {
        guard let text = try? ProcessFiles.read(path) else { return [] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { UInt32($0) }
            guard numbers.count == 3 else { return nil }
            return CredentialsView.IdentityRange(inside: numbers[0], outside: numbers[1], count: numbers[2])
        }
    }
}
