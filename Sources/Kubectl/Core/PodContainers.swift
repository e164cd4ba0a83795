import Documents
import KubernetesAPI
import Terminal

/// The containers of a Pod by name, and the one that is meant where none is named.
struct PodContainers {
    let pod: KubernetesObject
    let initial: [String]
    let ordinary: [String]
    let ephemeral: [String]

    init(_ pod: KubernetesObject) {
        self.pod = pod
        func names(_ member: String) -> [String] { pod.spec[member]?.array?.compactMap { $0["name"]?.string } ?? [] }
        initial = names("initContainers")
        ordinary = names("containers")
        ephemeral = names("ephemeralContainers")
    }

    var all: [String] { ordinary + ephemeral + initial }

    /// `web, sidecar, setup (init)`
    var description: String {
        (ordinary + ephemeral.map { "\($0) (ephem)" } + initial.map { "\($0) (init)" }).joined(separator: ", ")
    }

    /// Which ones there are.
    var hint: Localized {
        Localized(ko: "이 파드의 컨테이너: \(description)", en: "The containers of this pod: \(description)")
    }

    /// The container to use: the one given, that of the annotation, or the first with a word about it.
    func chosen(_ given: String?, complain: (String) -> Void) throws -> String {
        if let given, !given.isEmpty {
            guard all.contains(given) else {
                throw Failure.message(
                    "container \(given) not found in pod \(pod.name)",
                    hint: hint)
            }
            return given
        }
        if let annotated = pod.annotations["kubectl.kubernetes.io/default-container"] {
            if all.contains(annotated) { return annotated }
            complain("Default container name \"\(annotated)\" not found in pod \(pod.name)")
        }
        guard let first = ordinary.first else {
            throw Failure.message("pod \(pod.name) does not have any containers")
        }
        if all.count > 1 { complain("Defaulted container \"\(first)\" out of: \(description)") }
        return first
    }
}
