import ContainerRuntime
import Glibc
import LinuxKernel

/// Reads a log for one reader, at that reader's pace.
actor LogReader {
    private let log: ContainerLog
    private let options: LogOptions
    private var position = ContainerLog.Position()
    private var lines: [LogLine] = []
    private var taken = 0
    private var hasBegun = false
    private var isOver = false
    private var assembler = LineAssembler()

    init(_ log: ContainerLog, _ options: LogOptions) {
        self.log = log
        self.options = options
    }

    func next() async -> LogLine? {
        while true {
            while taken < lines.count {
                let line = lines[taken]
                taken += 1
                if let until = options.until, line.time > until {
                    if line.time > until + 1 || !options.follow { continue }
                    isOver = true
                    continue
                }
                if let since = options.since, line.time < since { continue }
                return line
            }
            lines = []
            taken = 0
            if isOver || Task.isCancelled { return nil }
            await fill()
        }
    }

    private func fill() async {
        if !hasBegun, let tail = options.tail {
            hasBegun = true
            await skip(to: max(0, tail))
            return
        }
        hasBegun = true
        let (step, position) = await read()
        self.position = position
        switch step {
        case .records(let records): lines = records.flatMap { assembler.add($0) }
        case .wait where options.follow: await wait()
        case .wait, .end:
            lines = assembler.finish()
            isOver = true
        }
    }

    private func read() async -> (ContainerLog.Step, ContainerLog.Position) {
        let (log, start) = (log, position)
        return await KernelThread.run("log-reader") {
            var position = start
            return (log.read(&position), position)
        }
    }

    /// Reads what is there, and keeps the last lines of it.
    private func skip(to tail: Int) async {
        var kept: [LogLine] = []
        while true {
            let (step, position) = await read()
            self.position = position
            guard case .records(let records) = step else {
                if case .end = step { isOver = true }
                if !options.follow { isOver = true }
                break
            }
            for record in records {
                kept += assembler.add(record).filter { line in options.since.map { line.time >= $0 } ?? true }
            }
            if kept.count > 2 * tail + 1024 { kept.removeFirst(kept.count - tail) }
        }
        if isOver { kept += assembler.finish() }
        lines = Array(kept.suffix(tail))
    }

    private func wait() async {
        guard let until = options.until else { return await log.wait(at: position) }
        let (log, position) = (log, position)
        let waiting = Task { await log.wait(at: position) }
        let timer = Task {
            try? await Task.sleep(for: .seconds(max(0, until - WallClock.seconds())))
            waiting.cancel()
        }
        await withTaskCancellationHandler {
            await waiting.value
        } onCancel: {
            waiting.cancel()
        }
        timer.cancel()
        if WallClock.seconds() >= until { isOver = true }
    }
}
