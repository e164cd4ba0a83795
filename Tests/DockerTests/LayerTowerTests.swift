import ContainerRuntime
import Terminal
import Testing

@testable import Docker

@Suite struct LayerTowerTests {
    private func layer(_ name: String, _ size: Int = 1000) -> LayerStory.Layer {
        .init(diffID: "sha256:" + name, size: size, label: name)
    }

    @Test func whatAllHaveAtTheBottomIsShared() {
        let web = LayerTower(title: "web", layers: [layer("base"), layer("lib"), layer("web")])
        let db = LayerTower(title: "db", layers: [layer("base"), layer("lib"), layer("db")])
        let other = LayerTower(title: "other", layers: [layer("base"), layer("web")])
        #expect(LayerTower.shared([web, db]).map(\.label) == ["base", "lib"])
        #expect(LayerTower.shared([web, db, other]).map(\.label) == ["base"])
        #expect(LayerTower.shared([web, web]).count == 3)
        #expect(LayerTower.shared([web]).isEmpty)
        #expect(LayerTower.shared([web, LayerTower(title: "scratch", layers: [])]).isEmpty)
    }

    @Test func towersStandOnIt() {
        var web = LayerTower(title: "web", layers: [layer("base", 2_000_000)])
        web.writable = ("writable", "12B")
        let image = LayerTower(title: "app", layers: [layer("base", 2_000_000), layer("COPY app /", 5000)])
        #expect(
            LayerTower.picture([web, image]).text(Canvas(columns: 50)) == """
                 web                       app
                ┌──────────────────────┐  ┌──────────────────────┐
                │ writable         12B │  │ COPY app /       5kB │
                ├──────────────────────┴──┴──────────────────────┤
                │ base                                       2MB │
                └────────────────────────────────────────────────┘

                """)
    }

    @Test(arguments: [
        ("/bin/sh -c #(nop) COPY file:1 in /x ", "COPY file:1 in /x"), ("/bin/sh -c apk add x", "RUN apk add x"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"), ("", "abcdefabcdef"), ("a\n b", "a b"),
    ])
    func linesOfTheStoryAreShort(line: String, label: String) {
        #expect(LayerStory.label(line, "sha256:abcdefabcdefabcdef") == label)
    }
}
