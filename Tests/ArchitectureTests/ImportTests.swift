import Foundation
import Testing

/// Holds the table of modules in ARCHITECTURE.md against the `import` lines of the sources.
@Suite struct ImportTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Modules of the system and of the standard library, which are nobody's layer.
    static let system: Set<String> = [
        "Glibc", "Synchronization", "FoundationEssentials", "Foundation", "Dispatch", "CNettle", "CMarkdown",
    ]
    static let modifiers: Set<Substring> = [
        "public", "internal", "private", "package", "@preconcurrency", "@testable",
    ]

    /// `| `Name` | job | `A`, `B` |` rows of the module table.
    static func table() throws -> [String: Set<String>] {
        let text = try String(contentsOf: root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        var table: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3 else { continue }
            let imports = Set(words(in: cells[2]))
            for module in words(in: cells[0]) { table[module] = imports }
        }
        return table
    }

    /// The words between backticks.
    static func words(in text: String) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .compactMap { $0.offset % 2 == 1 ? String($0.element) : nil }
    }

    static func swiftFiles(below directory: URL) -> [URL] {
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    static func imports(of file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count,
                place == 0 || Self.modifiers.contains(words[0])
            else { return nil }
            // `import struct Module.Name`
            let kinds: Set<Substring> = ["struct", "class", "enum", "func", "typealias", "protocol"]
            let name = kinds.contains(words[place + 1]) && place + 2 < words.count ? words[place + 2] : words[place + 1]
            return String(name.split(separator: ".")[0])
        }
    }

    @Test func everyImportIsInTheTable() throws {
        let table = try Self.table()
        let modules = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Sources").path())
        var checked = 0
        for module in modules.sorted() {
            let files = Self.swiftFiles(below: Self.root.appending(path: "Sources/\(module)"))
            guard !files.isEmpty else { continue }
            let allowed = try #require(table[module], "ARCHITECTURE.md has no row for \(module)")
            for file in files {
                for name in try Self.imports(of: file) where !Self.system.contains(name) {
                    checked += 1
                    #expect(
                        allowed.contains(name) || allowed.contains("everything"),
                        "\(module)/\(file.lastPathComponent) imports \(name)")
                }
            }
        }
        #expect(checked > 100, "the imports were not found")
    }

    @Test func everyRowIsAModule() throws {
        for module in try Self.table().keys {
            let path = Self.root.appending(path: module == "Benchmarks" ? "Benchmarks" : "Sources/\(module)").path()
            #expect(FileManager.default.fileExists(atPath: path), "\(module) is in the table and not in Sources")
        }
    }

    @Test func controllersAndKubeletDoNotKnowTheStore() throws {
        for module in ["Controllers", "Scheduler", "Kubelet", "ControllerRuntime"] {
            for file in Self.swiftFiles(below: Self.root.appending(path: "Sources/\(module)")) {
                let names = try Self.imports(of: file)
                #expect(!names.contains("ObjectStore") && !names.contains("APIServer"), "\(file.lastPathComponent)")
            }
        }
    }

    @Test func filesSayWhatIsInThem() {
        let vague = ["util", "helper", "common", "misc", "manager", "extras"]
        let files = Self.swiftFiles(below: Self.root.appending(path: "Sources"))
        #expect(files.count > 100)
        for file in files {
            let name = file.lastPathComponent.lowercased()
            #expect(!vague.contains(where: name.contains), "\(name)")
        }
    }
}
