import Commands
import Terminal

/// `help`: what can be typed at all, or the help of one command.
enum HelpCommand {
    static func make(_ commands: [Command]) -> Command {
        var help = Command(
            "help", summary: Localized(ko: "무엇을 입력할 수 있는지 보기", en: "Show what can be typed"),
            usage: "[COMMAND …]",
            completeArgument: { _, index, _ in
                index == 0 ? commands.map { Completion($0.name) } : []
            })
        let described = commands + [help]
        help.run = { invocation, context in
            guard let name = invocation.arguments.first else {
                context.output.write(overview(described, context))
                return 0
            }
            let set = CommandSet(commands: described)
            guard let command = set.named(name) else {
                context.error.line(unknown(name, set)(context.language))
                return 1
            }
            return await command.dispatch(Array(invocation.arguments.dropFirst()) + ["--help"], context)
        }
        return help
    }

    private static func unknown(_ name: String, _ set: CommandSet) -> Localized {
        let nearest = set.nearest(to: name).map { " → help \($0)" } ?? ""
        return Localized(
            ko: "'\(name)' 은(는) 키잡이 명령이 아니에요.\(nearest)", en: "'\(name)' is no command of kijabi.\(nearest)")
    }

    private static func overview(_ commands: [Command], _ context: CommandContext) -> String {
        let language = context.language
        func heading(_ text: Localized) -> String { context.style(text(language), .bold) + "\n" }
        var text =
            Localized(
                ko: "여기는 진짜 쿠버네티스 클러스터와 컨테이너가 있는 작은 항구예요.",
                en: "A small harbour, with a real Kubernetes cluster and real containers in it.")(language)
            + "\n"
        let families: [(Localized, [String])] = [
            (Localized(ko: "배우기", en: "Learn"), lessonNames),
            (Localized(ko: "일하기", en: "Work"), ["kubectl", "docker", "host"]),
        ]
        var rest = commands
        for (title, names) in families {
            let members = names.compactMap { name in rest.first { $0.name == name } }
            guard !members.isEmpty else { continue }
            rest.removeAll { names.contains($0.name) }
            text += heading(title) + table(members, context)
        }
        text += heading(Localized(ko: "그 밖에", en: "The rest")) + table(rest, context)
        text += heading(Localized(ko: "다른 모든 것", en: "Anything else")) + shellNote(context)
        text += heading(Localized(ko: "키", en: "Keys")) + keys(language)
        return text
    }

    private static let lessonNames = ["lesson", "next", "hint", "check", "answer", "solution", "skip", "lessons"]

    /// Two commands a line where both fit, so that all of it is in sight on a small terminal.
    private static func table(_ commands: [Command], _ context: CommandContext) -> String {
        let widest = commands.map { DisplayWidth.of($0.name) }.max() ?? 0
        let half = (columns(context) - 2) / 2
        var text = ""
        var waiting: String?
        for command in commands {
            let entry = command.name.padded(toColumns: widest + 2) + command.summary(context.language)
            let width = DisplayWidth.of(entry)
            if width >= half && (waiting == nil || width > half) {
                text += waiting.map { "  \($0)\n" } ?? ""
                waiting = nil
                let lines = LineWrap.lines(
                    command.summary(context.language), columns: max(20, columns(context) - widest - 4))
                let indent = "\n" + String(repeating: " ", count: widest + 4)
                text += "  \(command.name.padded(toColumns: widest + 2))\(lines.joined(separator: indent))\n"
            } else if let left = waiting {
                text += "  \(left.padded(toColumns: half))\(entry)\n"
                waiting = nil
            } else {
                waiting = entry
            }
        }
        return text + (waiting.map { "  \($0)\n" } ?? "")
    }

    private static func shellNote(_ context: CommandContext) -> String {
        let text = Localized(
            ko: """
                ls, grep, vi, 파이프, 반복문, 변수… 는 '도구 상자' 컨테이너의 진짜 셸에서 돌아요. 시작한 디렉터리는 \
                /work 에 사본으로 보여요. 무엇을 지워도 이 컴퓨터는 멀쩡해요.
                """,
            en: """
                ls, grep, vi, pipes, loops, variables … run in a real shell, in the toolbox container. The directory \
                you started in appears as a copy in /work. Nothing you do there harms this computer.
                """)(context.language)
        return LineWrap.lines(text, columns: columns(context) - 2).map { "  \($0)\n" }.joined()
    }

    private static func columns(_ context: CommandContext) -> Int {
        min(TerminalSize(descriptor: context.output.descriptor).map { Int($0.columns) } ?? 80, 100)
    }

    private static func keys(_ language: Language) -> String {
        Localized(
            ko: "  Tab 채우기   ↑↓ 지난 입력   Ctrl-R 찾기   Ctrl-C 멈추기   Ctrl-D 나가기\n",
            en: "  Tab complete   ↑↓ earlier input   Ctrl-R search   Ctrl-C stop   Ctrl-D leave\n")(language)
    }
}
