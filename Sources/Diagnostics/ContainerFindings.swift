import Glibc
import Terminal

/// The image that everything is tried with.
enum ImageFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "busybox 이미지", en: "busybox image")
        switch situation.image {
        case .worked:
            return Finding(
                "image", .works, title: title,
                meaning: Localized(
                    ko: "네트워크 없이, 이 컴퓨터의 busybox로 만들었어요.",
                    en: "Made without a network, out of this machine's busybox."), isEssential: true)
        case .notTried:
            return NotTried.finding("image", title, isEssential: true)
        default:
            return Finding(
                "image", .missing, title: title,
                meaning: Localized(
                    ko: "만들 수 없어요 (\(Refusal.words(situation.image))).",
                    en: "It cannot be made (\(Refusal.words(situation.image)))."),
                fix: ["sudo apt-get install busybox-static"], isEssential: true)
        }
    }
}

/// A container without a network: its layers, its file tree, its program.
enum ContainerFinding {
    /// The first kernel with all the calls that the engine needs: overlay for ordinary users (5.11), mount_setattr(2).
    static let firstKernel = "5.12"

    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "컨테이너 실행", en: "A container")
        switch situation.container {
        case .worked:
            return Finding(
                "container", .works, title: title,
                meaning: Localized(
                    ko: "busybox 컨테이너가 실행되고 끝났어요 (overlay, proc, 가려진 경로).",
                    en: "One of busybox ran and ended (overlay, proc, masked paths)."), isEssential: true)
        case .notTried:
            return NotTried.finding("container", title, isEssential: true)
        case .failed(let words):
            return missing(title, Localized(words), [])
        case .refused(let stage, let errno, let path):
            return refused(title, stage, errno, path, situation)
        }
    }

    private static func refused(
        _ title: Localized, _ stage: String, _ errno: Int32, _ path: String?, _ situation: Situation
    ) -> Finding {
        let why = Refusal.words(stage, errno, path)
        if isOlder(situation.kernelRelease, than: firstKernel) {
            return missing(
                title,
                Localized(
                    ko: "커널 \(situation.kernelRelease)은 너무 오래됐어요. \(firstKernel) 이상이어야 해요 (\(why)).",
                    en: "Kernel \(situation.kernelRelease) is too old; \(firstKernel) or later is needed (\(why))."),
                ["sudo apt-get install linux-image-amd64"])
        }
        if stage == "mount overlay" {
            if errno == ENODEV {
                return missing(
                    title,
                    Localized(
                        ko: "이 커널에 overlay 파일 시스템이 올라와 있지 않아요.",
                        en: "This kernel has not loaded the overlay file system."),
                    ["sudo modprobe overlay", "echo overlay | sudo tee /etc/modules-load.d/kijabi.conf"])
            }
            let place = situation.directories.first { $0.use == .runtime }?.path ?? ""
            return missing(
                title,
                Localized(
                    ko: "overlay를 마운트할 수 없어요 (\(why)). \(place)의 파일 시스템이 위층을 받지 않으면 다른 곳을 쓰세요.",
                    en:
                        "The overlay cannot be mounted (\(why)). If the file system of \(place) takes no upper layer, use another."
                ),
                ["mkdir -p -m 700 /dev/shm/kijabi-$(id -u) && export XDG_RUNTIME_DIR=/dev/shm/kijabi-$(id -u)"])
        }
        return missing(
            title,
            Localized(ko: "커널이 이 단계를 거절했어요: \(why)", en: "The kernel refused a step: \(why)"), [])
    }

    /// Compares the numbers before the first character that is neither a digit nor a dot.
    static func isOlder(_ release: String, than wanted: String) -> Bool {
        func numbers(_ text: String) -> [Int] {
            text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".").compactMap { Int($0) }
        }
        let found = numbers(release)
        return !found.isEmpty && found.lexicographicallyPrecedes(numbers(wanted))
    }

    private static func missing(_ title: Localized, _ meaning: Localized, _ fix: [String]) -> Finding {
        Finding("container", .missing, title: title, meaning: meaning, fix: fix, isEssential: true)
    }
}

/// seccomp(2), by the container's own account.
enum SystemCallFilterFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "seccomp", en: "seccomp")
        switch situation.systemCallFilter {
        case .worked:
            return Finding(
                "seccomp", .works, title: title,
                meaning: Localized(
                    ko: "컨테이너는 위험한 시스템 호출을 쓸 수 없어요.", en: "Containers cannot make dangerous system calls."))
        case .notTried:
            return NotTried.finding("seccomp", title)
        default:
            return Finding(
                "seccomp", .limited, title: title,
                meaning: Localized(
                    ko: "시스템 호출을 거르지 못해요 (\(Refusal.words(situation.systemCallFilter))). 다른 울타리는 그대로예요.",
                    en:
                        "System calls are not filtered (\(Refusal.words(situation.systemCallFilter))); the other walls stand."
                ))
        }
    }
}
