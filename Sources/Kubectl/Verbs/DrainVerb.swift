import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl drain`
enum DrainVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "drain",
            summary: Localized(ko: "노드를 비웁니다: 막고, 파드를 내보냅니다.", en: "Empties a node: cordons it and evicts its pods."),
            usage: "NODE… [flags]",
            examples: [
                (
                    "kubectl drain node-2",
                    Localized(ko: "노드 하나 (되돌리기: kubectl uncordon)", en: "One node; kubectl uncordon takes it back")
                ),
                (
                    "kubectl drain node-2 --force",
                    Localized(ko: "컨트롤러 없는 파드까지", en: "Also pods that nobody will replace")
                ),
            ],
            flags: [
                Flag("force", summary: Localized(ko: "컨트롤러 없는 파드도 지웁니다", en: "also deletes pods without a controller")),
                Flag(
                    "ignore-daemonsets",
                    summary: Localized(ko: "데몬셋의 파드는 그냥 둡니다", en: "leaves pods of daemon sets alone")),
                Flag(
                    "delete-emptydir-data",
                    summary: Localized(ko: "emptyDir 가 있는 파드도", en: "also pods with an emptyDir")),
                Flag(
                    "grace-period", .integer, placeholder: "SECONDS",
                    summary: Localized(ko: "스스로 끝낼 시간", en: "time to end by themselves"), fallback: "-1"),
                Flag(
                    "pod-selector", .text, placeholder: "LABELS",
                    summary: Localized(ko: "이 라벨의 파드만", en: "only pods with these labels")),
                Flag(
                    "disable-eviction",
                    summary: Localized(ko: "eviction 대신 delete 로", en: "deletes instead of evicting")),
                SharedFlags.timeout(
                    Localized(ko: "기다릴 시간 (0: 끝없이)", en: "how long to wait (0: for ever)"), fallback: "0s"),
                SharedFlags.selector, SharedFlags.dryRun,
            ],
            completeArgument: Completions(kubectl).names(of: .nodes, atMost: .max),
            run: kubectl.perform { call in
                var drainer = try Drainer(call)
                try await drainer.run()
            })
    }
}

private struct Drainer {
    let call: Call
    private var changer: Changer

    init(_ call: Call) throws {
        self.call = call
        changer = try Changer(call, manager: "kubectl-drain")
    }

    mutating func run() async throws {
        let selected = try await CordonVerb.nodes(call, "drain")
        for target in selected.targets {
            try await CordonVerb.set(call, target, isUnschedulable: true, &changer)
        }
        var errors: [any Error] = []
        var pending: [String] = []
        for target in selected.targets {
            do {
                try await empty(target)
                try await changer.report(target, try await call.fetch(target), "drained")
            } catch let failure as Failure {
                if case .exit = failure { throw failure }
                errors.append(failure)
                pending.append(target.name)
                let text = FailureReport.text(failure, isOnly: false)
                call.complain(
                    "error: unable to drain node \"\(target.name)\" due to error: \(text), continuing command...")
            }
        }
        if !pending.isEmpty {
            call.complain("There are pending nodes to be drained:")
            for name in pending { call.complain(" \(name)") }
        }
        try Failure.throwAll(errors)
    }

    private func empty(_ node: Target) async throws {
        let options = ListOptions(
            labelSelector: try call.labelSelector("pod-selector"),
            fieldSelector: .equals("spec.nodeName", node.name))
        let all = try await call.client.list(.pods, namespace: nil, options).items
        let pods = try evictable(all)
        let verb = call.invocation.isOn("disable-eviction") ? "deleting" : "evicting"
        for pod in pods { try await call.print("\(verb) pod \(pod.namespace)/\(pod.name)\(changer.dryRun.suffix)") }
        guard changer.dryRun != .client else { return }
        let grace = call.invocation.integer("grace-period") ?? -1
        let deletion = DeleteOptions(gracePeriodSeconds: grace < 0 ? nil : grace, dryRun: changer.dryRun == .server)
        for pod in pods {
            do {
                _ = try await call.client.delete(.pods, namespace: pod.namespace, name: pod.name, deletion)
            } catch {
                // Gone already is as good as evicted.
                if error.reason != .notFound { throw error }
            }
        }
        guard changer.dryRun == .none else { return }
        let limit = try call.duration("timeout").flatMap { $0 == .zero ? nil : $0 }
        let start = ContinuousClock.now
        for pod in pods {
            let target = Target(resource: .pods, namespace: pod.namespace, name: pod.name)
            let rest = limit.map { max($0 - (ContinuousClock.now - start), .zero) }
            let isGone = try await call.waitFor(target, limit: rest) { $0?.uid != pod.uid }
            guard isGone else {
                throw Failure.message("drain did not complete within \(call.invocation["timeout"] ?? "")")
            }
            try await call.print("pod/\(pod.name) \(verb == "evicting" ? "evicted" : "deleted")")
        }
    }

    /// The Pods to go, unless some must not be deleted without being asked for.
    private func evictable(_ pods: [KubernetesObject]) throws -> [KubernetesObject] {
        var warnings: [String: [String]] = [:]
        var refusals: [String: [String]] = [:]
        var evictable: [KubernetesObject] = []
        for pod in pods {
            let isOver = PodView(pod).isTerminated
            let name = "\(pod.namespace)/\(pod.name)"
            var refusal: String?
            if pod.controller?.kind == "DaemonSet", !isOver {
                if call.invocation.isOn("ignore-daemonsets") {
                    warnings["ignoring DaemonSet-managed Pods", default: []].append(name)
                    continue
                }
                refusal = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)"
            } else if !isOver, pod.spec["volumes"]?.array?.contains(where: { $0["emptyDir"] != nil }) ?? false {
                if call.invocation.isOn("delete-emptydir-data") {
                    warnings["deleting Pods with local storage", default: []].append(name)
                } else {
                    refusal = "cannot delete Pods with local storage (use --delete-emptydir-data to override)"
                }
            }
            if refusal == nil, !isOver, pod.controller == nil {
                if call.invocation.isOn("force") {
                    warnings["deleting Pods that declare no controller", default: []].append(name)
                } else {
                    refusal = "cannot delete Pods that declare no controller (use --force to override)"
                }
            }
            if let refusal { refusals[refusal, default: []].append(name) } else { evictable.append(pod) }
        }
        func list(_ groups: [String: [String]]) -> [String] {
            groups.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.joined(separator: ", "))" }
        }
        if !refusals.isEmpty { throw Failure.message(list(refusals).joined(separator: ", ")) }
        if !warnings.isEmpty { call.warn(list(warnings).joined(separator: "; ")) }
        return evictable
    }
}
