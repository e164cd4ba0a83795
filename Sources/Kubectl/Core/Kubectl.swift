import Commands
import KubernetesAPI

/// What every verb works with.
struct Kubectl: Sendable {
    let client: any KubernetesClient
    let session: KubectlSession
    let now: @Sendable () -> Timestamp

    /// Wraps what a verb does: errors become kubectl's sentences and exit statuses, cancellation 130.
    func perform(_ body: @escaping @Sendable (Call) async throws -> Void)
        -> @Sendable (Invocation, CommandContext) async -> Int32
    {
        { invocation, context in
            let line = (["kubectl"] + invocation.words).joined(separator: " ")
            let call = Call(
                client: client.caused(by: line), session: session, invocation: invocation, context: context, now: now)
            do {
                try call.refuseForeignCluster()
                try await body(call)
                return 0
            } catch {
                return await FailureReport(call: call).report(error)
            }
        }
    }
}
