import Commands
import ContainerRuntime
import Terminal

/// `host load`: what share of a processor containers take, drawn line by line as time passes.
enum HostLoad {
    private static let interval = Duration.milliseconds(500)
    /// Lines of a plot: with its head and the prompt it fills no more than a screen.
    private static let lines = 16
    /// The right end of the scale, in processors.
    private static let fullScale = 1.0

    static func command(_ runtime: any ContainerRuntime) -> Command {
        Command(
            "load",
            summary: Localized(
                ko: "컨테이너가 쓰는 CPU 를 그림으로 (몇 초 동안)", en: "Draw how much processor time containers take, for some seconds"
            ),
            usage: "CONTAINER…",
            flags: [
                Flag(
                    "samples", short: "n", .integer, placeholder: "N",
                    summary: Localized(ko: "재는 횟수 (0.5초마다)", en: "how many times to look, every half second"))
            ],
            completeArgument: { _, _, _ in await HostCommand.completions(runtime) },
            run: { invocation, context in
                let running = await HostCommand.containers(runtime)
                var chosen: [ContainerStatus] = invocation.arguments.isEmpty ? running : []
                for word in invocation.arguments {
                    let found = HostCommand.matching(word, in: running)
                    guard !found.isEmpty else {
                        context.error.line(HostCommand.noSuchContainer(word)(context.language))
                        return 1
                    }
                    chosen += found.filter { container in !chosen.contains { $0.id == container.id } }
                }
                guard !chosen.isEmpty else {
                    let text = Localized(ko: "host load: 돌고 있는 컨테이너가 없어요.", en: "host load: no container is running.")
                    context.error.line(text(context.language))
                    return 1
                }
                let samples = invocation.integer("samples") ?? max(3, lines / chosen.count)
                return await draw(chosen, samples: samples, runtime, context)
            })
    }

    private static func draw(
        _ containers: [ContainerStatus], samples: Int, _ runtime: any ContainerRuntime, _ context: CommandContext
    ) async -> Int32 {
        let names = containers.map { HostCommand.name(of: $0) }
        let columns = TerminalSize(descriptor: context.output.descriptor).map { Int($0.columns) } ?? 80
        let label = min(20, names.map { DisplayWidth.of($0) }.max() ?? 0)
        // Time, name, bar, percent.
        let room = max(10, min(columns, 100) - label - 19)
        for container in containers where container.resources.cpus != nil {
            await context.output.send(limitText(container)(context.language) + "\n")
        }
        await context.output.send(scale(indent: label + 9, room: room))
        var before: [(seconds: Double, at: ContinuousClock.Instant)] = []
        for container in containers { before.append((await used(container, runtime) ?? 0, .now)) }
        let start = ContinuousClock.now
        for sample in 1...max(1, samples) {
            guard (try? await Task.sleep(until: start + interval * sample, clock: .continuous)) != nil else {
                return 130
            }
            for (index, container) in containers.enumerated() {
                let time = index == 0 ? "\(sample / 2).\(sample % 2 * 5) s" : ""
                let head = time.padded(toColumns: 6) + " " + names[index].padded(toColumns: label) + " "
                guard let seconds = await used(container, runtime) else {
                    let gone = Localized(ko: "(끝났어요)", en: "(has ended)")(context.language)
                    await context.output.send(head + " " + context.style(gone, .dim) + "\n")
                    continue
                }
                let now = ContinuousClock.now
                let share = max(0, seconds - before[index].seconds) / ((now - before[index].at) / .seconds(1))
                before[index] = (seconds, now)
                let bar = bar(share, limit: container.resources.cpus, room: room, context.style)
                let percent = "\(Int((share * 100).rounded())) %"
                guard await context.output.send(head + " " + bar + " " + percent + "\n") else { return 141 }
            }
        }
        return 0
    }

    /// Processor seconds of all its processes; nil once it has ended.
    private static func used(_ container: ContainerStatus, _ runtime: any ContainerRuntime) async -> Double? {
        guard let processes = try? await runtime.processes(container.id), !processes.isEmpty else { return nil }
        return processes.reduce(0) { $0 + $1.cpuSeconds }
    }

    /// A bar in eighths of a column, with a mark where the limit is.
    static func bar(_ share: Double, limit: Double?, room: Int, _ style: Style) -> String {
        let eighths = Int((min(share / fullScale, 1) * Double(room) * 8).rounded())
        var cells = [Character](repeating: "█", count: eighths / 8)
        if eighths % 8 > 0, cells.count < room { cells.append(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1]) }
        let length = cells.count
        cells += [Character](repeating: " ", count: room - length)
        guard let limit, limit < fullScale else { return style(String(cells), .cyan) }
        let place = min(room - 1, max(0, Int((limit / fullScale * Double(room)).rounded())))
        guard place >= length else { return style(String(cells), .cyan) }
        return style(String(cells[..<place]), .cyan) + style("│", .red) + String(cells[(place + 1)...])
    }

    private static func scale(indent: Int, room: Int) -> String {
        let half = "50 %"
        let end = "100 %"
        var line = [Character](repeating: " ", count: indent + room + 6)
        func put(_ text: String, at place: Int) {
            for (offset, character) in text.enumerated() where line.indices.contains(place + offset) {
                line[place + offset] = character
            }
        }
        put("0 %", at: indent)
        put(half, at: indent + room / 2 - half.count / 2)
        put(end, at: indent + room - end.count)
        var text = String(line)
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }

    private static func limitText(_ container: ContainerStatus) -> Localized {
        let name = HostCommand.name(of: container)
        let percent = Int(((container.resources.cpus ?? 0) * 100).rounded())
        return container.limitsAreEmulated
            ? Localized(
                ko: "\(name): 제한 \(percent) % (흉내: 커널 대신 키잡이가 멈췄다 풀었다 해요)",
                en: "\(name): limit \(percent) % (emulated: kijabi stops and continues it, not the kernel)")
            : Localized(
                ko: "\(name): 제한 \(percent) % (커널이 지켜요)", en: "\(name): limit \(percent) % (held by the kernel)")
    }
}
