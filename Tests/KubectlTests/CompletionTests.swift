import Commands
import Terminal
import Testing

@Suite struct CompletionTests {
    private func bench() async throws -> Bench {
        let bench = try Bench()
        try await bench.run("run web --image=busybox")
        try await bench.run("run worker --image=busybox")
        try await bench.run("create deployment api --image=busybox")
        try await bench.run("create ns dev")
        try await bench.run("run far --image=busybox -n dev")
        return bench
    }

    private func words(_ bench: Bench, _ line: String) async -> [String] {
        await bench.command.completions(for: Bench.words(line) + (line.hasSuffix(" ") ? [""] : []), language: .english)
            .map(\.word)
    }

    @Test func verbsKindsAndNames() async throws {
        let bench = try await bench()
        #expect(await words(bench, "desc") == ["describe"])
        #expect(await words(bench, "get dep").sorted() == ["deploy", "deployment", "deployments"])
        #expect(await words(bench, "get pods,dep").contains("pods,deploy"))
        #expect(await words(bench, "get pods w") == ["web", "worker"])
        #expect(await words(bench, "delete pod web w") == ["worker"])
        #expect(await words(bench, "get pod/w") == ["pod/web", "pod/worker"])
        #expect(await words(bench, "get pods -n dev ") == ["far"])
        #expect(await words(bench, "get pods -n d") == ["default", "dev"])
        #expect(await words(bench, "logs we") == ["web"])
        #expect(await words(bench, "logs web -c ") == ["web"])
        #expect(await words(bench, "rollout undo deployment/") == ["deployment/api"])
        #expect(await words(bench, "set image deployment/api ") == ["busybox="])
        #expect(await words(bench, "exec web -- l").isEmpty)
    }

    @Test func flagsAndTheirValues() async throws {
        let bench = try await bench()
        #expect(await words(bench, "get --all") == ["--all-namespaces"])
        #expect(await words(bench, "get pods -o y") == ["yaml"])
        #expect(await words(bench, "get pods --output=na") == ["--output=name"])
        #expect(await words(bench, "get --kubec").isEmpty)
        #expect(await words(bench, "ed").isEmpty)
        #expect(await words(bench, "explain pod.spec.cont") == ["pod.spec.containers"])
    }
}
