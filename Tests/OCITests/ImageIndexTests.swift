import OCI
import Testing

@Suite struct ImageIndexTests {
    @Test("Platforms are read as people write them")
    func platforms() {
        for (text, whole) in [
            ("linux/amd64", "linux/amd64"), ("LINUX/x86_64", "linux/amd64"), ("arm64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"), ("linux/arm", "linux/arm/v7"), ("linux/arm/v6", "linux/arm/v6"),
            ("windows/amd64", "windows/amd64"), ("linux", Platform.current.description),
        ] {
            #expect(Platform(text)?.description == whole, "\(text)")
        }
        for wrong in ["", "/", "linux/", "a/b/c/d", "linux/am d64", "linux/amd64\n"] {
            #expect(Platform(wrong) == nil, "\(wrong)")
        }
    }

    private func index(_ platforms: [String?]) throws -> ImageIndex {
        let entries = platforms.enumerated().map { number, platform in
            let digest = "sha256:" + String(repeating: "\(number)", count: 64)
            return #"{"mediaType":"m","digest":"\#(digest)","size":1\#(platform.map { ",\"platform\":" + $0 } ?? "")}"#
        }
        let text = #"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]}"#
        return try ImageIndex(parsing: Array(text.utf8))
    }

    @Test("The nearest entry is chosen, and none that does not run there")
    func choice() throws {
        let index = try index([
            nil, #"{"os":"unknown","architecture":"unknown"}"#, #"{"os":"linux","architecture":"arm","variant":"v5"}"#,
            #"{"os":"linux","architecture":"arm","variant":"v6"}"#, #"{"os":"linux","architecture":"amd64"}"#,
            #"{"os":"linux","architecture":"arm64","variant":"v8"}"#, #"{"os":"windows","architecture":"amd64"}"#,
        ])
        func chosen(_ platform: String) -> Character? {
            Platform(platform).flatMap { index.entry(for: $0) }?.descriptor.digest.hex.first
        }
        #expect(chosen("linux/amd64") == "4")
        #expect(chosen("linux/arm64") == "5")
        #expect(chosen("linux/arm/v7") == "3")
        #expect(chosen("linux/arm/v5") == "2")
        #expect(chosen("linux/s390x") == nil)
    }

    @Test("What a document says it is, is found out; what says two things is refused")
    func kinds() throws {
        #expect(try ManifestKind.mediaType(Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8)) == ImageIndex.mediaType)
        #expect(try ManifestKind.mediaType(Array(#"{"schemaVersion":2,"config":{}}"#.utf8)) == ImageManifest.mediaType)
        #expect(try ManifestKind.mediaType(Array(#"{"mediaType":"x"}"#.utf8)) == "x")
        #expect(try ManifestKind.mediaType(Array("{}".utf8)) == nil)
        #expect(throws: OCIParseError.self) {
            try ManifestKind.mediaType(Array(#"{"schemaVersion":2,"manifests":[],"layers":[]}"#.utf8))
        }
    }
}
