import Commands
import ContainerRuntime
import Terminal

/// `docker login`
enum LoginCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "login", summary: Localized(ko: "저장소에 로그인한다", en: "Authenticate to a registry"),
            usage: "[OPTIONS] [SERVER]",
            flags: [
                Flag("username", short: "u", .text, summary: Localized(ko: "사용자 이름", en: "Username")),
                Flag("password", short: "p", .text, summary: Localized(ko: "비밀번호", en: "Password")),
                Flag(
                    "password-stdin",
                    summary: Localized(ko: "비밀번호를 표준 입력에서 읽는다", en: "Take the password from stdin")),
            ]
        ) { line, context in
            guard line.allArguments.count <= 1 else {
                return context.reportUsage("'docker login' requires at most 1 argument", command: "login")
            }
            let registry = RegistryName.normalized(line.allArguments.first ?? "")
            switch await Question(line, context).ask(known: await engine.login(registry: registry).user) {
            case .failure(let refusal):
                if let sentence = refusal.sentence { context.error.line(sentence) }
                return refusal.sentence == nil ? 130 : 1
            case .success(let answer):
                do throws(RuntimeError) {
                    try await engine.logIn(registry: registry, user: answer.user, secret: answer.secret)
                } catch {
                    return Task.isCancelled ? 130 : context.report(error)
                }
                if let file = await engine.login(registry: registry).file {
                    context.error.line("WARNING! Your password will be stored unencrypted in \(file).")
                }
                context.output.line("Login Succeeded")
                return 0
            }
        }
    }

    /// What could not be found out about the user; nil after Ctrl-C.
    private struct Refusal: Error { var sentence: String? }

    /// Who somebody is, by flags, standard input or questions on the terminal.
    private struct Question {
        let line: Invocation
        let context: CommandContext

        init(_ line: Invocation, _ context: CommandContext) {
            self.line = line
            self.context = context
        }

        func ask(known: String?) async -> Result<(user: String, secret: String), Refusal> {
            let input = InputStream(descriptor: context.input)
            if line.isOn("password-stdin") {
                if line.has("password") {
                    return .failure(Refusal(sentence: "--password and --password-stdin are mutually exclusive"))
                }
                guard let user = line["username"], !user.isEmpty else {
                    return .failure(Refusal(sentence: "Must provide --username with --password-stdin"))
                }
                var secret = String(decoding: await input.readAll(limit: 1 << 16), as: UTF8.self)
                for end in ["\n", "\r"] where secret.unicodeScalars.last.map({ String($0) }) == end {
                    secret.unicodeScalars.removeLast()
                }
                return secret.isEmpty
                    ? .failure(Refusal(sentence: "Error: Password Required")) : .success((user, secret))
            }
            if line.has("password") {
                context.error.line("WARNING! Using --password via the CLI is insecure. Use --password-stdin.")
                if let user = line["username"], let secret = line["password"] { return .success((user, secret)) }
            }
            guard OutputStream(descriptor: context.input).isTerminal else {
                return .failure(Refusal(sentence: "Error: Cannot perform an interactive login from a non TTY device"))
            }
            var user = line["username"] ?? ""
            if user.isEmpty {
                context.output.write(known.map { "Username (\($0)): " } ?? "Username: ")
                guard let typed = await input.readLine() else { return .failure(Refusal()) }
                user = typed.isEmpty ? known ?? "" : typed
                if user.isEmpty { return .failure(Refusal(sentence: "Error: Non-null Username Required")) }
            }
            if let secret = line["password"] { return .success((user, secret)) }
            context.output.write("Password: ")
            let silence = SilentTerminal(descriptor: context.input)
            let secret = await input.readLine()
            silence?.restore()
            context.output.line()
            guard let secret else { return .failure(Refusal()) }
            return secret.isEmpty ? .failure(Refusal(sentence: "Error: Password Required")) : .success((user, secret))
        }
    }
}
