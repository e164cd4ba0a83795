import Documents
import Terminal

/// What was measured, as a table, bars and what they mean.
struct ComparisonReport {
    let result: Comparison.Result
    let runs: Int

    func text(_ language: Language, _ canvas: Canvas) -> String {
        let (container, machine) = (result.container, result.machine)
        let names = (
            Localized(ko: "컨테이너", en: "container")(language), Localized(ko: "가상 머신", en: "virtual machine")(language)
        )
        let start = Localized(ko: "첫 명령까지", en: "to the first command")
        let memory = Localized(ko: "메모리", en: "memory")
        let disk = Localized(ko: "디스크", en: "disk")
        func times(_ first: Double, _ second: Double) -> String {
            guard first > 0 else { return "" }
            let factor = second / first
            let digits = factor < 10 ? "\(Int(factor)).\(Int(factor * 10) % 10)" : "\(Int(factor.rounded()))"
            return canvas.pick("× ", "x ") + digits
        }
        var table = TablePrinter(rows: [["", names.0, names.1, ""]], gap: 2)
        table.rows += [
            ["uname -r", container.release, machine.release, ""],
            [
                start(language), Span.text(seconds: container.start), Span.text(seconds: machine.start),
                times(container.start, machine.start),
            ],
            [
                memory(language), MemorySize.text(container.memory), MemorySize.text(machine.memory),
                times(container.memory, machine.memory),
            ],
            [
                disk(language), MemorySize.text(Double(container.diskBytes)),
                MemorySize.text(Double(machine.diskBytes)),
                times(Double(container.diskBytes), Double(machine.diskBytes)),
            ],
        ]
        // Where the table has no room, the bars say the same, but for the kernels.
        let rows =
            table.widths.reduce(2 * (table.widths.count - 1), +) <= canvas.columns
            ? table.text() : "uname -r\n  \(names.0): \(container.release)\n  \(names.1): \(machine.release)\n"
        var text = rows.split(separator: "\n").map { line in
            String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
        let charts: [(Localized, (Comparison.Side) -> Double, (Double) -> String)] = [
            (start, { $0.start }, { Span.text(seconds: $0) }), (memory, { $0.memory }, { MemorySize.text($0) }),
            (disk, { Double($0.diskBytes) }, { MemorySize.text($0) }),
        ]
        for (title, value, shown) in charts {
            let bars = [(names.0, container, 0), (names.1, machine, 1)].map { name, side, series in
                BarChart.Bar(name, value(side), shown(value(side)), series: series)
            }
            text += "\n" + BarChart(title: title(language), bars: bars).text(canvas)
        }
        for note in notes {
            text += "\n" + LineWrap.lines(note(language), columns: canvas.columns).joined(separator: "\n")
        }
        return text + "\n"
    }

    private var notes: [Localized] {
        let how =
            runs == 1
            ? Localized(ko: "한 번씩 쟀어요", en: "one run each")
            : Localized(ko: "\(runs)번씩 재고 가운데 값을 골랐어요", en: "the median of \(runs) runs each")
        var notes = [
            Localized(
                ko: "이 컴퓨터에서 지금 \(how.korean). 이 컴퓨터의 커널은 \(result.hostRelease) 이에요.",
                en: "Measured just now on this machine, \(how.english). This machine's kernel is \(result.hostRelease)."
            )
        ]
        if result.accelerator == .tcg {
            notes.append(
                Localized(
                    ko: "가속기는 TCG 예요: 명령 하나하나를 소프트웨어로 흉내 내요. KVM 이 되는 컴퓨터에서는 몇 배 빨리 켜져요. 메모리와 디스크는 비슷해요.",
                    en:
                        "Accelerator: TCG, which emulates every instruction. Where KVM works a machine starts several times faster; memory and disk stay about the same."
                ))
        } else {
            notes.append(
                Localized(
                    ko: "가속기는 KVM 이에요: 프로세서가 손님의 명령을 직접 실행해요.",
                    en: "Accelerator: KVM, the processor runs the guest's instructions itself."))
        }
        return notes
    }

    var document: JSONValue {
        func side(_ side: Comparison.Side) -> JSONValue {
            [
                "kernelRelease": .string(side.release),
                "startSeconds": .number(JSONNumber(side.start)),
                "startSecondsEach": .array(side.startSeconds.map { .number(JSONNumber($0)) }),
                "memoryBytes": .integer(Int(side.memory)),
                "memoryBytesEach": .array(side.memoryBytes.map { .integer(Int($0)) }),
                "diskBytes": .integer(side.diskBytes),
            ]
        }
        return [
            "runs": .integer(runs), "accelerator": .string(result.accelerator.rawValue),
            "hostKernelRelease": .string(result.hostRelease), "container": side(result.container),
            "virtualMachine": side(result.machine),
        ]
    }
}
