// KubeletTests
