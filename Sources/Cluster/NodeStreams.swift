import KubernetesAPI
import Kubelet

/// The API server's way to the kubelets.
struct NodeStreams: NodeConnector {
    let kubelets: [String: Kubelet]

    func podLogs(node: String, pod: KubernetesObject, _ options: PodLogOptions) async throws(Status)
        -> AsyncStream<[UInt8]>
    {
        try await kubelet(node).podLogs(pod, options)
    }

    func podExec(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        try await kubelet(node).podExec(pod, options)
    }

    func podAttach(node: String, pod: KubernetesObject, _ options: PodExecOptions) async throws(Status)
        -> any PodSession
    {
        try await kubelet(node).podAttach(pod, options)
    }

    /// A node that is down does not answer, as with a real cluster.
    private func kubelet(_ node: String) async throws(Status) -> Kubelet {
        guard let kubelet = kubelets[node], await kubelet.isRunning else {
            throw Status(.internalError, "error dialing backend: no route to host: node \(node) does not answer")
        }
        return kubelet
    }
}
