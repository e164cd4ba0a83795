import Commands
import Terminal

/// A line that says what a starting machine is waited for; taken back when it is there. Only on a terminal.
struct BootProgress: Sendable {
    private let context: CommandContext
    private let isShown: Bool

    init(_ context: CommandContext) {
        self.context = context
        isShown = context.error.isTerminal
    }

    func tries(_ accelerator: Accelerator) {
        guard isShown else { return }
        let text =
            switch accelerator {
            case .kvm: Localized(ko: "가상 머신을 켜는 중… (KVM 으로 해 봐요)", en: "Starting the machine… (trying KVM)")
            case .tcg:
                Localized(
                    ko: "가상 머신을 켜는 중… (TCG: 명령 하나하나를 흉내 내서 몇 초 걸려요)",
                    en: "Starting the machine… (TCG: every instruction is emulated; some seconds)")
            }
        let columns = TerminalSize(descriptor: context.error.descriptor).map { Int($0.columns) } ?? 80
        let line = LineWrap.lines(text(context.language), columns: columns - 1).first ?? ""
        context.error.write("\r\u{1B}[K" + context.style(line, .dim))
    }

    func finish() {
        if isShown { context.error.write("\r\u{1B}[K") }
    }
}
