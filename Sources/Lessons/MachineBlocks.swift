import Documents

/// Reads the blocks that are about machines which lack something: `needs` and `note`.
enum MachineBlocks {
    static func needs(_ block: LessonBlock, file: String) throws(LessonError) -> StepNeeds {
        let reader = try BlockReader(text: block.text, file: file, firstLine: block.line)
        try reader.allow(["features", "ko", "en"], in: reader.root, "")
        var features: [MachineFeature] = []
        for word in reader.root["features"]?.array ?? [] {
            guard let feature = MachineFeature(word.string ?? "") else {
                throw reader.fault("features", "expected words of \(MachineFeature.expected)")
            }
            features.append(feature)
        }
        guard !features.isEmpty else { throw reader.fault("features", "expected a list of \(MachineFeature.expected)") }
        return StepNeeds(features: features, without: try reader.bilingual(), line: block.line)
    }

    static func note(_ block: LessonBlock, file: String) throws(LessonError) -> MachineNote {
        guard let feature = block.arguments["lacks"].flatMap(MachineFeature.init) else {
            throw LessonError(
                file: file, line: block.line - 1,
                reason: "a note says 'lacks=FEATURE' (expected \(MachineFeature.expected))")
        }
        let reader = try BlockReader(text: block.text, file: file, firstLine: block.line)
        try reader.allow(["ko", "en"], in: reader.root, "")
        return MachineNote(feature: feature, text: try reader.bilingual(), line: block.line)
    }
}
