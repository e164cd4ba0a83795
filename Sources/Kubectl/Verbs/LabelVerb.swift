import Commands
import Documents
import KubernetesAPI
import Terminal

/// `kubectl label` and `kubectl annotate`: the two maps of an object's metadata that people write.
struct LabelVerb: Sendable {
    /// `labels`, `annotations`
    let member: String
    /// `label`, `annotation`
    let noun: String

    static func label(_ kubectl: Kubectl) -> Command {
        LabelVerb(member: "labels", noun: "label").command(
            kubectl, "label", Localized(ko: "라벨을 붙이거나 뗍니다.", en: "Puts labels on objects, or takes them off."),
            examples: [
                ("kubectl label pod web tier=front", Localized(ko: "붙이기", en: "Put one on")),
                ("kubectl label pod web tier=back --overwrite", Localized(ko: "바꾸기", en: "Change it")),
                ("kubectl label pod web tier-", Localized(ko: "떼기", en: "Take it off")),
            ])
    }

    static func annotate(_ kubectl: Kubectl) -> Command {
        LabelVerb(member: "annotations", noun: "annotation").command(
            kubectl, "annotate", Localized(ko: "주석을 달거나 뗍니다.", en: "Adds annotations to objects, or removes them."),
            examples: [
                (
                    "kubectl annotate deployment web kubernetes.io/change-cause='new colour'",
                    Localized(ko: "rollout history 에 나올 까닭", en: "The reason that rollout history shows")
                ),
                ("kubectl annotate pod web note-", Localized(ko: "떼기", en: "Remove one")),
            ])
    }

    private func command(
        _ kubectl: Kubectl, _ name: String, _ summary: Localized,
        examples: [(command: String, explanation: Localized)]
    ) -> Command {
        Command(
            name, summary: summary, usage: "(TYPE NAME… | TYPE -l LABELS | TYPE --all) KEY=VALUE… KEY-…",
            examples: examples,
            flags: [
                Flag("overwrite", summary: Localized(ko: "있던 값을 바꿉니다", en: "replaces values that are there")),
                Flag("list", summary: Localized(ko: "지금 것을 보여 줍니다", en: "shows what there is")),
                Flag(
                    "resource-version", .text, placeholder: "VERSION",
                    summary: Localized(ko: "이 판일 때만", en: "only if this is its version")),
                SharedFlags.all("그 종류 모두", "all of the kind"), SharedFlags.selector, SharedFlags.fieldSelector,
                SharedFlags.allNamespaces, SharedFlags.dryRun, SharedFlags.output, SharedFlags.fieldManager,
            ] + SharedFlags.files,
            completeArgument: { await Completions(kubectl).typeThenNames($0, $1, $2) },
            run: kubectl.perform { try await run($0) })
    }

    private func run(_ call: Call) async throws {
        let (resources, changes) = SetVerb.split(call.invocation.allArguments)
        let isList = call.invocation.isOn("list")
        if isList, call.invocation.has("output") {
            throw Failure.message("--list and --output may not be specified together")
        }
        if resources.isEmpty, !call.invocation.has("filename") {
            throw Failure.message("one or more resources must be specified as <resource> <name> or <resource>/<name>")
        }
        let edit = try MapEdit(changes, noun: noun)
        guard isList || !edit.isEmpty else { throw Failure.message("at least one \(noun) update is required") }
        for filter in ["selector", "field-selector"] where call.invocation.isOn("all") && call.invocation.has(filter) {
            throw Failure.message("cannot set --all and --\(filter) at the same time")
        }
        let selected = try await call.targets(resources)
        var changer = try Changer(call, manager: "kubectl-\(noun)")
        try await call.forEach(selected) { target in
            let object = try await call.fetch(target)
            if isList { return try await list(call, target, object, isOnly: selected.targets.count == 1) }
            try await change(call, target, object, edit, &changer)
        }
    }

    private func values(_ object: KubernetesObject) -> [String: String] {
        member == "labels" ? object.labels : object.annotations
    }

    private func list(_ call: Call, _ target: Target, _ object: KubernetesObject, isOnly: Bool) async throws {
        if !isOnly {
            let kind = "\(target.resource.kind).\(target.resource.group)"
            try await call.print("Listing \(member) for \(kind)/\(target.name):")
        }
        for (key, value) in values(object).sorted(by: { $0.key < $1.key }) {
            try await call.print("\(isOnly ? "" : " ")\(key)=\(value)")
        }
    }

    private func change(
        _ call: Call, _ target: Target, _ object: KubernetesObject, _ edit: MapEdit, _ changer: inout Changer
    ) async throws {
        let old = values(object)
        if !call.invocation.isOn("overwrite") { try edit.checkOverwrites(old, noun: noun) }
        for key in edit.removed where old[key] == nil && noun == "label" {
            try await call.print("label \"\(key)\" not found.")
        }
        var new = old.filter { !edit.removed.contains($0.key) }
        new.merge(edit.added) { $1 }
        let operation: String
        if noun == "annotation" {
            operation = "annotated"
        } else if new == old {
            operation = "not labeled"
        } else {
            operation = edit.added.isEmpty && !call.invocation.isOn("overwrite") ? "unlabeled" : "labeled"
        }
        var patch: JSONValue = [:]
        for (key, value) in edit.added where old[key] != value {
            patch.set("metadata", member, key, to: .string(value))
        }
        for key in edit.removed where old[key] != nil { patch.set("metadata", member, key, to: .null) }
        if let version = call.invocation["resource-version"] {
            patch.set("metadata", "resourceVersion", to: .string(version))
        }
        let result = patch == [:] ? object : try await changer.change(target, object, .merge(patch))
        try await changer.report(target, result, operation)
    }
}

/// `a=b c-`
private struct MapEdit {
    var added: [String: String] = [:]
    var removed: [String] = []

    var isEmpty: Bool { added.isEmpty && removed.isEmpty }

    init(_ changes: [String], noun: String) throws {
        for change in changes {
            if let equals = change.firstIndex(of: "="), equals != change.startIndex {
                let value = String(change[change.index(after: equals)...])
                if noun == "label" { try Self.checkLabel(change, value) }
                added[String(change[..<equals])] = value
            } else if change.hasSuffix("-"), change.count > 1 {
                removed.append(String(change.dropLast()))
            } else {
                throw Failure.message("unknown \(noun) spec: \(change)")
            }
        }
        let both = removed.filter { added[$0] != nil }
        guard both.isEmpty else {
            throw Failure.message(
                noun == "label"
                    ? "can not both modify and remove a label in the same command"
                    : "can not both modify and remove the following annotation(s) in the same command: "
                        + both.joined(separator: ", "))
        }
    }

    private static func checkLabel(_ change: String, _ value: String) throws {
        if value.contains("=") { throw Failure.message("invalid label spec: \(change)") }
        let isShort = value.utf8.count <= 63
        let isPlain = value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        let ends = [value.first, value.last].allSatisfy { $0.map { $0.isLetter || $0.isNumber } ?? true }
        guard isShort, isPlain, ends else {
            let rule =
                isShort
                ? "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
                    + "must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', "
                    + "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
                : "must be no more than 63 bytes"
            throw Failure.message("invalid label value: \"\(change)\": \(rule)")
        }
    }

    func checkOverwrites(_ old: [String: String], noun: String) throws {
        let clashes = added.filter { old[$0.key].map { [value = $0.value] in $0 != value } ?? false }.keys.sorted()
        guard !clashes.isEmpty else { return }
        let hint = Localized(ko: "바꾸려면 --overwrite 를 붙이세요.", en: "Add --overwrite to change it.")
        if noun == "annotation" {
            let list = clashes.map { "'\($0)' already has a value (\(old[$0] ?? ""))" }.joined(separator: "; ")
            throw Failure.message(
                "--overwrite is false but found the following declared annotation(s): \(list)", hint: hint)
        }
        let key = clashes[0]
        throw Failure.message("'\(key)' already has a value (\(old[key] ?? "")), and --overwrite is false", hint: hint)
    }
}
