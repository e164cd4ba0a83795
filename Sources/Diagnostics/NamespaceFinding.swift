import Glibc
import LinuxKernel
import Terminal

/// User, mount, pid and network namespaces: whether the harbour could be made, and if not, which of the many things that
/// can forbid it did.
enum NamespaceFinding {
    static let title = Localized(ko: "네임스페이스", en: "Namespaces")

    static func finding(_ situation: Situation) -> Finding {
        switch situation.harbour {
        case .worked:
            return Finding(
                "namespaces", .works, title: title,
                meaning: situation.userID == 0
                    ? Localized(
                        ko: "컨테이너마다 따로 된 세상을 만들 수 있어요. 안의 root는 밖에서 root가 아니에요.",
                        en: "Containers can have a world of their own; root inside is not root outside.")
                    : Localized(
                        ko: "root가 아니어도 컨테이너마다 따로 된 세상을 만들 수 있어요.",
                        en: "Containers can have a world of their own, without root."),
                isEssential: true)
        case .notTried:
            return NotTried.finding("namespaces", title, isEssential: true)
        case .failed(let words):
            return missing(Localized(words), [])
        case .refused(let stage, let errno, let path):
            return refused(stage, errno, path, situation)
        }
    }

    private static func refused(_ stage: String, _ errno: Int32, _ path: String?, _ situation: Situation) -> Finding {
        let isForbidden = errno == EPERM || errno == EACCES
        if errno == ENOSPC || errno == EUSERS {
            return exhausted(stage, errno, situation)
        }
        if errno == EINVAL, stage == "make namespaces" {
            return missing(
                Localized(
                    ko: "이 커널에는 사용자 네임스페이스가 없어요. CONFIG_USER_NS로 만든 커널이 필요해요.",
                    en: "This kernel has no user namespaces; one built with CONFIG_USER_NS is needed."),
                ["sudo apt-get install linux-image-amd64"])
        }
        if isForbidden, situation.userID != 0, situation.settings.unprivilegedUserNamespaces == 0 {
            return missing(
                Localized(
                    ko: "보통 사용자는 사용자 네임스페이스를 못 만들게 되어 있어요 (kernel.unprivileged_userns_clone = 0).",
                    en: "Ordinary users may not make user namespaces (kernel.unprivileged_userns_clone = 0)."),
                setting("kernel.unprivileged_userns_clone", 1))
        }
        if isForbidden, situation.userID != 0, situation.settings.apparmorRestrictsUserNamespaces == 1 {
            return missing(
                Localized(
                    ko: "우분투의 AppArmor가 허락받은 프로그램만 사용자 네임스페이스를 쓰게 해요. kijabi-zygote 하나만 허락하면 돼요.",
                    en:
                        "Ubuntu's AppArmor keeps user namespaces for programs it knows; allow kijabi-zygote, and only it."
                ),
                appArmorProfile(situation.zygoteProgram))
        }
        if isForbidden, let enclosure = situation.enclosure {
            return enclosed(stage, errno, enclosure)
        }
        if isForbidden, stage == "make namespaces" {
            return missing(
                Localized(
                    ko: "커널이 사용자 네임스페이스를 거절했어요. chroot, seccomp 규칙이나 보안 모듈이 막고 있을 거예요.",
                    en: "The kernel refused a user namespace: a chroot, a seccomp rule or a security module forbids it."
                ),
                ["unshare --user --map-root-user true"])
        }
        return missing(
            Localized(
                ko: "커널이 이 단계를 거절했어요: \(Refusal.words(stage, errno, path))",
                en: "The kernel refused a step: \(Refusal.words(stage, errno, path))"), [])
    }

    /// `ENOSPC`: the limit of some kind of namespace is reached, here or in a user namespace above.
    private static func exhausted(_ stage: String, _ errno: Int32, _ situation: Situation) -> Finding {
        let kinds = situation.settings.forbiddenKinds
        if kinds.isEmpty {
            return missing(
                Localized(
                    ko: "네임스페이스를 더 만들 수 없어요. 이미 너무 많거나, 바깥 네임스페이스에서 막아 두었어요.",
                    en: "No more namespaces may be made: there are too many, or one further out forbids them."),
                ["lsns", "sudo sysctl -w user.max_user_namespaces=15000"])
        }
        let list = kinds.map { "user.max_\($0)_namespaces = 0" }.joined(separator: ", ")
        return missing(
            Localized(
                ko: "이 컴퓨터는 네임스페이스를 못 만들게 되어 있어요 (\(list)).",
                en: "This machine allows no such namespaces (\(list))."),
            kinds.flatMap { setting("user.max_\($0)_namespaces", 15_000) })
    }

    private static func enclosed(_ stage: String, _ errno: Int32, _ enclosure: Situation.Enclosure) -> Finding {
        let why = Refusal.words(stage, errno, nil)
        switch enclosure {
        case .docker, .podman:
            let options =
                "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
                + (enclosure == .docker ? " --security-opt systempaths=unconfined" : " --security-opt unmask=ALL")
            return missing(
                Localized(
                    ko: "이 셸은 \(enclosure.rawValue) 컨테이너 안에 있고, 그 컨테이너가 컨테이너 만들기를 막고 있어요 (\(why)). 이렇게 다시 시작하세요.",
                    en:
                        "This shell is in a \(enclosure.rawValue) container, which forbids making containers (\(why)). Start it like this."
                ),
                ["\(enclosure.rawValue) run -it \(options) IMAGE"])
        case .lxc:
            return missing(
                Localized(
                    ko: "이 셸은 LXC 컨테이너 안에 있고, 그 컨테이너가 중첩을 막고 있어요 (\(why)). 바깥에서 켜세요.",
                    en: "This shell is in an LXC container, which forbids nesting (\(why)). Allow it from outside."),
                ["lxc config set CONTAINER security.nesting true && lxc restart CONTAINER"])
        case .other:
            return missing(
                Localized(
                    ko: "이 셸은 컨테이너 안에 있고, 그 컨테이너가 컨테이너 만들기를 막고 있어요 (\(why)). 바깥에서 허락하거나 밖에서 실행하세요.",
                    en:
                        "This shell is in a container, which forbids making containers (\(why)). Allow it from outside, or run kijabi there."
                ), [])
        }
    }

    private static func missing(_ meaning: Localized, _ fix: [String]) -> Finding {
        Finding("namespaces", .missing, title: title, meaning: meaning, fix: fix, isEssential: true)
    }

    /// Now, and after the next start.
    private static func setting(_ name: String, _ value: Int) -> [String] {
        ["echo '\(name) = \(value)' | sudo tee -a /etc/sysctl.d/60-kijabi.conf", "sudo sysctl --system"]
    }

    /// A profile that gives one program what Ubuntu takes from all that have none
    /// (Ubuntu's "Restricted unprivileged user namespaces").
    private static func appArmorProfile(_ program: String) -> [String] {
        [
            "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile kijabi-zygote \"\(program)\" flags=(unconfined) "
                + "{\\n  userns,\\n}\\n' | sudo tee /etc/apparmor.d/kijabi-zygote",
            "sudo apparmor_parser -r /etc/apparmor.d/kijabi-zygote",
        ]
    }
}
