import ContainerEngine
import ContainerRuntime
import Documents
import Lessons
import Terminal
import VirtualMachine

/// What this machine has for lessons, found out by trying.
struct HouseMachine: LessonMachine {
    let engine: ContainerEngine
    let hypervisor: Hypervisor
    /// `PATH`, where the emulator is looked for.
    let searchPath: String

    func lack(of feature: MachineFeature) async -> BilingualText? {
        switch feature {
        case .virtualMachines: lackOfMachines()
        case .kernelLimits:
            await holdsLimits()
                ? nil
                : BilingualText(
                    korean: "이 사용자에게는 커널이 컨트롤 그룹을 내주지 않아서, 키잡이가 제한을 지켜봅니다.",
                    english: "The kernel gives this user no control groups, so kijabi watches the limits itself.")
        case .image(let reference): await lackOfImage(reference)
        }
    }

    /// What hinders virtual machines, with the package or the command that mends it.
    private func lackOfMachines() -> BilingualText? {
        do throws(MachineError) {
            _ = try Emulator.find(searchPath: searchPath)
            _ = try KernelImage.find()
            return nil
        } catch {
            let message = MachineMessage(error)
            let fix = message.fix.map { " \($0)" }.joined(separator: ";")
            return BilingualText(korean: message.text(.korean) + fix, english: message.text(.english) + fix)
        }
    }

    func virtualMachines() async -> [JSONValue] {
        await hypervisor.list().map { machine in
            [
                "name": .string(machine.name), "state": .string(machine.state.rawValue),
                "release": .string(machine.release), "memory": .integer(machine.memory),
                "disk": .integer(machine.rootSize + machine.kernel.size),
                "bootSeconds": .number(JSONNumber(machine.bootTime / .seconds(1))),
                "startedAt": .number(JSONNumber(machine.startedAt)),
            ]
        }
    }

    /// Whether the limits of a container that is really started are the kernel's.
    private func holdsLimits() async -> Bool {
        var configuration = ContainerConfiguration(image: "busybox", command: ["true"])
        configuration.labels = ["kijabi.role": "trial"]
        configuration.resources = Resources(memory: 64 << 20)
        guard let id = try? await engine.createContainer(configuration) else { return false }
        _ = try? await engine.startContainer(id)
        let status = try? await engine.containerStatus(id)
        try? await engine.removeContainer(id, force: true)
        return status.map { !$0.limitsAreEmulated } ?? false
    }

    /// Nothing is made or pulled for an answer: an image is here, can be made here without a network, or has to be pulled
    /// by whoever wants it.
    private func lackOfImage(_ reference: String) async -> BilingualText? {
        let names = [reference, reference + ":latest"]
        let present = ((try? await engine.images()) ?? []).flatMap(\.references)
        let offered = await engine.offeredImages()
        guard !(present + offered).contains(where: names.contains) else { return nil }
        return BilingualText(
            korean: "\(reference) 이미지가 없고, 여기서 만들 수도 없어요. 네트워크가 있다면 먼저 받아 주세요: docker pull \(reference)",
            english:
                "The image \(reference) is not here and cannot be made here. If there is a network, pull it first: docker pull \(reference)"
        )
    }
}
