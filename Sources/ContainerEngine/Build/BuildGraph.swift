import Dockerfile

/// The stages of a Dockerfile and how they depend on one another.
struct BuildGraph {
    enum Base: Hashable {
        case scratch
        case stage(Int)
        /// The reference as it was written.
        case image(String)
    }

    /// Where COPY --from and RUN --mount from= take files.
    enum Place: Hashable {
        case context
        case stage(Int)
        case image(String)
    }

    struct Node {
        var index: Int
        var stage: Stage
        var base: Base
        /// `linux/amd64`, if FROM names one.
        var platform: String?
        /// Stages it needs, all of them before it.
        var dependencies: Set<Int>

        /// As the progress display calls it.
        var name: String { stage.name ?? "stage-\(index)" }
    }

    let nodes: [Node]
    let target: Int
    /// The values of the ARGs before the first FROM.
    let globals: [String: String]
    /// What is needed for the target, in order.
    let needed: [Int]

    /// - Parameters:
    ///   - arguments: `--build-arg`
    ///   - platform: predefined arguments: `TARGETARCH`, …
    ///   - target: name or number of a stage; nil is the last.
    init(
        _ file: Dockerfile, arguments: [String: String], platform: [String: String], target: String?
    ) throws(DockerfileError) {
        globals = try Self.globals(file, arguments, platform)
        let values = platform.merging(globals) { $1 }
        var nodes: [Node] = []
        for (index, stage) in file.stages.enumerated() {
            func expand(_ text: String) throws(DockerfileError) -> String {
                do throws(WordExpansion.Failure) {
                    return try WordExpansion.expand(text, escape: file.escape) { values[$0] }
                } catch {
                    throw DockerfileError(.substitution(error.message), lines: stage.lines)
                }
            }
            let base = try expand(stage.base)
            guard !base.isEmpty else {
                throw DockerfileError(
                    .arguments("base name (\(stage.base)) should not be blank"), lines: stage.lines)
            }
            var dependencies: Set<Int> = []
            let place: Base
            if base.lowercased() == "scratch" {
                place = .scratch
            } else if let earlier = nodes.last(where: { $0.stage.name == base.lowercased() }) {
                place = .stage(earlier.index)
                dependencies.insert(earlier.index)
            } else {
                place = .image(base)
            }
            for instruction in stage.instructions {
                for from in Self.sources(of: instruction) {
                    let (named, _) = try Self.place(from, nodes, lines: instruction.lines)
                    if case .stage(let other) = named { dependencies.insert(other) }
                }
            }
            nodes.append(
                Node(
                    index: index, stage: stage, base: place, platform: try stage.platform.map(expand),
                    dependencies: dependencies))
        }
        self.nodes = nodes
        self.target = try Self.target(target, nodes, file)
        needed = Self.closure(self.target, nodes)
    }

    /// The place that `from` names, in the eyes of the stage behind `nodes`.
    static func place(
        _ from: String, _ nodes: some BidirectionalCollection<Node>, lines: ClosedRange<Int>
    ) throws(DockerfileError) -> (Place, isNumber: Bool) {
        if let earlier = nodes.last(where: { $0.stage.name == from.lowercased() }) {
            return (.stage(earlier.index), false)
        }
        if let number = Int(from) {
            guard nodes.contains(where: { $0.index == number }) else {
                throw DockerfileError(
                    .arguments("invalid from flag value \(from): invalid stage index \(number)"), lines: lines)
            }
            return (.stage(number), true)
        }
        return (.image(from), false)
    }

    func place(_ from: String, seenFrom node: Node, lines: ClosedRange<Int>) throws(DockerfileError) -> Place {
        try Self.place(from, nodes[..<node.index], lines: lines).0
    }

    private static func sources(of instruction: Instruction) -> [String] {
        switch instruction.action {
        case .copy(let transfer), .add(let transfer): transfer.from.map { [$0] } ?? []
        case .run(let run): run.mounts.compactMap(\.from)
        default: []
        }
    }

    private static func globals(
        _ file: Dockerfile, _ arguments: [String: String], _ platform: [String: String]
    ) throws(DockerfileError) -> [String: String] {
        var globals: [String: String] = [:]
        for declaration in file.arguments {
            if let given = arguments[declaration.name] {
                globals[declaration.name] = given
            } else if let fallback = declaration.fallback {
                let known = platform.merging(globals) { $1 }
                do throws(WordExpansion.Failure) {
                    globals[declaration.name] = try WordExpansion.expand(fallback, escape: file.escape) { known[$0] }
                } catch {
                    throw DockerfileError(.substitution(error.message), lines: 1...file.stages[0].lines.lowerBound)
                }
            }
        }
        return globals
    }

    private static func target(
        _ wanted: String?, _ nodes: [Node], _ file: Dockerfile
    ) throws(DockerfileError) -> Int {
        guard let wanted, !wanted.isEmpty else { return nodes.count - 1 }
        if let node = nodes.last(where: { $0.stage.name == wanted.lowercased() }) { return node.index }
        if let number = Int(wanted), nodes.indices.contains(number) { return number }
        throw DockerfileError(
            .arguments("target stage \"\(wanted)\" could not be found"), lines: nodes[nodes.count - 1].stage.lines)
    }

    private static func closure(_ target: Int, _ nodes: [Node]) -> [Int] {
        var needed: Set<Int> = [target]
        // Dependencies come before what needs them.
        for index in stride(from: target, through: 0, by: -1) where needed.contains(index) {
            needed.formUnion(nodes[index].dependencies)
        }
        return needed.sorted()
    }
}
