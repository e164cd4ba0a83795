import Commands
import ContainerRuntime
import Terminal

/// `docker logout`
enum LogoutCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "logout", summary: Localized(ko: "저장소에서 로그아웃한다", en: "Log out from a registry"), usage: "[SERVER]"
        ) { line, context in
            guard line.allArguments.count <= 1 else {
                return context.reportUsage("'docker logout' requires at most 1 argument", command: "logout")
            }
            let registry = RegistryName.normalized(line.allArguments.first ?? "")
            do throws(RuntimeError) {
                let wasThere = try await engine.logOut(registry: registry)
                let shown = RegistryName.shown(registry)
                context.output.line(wasThere ? "Removing login credentials for \(shown)" : "Not logged in to \(shown)")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }
}
