import Commands
import ContainerRuntime
import Terminal

/// What a container may do.
enum SecurityFlags {
    static let flags: [Flag] = [
        Flag(
            "cap-add", .list, placeholder: "CAP", summary: Localized(ko: "권한을 더한다", en: "Add a Linux capability")),
        Flag(
            "cap-drop", .list, placeholder: "CAP", summary: Localized(ko: "권한을 뺀다", en: "Drop a Linux capability")),
        Flag(
            "privileged",
            summary: Localized(
                ko: "권한을 모두 준다. 그래도 이 컴퓨터의 root 는 아니다", en: "All capabilities, yet never those of this machine's root")),
        Flag(
            "security-opt", .list, placeholder: "OPTION",
            summary: Localized(
                ko: "seccomp=unconfined, seccomp=파일, no-new-privileges",
                en: "seccomp=unconfined, seccomp=FILE, no-new-privileges")),
        Flag("sysctl", .list, placeholder: "NAME=VALUE", summary: Localized(ko: "커널 설정", en: "Kernel parameter")),
        Flag(
            "ulimit", .list, placeholder: "NAME=SOFT[:HARD]",
            summary: Localized(ko: "프로세스마다의 한도 (nofile=1024)", en: "Limit of each process (nofile=1024)")),
        Flag(
            "oom-score-adj", .integer, placeholder: "N",
            summary: Localized(
                ko: "메모리가 모자랄 때 죽을 순서 (-1000…1000)", en: "Who is killed first when memory is out (-1000 to 1000)")),
    ]

    static func apply(
        _ line: Invocation, _ context: CommandContext, to configuration: inout ContainerConfiguration
    ) async throws(RuntimeError) {
        configuration.addedCapabilities = line.all("cap-add").map(capability)
        configuration.droppedCapabilities = line.all("cap-drop").map(capability)
        configuration.isPrivileged = line.isOn("privileged")
        for text in line.all("sysctl") {
            let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard pair.count == 2 else { throw .conflict("invalid argument \"\(text)\" for \"--sysctl\" flag") }
            configuration.kernelParameters[pair[0]] = pair[1]
        }
        configuration.processLimits = try line.all("ulimit").map { text throws(RuntimeError) in try limit(text) }
        configuration.oomScoreAdjustment = line.integer("oom-score-adj")
        configuration.security.options = line.all("security-opt")
        for text in configuration.security.options {
            let separator = text.contains("=") ? "=" : ":"
            let pair = text.split(separator: Character(separator), maxSplits: 1).map(String.init)
            switch (pair.first, pair.count > 1 ? pair[1] : nil) {
            // Never otherwise here.
            case ("no-new-privileges", nil), ("no-new-privileges", "true"), ("no-new-privileges", "false"): break
            case ("apparmor", _?), ("label", _?): break
            case ("seccomp", "unconfined"?): configuration.security.systemCalls = .unconfined
            case ("seccomp", "builtin"?): break
            case ("seccomp", let path?):
                do {
                    let profile = try await context.files.read(path, workingDirectory: context.workingDirectory)
                    configuration.security.systemCalls = .profile(profile)
                } catch {
                    throw .conflict(
                        "opening seccomp profile (\(path)) failed: open \(path): \(ErrorNumber.text(error.errno))")
                }
            case ("systempaths", "unconfined"?): configuration.security.showsAllPaths = true
            default: throw .conflict("invalid --security-opt 2: \"\(text)\"")
            }
        }
    }

    static func capability(_ name: String) -> String {
        let upper = name.uppercased()
        return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
    }

    /// `nofile=1024:2048`, `core=-1`
    static func limit(_ text: String) throws(RuntimeError) -> ProcessLimit {
        let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
        let values = pair.count > 1 ? pair[1].split(separator: ":").map { Int($0) } : []
        guard pair.count == 2, (1...2).contains(values.count), let soft = values[0], let hard = values.last ?? nil
        else {
            throw .conflict("invalid argument \"\(text)\" for \"--ulimit\" flag: invalid ulimit argument: \(text)")
        }
        return ProcessLimit(name: pair[0], soft: soft, hard: hard)
    }
}
