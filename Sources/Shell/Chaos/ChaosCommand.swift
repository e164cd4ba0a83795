public import Commands
import Terminal

/// `chaos`: accidents on request, to watch them being mended.
public enum ChaosCommand {
    public static func make(_ power: any NodePower) -> Command {
        Command(
            "chaos", summary: Localized(ko: "사고를 일부러 내기", en: "Cause an accident on purpose"),
            examples: [
                ("chaos stop-node node-2", Localized(ko: "배 한 척을 가라앉히기", en: "Sink a ship")),
                ("chaos start-node node-2", Localized(ko: "다시 띄우기", en: "Raise it again")),
            ],
            subcommands: [
                node(
                    "stop-node", power,
                    summary: Localized(
                        ko: "노드의 전원을 뽑는다: 그 위의 모든 것이 멈추고 소식이 끊긴다",
                        en: "Cut a node's power: all that runs on it stops, and it falls silent"),
                    done: Localized(ko: "노드가 멈췄어요: ", en: "node stopped: "),
                    isCandidate: { $0 }, { name throws(NodePowerError) in try await power.stopNode(name) }),
                node(
                    "start-node", power, summary: Localized(ko: "노드의 전원을 켠다", en: "Give a node its power back"),
                    done: Localized(ko: "노드가 켜졌어요: ", en: "node started: "),
                    isCandidate: { !$0 }, { name throws(NodePowerError) in try await power.startNode(name) }),
            ])
    }

    private static func node(
        _ name: String, _ power: any NodePower, summary: Localized, done: Localized,
        isCandidate: @escaping @Sendable (Bool) -> Bool,
        _ action: @escaping @Sendable (String) async throws(NodePowerError) -> Void
    ) -> Command {
        var command = Command(name, summary: summary, usage: "NODE") { line, context in
            guard line.arguments.count == 1 else {
                context.error.line(
                    Localized(
                        ko: "노드 이름을 하나 써 주세요. 예: chaos \(name) node-2",
                        en: "Name one node, such as: chaos \(name) node-2")(context.language))
                return 2
            }
            do throws(NodePowerError) {
                try await action(line.arguments[0])
                context.output.line(done(context.language) + line.arguments[0])
                return 0
            } catch {
                context.error.line(await message(error, power, context.language))
                return 1
            }
        }
        command.completeArgument = { _, index, _ in
            guard index == 0 else { return [] }
            return await power.nodes().filter { isCandidate($0.isRunning) }.map { Completion($0.name) }
        }
        return command
    }

    private static func message(_ error: NodePowerError, _ power: any NodePower, _ language: Language) async -> String {
        switch error {
        case .noSuchNode(let name):
            let names = await power.nodes().map(\.name).joined(separator: ", ")
            return Localized(
                ko: "'\(name)' 이라는 노드는 없어요. 있는 노드: \(names)",
                en: "There is no node '\(name)'. Nodes: \(names)")(language)
        case .failed(let reason): return reason
        }
    }
}
