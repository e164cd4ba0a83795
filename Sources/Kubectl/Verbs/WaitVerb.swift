import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl wait`
enum WaitVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "wait", summary: Localized(ko: "조건이 이루어질 때까지 기다립니다.", en: "Waits until a condition holds."),
            usage: "--for=CONDITION (TYPE NAME… | TYPE/NAME… | TYPE -l LABELS | TYPE --all) [flags]",
            examples: [
                ("kubectl wait --for=condition=Ready pod/web", Localized(ko: "준비될 때까지", en: "Until it is ready")),
                ("kubectl wait --for=delete pod/web --timeout=60s", Localized(ko: "사라질 때까지", en: "Until it is gone")),
                (
                    "kubectl wait --for=jsonpath='{.status.phase}'=Running pod/web",
                    Localized(ko: "필드가 그 값이 될 때까지", en: "Until a field has a value")
                ),
            ],
            flags: [
                Flag(
                    "for", .list, placeholder: "CONDITION",
                    summary: Localized(ko: "무엇을", en: "for what")
                        + " (condition=NAME[=VALUE] | delete | create | jsonpath=…=VALUE)",
                    complete: { _, _ in
                        ["condition=Ready", "condition=Available", "delete", "create", "jsonpath="].map {
                            Completion($0, continues: $0.hasSuffix("="))
                        }
                    }),
                SharedFlags.timeout(Localized(ko: "얼마나 오래", en: "how long"), fallback: "30s"),
                SharedFlags.all("그 종류 모두", "all of the kind"), SharedFlags.selector, SharedFlags.fieldSelector,
                SharedFlags.allNamespaces, SharedFlags.output,
            ] + SharedFlags.files,
            completeArgument: { await Completions(kubectl).typeThenNames($0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let conditions = try call.invocation.all("for").map(WaitCondition.init(parsing:))
        guard !conditions.isEmpty else {
            throw Failure.message(
                "unrecognized condition: \"\"",
                hint: Localized(ko: "예: --for=condition=Ready", en: "As in --for=condition=Ready"))
        }
        let limit = try call.duration("timeout") ?? .seconds(30)
        let start = ContinuousClock.now
        let selected = try await call.targets(call.invocation.allArguments)
        if selected.targets.isEmpty, selected.errors.isEmpty { throw Failure.message("no matching resources found") }
        var printer = try ResultPrinter(call)
        try await call.forEach(selected) { target in
            for condition in conditions {
                // A negative time waits for a week, as in kubectl.
                let whole = limit < .zero ? .seconds(7 * 86_400) : limit
                let object = try await wait(call, target, condition, whole - (ContinuousClock.now - start), limit)
                try await printer.report(
                    target.resource, object ?? target.object ?? KubernetesObject(target.resource, name: target.name),
                    "condition met")
            }
        }
    }

    /// - Returns: the object as it was when the condition held.
    private static func wait(
        _ call: Call, _ target: Target, _ condition: WaitCondition, _ rest: Duration, _ limit: Duration
    ) async throws -> KubernetesObject? {
        let current = try? await call.fetch(target)
        if current == nil, condition.needsObject { _ = try await call.fetch(target) }
        let uid = current?.uid
        if limit == .zero {
            guard try condition.holds(current, uid: uid) else {
                throw Failure.message("condition not met for \(target.resource.plural)/\(target.name)")
            }
            return current
        }
        let isMet = try await call.waitFor(target, limit: max(rest, .zero)) { object in
            if object == nil, condition.needsObject { throw Status.notFound(target.resource, target.name) }
            return try condition.holds(object, uid: uid)
        }
        guard isMet else {
            throw Failure.message(
                "timed out waiting for the condition on \(target.resource.plural)/\(target.name)",
                hint: Localized(
                    ko: "더 기다리려면 --timeout=2m, 까닭은 kubectl describe \(target.resource.singular) \(target.name)",
                    en:
                        "--timeout=2m waits longer; kubectl describe \(target.resource.singular) \(target.name) says why"
                ))
        }
        return (try? await call.fetch(target)) ?? current
    }
}

/// What `wait` waits for.
enum WaitCondition: Sendable {
    case gone
    case there
    /// A condition of the status, and the value it shall have.
    case condition(String, value: String)
    /// A field, and the value it shall have; any, where none is given.
    case field(JSONPath, value: String?)

    init(parsing text: String) throws {
        let lowered = text.lowercased()
        if lowered == "delete" {
            self = .gone
        } else if lowered == "create" {
            self = .there
        } else if lowered.hasPrefix("condition=") {
            let parts = text.dropFirst("condition=".count).split(separator: "=", maxSplits: 1).map(String.init)
            self = .condition(parts.first ?? "", value: parts.count > 1 ? parts[1] : "true")
        } else if lowered.hasPrefix("jsonpath=") {
            self = try Self.field(parsing: String(text.dropFirst("jsonpath=".count)))
        } else {
            throw Failure.message(
                "unrecognized condition: \"\(text)\"",
                hint: Localized(
                    ko: "condition=이름, delete, create, jsonpath='{…}'=값 가운데 하나입니다.",
                    en: "One of condition=NAME, delete, create, jsonpath='{…}'=VALUE."))
        }
    }

    private static func field(parsing text: String) throws -> WaitCondition {
        // A double `=` belongs to a comparison inside the expression.
        var parts = [""]
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "=", rest.first == "=" {
                parts[parts.count - 1] += "=="
                rest = rest.dropFirst()
            } else if character == "=" {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        guard parts.count <= 2 else {
            throw Failure.message(
                "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or "
                    + "--for=jsonpath='{.status.readyReplicas}'")
        }
        let value = parts.count > 1 ? parts[1].filter { $0 != "'" && $0 != "\"" } : nil
        if value == "" {
            throw Failure.message(
                "jsonpath wait has to have a value after equal sign, like "
                    + "--for=jsonpath='{.status.readyReplicas}'=3")
        }
        do {
            return .field(try JSONPath(relaxed: parts[0]), value: value)
        } catch {
            throw Failure.message("\(error)")
        }
    }

    /// An object that is not there, or goes, is an error.
    var needsObject: Bool {
        switch self {
        case .gone, .there: false
        case .condition, .field: true
        }
    }

    /// - Parameter uid: that of the object when the wait began
    func holds(_ object: KubernetesObject?, uid: String?) throws -> Bool {
        guard let object else {
            if case .gone = self { return true }
            return false
        }
        switch self {
        case .gone: return uid != nil && object.uid != uid
        case .there: return true
        case .condition(let name, let value):
            guard let condition = object.conditions.first(where: { $0.text("type").lowercased() == name.lowercased() })
            else { return false }
            let observed = condition["observedGeneration"]?.int ?? object.status["observedGeneration"]?.int
            if let observed, observed < object.generation { return false }
            return condition.text("status").lowercased() == value.lowercased()
        case .field(let path, let value):
            let found = try path.results(in: object.document).flatMap(\.self)
            guard let first = found.first else { return false }
            guard found.count == 1 else {
                throw Failure.message("given jsonpath expression matches more than one value")
            }
            guard let value else { return !first.isNull }
            if first.object != nil || first.array != nil {
                throw Failure.message("jsonpath leads to a nested object or list which is not supported")
            }
            return JSONPath.text(of: first) == value
        }
    }
}
