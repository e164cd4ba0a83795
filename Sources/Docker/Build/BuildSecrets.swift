import Commands
import Terminal

/// `--secret` and `--ssh` of `docker build` (buildx's words).
enum BuildSecrets {
    /// Bytes that a secret may have, as BuildKit has it.
    private static let limit = 500 * 1024

    /// Reads one `--secret`: `id=ID,src=FILE`, `id=ID,env=NAME`; with neither, the variable or else the file of that name.
    static func read(
        _ text: String, _ context: CommandContext
    ) async throws(BuildRequestFailure) -> (id: String, content: [UInt8]) {
        var id = ""
        var kind = ""
        var file: String?
        var variable: String?
        for field in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let equals = field.firstIndex(of: "=") else {
                throw refused("invalid field '\(field)' must be a key=value pair")
            }
            let value = String(field[field.index(after: equals)...])
            switch field[..<equals].lowercased() {
            case "id": id = value
            case "type": kind = value
            case "src", "source": file = value
            case "env": variable = value
            default: throw refused("unexpected key '\(field[..<equals])' in '\(field)'")
            }
        }
        guard ["", "file", "env"].contains(kind) else { throw refused("unsupported secret type \"\(kind)\"") }
        guard !id.isEmpty else { throw refused("secret missing ID") }
        if kind == "env", variable == nil {
            variable = file ?? id
            file = nil
        }
        if variable == nil, file == nil {
            if context.environment[id] != nil { variable = id } else { file = id }
        }
        if let variable {
            guard let value = context.environment[variable] else {
                throw refused("failed to read secret \(id): there is no environment variable \(variable)")
            }
            return (id, Array(value.utf8))
        }
        let path = file ?? id
        let content: [UInt8]
        do throws(FileAccessError) {
            content = try await context.files.read(path, workingDirectory: context.workingDirectory)
        } catch {
            throw refused("failed to stat \(path): stat \(path): \(ErrorNumber.text(error.errno))")
        }
        guard content.count <= limit else { throw refused("invalid secret size \(content.count): at most 500KiB") }
        return (id, content)
    }

    /// Reads one `--ssh`: an id.
    static func agent(_ text: String) throws(BuildRequestFailure) -> String {
        guard !text.contains("=") else {
            throw .refused(
                "--ssh \(text): only the agent of SSH_AUTH_SOCK can be given here",
                hint: Localized(
                    ko: "'--ssh default' 라고만 쓰면 SSH_AUTH_SOCK 의 ssh-agent 를 써요. 열쇠는 'ssh-add 파일' 로 거기에 넣으세요.",
                    en: "'--ssh default' uses the ssh-agent of SSH_AUTH_SOCK; 'ssh-add FILE' puts a key there."))
        }
        return text.isEmpty ? "default" : text
    }

    private static func refused(_ sentence: String) -> BuildRequestFailure {
        .refused(
            sentence,
            hint: Localized(
                ko: "이렇게 써요: --secret id=token,src=파일 또는 --secret id=token,env=이름",
                en: "Written like this: --secret id=token,src=FILE or --secret id=token,env=NAME"))
    }
}
