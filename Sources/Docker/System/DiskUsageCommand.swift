import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker system df`: what images, containers and volumes take on the disk.
enum DiskUsageCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "df", summary: Localized(ko: "디스크를 얼마나 쓰는지", en: "Show disk usage"), usage: "[OPTIONS]",
            flags: [
                Flag("verbose", short: "v", summary: Localized(ko: "하나하나", en: "Show each one")), RowFormat.flag,
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let usage = try await DiskUsage(engine)
                if line.isOn("verbose") {
                    try usage.printEach(context)
                } else {
                    let format = RowFormat(
                        columns: [
                            ("TYPE", "Type"), ("TOTAL", "TotalCount"), ("ACTIVE", "Active"), ("SIZE", "Size"),
                            ("RECLAIMABLE", "Reclaimable"),
                        ])
                    try format.print(usage.summary, format: line["format"], context)
                }
                return 0
            } catch {
                return context.report(error)
            }
        }
    }
}

/// What there is and who uses it.
private struct DiskUsage {
    let images: [(details: ImageDetails, containers: Int)]
    let layersSize: Int
    let containers: [(status: ContainerStatus, size: Int)]
    let volumes: [(status: VolumeStatus, size: Int)]
    let steps: [BuildCacheEntry]

    init(_ engine: any Engine) async throws(RuntimeError) {
        let all = await engine.containers()
        images = try await engine.imageDetails().map { image in
            (image, all.filter { $0.imageID == image.summary.id }.count)
        }
        layersSize = try await engine.imageDiskUsage().layersSize
        var sized: [(ContainerStatus, Int)] = []
        for status in all where DockerContainers.isOwn(status) {
            sized.append((status, (try? await engine.containerSize(status.id).writable) ?? 0))
        }
        containers = sized
        var measured: [(VolumeStatus, Int)] = []
        for volume in try await engine.volumes() {
            measured.append((volume, (try? await engine.volumeSize(volume.name)) ?? 0))
        }
        volumes = measured
        steps = try await engine.buildCache()
    }

    var summary: [JSONValue] {
        let unused = images.filter { $0.containers == 0 }.reduce(0) {
            $0 + $1.details.summary.size - $1.details.sharedSize
        }
        let containerSize = containers.reduce(0) { $0 + $1.size }
        let stopped = containers.filter { !$0.status.state.isAlive }
        let volumeSize = volumes.reduce(0) { $0 + $1.size }
        let stepSize = steps.reduce(0) { $0 + $1.size }
        let free = volumes.filter { !$0.status.isUsed }
        return [
            Self.row("Images", images.count, images.filter { $0.containers > 0 }.count, layersSize, unused),
            Self.row(
                "Containers", containers.count, containers.count - stopped.count, containerSize,
                stopped.reduce(0) { $0 + $1.size }),
            Self.row(
                "Local Volumes", volumes.count, volumes.count - free.count, volumeSize,
                free.reduce(0) { $0 + $1.size }),
            Self.row("Build Cache", steps.count, 0, stepSize, stepSize),
        ]
    }

    private static func row(_ type: String, _ total: Int, _ active: Int, _ size: Int, _ reclaimable: Int) -> JSONValue {
        let share = size > 0 ? " (\(reclaimable * 100 / size)%)" : ""
        return [
            "Type": .string(type), "TotalCount": .string(String(total)), "Active": .string(String(active)),
            "Size": .string(ByteSize.decimal(size)), "Reclaimable": .string(ByteSize.decimal(reclaimable) + share),
        ]
    }

    func printEach(_ context: CommandContext) throws(RuntimeError) {
        func age(_ seconds: Double) -> String {
            HumanDuration.text(seconds: max(0, Now.seconds - seconds)) + " ago"
        }
        context.output.line("Images space usage:\n")
        var rows = [["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"]]
        for (image, count) in images {
            let (repository, tag) = image.summary.references.first.map(ImagesCommand.split) ?? ("<none>", "<none>")
            rows.append([
                repository, tag, ShortID.of(image.summary.id), age(image.summary.createdAt),
                ByteSize.decimal(image.summary.size), ByteSize.decimal(image.sharedSize),
                ByteSize.decimal(image.summary.size - image.sharedSize), String(count),
            ])
        }
        context.output.write(TablePrinter(rows: rows).text())
        context.output.line("\nContainers space usage:\n")
        rows = [["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"]]
        for (status, size) in containers {
            let row = ContainerRow(status, whole: false).cells
            let volumes = status.configuration.mounts.filter {
                if case .volume = $0.source { true } else { false }
            }.count
            rows.append([row[0], row[1], row[2], String(volumes), ByteSize.decimal(size), row[3], row[4], status.name])
        }
        context.output.write(TablePrinter(rows: rows).text())
        context.output.line("\nLocal Volumes space usage:\n")
        rows = [["VOLUME NAME", "LINKS", "SIZE"]]
        for (volume, size) in volumes {
            rows.append([volume.name, String(volume.users.count), ByteSize.decimal(size)])
        }
        context.output.write(TablePrinter(rows: rows).text())
        context.output.line("\nBuild cache usage: \(ByteSize.decimal(steps.reduce(0) { $0 + $1.size }))\n")
        rows = [["CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED"]]
        for step in steps {
            rows.append([
                ShortID.of(step.key), "regular", ByteSize.decimal(step.size), age(step.createdAt), age(step.lastUsedAt),
            ])
        }
        context.output.write(TablePrinter(rows: rows).text())
    }
}
