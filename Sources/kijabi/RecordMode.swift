import Commands
import Shell
import Terminal

/// `kijabi record FILE`
enum RecordMode {
    static func command(_ program: Program) -> Command {
        Command(
            "record", summary: Localized(ko: "셸을 열고 파일에 녹화하기", en: "Open the shell and record it to a file"),
            usage: "FILE",
            run: { invocation, context in
                guard let file = invocation.arguments.first, invocation.arguments.count == 1 else {
                    context.error.line("kijabi record FILE")
                    return 2
                }
                guard InteractiveSession.isPossible() else {
                    context.error.line(
                        Localized(ko: "kijabi record: 터미널이 필요해요", en: "kijabi record: needs a terminal")(
                            context.language))
                    return 2
                }
                var session = ShellSession(program, invocation, context)
                session.recording = file
                return await session.run()
            })
    }
}
