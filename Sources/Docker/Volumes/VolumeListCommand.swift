import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker volume ls`
enum VolumeListCommand {
    private static let filters = ["dangling", "driver", "label", "name"]

    static func make(_ engine: any Engine) -> Command {
        Command(
            "ls", aliases: ["list"], summary: Localized(ko: "볼륨 목록", en: "List volumes"),
            flags: [
                Flag("quiet", short: "q", summary: Localized(ko: "이름만", en: "Only show names")),
                ListFilter.flag(filters), RowFormat.flag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let wanted = try ListFilter.read(line, known: filters)
                let volumes = try await engine.volumes().filter { volume in wanted.allSatisfy { matches(volume, $0) } }
                if line.isOn("quiet") {
                    for volume in volumes { context.output.line(volume.name) }
                    return 0
                }
                let format = RowFormat(
                    columns: [("DRIVER", "Driver"), ("VOLUME NAME", "Name")],
                    further: [("LABELS", "Labels"), ("MOUNTPOINT", "Mountpoint"), ("SCOPE", "Scope")])
                try format.print(volumes.map(row), format: line["format"], context)
                return 0
            } catch {
                return context.report(error)
            }
        }
    }

    private static func matches(_ volume: VolumeStatus, _ filter: ListFilter) -> Bool {
        switch filter.key {
        case "dangling": volume.isUsed != filter.isTrue
        case "driver": filter.value == "local"
        case "label": filter.matchesLabel(volume.labels)
        default: volume.name.contains(filter.value)
        }
    }

    private static func row(_ volume: VolumeStatus) -> JSONValue {
        [
            "Availability": "N/A", "Driver": "local", "Group": "N/A",
            "Labels": .string(
                volume.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")),
            "Links": "N/A", "Mountpoint": .string(volume.path), "Name": .string(volume.name), "Scope": "local",
            "Size": "N/A", "Status": "N/A",
        ]
    }
}
