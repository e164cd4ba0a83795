import ContainerRuntime
import Glibc
public import Terminal

/// What a failure means: a sentence, commands that mend it, an exit status as docker has them.
public struct MachineMessage: Sendable {
    public let text: Localized
    /// For a shell on Debian or Ubuntu.
    public let fix: [String]
    public let status: Int32

    public init(_ error: MachineError) {
        var fix: [String] = []
        var status: Int32 = 125
        switch error {
        case .noEmulator(let program, let package):
            text = Localized(
                ko: "QEMU(\(program)) 가 이 컴퓨터에 없어요. 가상 머신을 흉내 낼 프로그램이 있어야 해요. 설치하려면:",
                en: "there is no QEMU (\(program)) on this machine to play the virtual machine. To install it:")
            fix = ["sudo apt-get install \(package)"]
        case .noKernel(let directory, let package):
            text = Localized(
                ko: "\(directory) 에 커널이 없어요. 가상 머신은 자기 커널이 있어야 해요. 작은 것을 내려받으려면:",
                en:
                    "there is no kernel in \(directory), and a virtual machine needs one of its own. To get a small one:"
            )
            fix = ["sudo apt-get install \(package)"]
        case .unreadableKernels(let paths):
            text = Localized(
                ko: "커널은 있지만 여러분의 사용자로는 읽을 수 없어요 (우분투가 그래요). 읽게 하려면:",
                en: "there is a kernel, but your user may not read it (as on Ubuntu). To let everybody read it:")
            fix = paths.suffix(1).map { "sudo chmod a+r \($0)" }
        case .unsupportedProcessor(let name):
            text = Localized(
                ko: "이 컴퓨터의 프로세서(\(name))에서는 아직 가상 머신을 띄울 수 없어요. x86_64 만 돼요.",
                en: "virtual machines are not supported on this processor (\(name)) yet, only on x86_64")
        case .didNotBoot(let accelerator, let after, let console):
            let seconds = after.components.seconds
            let end = console.isEmpty ? "" : "\n\(VisibleText.lines(console))"
            text = Localized(
                ko: "머신이 \(seconds)초 동안 깨어나지 않았어요 (\(accelerator.rawValue)).\(end)",
                en: "the machine did not come up within \(seconds) s (\(accelerator.rawValue))\(end)")
        case .emulatorFailed(let code, let message):
            text = Localized("qemu: \(VisibleText.lines(message)) (\(code))")
        case .noSuchMachine(let name):
            text = Localized(
                ko: "'\(name)' 라는 가상 머신이 없어요. 'vm ps -a' 로 볼 수 있어요.",
                en: "no such virtual machine: \(name) ('vm ps -a' lists them)")
            status = 1
        case .nameInUse(let name):
            text = Localized(
                ko: "'\(name)' 는 이미 돌고 있어요. 'vm stop \(name)' 로 끌 수 있어요.",
                en: "\(name) is running already ('vm stop \(name)' ends it)")
        case .invalidName(let name):
            text = Localized(
                ko: "이름으로 쓸 수 없어요: '\(name)'. 글자, 숫자, -_. 만 돼요. 명령을 하려면 이름을 먼저 쓰세요: vm run 이름 명령",
                en: "not a name: '\(name)' (letters, digits and -_. are). The name comes first: vm run NAME COMMAND")
        case .notRunning(let name):
            text = Localized(ko: "'\(name)' 는 꺼져 있어요.", en: "\(name) is not running")
            status = 1
        case .commandNotFound(let name):
            text = Localized(ko: "머신 안에 그런 명령이 없어요: \(name)", en: "no such command in the machine: \(name)")
            status = 127
        case .commandNotExecutable(let name, let number):
            text = Localized("\(name): \(String(cString: strerror(number)))")
            status = 126
        case .machineEnded(let name):
            text = Localized(
                ko: "'\(name)' 가 명령이 끝나기 전에 꺼졌어요.", en: "\(name) ended before the command did")
            status = 137
        case .busy(let name):
            text = Localized(
                ko: "'\(name)' 안에서 도는 명령이 너무 많아요.", en: "too many commands run in \(name) at once")
        case .image(let error):
            text = Localized(
                ko: "이미지를 쓸 수 없어요: \(Self.reason(error))", en: "the image cannot be used: \(Self.reason(error))")
        case .system(let stage, let number, let path):
            let reason = number == 0 ? "" : ": \(String(cString: strerror(number)))"
            text = Localized("\(stage)\(path.map { " " + $0 } ?? "")\(reason)")
        case .interrupted:
            text = Localized(ko: "멈췄어요.", en: "interrupted")
            status = 130
        }
        self.fix = fix
        self.status = status
    }

    private static func reason(_ error: RuntimeError) -> String {
        switch error {
        case .noSuchImage(let name): "no such image: \(name)"
        case .unavailable(let reason): reason
        default: "\(error)"
        }
    }
}
