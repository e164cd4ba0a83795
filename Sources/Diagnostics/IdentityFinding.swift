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
                ko: "컨테이너 안에는 root 하나뿐이에요. 다른 사용자로 바꾸는 이미지는 실행되지 않아요.",
                en: "Containers have root and nobody else; images that change to another user do not run."),
            fix: fix)
    }
}
