import Commands
import Shell
import Terminal

/// `kijabi learn [LESSON]`
enum LearnMode {
    static func command(_ program: Program) -> Command {
        Command(
            "learn", summary: Localized(ko: "셸을 열고 과정 시작하기", en: "Open the shell in a lesson"), usage: "[LESSON]",
            run: { invocation, context in
                guard InteractiveSession.isPossible() else {
                    context.error.line(
                        Localized(ko: "kijabi learn: 터미널이 필요해요", en: "kijabi learn: needs a terminal")(
                            context.language))
                    return 2
                }
                var session = ShellSession(program, invocation, context)
                session.openingCells = [OpeningCell(source: "lesson " + (invocation.arguments.first ?? "next"))]
                return await session.run()
            })
    }
}
