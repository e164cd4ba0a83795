import Terminal

/// A part of what the kernel knows of a container.
enum XRaySection: String, CaseIterable, Sendable {
    case processes, namespaces, layers, mounts, rights, calls, limits, network, birth

    static var names: String { allCases.map(\.rawValue).joined(separator: " ") }

    var title: Localized {
        switch self {
        case .processes: Localized(ko: "프로세스", en: "Processes")
        case .namespaces: Localized(ko: "네임스페이스", en: "Namespaces")
        case .layers: Localized(ko: "층", en: "Layers")
        case .mounts: Localized(ko: "마운트", en: "Mounts")
        case .rights: Localized(ko: "권한", en: "Rights")
        case .calls: Localized(ko: "시스템 콜", en: "System calls")
        case .limits: Localized(ko: "한도", en: "Limits")
        case .network: Localized(ko: "네트워크", en: "Network")
        case .birth: Localized(ko: "태어난 순서", en: "Birth")
        }
    }

    /// One line that says why anybody should care.
    var explanation: Localized {
        switch self {
        case .processes:
            Localized(ko: "같은 프로세스, 두 개의 번호: 바깥에서와 안에서.", en: "One process, two numbers: outside and inside.")
        case .namespaces:
            Localized(
                ko: "무엇이 보이는지 정하는 벽. 한 줄에서 글자가 같으면 함께 쓰는 거예요.",
                en: "Walls: what it can see. The same letter in a row is the same wall.")
        case .layers:
            Localized(
                ko: "파일은 겹겹이 쌓여 있고, 쓴 것은 맨 위층에만 남아요.", en: "Files lie in layers; what it writes stays in the topmost.")
        case .mounts: Localized(ko: "안에서 보이는 파일 나무의 조각들.", en: "The pieces of the file tree that it sees.")
        case .rights:
            Localized(ko: "안의 root 가 할 수 있는 일과 빼앗긴 일.", en: "What root in there may do, and what was taken away.")
        case .calls:
            Localized(ko: "커널에 부탁할 수 있는 일 (seccomp 필터).", en: "What it may ask the kernel for (the seccomp filter).")
        case .limits: Localized(ko: "얼마나 쓸 수 있는지 (cgroup 파일들).", en: "How much it may use (the files of its cgroups).")
        case .network: Localized(ko: "안에서 바깥까지 가는 길.", en: "The way from inside to the outside.")
        case .birth:
            Localized(
                ko: "이 상자를 만든 시스템 콜을 차례대로, 걸린 시간과 함께.",
                en: "The system calls that built it, in order, with their times.")
        }
    }
}
