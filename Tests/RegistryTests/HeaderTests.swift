import Testing

@testable import Registry

@Suite struct HeaderTests {
    @Test("A challenge is read with its parameters, quoted or not")
    func challenges() {
        let bearer =
            #"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push""#
        #expect(
            AuthenticationChallenge.parse(bearer) == [
                AuthenticationChallenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.example/token", "service": "registry.example",
                        "scope": "repository:a/b:pull,push",
                    ])
            ])
        #expect(
            AuthenticationChallenge.parse(#"Negotiate a872+/==, BASIC Realm = plain , Bearer realm="a \"b\"""#) == [
                AuthenticationChallenge(scheme: "negotiate", parameters: [:]),
                AuthenticationChallenge(scheme: "basic", parameters: ["realm": "plain"]),
                AuthenticationChallenge(scheme: "bearer", parameters: ["realm": #"a "b""#]),
            ])
        #expect(AuthenticationChallenge.parse("").isEmpty)
        #expect(AuthenticationChallenge.parse("Basic").map(\.scheme) == ["basic"])
        #expect(AuthenticationChallenge.parse(#"Bearer realm="no end"#).first?.parameters == [:])
    }

    @Test("The next page is found among links")
    func links() {
        #expect(
            LinkHeader.target(of: "next", in: [#"</v2/a/tags/list?last=b&n=2>; rel="next""#])
                == "/v2/a/tags/list?last=b&n=2")
        #expect(
            LinkHeader.target(of: "next", in: [#"<a>; rel=prev, <b,c>; title="x, y; rel=next"; rel="last next""#])
                == "b,c")
        for none in ["", "<", "<a", "a; rel=next", "<a>; rel=prev", "<a>; rel", ">;<rel=next"] {
            #expect(LinkHeader.target(of: "next", in: [none]) == nil, "\(none)")
        }
    }

    @Test("A location is resolved against where it came from")
    func locations() throws {
        let base = try #require(HTTPURL("https://registry.example:5000/v2/a/blobs/uploads/?x=1"))
        for (location, url) in [
            ("https://other.example/b?c=d", "https://other.example/b?c=d"), ("/b", "https://registry.example:5000/b"),
            ("b", "https://registry.example:5000/v2/a/blobs/uploads/b"),
            ("//other.example:1/b", "https://other.example:1/b"),
            ("?y=2", "https://registry.example:5000/v2/a/blobs/uploads/?y=2"),
            ("HTTP://Other.Example", "http://other.example/"),
        ] {
            #expect(base.resolving(location)?.description == url, "\(location)")
        }
        for refused in [
            "https://user:secret@host/", "https://", "https://a b/", "https://host:0/", "https://host:99999/",
        ] {
            #expect(HTTPURL(refused) == nil, "\(refused)")
        }
        #expect(base.resolving("/a\r\nX: y") == nil)
        #expect(HTTPURL("ftp://host/") == nil)
        #expect(HTTPURL("http://[::1]:5000/v2/")?.isLoopback == true)
        #expect(HTTPURL("http://127.0.0.1.example/")?.isLoopback == false)
    }

    @Test("Proxies are used as the variables say, and never for this machine")
    func proxies() throws {
        let settings = ProxySettings(environment: [
            "https_proxy": "http://proxy:3128",
            "NO_PROXY": "corp.example, .inner.example,10.0.0.0/8,exact.example:5000,1.2.3.4",
        ])
        for (url, isProxied) in [
            ("https://registry.example/", true), ("https://corp.example/", false), ("https://a.corp.example/", false),
            ("https://notcorp.example/", true), ("https://a.inner.example/", false), ("https://10.1.2.3/", false),
            ("https://11.1.2.3/", true), ("https://exact.example:5000/", false), ("https://exact.example/", true),
            ("https://1.2.3.4:99/", false), ("https://localhost:5000/", false), ("https://127.0.0.1/", false),
            ("http://registry.example/", false),
        ] {
            let proxy = settings.proxy(for: try #require(HTTPURL(url)))
            #expect(proxy == (isProxied ? "http://proxy:3128" : nil), "\(url)")
        }
        #expect(
            ProxySettings(environment: ["ALL_PROXY": "socks5://p", "NO_PROXY": "*"]).proxy(
                for: try #require(HTTPURL("http://a.example/"))) == nil)
    }

    @Test("Heads are read as they come, whatever comes")
    func heads() {
        var head = HTTPHead(status: 0)
        for line in ["HTTP/1.1 100 Continue\r\n", "\r\n", "HTTP/2 206\r\n", "Content-Type:  a/b \r\n", "X-A: b\r\n"] {
            let isTaken = head.append(line: line.utf8)
            #expect(isTaken, "\(line)")
        }
        #expect(head.status == 206)
        #expect(head["content-type"] == "a/b")
        #expect(head["x"] == nil)
        for wrong in ["HTTP/1.1\r\n", "HTTP/1.1 abc\r\n", "HTTP/1.1 99999 x\r\n", "no colon\r\n"] {
            var head = HTTPHead(status: 200)
            let isTaken = head.append(line: wrong.utf8)
            #expect(!isTaken, "\(wrong)")
        }
    }

    @Test("Parsers of what registries say survive anything", arguments: 0..<20)
    func noiseIsNoCrash(seed: UInt64) {
        let seeds = [
            #"Bearer realm="https://a/b",service="c", Basic realm=x"#, #"</v2/a?n=2>; rel="next", <b>; rel=prev"#,
            "https://host:5000/v2/?a=b#c", #"{"errors":[{"code":"X","message":"y","detail":{"z":[1]}}]}"#,
            #"{"token":"abc","expires_in":300}"#, "HTTP/1.1 200 OK\r\n", "bytes 0-1/2",
        ]
        var random = noise(100_000, seed: seed + 1).makeIterator()
        for _ in 0..<500 {
            for text in seeds {
                var bytes = Array(text.utf8)
                for _ in 0..<Int(random.next() ?? 0) % 4 + 1 where !bytes.isEmpty {
                    let place = Int(random.next() ?? 0) % bytes.count
                    switch (random.next() ?? 0) % 3 {
                    case 0: bytes[place] = random.next() ?? 0
                    case 1: bytes.remove(at: place)
                    default: bytes.insert(random.next() ?? 0, at: place)
                    }
                }
                let mutated = String(decoding: bytes, as: UTF8.self)
                for challenge in AuthenticationChallenge.parse(mutated) { #expect(!challenge.scheme.isEmpty) }
                if let target = LinkHeader.target(of: "next", in: [mutated]) { #expect(!target.contains(">")) }
                if let url = HTTPURL(mutated) { #expect(HTTPURL(url.description) == url, "\(url)") }
                #expect(!ErrorAnswer(parsing: bytes).message.contains("\u{1B}"))
                _ = BlobFile.start(ofRange: mutated)
                if let token = AccessToken(parsing: bytes) { #expect(!token.value.contains("\n")) }
                var head = HTTPHead(status: 0)
                if head.append(line: bytes) { #expect(head.headers.count <= 1) }
            }
        }
    }
}
