import Testing

@testable import Dockerfile

@Suite struct IgnorePatternTests {
    private func ignored(_ file: String, _ paths: [String]) throws -> [String] {
        let patterns = try IgnorePatterns(parsing: Array(file.utf8))
        return paths.filter { patterns.ignores($0) }
    }

    private static let tree = [
        "a.txt", "b.md", "README.md", "dir", "dir/a.txt", "dir/deep", "dir/deep/a.txt", "dir/deep/b.md", "target/x",
        ".git/config", "ab", "a",
    ]

    @Test(
        "Patterns of docker's documentation and their paths",
        arguments: [
            ("*.txt", ["a.txt"]),
            ("**/*.txt", ["a.txt", "dir/a.txt", "dir/deep/a.txt"]),
            ("*/a.txt", ["dir/a.txt"]),
            ("dir", ["dir", "dir/a.txt", "dir/deep", "dir/deep/a.txt", "dir/deep/b.md"]),
            ("/dir/", ["dir", "dir/a.txt", "dir/deep", "dir/deep/a.txt", "dir/deep/b.md"]),
            ("*.md\n!README.md", ["b.md"]),
            ("!README.md\n*.md", ["b.md", "README.md"]),
            ("*\n!dir/deep", ["a.txt", "b.md", "README.md", "dir", "dir/a.txt", "target/x", ".git/config", "ab", "a"]),
            ("a?", ["ab"]), ("[ab].*", ["a.txt", "b.md"]), ("[^a]*.md", ["b.md", "README.md"]),
            ("# comment\n\n  b.md  ", ["b.md"]), (".", []), ("./dir/../b.md", ["b.md"]),
            ("dir/**/b.md", ["dir/deep/b.md"]), ("**", tree),
            ("**/deep", ["dir/deep", "dir/deep/a.txt", "dir/deep/b.md"]),
            (".git", [".git/config"]),
        ])
    func documentation(_ file: String, _ expected: [String]) throws {
        #expect(try ignored(file, Self.tree) == expected)
    }

    @Test("A malformed pattern names its line")
    func malformed() {
        do throws(DockerfileError) {
            _ = try IgnorePatterns(parsing: Array("a\n[b\n".utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.lines == 2...2)
        }
    }
}
