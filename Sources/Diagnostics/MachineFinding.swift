import Glibc
import Terminal
import VirtualMachine

/// Whether `vm` can start virtual machines, and how fast.
enum MachineFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "가상 머신", en: "Virtual machines")
        guard situation.machineObstacles.isEmpty else {
            return Finding(
                "machines", .limited, title: title,
                meaning: Localized(
                    ko: situation.machineObstacles.map(\.text.korean).joined(separator: " "),
                    en: situation.machineObstacles.map(\.text.english).joined(separator: " ")),
                fix: situation.machineObstacles.flatMap(\.fix))
        }
        return Finding(
            "machines", .works, title: title,
            meaning: situation.hasVirtualization
                ? Localized(
                    ko: "'vm' 으로 띄울 수 있어요. 프로세서의 도움(KVM)을 먼저 시도해요.",
                    en: "'vm' can start them; the processor's help (KVM) is tried first.")
                : Localized(
                    ko: "'vm' 으로 띄울 수 있어요. 소프트웨어로 흉내 내니(TCG) 켜지는 데 몇 초 걸려요.",
                    en: "'vm' can start them, emulated in software (TCG): starting takes some seconds."))
    }

    /// What stands against it here.
    static func obstacles(searchPath: String) -> [Obstacle] {
        var obstacles: [Obstacle] = []
        func note(_ error: MachineError) {
            let message = MachineMessage(error)
            obstacles.append(Obstacle(text: message.text, fix: message.fix))
        }
        do throws(MachineError) { _ = try Emulator.find(searchPath: searchPath) } catch { note(error) }
        do throws(MachineError) { _ = try KernelImage.find() } catch { note(error) }
        return obstacles
    }
}
