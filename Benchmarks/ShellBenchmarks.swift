import Glibc
import Terminal

/// From starting the program to an answer: the moment the first prompt appears, `kubectl get nodes` is typed; when it
/// shows three Ready nodes, the clock is stopped.
struct StartBenchmark: Benchmark {
    let name = "start"
    let summary = Localized(
        ko: "프로그램 시작부터, 입력한 kubectl get nodes가 Ready 노드 셋을 보여 줄 때까지",
        en: "from program start until a typed kubectl get nodes shows three Ready nodes")
    let goal: Goal? = .median(atMost: 150)
    let count = 20
    let bareRuns = 5

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        // The first start of all may assemble images.
        _ = try await run(house)
        while !sampling.isComplete { try await sampling.add(try await run(house)) }
    }

    private func run(_ house: BenchHouse) async throws -> Double {
        let shell = try TerminalProgram(house)
        do {
            try await shell.type("") { $0.contains(TerminalProgram.prompt(1)) }
            try await shell.type("kubectl get nodes\r") { text in
                text.split(separator: "\n").filter { $0.hasPrefix("node-") && $0.contains(" Ready ") }.count == 3
            }
        } catch {
            await shell.close()
            throw error
        }
        let elapsed = Stopwatch.now - shell.startedAt
        await shell.close()
        return elapsed
    }
}

/// From a key that is pressed to its echo, at the prompt of the running shell.
struct EchoBenchmark: Benchmark {
    let name = "echo"
    let summary = Localized(ko: "글자를 누르고 화면에 나올 때까지", en: "from a key press to its echo")
    let goal: Goal? = .p99(atMost: 5)
    let count = 400

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let shell = try TerminalProgram(house)
        do {
            try await shell.type("") { $0.contains(TerminalProgram.prompt(1)) }
            guard !shell.isEchoedByKernel else { throw BenchmarkError("the line editor does not read the keys") }
            while !sampling.isComplete {
                let key = Array("abcdefghijklmnopqrstuvwxyz")[sampling.values.count % 26]
                let elapsed = try await shell.type(String(key), within: 2000) { $0.contains(key) }
                try await sampling.add(elapsed)
                // Ctrl-U empties the line again before it wraps; what it draws ends with the prompt.
                if key == "z" { try await shell.type("\u{15}", within: 2000) { !$0.isEmpty } }
            }
        } catch {
            await shell.close()
            throw error
        }
        await shell.close()
    }
}

/// What a shell that nobody types in uses of a processor, with three nodes and twenty Pods, containers included.
struct IdleBenchmark: Benchmark {
    let name = "idle-cpu"
    let summary = Localized(
        ko: "가만히 있는 셸과 컨테이너 20개가 쓰는 프로세서 (한 코어의 %, 5초씩)",
        en: "processor use of the idle shell and its 20 Pods (% of a core, over 5 s)")
    let unit = Unit.percent
    let goal: Goal? = .median(atMost: 2)
    let count = 3
    private static let window = 5.0

    func measure(_ house: BenchHouse, _ sampling: inout Sampling) async throws {
        let shell = try TerminalProgram(house)
        do {
            try await shell.type("") { $0.contains(TerminalProgram.prompt(1)) }
            try await shell.type("kubectl create deployment idle --image=busybox --replicas=20 -- sleep 1d\r") {
                $0.contains(TerminalProgram.prompt(2))
            }
            try await shell.type("kubectl rollout status deployment idle\r") {
                $0.contains("successfully rolled out") && $0.contains(TerminalProgram.prompt(3))
            }
            // What the rollout left to be done (events, histories) is not idleness.
            try await Task.sleep(for: .seconds(2))
            while !sampling.isComplete {
                let before = ProcessTree.processorTime(of: shell.pid)
                let watch = Stopwatch()
                try await Task.sleep(for: .seconds(Self.window))
                let elapsed = watch.elapsed
                var used = 0.0
                for (pid, time) in ProcessTree.processorTime(of: shell.pid) { used += time - (before[pid] ?? 0) }
                try await sampling.add(used / elapsed * 100)
            }
        } catch {
            await shell.close()
            throw error
        }
        await shell.close()
    }
}
