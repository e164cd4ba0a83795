import Testing

@testable import Dockerfile

/// A generator whose numbers follow from its seed.
private struct Mutations: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }

    mutating func mutate(_ bytes: [UInt8], with scraps: [[UInt8]]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &self) {
            let place = Int.random(in: 0...bytes.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &self), at: place)
            case 1: if place < bytes.count { bytes[place] = UInt8.random(in: .min ... .max, using: &self) }
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0..<20, using: &self)))
            case 3: bytes.insert(contentsOf: scraps.randomElement(using: &self) ?? [], at: place)
            default:
                let end = min(bytes.count, place + Int.random(in: 0..<40, using: &self))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }
}

@Suite struct FuzzTests {
    private static let seedFile = """
        # syntax=docker/dockerfile:1
        ARG V=1
        FROM --platform=linux/amd64 busybox:${V:-2} AS build
        ENV A="b c" D=e\\ f
        RUN --mount=type=cache,target=/c <<-EOF cat
        \techo $A
        \tEOF
        COPY --from=build --chown=1:2 ["a b", "/c"]
        HEALTHCHECK --interval=5s CMD ["x"]
        ONBUILD ADD . /
        LABEL a.b='c' \\
          d="e"
        EXPOSE 80/tcp
        CMD echo ${A#b*} ${A//b/c}

        """
    private static let scraps = [
        "\\\n", "<<EOF", "EOF\n", "${", "}", "\"", "'", "[\"", "--mount=", "FROM a\n", "\r\n", "$", "`", "# escape=`\n",
        "\u{FEFF}", "**", "[^", "한", "\u{0}",
    ].map { Array($0.utf8) }

    @Test("A mutated Dockerfile is read or refused with lines that it has; it never ends the program")
    func dockerfiles() {
        var mutations = Mutations(state: 42)
        var accepted = 0
        for _ in 0..<6000 {
            let bytes = mutations.mutate(Array(Self.seedFile.utf8), with: Self.scraps)
            let count = max(1, Dockerfile.lines(bytes).count)
            do throws(DockerfileError) {
                let file = try Dockerfile(parsing: bytes)
                accepted += 1
                let ranges = file.stages.flatMap { [$0.lines] + $0.instructions.map(\.lines) }
                #expect(ranges.allSatisfy { $0.lowerBound >= 1 && $0.upperBound <= count })
                for instruction in file.stages.flatMap(\.instructions) {
                    _ = try? WordExpansion.expand(instruction.text) { $0 == "A" ? "abc" : nil }
                }
            } catch {
                #expect(error.lines.lowerBound >= 1 && error.lines.upperBound <= count)
                #expect(!error.message.isEmpty)
            }
        }
        // The mutations must not be so rough that nothing is read any more.
        #expect(accepted > 500)
    }

    @Test("Mutated ignore files are read or refused")
    func ignoreFiles() {
        var mutations = Mutations(state: 7)
        let seed = Array("# c\n*.md\n!README.md\n**/temp*\ndir/[a-z]/?\n\\!x\n".utf8)
        var read = 0
        for _ in 0..<4000 {
            guard let patterns = try? IgnorePatterns(parsing: mutations.mutate(seed, with: Self.scraps)) else {
                continue
            }
            read += 1
            _ = patterns.ignores("dir/a/b.md")
        }
        #expect(read > 1000)
    }
}
