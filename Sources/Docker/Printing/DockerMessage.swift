import Commands
import ContainerRuntime
import Glibc
import Terminal

/// A runtime error as docker words it, and a next step for a beginner.
struct DockerMessage {
    let error: RuntimeError

    /// The sentence behind `docker: `/`Error response from daemon: `.
    var sentence: String {
        switch error {
        case .noSuchImage(let name): "No such image: \(name)"
        case .noSuchContainer(let name): "No such container: \(name)"
        case .noSuchSandbox(let name): "No such sandbox: \(name)"
        case .nameInUse(let name, let id):
            "Conflict. The container name \"/\(name)\" is already in use by container \"\(id)\". "
                + "You have to remove (or rename) that container to be able to reuse that name."
        case .commandNotFound(let command):
            "failed to create task for container: exec: \"\(command)\": executable file not found in $PATH"
        case .commandNotExecutable(let command, let errno):
            "failed to create task for container: exec: \"\(command)\": \(ErrorNumber.text(errno))"
        case .wrongState(let id, _, "running"): "container \(id) is not running"
        case .wrongState(let id, let state, let wanted):
            "container \(id.prefix(12)) is \(state.rawValue)\(wanted.isEmpty ? "" : ": \(wanted)")"
        case .invalid("name", let reason), .conflict(let reason): reason
        case .invalid(let field, let reason): "invalid \(field): \(reason)"
        case .volumeInUse(let name, let id):
            "remove \(name): volume is in use - [\(id ?? "a container of another kijabi")]"
        case .invalidArchive(let reason): reason
        case .noSuchVolume(let name): "get \(name): no such volume"
        case .portInUse(let address, let port):
            "failed to set up container networking: Bind for \(PortList.host(address)):\(port) failed: port is already allocated"
        case .network(let failure): failure.sentence
        case .registry(let failure): failure.description
        case .unreachable(let address, let port, let errno):
            "connect \(address):\(port): \(ErrorNumber.text(errno))"
        case .system("find user", _, let user): "unable to find user \(user ?? ""): no matching entries in passwd file"
        case .system("change directory", let errno, let path):
            "chdir to cwd (\"\(path ?? "")\") set in config.json failed: \(ErrorNumber.text(errno))"
        case .system(let stage, let errno, let path):
            "\(stage)\(path.map { " \($0)" } ?? ""): \(ErrorNumber.text(errno))"
        case .unavailable(let reason): reason
        }
    }

    /// What to try next, in the learner's language.
    func hint(_ language: Language) -> String? {
        switch error {
        case .noSuchImage:
            Localized(
                ko: "지금 쓸 수 있는 이미지는 'docker images' 로 볼 수 있어요.",
                en: "'docker images' lists the images that are here.")(language)
        case .noSuchContainer:
            Localized(
                ko: "'docker ps -a' 로 멈춘 컨테이너까지 모두 볼 수 있어요.",
                en: "'docker ps -a' lists all containers, stopped ones too.")(language)
        case .invalid("name", _):
            Localized(
                ko: "이름은 두 글자 이상으로, 영문자나 숫자로 시작해 영문자, 숫자, _ . - 로 지어요.",
                en: "A name has two characters or more: a letter or digit first, then letters, digits, _ . or -.")(
                    language)
        case .invalid("--group-add", _):
            Localized(
                ko: "'kijabi doctor' 가 id 를 더 얻는 방법을 알려 줘요. 그전에는 --group-add 없이 쓰세요.",
                en: "'kijabi doctor' tells how to get more ids. Until then, do without --group-add.")(language)
        case .nameInUse(let name, _):
            Localized(
                ko: "'docker rm -f \(name)' 으로 지우거나 다른 이름을 쓰세요.",
                en: "Remove it with 'docker rm -f \(name)', or use another name.")(language)
        case .commandNotFound(let command):
            Localized(
                ko: "이 이미지 안에는 '\(command)' 프로그램이 없어요. 철자를 확인해 보세요.",
                en: "There is no program '\(command)' inside this image. Check the spelling.")(language)
        case .wrongState(_, .exited, _), .wrongState(_, .created, _):
            Localized(
                ko: "'docker start' 로 다시 켤 수 있어요.", en: "'docker start' starts it again.")(language)
        case .wrongState(let id, .running, _):
            Localized(
                ko: "먼저 'docker stop \(id.prefix(12))' 으로 멈추거나 -f 를 붙이세요.",
                en: "Stop it first with 'docker stop \(id.prefix(12))', or add -f.")(language)
        case .volumeInUse(_, nil):
            Localized(
                ko: "다른 창에서 켜진 kijabi 의 컨테이너가 쓰고 있어요. 거기에서 그 컨테이너를 먼저 지우세요.",
                en: "A container of a kijabi that runs in another window uses it. Remove that container there first.")(
                    language)
        case .invalid(let field, _) where field.hasPrefix("--"): ForeignFlags.hint(field)?(language)
        case .portInUse(_, let port): PortHolder.hint(port)(language)
        case .network(let failure): failure.hint(language)
        case .registry(let failure): RegistryHint.text(failure)?(language)
        case .unavailable(let reason) where reason.contains("sudo apt-get install"):
            Localized(
                ko: "이미지를 만들 재료가 이 컴퓨터에 없어요. 위의 명령으로 패키지를 설치하고 다시 해 보세요.",
                en:
                    "What the image is made of is not on this machine. Install it with the command above, and try again."
            )(
                language)
        case .system("find user", _, _):
            Localized(
                ko: "이미지의 /etc/passwd 에 그런 사용자가 없어요. 숫자(UID)는 언제나 쓸 수 있어요.",
                en: "The image's /etc/passwd has no such user. A number (UID) can always be given.")(language)
        case .system("change directory", _, _): nil
        case .harbourEnded:
            Localized(
                ko: "컨테이너가 모두 함께 사라졌어요. kijabi 를 끝내고 다시 시작하세요. 이미지와 볼륨은 그대로 있어요.",
                en: "All containers are gone with it. Leave kijabi and start it again; images and volumes are kept.")(
                    language)
        case .system(_, ENOSPC, _):
            Localized(
                ko: "디스크가 가득 찼어요. 'docker system df' 로 무엇이 차지하는지 보고, 'docker system prune' 으로 비울 수 있어요.",
                en: "The disk is full. 'docker system df' shows what takes room, 'docker system prune' gives some back."
            )(language)
        case .unavailable, .system:
            Localized(
                ko: "'kijabi doctor' 가 이 컴퓨터에서 무엇이 되고 안 되는지 알려 줘요.",
                en: "'kijabi doctor' tells what this machine allows, and the fix.")(language)
        default: nil
        }
    }

    /// The exit status of `docker run` and `exec` for it.
    var status: Int32 {
        switch error {
        case .commandNotFound: 127
        case .commandNotExecutable, .system("find user", _, _): 126
        case .system("change directory", let errno, _): errno == 2 ? 127 : 126
        default: 125
        }
    }
}

extension CommandContext {
    /// Reports a runtime error on the error stream.
    /// - Returns: 1, the status of most docker commands that fail.
    @discardableResult
    func report(_ error: RuntimeError, prefix: String = "Error response from daemon: ") -> Int32 {
        let message = DockerMessage(error: error)
        // A flag that makes no sense is not the engine's finding.
        let isOwn = if case .invalid(let field, _) = error { field.hasPrefix("--") } else { false }
        self.error.line((isOwn ? "docker: " : prefix) + message.sentence)
        if let hint = message.hint(language) { self.error.prose(hint) }
        return 1
    }

    /// Reports a wrong command line.
    func reportUsage(_ sentence: String, command: String) -> Int32 {
        error.line("docker: \(sentence)")
        error.line(
            Localized(
                ko: "사용법은 'docker \(command) --help' 로 볼 수 있어요.",
                en: "See 'docker \(command) --help' for usage.")(language))
        return 1
    }
}
