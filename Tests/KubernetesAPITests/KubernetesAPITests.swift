// KubernetesAPITests
