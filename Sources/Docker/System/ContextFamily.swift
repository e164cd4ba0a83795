import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker context`: which engine is spoken to. There is one, in this process.
enum ContextFamily {
    private static let name = "default"

    static var family: Command {
        Command(
            "context", summary: Localized(ko: "어느 엔진과 말하는지", en: "Manage contexts"),
            subcommands: [list, show, inspect, use, foreign])
    }

    private static let document: JSONValue = [
        "Name": .string(name), "Description": "The engine inside kijabi", "DockerEndpoint": "in this process",
        "Current": true, "Error": "", "ContextType": "moby",
    ]

    private static var list: Command {
        Command(
            "ls", aliases: ["list"], summary: Localized(ko: "목록", en: "List contexts"),
            flags: [
                Flag("quiet", short: "q", summary: Localized(ko: "이름만", en: "Only show context names")),
                RowFormat.flag,
            ]
        ) { line, context in
            if line.isOn("quiet") {
                context.output.line(name)
                return 0
            }
            var row = document
            if line["format"] == nil || line["format"] == "table" { row["Name"] = .string("\(name) *") }
            let format = RowFormat(columns: [
                ("NAME", "Name"), ("DESCRIPTION", "Description"), ("DOCKER ENDPOINT", "DockerEndpoint"),
                ("ERROR", "Error"),
            ])
            do throws(RuntimeError) {
                try format.print([row], format: line["format"], context)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static var show: Command {
        Command("show", summary: Localized(ko: "지금 것의 이름", en: "Print the name of the current context")) { _, context in
            context.output.line(name)
            return 0
        }
    }

    private static var inspect: Command {
        Command(
            "inspect", summary: Localized(ko: "속속들이", en: "Display detailed information"), usage: "[CONTEXT]",
            flags: [
                Flag(
                    "format", short: "f", .text, placeholder: "TEMPLATE",
                    summary: Localized(ko: "출력 틀", en: "Go template"))
            ]
        ) { line, context in
            for wanted in line.allArguments where wanted != name { return unknown(wanted, context) }
            let whole: JSONValue = [
                "Name": .string(name), "Metadata": ["Description": document["Description"] ?? ""],
                "Endpoints": ["docker": ["Host": "in this process", "SkipTLSVerify": false]],
                "TLSMaterial": .object([:]), "Storage": ["MetadataPath": "<IN MEMORY>", "TLSPath": "<IN MEMORY>"],
            ]
            do throws(RuntimeError) {
                if let format = line["format"] {
                    context.output.line(try FormatFlag.render(try FormatFlag.template(format), whole))
                } else {
                    context.output.line(JSONValue.array([whole]).prettyPrinted())
                }
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static var use: Command {
        Command(
            "use", summary: Localized(ko: "고른다", en: "Set the current docker context"), usage: "CONTEXT"
        ) { line, context in
            guard let wanted = line.allArguments.first, line.allArguments.count == 1 else {
                return context.reportUsage("'docker context use' requires 1 argument", command: "context use")
            }
            guard wanted == name else { return unknown(wanted, context) }
            context.output.line(name)
            context.error.line("Current context is now \"\(name)\"")
            return 0
        }
    }

    private static var foreign: Command {
        var command = Command(
            "create", aliases: ["rm", "update", "import", "export"],
            summary: Localized(ko: "(여기에는 없어요)", en: "(not available here)"), stopsAtFirstArgument: true
        ) { line, context in
            context.error.line("docker context: there is one engine here, the one inside kijabi, and none elsewhere")
            return 1
        }
        command.isHidden = true
        return command
    }

    private static func unknown(_ wanted: String, _ context: CommandContext) -> Int32 {
        context.error.line("context \"\(wanted)\": context not found")
        context.error.prose(
            Localized(
                ko: "여기에는 kijabi 안의 엔진 하나뿐이고, 그 이름은 \(name) 이에요.",
                en: "There is one engine here, the one inside kijabi; its context is called \(name).")(context.language)
        )
        return 1
    }
}
