import Commands
import ContainerRuntime
import Terminal

/// A build that failed, as docker shows it: what the step had printed, the lines of the Dockerfile, the error; and for a
/// beginner what to try.
struct BuildFailureScreen {
    let error: BuildError
    let log: BuildLog
    /// Nothing was shown so far.
    var isQuiet = false

    func show(_ context: CommandContext) {
        context.error.write(text(context.language))
        if let hint = hint(context.language) { context.error.prose(hint) }
    }

    func text(_ language: Language) -> String {
        switch error {
        case .cancelled: return "ERROR: failed to build: failed to solve: Canceled: context canceled\n"
        case .runtime(let error): return "ERROR: failed to build: \(DockerMessage(error: error).sentence)\n"
        case .fault(let fault):
            return output(fault) + excerpt(fault) + "ERROR: failed to build: failed to solve: \(sentence(fault))\n"
        }
    }

    private func sentence(_ fault: BuildFault) -> String {
        switch fault.reason {
        case .unknownInstruction(let word, let known), .unknownFlag(let word, let known):
            guard let nearest = Suggestion.nearest(to: word, in: known) else {
                return fault.message
            }
            return fault.message + " (did you mean \(nearest)?)"
        default: return fault.message
        }
    }

    /// The last lines that the step had printed.
    private func output(_ fault: BuildFault) -> String {
        guard let number = fault.step, let step = log.step(number) else { return "" }
        let lines = step.output.suffix(20).map { line in
            "\(BuildSeconds.text(line.time, decimals: 3)) \(BuildText.line(line.text))\n"
        }
        return "------\n > \(BuildText.line(step.name)):\n" + lines.joined() + "------\n"
    }

    private func excerpt(_ fault: BuildFault) -> String {
        guard let source = fault.source else { return "" }
        let marked = source.marked
        let place = marked.lowerBound
        let rule = String(repeating: "-", count: 20) + "\n"
        var text = "\(source.fileName):\(place)\n" + rule
        for (index, line) in source.lines.enumerated() {
            let number = source.firstLine + index
            let digits = String(number)
            let label = String(repeating: " ", count: max(0, 4 - digits.count)) + digits
            let mark = marked.contains(number) ? ">>>" : "   "
            text += "\(label) | \(mark) \(BuildText.line(line))\n"
        }
        return text + rule
    }

    // MARK: What to try

    func hint(_ language: Language) -> String? {
        switch error {
        case .cancelled: nil
        case .runtime(let error): DockerMessage(error: error).hint(language)
        case .fault(let fault): hint(fault)?(language)
        }
    }

    private func hint(_ fault: BuildFault) -> Localized? {
        let line = fault.source?.marked.lowerBound ?? 0
        switch fault.reason {
        case .unknownInstruction(let word, let known):
            let nearest = Suggestion.nearest(to: word, in: known)
            return Localized(
                ko: nearest.map { "\(line)번째 줄의 '\(word)' 은(는) Dockerfile 의 명령이 아니에요. '\($0)' 을(를) 쓰려던 건가요?" }
                    ?? "\(line)번째 줄의 '\(word)' 은(는) Dockerfile 의 명령이 아니에요. 줄은 FROM, RUN, COPY, CMD 같은 낱말로 시작해요.",
                en: nearest.map { "'\(word)' in line \(line) is no instruction of a Dockerfile. Did you mean '\($0)'?" }
                    ?? "'\(word)' in line \(line) is no instruction of a Dockerfile: a line begins with FROM, RUN, COPY, CMD …"
            )
        case .commandFailed(let status):
            return commandHint(status, line)
        case .missingFile(let path, let isIgnored):
            if isIgnored {
                return Localized(
                    ko: "'\(path)' 은(는) 있지만 .dockerignore 가 빼 놓았어요.",
                    en: "'\(path)' is there, but .dockerignore leaves it out.")
            }
            return Localized(
                ko: "COPY 는 마지막 인자로 준 디렉터리(컨텍스트) 안의 파일만 볼 수 있어요. 'ls' 로 이름을 확인해 보세요.",
                en: "COPY sees nothing but the files in the directory you gave (the context). Check the name with 'ls'."
            )
        case .missingSecret(let id):
            return Localized(
                ko: "'\(id)' 이라는 비밀 값을 주지 않았어요: docker build --secret id=\(id),src=파일 …",
                en: "No secret '\(id)' was given: docker build --secret id=\(id),src=FILE …")
        case .missingAgent(let id):
            return Localized(
                ko: "ssh-agent 를 주지 않았어요: docker build --ssh \(id) … (SSH_AUTH_SOCK 이 있어야 해요)",
                en: "No ssh-agent was given: docker build --ssh \(id) … (it wants SSH_AUTH_SOCK)")
        case .missingDockerfile(let path): return MissingDockerfile.hint(path, [])
        case .noSuchImage(let name, let offered):
            if let nearest = Suggestion.nearest(to: name, in: offered.map(Self.short)) {
                return Localized(
                    ko: "'\(name)' 이미지는 여기 없어요. '\(nearest)' 을(를) 쓰려던 건가요?",
                    en: "There is no image '\(name)' here. Did you mean '\(nearest)'?")
            }
            let names = offered.map(Self.short).filter { !$0.contains("/") }.prefix(6).joined(separator: ", ")
            return Localized(
                ko: "네트워크 없이 쓸 수 있는 이미지: \(names)", en: "Images that are here without a network: \(names)")
        case .syntax:
            return Localized(
                ko: "\(line)번째 줄을 고쳐서 다시 해 보세요.", en: "Mend line \(line) and try again.")
        case .system(let error):
            if case .system(_, 28, _) = error {
                return Localized(
                    ko: "디스크가 가득 찼어요. 'docker builder prune' 과 'docker image prune' 으로 자리를 만들 수 있어요.",
                    en: "The disk is full. 'docker builder prune' and 'docker image prune' make room.")
            }
            return nil
        case .unknownFlag, .noSuchStage, .unsupported, .other: return nil
        }
    }

    private func commandHint(_ status: ExitStatus, _ line: Int) -> Localized {
        switch status.code {
        case 127:
            Localized(
                ko: "\(line)번째 줄의 프로그램이 이 이미지 안에 없어요. 철자를 보거나, 그 프로그램이 든 이미지를 FROM 에 쓰세요.",
                en:
                    "The program in line \(line) is not in this image. Check the spelling, or use a base image that has it."
            )
        case 137 where status.outOfMemory:
            Localized(
                ko: "메모리가 모자라 커널이 명령을 끝냈어요.", en: "The kernel ended the command because memory ran out.")
        default:
            Localized(
                ko: "\(line)번째 줄의 명령이 실패했어요 (종료 코드 \(status.code)). 빌드는 거기서 멈췄고, 그 앞까지 한 일은 남아 있어요.",
                en:
                    "The command in line \(line) ended with status \(status.code). Anything but 0 stops a build; the steps before it are kept."
            )
        }
    }

    private static func short(_ reference: String) -> String {
        reference.hasSuffix(":latest") ? String(reference.dropLast(7)) : reference
    }
}
