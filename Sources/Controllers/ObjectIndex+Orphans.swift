import ControllerRuntime
import KubernetesAPI

extension ObjectIndex {
    /// By namespace, those objects that no controller manages: they may be adopted.
    static let orphans = ObjectIndex("orphans") { $0.controller == nil ? [$0.namespace] : [] }
}
