import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl delete`
enum DeleteVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "delete",
            summary: Localized(ko: "오브젝트를 지우고, 사라질 때까지 기다립니다.", en: "Deletes objects and waits until they are gone."),
            usage: "(TYPE NAME… | TYPE/NAME… | TYPE -l LABELS | TYPE --all | -f FILE) [flags]",
            examples: [
                ("kubectl delete pod web", Localized(ko: "파드 하나", en: "One pod")),
                ("kubectl delete -f web.yaml", Localized(ko: "파일에 적힌 것 모두", en: "All that a file names")),
                (
                    "kubectl delete pod web --now",
                    Localized(ko: "30초 기다리지 않고", en: "Without the usual 30 seconds of grace")
                ),
            ],
            flags: [
                SharedFlags.selector, SharedFlags.fieldSelector, SharedFlags.allNamespaces,
                SharedFlags.all("그 종류 모두", "all of the kind"),
                Flag(
                    "grace-period", .integer, placeholder: "SECONDS",
                    summary: Localized(ko: "스스로 끝낼 시간", en: "time to end by itself"), fallback: "-1"),
                Flag("force", summary: Localized(ko: "확인을 기다리지 않고 지웁니다", en: "does not wait for confirmation")),
                Flag("now", summary: Localized(ko: "1초만 기다립니다", en: "one second of grace")),
                Flag("wait", summary: Localized(ko: "사라질 때까지 기다립니다", en: "waits until it is gone"), fallback: "true"),
                Flag(
                    "cascade", .optionalText(implied: "background"), placeholder: "background|foreground|orphan",
                    summary: Localized(ko: "딸린 것을 어떻게 할지", en: "what becomes of what it owns"), fallback: "background"),
                Flag(
                    "ignore-not-found", summary: Localized(ko: "없어도 실패로 치지 않습니다", en: "what is not there is no error")),
                SharedFlags.timeout(Localized(ko: "기다릴 시간", en: "how long to wait")),
                SharedFlags.dryRun, SharedFlags.output(["name"]),
            ] + SharedFlags.files,
            completeArgument: { await Completions(kubectl).typeThenNames($0, $1, $2) },
            run: kubectl.perform { try await Deleter($0).run() })
    }
}

/// Deletes what a call names.
struct Deleter {
    let call: Call
    private let options: DeleteOptions
    private let isForced: Bool
    private let dryRun: DryRun

    init(_ call: Call) throws {
        self.call = call
        let invocation = call.invocation
        var grace = invocation.integer("grace-period") ?? -1
        if invocation.isOn("now") {
            guard grace == -1 else {
                throw Failure.message("--now and --grace-period cannot be specified together")
            }
            grace = 1
        }
        // Zero without --force would lose data by accident; kubectl makes it one second.
        if grace == 0, !invocation.isOn("force") { grace = 1 }
        if invocation.isOn("force") {
            if grace < 0 { grace = 0 }
            guard grace == 0 else {
                throw Failure.message("--force and --grace-period greater than 0 cannot be specified together")
            }
            call.warn(
                "Immediate deletion does not wait for confirmation that the running resource has been terminated. "
                    + "The resource may continue to run on the cluster indefinitely.")
        }
        isForced = grace == 0
        dryRun = try DryRun(call)
        options = DeleteOptions(
            gracePeriodSeconds: grace < 0 ? nil : grace, propagation: try Self.propagation(call),
            dryRun: dryRun == .server)
    }

    private static func propagation(_ call: Call) throws -> DeleteOptions.Propagation {
        switch call.invocation["cascade"] ?? "background" {
        case "background", "true": return .background
        case "foreground": return .foreground
        case "orphan", "false": return .orphan
        case let value:
            throw Failure.message(
                "invalid cascade value (\(value)). Must be \"background\", \"foreground\", or \"orphan\"")
        }
    }

    func run() async throws {
        let invocation = call.invocation
        if invocation.isOn("all"), invocation.has("selector") {
            throw Failure.message("cannot set --all and --selector at the same time")
        }
        let selected = try await call.targets(invocation.allArguments)
        if selected.targets.isEmpty, selected.errors.isEmpty {
            return try await call.print("No resources found")
        }
        if call.isNamespaceExplicit, selected.targets.contains(where: { !$0.resource.isNamespaced }) {
            call.warn("deleting cluster-scoped resources, not scoped to the provided namespace")
        }
        var deleted: [Target] = []
        var outcome: (any Error)?
        do {
            try await call.forEach(selected) { target in
                if let gone = try await delete(target) { deleted.append(gone) }
            }
        } catch {
            if error is CancellationError { throw error }
            outcome = error
        }
        if let outcome { throw outcome }
        if invocation.isOn("wait"), dryRun == .none { try await wait(for: deleted) }
    }

    /// - Returns: the target with the object that went; nil where it was not there and that does not matter.
    private func delete(_ target: Target) async throws -> Target? {
        var target = target
        if dryRun == .client {
            target.object = try await call.fetch(target)
        } else {
            do {
                target.object = try await call.client.delete(
                    target.resource, namespace: target.namespace, name: target.name, options)
            } catch let status {
                if status.reason == .notFound, call.invocation.isOn("ignore-not-found") { return nil }
                guard let source = target.source else { throw status }
                throw Failure.fromFile(status, verb: "deleting", source: source)
            }
        }
        try await call.print(message(target))
        return target
    }

    private func message(_ target: Target) -> String {
        if call.invocation["output"] == "name" { return target.shown }
        var operation = isForced ? "force deleted" : "deleted"
        if let namespace = target.namespace { operation += " from \(namespace) namespace" }
        return "\(target.resource.qualifiedSingular) \"\(target.name)\" \(operation)\(dryRun.suffix)"
    }

    private func wait(for deleted: [Target]) async throws {
        let limit = try call.duration("timeout").flatMap { $0 == .zero ? nil : $0 }
        let start = ContinuousClock.now
        for target in deleted {
            let uid = target.object?.uid
            let rest = limit.map { $0 - (ContinuousClock.now - start) }
            let isGone = try await call.waitFor(target, limit: rest) { object in object.map { $0.uid != uid } ?? true }
            guard isGone else {
                throw Failure.message("timed out waiting for the condition on \(target.resource.plural)/\(target.name)")
            }
        }
    }
}
