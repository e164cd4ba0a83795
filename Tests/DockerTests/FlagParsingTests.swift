import Commands
import ContainerRuntime
import Testing

@testable import Docker

@Suite struct FlagParsingTests {
    @Test(arguments: [
        ("8080:80", [PublishedPort(hostPort: 8080, containerPort: 80)]),
        ("80", [PublishedPort(hostPort: 0, containerPort: 80)]),
        (
            "127.0.0.1:53:53/udp",
            [PublishedPort(hostAddress: "127.0.0.1", hostPort: 53, containerPort: 53, transport: .udp)]
        ),
        (
            "8000-8001:80-81",
            [PublishedPort(hostPort: 8000, containerPort: 80), PublishedPort(hostPort: 8001, containerPort: 81)]
        ),
    ])
    func ports(text: String, expected: [PublishedPort]) throws {
        #expect(try PortFlag.ports(text) == expected)
    }

    @Test(arguments: ["", "a:80", "80:", "0:80", "80:70000", "1-2:80", "80/icmp", "1:2:3:4", "2-1:2-1"])
    func refusesPorts(text: String) {
        #expect(throws: RuntimeError.self) { try PortFlag.ports(text) }
    }

    @Test(arguments: [
        ("data:/var", Mount(source: .volume(name: "data"), target: "/var")),
        ("/tmp:/host:ro", Mount(source: .bind(path: "/tmp"), target: "/host", readOnly: true)),
    ])
    func volumes(text: String, expected: Mount) throws {
        #expect(try VolumeFlag.mount(text) == expected)
    }

    @Test(arguments: ["data:var", "../x:/y", "a b:/x", "x:/y:/z:/w", ":/x", "x:/", "/tmp://", "/"])
    func refusesVolumes(text: String) {
        #expect(throws: RuntimeError.self) { try VolumeFlag.mount(text) }
    }

    @Test func sizes() {
        #expect(ByteSize.parse("64m") == 64 << 20)
        #expect(ByteSize.parse("1.5g") == 3 << 29)
        #expect(ByteSize.parse("512") == 512)
        #expect(ByteSize.parse("x") == nil)
        #expect(ByteSize.parse("1q") == nil)
        #expect(ByteSize.decimal(2_034_000) == "2.03MB")
        #expect(ByteSize.decimal(999) == "999B")
        #expect(ByteSize.decimal(180_400_000) == "180MB")
    }

    @Test func signals() {
        #expect(SignalName.number("KILL") == 9)
        #expect(SignalName.number("sigterm") == 15)
        #expect(SignalName.number("9") == 9)
        #expect(SignalName.number("NOPE") == nil)
        #expect(SignalName.number("99") == nil)
    }

    @Test func spans() {
        #expect(HumanDuration.text(seconds: 0.4) == "Less than a second")
        #expect(HumanDuration.text(seconds: 1) == "1 second")
        #expect(HumanDuration.text(seconds: 59) == "59 seconds")
        #expect(HumanDuration.text(seconds: 61) == "About a minute")
        #expect(HumanDuration.text(seconds: 3600) == "About an hour")
        #expect(HumanDuration.text(seconds: 3 * 86400) == "3 days")
        #expect(DurationFlag.seconds("1h30m") == 5400)
        #expect(DurationFlag.seconds("10s") == 10)
        #expect(DurationFlag.seconds("soon") == nil)
    }
}
