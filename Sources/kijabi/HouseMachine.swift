import ContainerEngine
import ContainerRuntime
import Documents
import Lessons

/// What this machine has for lessons, found out by trying.
struct HouseMachine: LessonMachine {
    let engine: ContainerEngine

    func lack(of feature: MachineFeature) async -> BilingualText? {
        switch feature {
        case .virtualMachines: BilingualText(korean: "가상 머신을 켤 수 없어요.", english: "It cannot boot virtual machines.")
        case .kernelLimits:
            await holdsLimits()
                ? nil
                : BilingualText(
                    korean: "이 사용자에게는 커널이 컨트롤 그룹을 내주지 않아서, 키잡이가 제한을 지켜봅니다.",
                    english: "The kernel gives this user no control groups, so kijabi watches the limits itself.")
        case .image(let reference): await lackOfImage(reference)
        }
    }

    func virtualMachines() async -> [JSONValue] { [] }

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

    private func lackOfImage(_ reference: String) async -> BilingualText? {
        do {
            _ = try await engine.resolveImage(reference)
            return nil
        } catch {
            return BilingualText(
                korean: "이미지 \(reference) 를 여기서 만들거나 받을 수 없어요.",
                english: "The image \(reference) can neither be made nor pulled here.")
        }
    }
}
