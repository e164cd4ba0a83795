import Commands
import ContainerRuntime
import Documents
import Terminal

/// `docker history`: the lines of an image's story, newest first.
enum HistoryCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "history", summary: Localized(ko: "이미지가 어떻게 쌓였는지", en: "Show how an image was made"),
            usage: "[OPTIONS] IMAGE",
            flags: [
                Flag(
                    "human", short: "H", summary: Localized(ko: "읽기 쉬운 크기와 시각", en: "Sizes and dates for people"),
                    fallback: "true"),
                Flag("no-trunc", summary: Localized(ko: "자르지 않는다", en: "Don't truncate output")),
                Flag("quiet", short: "q", summary: Localized(ko: "ID 만", en: "Only show image IDs")),
                RowFormat.flag,
            ]
        ) { line, context in
            guard line.allArguments.count == 1 else {
                return context.reportUsage("'docker history' requires exactly 1 argument", command: "history")
            }
            do throws(RuntimeError) {
                let name = line.allArguments[0]
                // What can be made here is; nothing is fetched to be looked at.
                let isHere = await engine.isImageHere(name, platform: nil)
                let details = try await engine.imageDetails(isHere ? engine.resolveImage(name).id : name)
                return try print(details, line, context)
            } catch {
                return context.report(error)
            }
        }.completingImages(engine)
    }

    private static func print(
        _ image: ImageDetails, _ line: Invocation, _ context: CommandContext
    ) throws(RuntimeError) -> Int32 {
        let configuration = (try? JSONValue(parsing: image.configuration)) ?? .null
        var history = configuration["history"]?.array ?? []
        let layered = history.filter { $0["empty_layer"]?.bool != true }.count
        // An image need not tell its story; its layers are there all the same.
        history += Array(repeating: [:], count: max(0, image.layers.count - layered))
        let whole = line.isOn("no-trunc")
        var layers = image.layers[...]
        var rows: [JSONValue] = []
        for (index, step) in history.enumerated() {
            let size = step["empty_layer"]?.bool == true ? 0 : layers.popFirst()?.size ?? 0
            let isLast = index == history.count - 1
            let id = isLast ? (whole ? image.summary.id : ShortID.of(image.summary.id)) : "<missing>"
            rows.append(row(step, id, size, whole: whole, human: line.isOn("human")))
        }
        rows.reverse()
        if line.isOn("quiet") {
            for row in rows { context.output.line(row["ID"]?.string ?? "") }
            return 0
        }
        let created = line.isOn("human") ? ("CREATED", "CreatedSince") : ("CREATED AT", "CreatedAt")
        let format = RowFormat(
            columns: [
                ("IMAGE", "ID"), created, ("CREATED BY", "CreatedBy"), ("SIZE", "Size"), ("COMMENT", "Comment"),
            ], further: [("CREATED", "CreatedSince"), ("CREATED AT", "CreatedAt")],
            shortenable: whole ? nil : "CreatedBy")
        try format.print(rows, format: line["format"], context)
        return 0
    }

    private static func row(_ step: JSONValue, _ id: String, _ size: Int, whole: Bool, human: Bool) -> JSONValue {
        let created = step["created"]?.string ?? ""
        let age = TimeText.seconds(created).map { HumanDuration.text(seconds: max(0, Now.seconds - $0)) + " ago" }
        let by = (step["created_by"]?.string ?? "").replacing("\t", with: " ")
        return [
            "ID": .string(id), "CreatedAt": .string(created), "CreatedSince": .string(age ?? "N/A"),
            "CreatedBy": .string(whole || by.count <= 45 ? by : String(by.prefix(44)) + "…"),
            "Size": .string(human ? ByteSize.decimal(size) : String(size)),
            "Comment": .string(step["comment"]?.string ?? ""),
        ]
    }
}

extension TimeText {
    /// The seconds since 1970 of an RFC 3339 time, or nil.
    static func seconds(_ text: String) -> Double? {
        let numbers = text.prefix(19).split { !$0.isNumber }.compactMap { Int($0) }
        guard numbers.count == 6 else { return nil }
        // Days since 1970 of a date in the Gregorian calendar, with the year beginning in March.
        let year = numbers[1] > 2 ? numbers[0] : numbers[0] - 1
        let month = (numbers[1] + 9) % 12
        let days = 365 * year + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + numbers[2] - 1 - 719_468
        var seconds = Double(days * 86400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5])
        if let sign = text.dropFirst(19).lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let zone = text[text.index(after: sign)...].split(separator: ":").compactMap { Int($0) }
            guard zone.count == 2 else { return nil }
            seconds -= Double(zone[0] * 3600 + zone[1] * 60) * (text[sign] == "+" ? 1 : -1)
        }
        return seconds
    }
}
