import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker inspect`: containers and images as documents.
enum InspectCommand {
    /// `docker image inspect`
    static func image(_ engine: any Engine) -> Command {
        var command = make(engine, only: "image").completingImages(engine)
        command.usage = "[OPTIONS] IMAGE [IMAGE...]"
        return command
    }

    /// - Parameter only: the one kind of thing it shows.
    static func make(_ runtime: any Engine, only: String? = nil) -> Command {
        Command(
            "inspect", summary: Localized(ko: "속속들이 보여 준다", en: "Show everything about containers and images"),
            usage: "[OPTIONS] NAME|ID [NAME|ID...]",
            examples: [
                (
                    "docker inspect -f '{{.State.Pid}}' web",
                    Localized(ko: "바깥에서 본 프로세스 번호", en: "Its process number as the machine counts")
                )
            ],
            flags: [
                Flag(
                    "format", short: "f", .text, placeholder: "TEMPLATE",
                    summary: Localized(ko: "출력 틀", en: "Format output with a Go template")),
                Flag("size", short: "s", summary: Localized(ko: "크기도", en: "Show total file sizes too")),
                Flag(
                    "type", .text, placeholder: "TYPE",
                    summary: Localized(ko: "종류", en: "container, image, network or volume")),
                Flag(
                    "kernel",
                    summary: Localized(ko: "커널의 눈으로 (xray 와 같다)", en: "As the kernel sees it (the same as xray)")),
                XRayCommand.jsonFlag,
            ]
        ) { line, context in
            guard !line.allArguments.isEmpty else {
                return context.reportUsage("'docker inspect' requires at least 1 argument", command: "inspect")
            }
            if line.isOn("kernel") {
                return await XRayCommand.show(
                    line.allArguments, XRaySection.allCases, isJSON: line.isOn("json"), runtime, context)
            }
            do throws(RuntimeError) {
                return try await print(line, only ?? line["type"], runtime, context)
            } catch {
                return context.report(error)
            }
        }.completingContainers(runtime)
    }

    private static func print(
        _ line: Invocation, _ type: String?, _ runtime: any Engine, _ context: CommandContext
    ) async throws(RuntimeError) -> Int32 {
        let template: GoTemplate? =
            if let format = line["format"] { try FormatFlag.template(format) } else { nil }
        var found: [JSONValue] = []
        var status: Int32 = 0
        for name in line.allArguments {
            if let document = await document(name, type: type, line, runtime) {
                found.append(document)
            } else {
                context.error.line("Error: No such \(type ?? "object"): \(name)")
                status = 1
            }
        }
        if let template {
            for document in found { context.output.line(try FormatFlag.render(template, document)) }
        } else {
            context.output.line(JSONValue.array(found).prettyPrinted())
        }
        return status
    }

    private static func document(
        _ name: String, type: String?, _ line: Invocation, _ runtime: any Engine
    ) async -> JSONValue? {
        func shows(_ kind: String) -> Bool { type ?? kind == kind }
        if shows("container"), let status = try? await runtime.containerStatus(name) {
            let endpoints = (try? await runtime.networkEndpoints(of: status.id)) ?? []
            let size = line.isOn("size") ? try? await runtime.containerSize(status.id) : nil
            return ContainerDocument.make(status, endpoints: endpoints, size: size)
        }
        if shows("network"), let network = try? await runtime.networkStatus(name) {
            return NetworkDocument.make(network)
        }
        if shows("image"), let image = try? await image(name, runtime) { return ImageDocument.make(image) }
        if shows("volume"), let volume = try? await runtime.volume(name) { return VolumeDocument.make(volume) }
        return nil
    }

    /// An image that can be made here is made to be shown.
    private static func image(_ name: String, _ runtime: any Engine) async throws(RuntimeError) -> ImageDetails {
        try await runtime.imageDetails(try await runtime.resolveImage(name).id)
    }
}
