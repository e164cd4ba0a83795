public import Commands
import Terminal

/// `vm`: virtual machines beside the containers.
public enum VMCommand {
    /// - Parameter readsProcesses: what `vm compare` looks at.
    public static func make(_ hypervisor: Hypervisor, comparison: Comparison) -> Command {
        var vm = Command(
            "vm",
            summary: Localized(
                ko: "자기 커널로 도는 가상 머신",
                en: "Virtual machines"),
            details: Localized(
                ko: "QEMU 로 작은 가상 머신을 띄워요. 안에는 컨테이너와 같은 busybox 가 있지만, 커널은 따로예요. 디스크와 네트워크는 없고, 끄면 흔적 없이 사라져요.",
                en:
                    "Starts small virtual machines with QEMU. Inside is the same busybox that containers have, on a kernel of its own. They have neither disk nor network, and leave nothing behind."
            ),
            examples: [
                ("vm run", Localized(ko: "하나 켜고 그 콘솔에 앉기", en: "Start one and sit down at its console")),
                ("vm run guest uname -r", Localized(ko: "켜서 명령 하나만 하고 끄기", en: "Start, run one command, end")),
                ("vm run -d guest", Localized(ko: "뒤에서 돌게 하기", en: "Keep one running")),
                ("vm exec guest cat /proc/cpuinfo", Localized(ko: "도는 머신 안에서 명령하기", en: "Run a command in it")),
                ("vm compare", Localized(ko: "컨테이너와 나란히 재 보기", en: "Measure one beside a container")),
            ], usageStatus: 125)
        vm.subcommands = [
            RunVerb.command(hypervisor), ExecVerb.command(hypervisor), ConsoleVerb.command(hypervisor),
            ListVerb.command(hypervisor), LogsVerb.command(hypervisor), StopVerb.command(hypervisor),
            RemoveVerb.command(hypervisor), InspectVerb.command(hypervisor), CompareVerb.command(comparison),
        ]
        return vm
    }
}

extension Command {
    /// A command that takes machines.
    func completingMachines(
        _ hypervisor: Hypervisor, onlyFirst: Bool = false, running: Bool = false
    ) -> Command {
        var command = self
        command.completeArgument = { _, index, _ in
            guard index == 0 || !onlyFirst else { return [] }
            return await hypervisor.list().filter { !running || $0.state == .running }.map {
                Completion($0.name, explanation: "\($0.release), \($0.state.rawValue)")
            }
        }
        return command
    }
}

extension CommandContext {
    /// Does `action` for each machine named, printing its name where it succeeds.
    func forEachMachine(
        _ names: [String], _ verb: String, _ action: (String) async throws(MachineError) -> Void
    ) async -> Int32 {
        guard !names.isEmpty else { return needsName(verb) }
        var status: Int32 = 0
        for name in names {
            do throws(MachineError) {
                try await action(name)
                output.line(name)
            } catch {
                status = report(error)
            }
        }
        return status
    }

    func needsName(_ verb: String) -> Int32 {
        error.prose(
            Localized(
                ko: "vm \(verb): 머신의 이름이 필요해요. 'vm ps -a' 로 볼 수 있어요.",
                en: "vm \(verb): which machine? 'vm ps -a' lists them.")(language))
        return 125
    }

    func report(_ failure: MachineError) -> Int32 {
        let message = MachineMessage(failure)
        if case .interrupted = failure { return 130 }
        error.prose("vm: " + message.text(language))
        for command in message.fix { error.line("    " + command) }
        return message.status
    }
}
