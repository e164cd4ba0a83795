import Commands
import KubernetesAPI
import Terminal

/// An object that a verb is about.
struct Target: Sendable {
    var resource: APIResource
    /// Nil for cluster-scoped kinds.
    var namespace: String?
    var name: String
    /// As it was when it was looked up, where that was needed to find it.
    var object: KubernetesObject?
    /// The file it came from.
    var source: String?

    /// `pod/web`, `deployment.apps/web`
    var shown: String { "\(resource.qualifiedSingular)/\(name)" }
}

/// Errors met on the way, beside what could be found.
struct Selected: Sendable {
    var targets: [Target]
    var errors: [any Error]
}

extension Call {
    static let missingResource =
        "You must provide one or more resources by argument or filename.\n"
        + "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n"
        + "   '<resource> <name>'\n   '<resource>'"

    /// What the call is about: `-f`, `TYPE NAME…`, `TYPE -l`, `TYPE --all`.
    /// - Parameters:
    ///   - arguments: those that name resources
    ///   - kind: what a single name stands for
    ///   - wholeKinds: a kind alone means all of it
    func targets(_ arguments: [String], names kind: APIResource? = nil, wholeKinds: Bool = false) async throws
        -> Selected
    {
        if invocation.has("filename") {
            guard arguments.isEmpty else {
                throw Failure.message(
                    "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well")
            }
            var errors: [any Error] = []
            let targets = try await ManifestReader(call: self).read(&errors).map {
                Target(
                    resource: $0.resource, namespace: $0.resource.isNamespaced ? $0.object.namespace : nil,
                    name: $0.object.name, object: $0.object, source: $0.source)
            }
            return Selected(targets: targets, errors: errors)
        }
        let items = try ResourceArguments.parse(arguments, names: kind)
        let selects = invocation.has("selector") || invocation.has("field-selector")
        guard !items.isEmpty else {
            throw Failure.message(
                selects ? "at least one resource must be specified to use a selector" : Call.missingResource)
        }
        var targets: [Target] = []
        var errors: [any Error] = []
        for item in items {
            switch item {
            case .named(let resource, let name):
                if selects { throw Failure.message("name cannot be provided when a selector is specified") }
                if allNamespaces, resource.isNamespaced {
                    throw Failure.message("a resource cannot be retrieved by name across all namespaces")
                }
                targets.append(Target(resource: resource, namespace: namespace(for: resource), name: name))
            case .all(let resource):
                guard selects || wholeKinds || invocation.isOn("all") else {
                    throw Failure.message("resource(s) were provided, but no name was specified")
                }
                do {
                    let list = try await client.list(
                        resource, namespace: listNamespace(for: resource), listOptions())
                    targets += list.items.map {
                        Target(
                            resource: resource, namespace: resource.isNamespaced ? $0.namespace : nil, name: $0.name,
                            object: $0)
                    }
                } catch {
                    errors.append(error)
                }
            }
        }
        return Selected(targets: targets, errors: errors)
    }

    /// The target as it is in the cluster now.
    func fetch(_ target: Target) async throws -> KubernetesObject {
        try await client.get(target.resource, namespace: target.namespace, name: target.name)
    }

    /// The same work for every target; errors are kept until all are done.
    func forEach(_ selected: Selected, _ body: (Target) async throws -> Void) async throws {
        var errors = selected.errors
        for target in selected.targets {
            try Task.checkCancellation()
            do {
                try await body(target)
            } catch let failure as Failure {
                if case .exit = failure { throw failure }
                errors.append(failure)
            } catch {
                if error is CancellationError { throw error }
                errors.append(error)
            }
        }
        try Failure.throwAll(errors)
    }
}
