import Glibc
import LinuxKernel
import Terminal

/// Where images, progress and sockets are kept.
enum DirectoryFinding {
    /// Bytes that a directory should have: the images of the lessons and their containers' layers.
    static let wanted: [DirectoryFacts.Use: UInt64] = [
        .images: 100 << 20, .state: 5 << 20, .runtime: 50 << 20,
    ]

    static func finding(_ directory: DirectoryFacts, _ situation: Situation) -> Finding {
        let title: Localized
        let isEssential: Bool
        switch directory.use {
        case .images: (title, isEssential) = (Localized(ko: "이미지 폴더", en: "Images"), true)
        case .state: (title, isEssential) = (Localized(ko: "기록과 진도 폴더", en: "History and progress"), false)
        case .runtime: (title, isEssential) = (Localized(ko: "실행 폴더", en: "Run directory"), true)
        }
        let name = "directory-\(directory.use.rawValue)"
        if let owner = directory.foreignOwner {
            return Finding(
                name, .missing, title: title,
                meaning: Localized(
                    ko: "\(directory.path)의 주인이 다른 사용자(\(owner))예요.",
                    en: "\(directory.path) belongs to another user (\(owner))."),
                fix: ["sudo chown -R \(situation.userName): \(directory.path)"], isEssential: isEssential)
        }
        if directory.errno != 0 {
            return Finding(
                name, .missing, title: title,
                meaning: Localized(
                    ko: "\(directory.path)에 쓸 수 없어요 (\(Errno(directory.errno))).",
                    en: "\(directory.path) cannot be written (\(Errno(directory.errno)))."),
                fix: directory.errno == ENOSPC || directory.errno == EDQUOT
                    ? ["df -h \(directory.path)"] : ["mkdir -p \(directory.path) && chmod u+rwx \(directory.path)"],
                isEssential: isEssential)
        }
        let size = megabytes(directory.free)
        if directory.free < wanted[directory.use] ?? 0 {
            return Finding(
                name, .limited, title: title,
                meaning: Localized(
                    ko: "\(directory.path)에 \(size)만 남았어요.", en: "\(directory.path) has only \(size) left."),
                fix: ["df -h \(directory.path)", "kijabi clean"], isEssential: isEssential)
        }
        return Finding(
            name, .works, title: title,
            meaning: Localized(
                ko: "\(directory.path), \(size) 남음", en: "\(directory.path), \(size) free"), isEssential: isEssential)
    }

    private static func megabytes(_ bytes: UInt64) -> String {
        bytes >= 10 << 30 ? "\(bytes >> 30) GB" : "\(bytes >> 20) MB"
    }
}

/// Whether Korean can be typed and drawn.
enum TerminalFinding {
    static func finding(_ facts: TerminalFacts) -> Finding {
        let title = Localized(ko: "터미널", en: "Terminal")
        let isUnicode = ["utf-8", "utf8"].contains { facts.locale.lowercased().contains($0) }
        if !isUnicode || !facts.localeExists {
            let name = facts.locale.isEmpty ? "C" : facts.locale
            return Finding(
                "terminal", .limited, title: title,
                meaning: isUnicode
                    ? Localized(
                        ko: "로캘 \(name)이 이 컴퓨터에 없어요. kijabi는 C.UTF-8로 대신해요.",
                        en: "The locale \(name) does not exist here; kijabi takes C.UTF-8 instead.")
                    : Localized(
                        ko: "로캘 \(name)은 UTF-8이 아니에요. kijabi는 C.UTF-8로 대신하지만 다른 프로그램은 한글이 깨질 수 있어요.",
                        en: "The locale \(name) is not UTF-8; kijabi takes C.UTF-8, other programs may garble Korean."),
                fix: ["export LANG=C.UTF-8"])
        }
        guard facts.isTerminal else {
            return Finding(
                "terminal", .works, title: title,
                meaning: Localized(
                    ko: "출력이 터미널이 아니에요. 스크립트처럼 실행돼요.", en: "The output is no terminal: kijabi runs as for a script."))
        }
        if facts.type.isEmpty || facts.type == "dumb" {
            return Finding(
                "terminal", .limited, title: title,
                meaning: Localized(
                    ko: "TERM이 '\(facts.type)'라 색과 화면 편집이 꺼져요.",
                    en: "TERM is '\(facts.type)', so there is neither colour nor editing."),
                fix: ["export TERM=xterm-256color"])
        }
        return Finding(
            "terminal", .works, title: title,
            meaning: Localized(ko: "\(facts.type), \(facts.locale)", en: "\(facts.type), \(facts.locale)"))
    }
}
