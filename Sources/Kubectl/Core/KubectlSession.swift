import Synchronization

/// What kubectl keeps between calls in place of a kubeconfig file: the namespace that counts where `-n` is not given.
public final class KubectlSession: Sendable {
    private let state: Mutex<String>

    public init(namespace: String = "default") {
        state = Mutex(namespace)
    }

    /// The namespace of the present context (`kubectl config set-context --current --namespace`).
    public var namespace: String {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
