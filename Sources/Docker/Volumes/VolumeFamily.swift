import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker volume`: directories that outlive containers.
enum VolumeFamily {
    static func family(_ engine: any Engine) -> Command {
        var family = Command("volume", summary: Localized(ko: "볼륨 명령 모음", en: "Commands for volumes"))
        family.subcommands = [
            create(engine), VolumeListCommand.make(engine), inspect(engine), remove(engine), prune(engine),
        ]
        return family
    }

    private static func create(_ engine: any Engine) -> Command {
        Command(
            "create", summary: Localized(ko: "볼륨을 만든다", en: "Make a volume"), usage: "[OPTIONS] [VOLUME]",
            flags: [
                Flag(
                    "driver", short: "d", .text, placeholder: "DRIVER",
                    summary: Localized(ko: "local 만 있어요", en: "Only local is here"), fallback: "local"),
                Flag("label", .list, placeholder: "KEY=VALUE", summary: Localized(ko: "이름표", en: "Set a label")),
                Flag(
                    "opt", short: "o", .list, placeholder: "KEY=VALUE",
                    summary: Localized(ko: "드라이버 옵션", en: "Driver options"), isHidden: true),
            ]
        ) { line, context in
            do throws(RuntimeError) {
                guard line.allArguments.count <= 1 else {
                    return context.reportUsage(
                        "'docker volume create' requires at most 1 argument", command: "volume create")
                }
                if let driver = line["driver"], driver != "local" {
                    throw .conflict("error looking up volume plugin \(driver): plugin \"\(driver)\" not found")
                }
                if let option = line["opt"] {
                    throw .invalid(
                        field: "--opt",
                        reason: "\(option): a volume is a directory of kijabi's own here. For a directory of yours use "
                            + "'docker run -v /path:/target', for memory 'docker run --tmpfs /target'")
                }
                var labels: [String: String] = [:]
                for text in line.all("label") {
                    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    labels[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
                }
                context.output.line(try await engine.createVolume(line.allArguments.first, labels: labels).name)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func inspect(_ engine: any Engine) -> Command {
        Command(
            "inspect", summary: Localized(ko: "속속들이 보여 준다", en: "Show everything about volumes"),
            usage: "[OPTIONS] VOLUME [VOLUME...]",
            flags: [
                Flag(
                    "format", short: "f", .text, placeholder: "TEMPLATE",
                    summary: Localized(ko: "출력 틀", en: "Format output with a Go template"))
            ]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage(
                    "'docker volume inspect' requires at least 1 argument", command: "volume inspect")
            }
            var status: Int32 = 0
            var found: [JSONValue] = []
            do throws(RuntimeError) {
                let template: GoTemplate? =
                    if let format = line["format"] { try FormatFlag.template(format) } else { nil }
                for name in line.allArguments {
                    if let volume = try? await engine.volume(name) {
                        found.append(VolumeDocument.make(volume))
                    } else {
                        status = context.report(.noSuchVolume(name))
                    }
                }
                if let template {
                    for document in found { context.output.line(try FormatFlag.render(template, document)) }
                } else {
                    context.output.line(JSONValue.array(found).prettyPrinted())
                }
                return status
            } catch {
                return context.report(error)
            }
        }.completingVolumes(engine)
    }

    private static func remove(_ engine: any Engine) -> Command {
        Command(
            "rm", aliases: ["remove"], summary: Localized(ko: "볼륨을 지운다", en: "Remove volumes"),
            usage: "[OPTIONS] VOLUME [VOLUME...]",
            flags: [Flag("force", short: "f", summary: Localized(ko: "없어도 괜찮다", en: "No error if there is none"))]
        ) { line, context in
            await context.forEach(line.allArguments, command: "volume rm") { name throws(RuntimeError) in
                do throws(RuntimeError) {
                    _ = try await engine.volume(name)
                } catch {
                    if line.isOn("force") { return }
                    throw error
                }
                try await engine.removeVolume(name)
            }
        }.completingVolumes(engine)
    }

    private static func prune(_ engine: any Engine) -> Command {
        Command(
            "prune", summary: Localized(ko: "쓰이지 않는 볼륨을 지운다", en: "Remove unused volumes"), usage: "[OPTIONS]",
            flags: [
                Flag("all", short: "a", summary: Localized(ko: "이름 있는 것까지", en: "Named ones too")), Prune.forceFlag,
                Prune.filterFlag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let filters = try Prune.filters(line)
                let all = line.isOn("all") || line.all("filter").contains { $0 == "all=true" || $0 == "all=1" }
                let warning =
                    all
                    ? "WARNING! This will remove all volumes not used by at least one container."
                    : "WARNING! This will remove anonymous local volumes not used by at least one container."
                guard await Prune.isConfirmed(warning, line, context) else { return 0 }
                let (removed, bytes) = try await VolumePrune.run(engine, all: all, filters)
                VolumePrune.print(removed, context)
                context.output.line("Total reclaimed space: \(ByteSize.decimal(bytes))")
                return 0
            } catch {
                return context.report(error)
            }
        }
    }
}

/// Removal of volumes that no container mounts.
enum VolumePrune {
    static func run(
        _ engine: any Engine, all: Bool, _ filters: Prune
    ) async throws(RuntimeError) -> (removed: [String], bytes: Int) {
        var removed: [String] = []
        var bytes = 0
        for volume in try await engine.volumes()
        where !volume.isUsed && (all || volume.isAnonymous)
            && filters.matches(labels: volume.labels, createdAt: volume.createdAt)
        {
            let size = (try? await engine.volumeSize(volume.name)) ?? 0
            do {
                try await engine.removeVolume(volume.name)
            } catch .volumeInUse {
                continue
            }
            removed.append(volume.name)
            bytes += size
        }
        return (removed, bytes)
    }

    static func print(_ names: [String], _ context: CommandContext) {
        guard !names.isEmpty else { return }
        context.output.line("Deleted Volumes:")
        for name in names { context.output.line(name) }
        context.output.line()
    }
}

/// A volume as the Docker Engine API describes it (`GET /volumes/{name}`).
enum VolumeDocument {
    static func make(_ volume: VolumeStatus) -> JSONValue {
        let labels = volume.labels.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) }
        return [
            "CreatedAt": .string(TimeText.rfc3339(volume.createdAt, hasFraction: false)), "Driver": "local",
            "Labels": labels.isEmpty ? .null : .object(JSONObject(labels)), "Mountpoint": .string(volume.path),
            "Name": .string(volume.name), "Options": .null, "Scope": "local",
        ]
    }
}

extension Command {
    /// A command that takes one or more volumes.
    func completingVolumes(_ engine: any Engine) -> Command {
        var command = self
        command.completeArgument = { _, _, _ in
            ((try? await engine.volumes()) ?? []).map { volume in Completion(volume.name) }
        }
        return command
    }
}
