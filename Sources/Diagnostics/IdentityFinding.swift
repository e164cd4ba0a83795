import Terminal

/// How many users containers can have.
enum IdentityFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "사용자 번호", en: "User ids")
        guard situation.harbour.hasWorked else { return NotTried.finding("ids", title) }
        if situation.idCount > 1 {
            return Finding(
                "ids", .works, title: title,
                meaning: Localized(
                    ko: "컨테이너 안에서 \(situation.idCount)개의 사용자 번호를 쓸 수 있어요.",
                    en: "Containers have \(situation.idCount) user ids."))
        }
        // Root of a container has no further ids to give, and needs none for itself.
        let user = situation.userName
        let fix =
            situation.userID == 0
            ? []
            : [
                "sudo apt-get install uidmap",
                "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 \(user)",
            ]
        return Finding(
            "ids", .limited, title: title,
            meaning: Localized(
                ko: "컨테이너마다 사용자가 한 명뿐이에요: root, 또는 이미지나 --user 가 정한 사용자. "
                    + "도중에 다른 사용자로 바꾸는 프로그램은 실행되지 않아요.",
                en: "A container has one user: root, or the one that its image or --user names. Programs that change "
                    + "to another user on the way do not run."),
            fix: fix)
    }
}
