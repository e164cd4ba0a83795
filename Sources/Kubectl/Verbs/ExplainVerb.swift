import Commands
import KubernetesAPI
import Terminal

/// `kubectl explain`: the fields of a kind and their types, from the schema by which manifests are checked. What fields
/// mean is not kept with it, so there are no descriptions.
enum ExplainVerb {
    static func command(_ kubectl: Kubectl) -> Command {
        Command(
            "explain",
            summary: Localized(ko: "매니페스트에 쓸 수 있는 필드를 보여 줍니다.", en: "Shows the fields a manifest may have."),
            usage: "TYPE[.FIELD…] [--recursive]",
            examples: [
                ("kubectl explain pod.spec", Localized(ko: "파드의 spec 안에 무엇이 있나", en: "What a pod's spec holds")),
                (
                    "kubectl explain deploy.spec.strategy --recursive",
                    Localized(ko: "그 아래 모두", en: "And all below it")
                ),
            ],
            flags: [
                Flag("recursive", summary: Localized(ko: "아래 필드까지 모두", en: "all fields below as well"))
            ],
            completeArgument: { _, index, prefix in index == 0 ? complete(prefix) : [] },
            run: kubectl.perform { try await run($0) })
    }

    private static func run(_ call: Call) async throws {
        let arguments = call.invocation.allArguments
        guard let argument = arguments.first else {
            throw Failure.usage("You must specify the type of resource to explain. ")
        }
        guard arguments.count == 1 else { throw Failure.message("We accept only this format: explain RESOURCE") }
        let path = argument.split(separator: ".").map(String.init)
        let resource = try ResourceArguments.type(path.first ?? argument)
        var text = resource.group.isEmpty ? "" : "GROUP:      \(resource.group)\n"
        text += "KIND:       \(resource.kind)\nVERSION:    \(resource.version)\n\n"
        var structure = Schema.kubernetes.structure(of: resource)
        for (depth, name) in path.dropFirst().enumerated() {
            guard let field = structure?.field(name) else {
                let near = Suggestion.nearest(to: name, in: structure?.fields.map(\.name) ?? [])
                throw Failure.message(
                    "field \"\(name)\" does not exist",
                    hint: near.map { Localized(ko: "혹시 \($0) 인가요?", en: "Did you mean \($0)?") })
            }
            structure = field.type.structureName.flatMap { Schema.kubernetes.structures[$0] }
            if depth == path.count - 2 { text += "FIELD: \(name) <\(field.type.shown)>\n\n" }
        }
        if let structure {
            text += "FIELDS:\n"
            let isRecursive = call.invocation.isOn("recursive")
            text += fields(of: structure, level: 1, isRecursive: isRecursive, within: [structure.name])
            text += "\n"
        }
        try await call.write(text)
    }

    private static func fields(of structure: SchemaStructure, level: Int, isRecursive: Bool, within: Set<String>)
        -> String
    {
        var text = ""
        for field in structure.fields.sorted(by: { $0.name < $1.name }) {
            text += String(repeating: "  ", count: level) + "\(field.name)\t<\(field.type.shown)>\n"
            // A structure that holds itself is shown once.
            guard isRecursive, let name = field.type.structureName, !within.contains(name),
                let child = Schema.kubernetes.structures[name]
            else { continue }
            text += fields(of: child, level: level + 1, isRecursive: true, within: within.union([name]))
        }
        return text
    }

    private static func complete(_ prefix: String) -> [Completion] {
        var path = prefix.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.count > 1, let resource = APIResource.named(path[0]) else {
            return APIResource.all.map { Completion($0.singular, continues: true) }
        }
        path.removeLast()
        var structure = Schema.kubernetes.structure(of: resource)
        for name in path.dropFirst() {
            structure = structure?.field(name)?.type.structureName.flatMap { Schema.kubernetes.structures[$0] }
        }
        let head = path.joined(separator: ".")
        return (structure?.fields ?? []).map { field in
            Completion("\(head).\(field.name)", continues: field.type.structureName != nil)
        }
    }
}

extension FieldType {
    /// As explain names types.
    fileprivate var shown: String {
        switch self {
        case .string, .bytes: "string"
        case .int32, .int64: "integer"
        case .bool: "boolean"
        case .quantity: "Quantity"
        case .intOrString: "IntOrString"
        case .time: "string"
        case .any: "Object"
        case .map(let value): "map[string]\(value.shown)"
        case .list(let element): "[]\(element.shown)"
        case .structure(let name): name
        }
    }

    /// The structure it is, or holds.
    fileprivate var structureName: String? {
        switch self {
        case .structure(let name): name
        case .list(let element), .map(let element): element.structureName
        default: nil
        }
    }
}
