import ContainerRuntime
import Documents
import Terminal
import Testing

@testable import Docker

/// How a look through a container's walls is told.
@Suite struct XRayReportTests {
    private static func view() -> KernelView {
        var configuration = ContainerConfiguration(image: "busybox", name: "web")
        configuration.resources.memory = 64 << 20
        var status = ContainerStatus(
            id: String(repeating: "a", count: 64), name: "web", imageReference: "busybox", imageID: "sha256:1",
            sandboxID: "s", command: ["sleep", "1000"], state: .running, createdAt: 0, configuration: configuration)
        status.pid = 4711
        status.publishedPorts = [PublishedPort(hostPort: 8080, containerPort: 80)]
        var view = KernelView(status: status)
        view.namespaces = [
            NamespaceView(
                kind: .pid, identity: 20, hostIdentity: 10, others: [.init(id: "b", name: "db", identity: 30)]),
            NamespaceView(
                kind: .network, identity: 21, hostIdentity: 11, others: [.init(id: "b", name: "db", identity: 21)]),
        ]
        view.layers = [
            LayerView(
                path: "/u", isUpper: true, size: 12, entries: 2, changes: ["/etc/old (deleted)", "/root/\u{1B}[31mx"]),
            LayerView(path: "/l", isUpper: false, size: 2_000_000, entries: 312),
        ]
        view.mounts = [
            MountView(target: "/", type: "overlay", source: "overlay", options: ["rw"]),
            MountView(target: "/proc/kcore", type: "tmpfs", source: "/null", options: ["ro"]),
        ]
        var credentials = CredentialsView()
        credentials.effective = ["CHOWN", "KILL"]
        credentials.bounding = ["CHOWN", "KILL"]
        credentials.missing = ["SYS_ADMIN", "SYS_TIME"]
        credentials.userMap = [.init(inside: 0, outside: 100_000, count: 65536)]
        credentials.noNewPrivileges = true
        credentials.systemCalls = SystemCallView(
            mode: .filter, filters: 1, instructions: 300, allowed: ["read", "write"], conditional: ["clone"],
            refused: ["mount", "zzz"])
        view.credentials = credentials
        view.controlGroups = [
            ControlGroupView(
                path: "/sys/fs/cgroup/x", controllers: ["cpu", "memory"],
                files: [
                    .init(name: "memory.max", value: "67108864"), .init(name: "memory.swap.max", value: "max"),
                    .init(name: "cpu.max", value: "50000 100000"),
                    .init(name: "cpu.stat", value: "usage_usec 1500\nuser_usec 900\nnr_throttled 3"),
                ])
        ]
        var link = NetworkView.Interface(name: "eth0", index: 2)
        link.addresses = ["172.17.0.2/16"]
        link.peer = "net0-100"
        link.receivedBytes = 1500
        view.network = NetworkView(interfaces: [link], gateway: "172.17.0.1", isHarbours: false)
        view.birth = [
            BirthStep(call: "clone3", at: .microseconds(200), duration: .microseconds(200)),
            BirthStep(call: "execve", at: .microseconds(1100), duration: .microseconds(900)),
        ]
        return view
    }

    private static func text(
        _ part: (KernelView, Language, Canvas) -> [String], columns: Int = 60
    ) -> String {
        part(view(), .english, Canvas(columns: columns)).joined(separator: "\n")
    }

    @Test func wallsAreLetters() {
        #expect(
            Self.text { XRayNamespaces($0).lines($1, $2) } == """
                              machine   web   db
                  pid    20      A       B    C
                  net    21      A       B    B
                """)
    }

    @Test func layersAreBoxesAndNoTextFromInsideDoesAnything() {
        #expect(
            Self.text { XRayLayers($0, names: []).lines($1, $2) } == """
                  ┌────────────────────────────────────────────────────────┐
                  │ writable: this container's own            2 files  12B │
                  ├────────────────────────────────────────────────────────┤
                  │ image layer 1                           312 files  2MB │
                  └────────────────────────────────────────────────────────┘
                    - /etc/old (deleted)
                    + /root/^[[31mx
                """)
    }

    @Test func numbersAreExplained() {
        #expect(
            Self.text { XRayLimits($0).lines($1, $2) } == """
                  FILE             VALUE            
                  memory.max       67108864         64MiB
                  memory.swap.max  max              no limit
                  cpu.max          50000 100000     50% of one processor
                  cpu.stat         usage_usec 1500  1.50 ms
                                   nr_throttled 3   
                  /sys/fs/cgroup/x
                """)
    }

    @Test func theWayOutIsDrawn() {
        #expect(
            Self.text { XRayNetwork($0).lines($1, $2) } == """
                  container      eth0  172.17.0.2/16  ↓ 1.5kB  ↑ 0B
                    │ veth
                  harbour        net0-100, gateway 172.17.0.1
                    │ nftables
                  outside        0.0.0.0:8080 → 80/TCP
                """)
    }

    @Test func stepsAreBars() {
        #expect(
            Self.text({ XRayBirth($0).lines($1, $2) }, columns: 40) == """
                  clone3  █████▏ 200 µs
                  execve  ███████████████████████ 900 µs
                  2 steps, 1.10 ms in all. That is all a
                  container is.
                """)
    }

    @Test func nothingIsWiderThanTheScreen() {
        for columns in [40, 80] {
            for language in Language.allCases {
                for style in [Style(isEnabled: false), Style(isEnabled: true)] {
                    let canvas = Canvas(columns: columns, style: style)
                    let report = XRayReport(view: Self.view(), sections: XRaySection.allCases, language: language)
                    for line in report.lines(canvas) { #expect(DisplayWidth.of(line) <= columns, "\(line)") }
                }
            }
        }
    }

    @Test func theDocumentHoldsWhatWasAskedFor() throws {
        let document = XRayDocument.make(Self.view(), [.rights, .birth])
        #expect(document["Effective"] == nil && document["Namespaces"] == nil)
        #expect(document.at("Rights", "Missing")?.array?.count == 2)
        #expect(document["Birth"]?[1]?["Nanoseconds"]?.int == 900_000)
        #expect(try JSONValue(parsing: Array(document.prettyPrinted().utf8)) == document)
    }

    @Test func aWordMeansAContainerOrAPod() {
        func container(_ id: String, _ name: String, pod: String? = nil) -> ContainerStatus {
            var configuration = ContainerConfiguration(image: "busybox", name: name)
            if let pod {
                configuration.labels = ["io.kubernetes.pod.name": pod, "io.kubernetes.container.name": "c-\(id)"]
            }
            return ContainerStatus(
                id: id, name: name, imageReference: "busybox", imageID: "", sandboxID: "", command: [], state: .running,
                createdAt: 0, configuration: configuration)
        }
        let all = [
            container("abc1", "web"), container("abd2", "k8s_1", pod: "shop-5d-x2"),
            container("abd3", "k8s_2", pod: "shop-5d-x2"),
        ]
        #expect(ContainerWord.matching("web", in: all) == ["abc1"])
        #expect(ContainerWord.matching("abc", in: all) == ["abc1"])
        #expect(ContainerWord.matching("shop-5d-x2", in: all) == ["abd2", "abd3"])
        #expect(ContainerWord.matching("shop-5d-x2/c-abd3", in: all) == ["abd3"])
        #expect(ContainerWord.matching("shop", in: all) == ["abd2", "abd3"])
        #expect(ContainerWord.matching("ab", in: all).isEmpty)
    }
}
