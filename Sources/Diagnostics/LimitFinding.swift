import Terminal

/// Who holds the limits of memory and processor time: the kernel, or kijabi by watching.
enum LimitFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "자원 제한 (cgroup)", en: "Resource limits (cgroups)")
        switch situation.limits {
        case .notTried:
            return NotTried.finding("limits", title)
        case .refused, .failed:
            return Finding(
                "limits", .missing, title: title,
                meaning: Localized(
                    ko: "제한을 걸 수 없어요 (\(Refusal.words(situation.limits))).",
                    en: "Limits cannot be set (\(Refusal.words(situation.limits)))."))
        case .worked where !situation.limitsAreEmulated:
            let version = situation.controlGroups == .version2 ? "v2" : "v1"
            return Finding(
                "limits", .works, title: title,
                meaning: Localized(
                    ko: "커널이 지켜요 (cgroup \(version)).", en: "The kernel holds them (cgroup \(version))."))
        case .worked:
            return emulated(title, situation)
        }
    }

    private static func emulated(_ title: Localized, _ situation: Situation) -> Finding {
        let (reason, fix): (Localized, [String])
        switch situation.controlGroups {
        case .version2:
            reason = Localized(
                ko: "이 셸에 맡겨진 cgroup이 없어서", en: "no control group is delegated to this shell")
            fix = ["systemd-run --user --scope -p Delegate=yes kijabi"]
        case .version1:
            reason = Localized(
                ko: "cgroup v1은 root만 쓸 수 있어서", en: "control groups of version 1 are root's alone")
            fix = situation.userID == 0 ? [] : ["sudo kijabi"]
        case .none:
            reason = Localized(ko: "cgroup이 마운트되어 있지 않아서", en: "no control groups are mounted")
            fix = ["sudo mount -t cgroup2 cgroup2 /sys/fs/cgroup"]
        }
        return Finding(
            "limits", .limited, title: title,
            meaning: Localized(
                ko: "\(reason.korean) kijabi가 지켜보며 흉내 내요.",
                en: "kijabi watches and emulates them: \(reason.english)."), fix: fix)
    }
}
