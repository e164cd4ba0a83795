public import ContainerRuntime
public import KubernetesAPI

/// Why something could not be done with the cluster as a whole.
public enum ClusterError: Error, Sendable {
    /// `known` are the nodes there are.
    case noSuchNode(String, known: [String])
    /// The API refused what every cluster needs.
    case refused(Status)
    /// The Pods' network does not offer what service addresses and names need.
    case network(RuntimeError)
}
