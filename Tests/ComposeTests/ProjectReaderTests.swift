import Testing

@testable import Compose

@Suite struct ProjectReaderTests {
    static func read(
        _ texts: String..., variables: [String: String] = [:], files: [String: String] = [:]
    ) throws -> ComposeProject {
        let inputs = texts.enumerated().map { ProjectReader.File(name: "compose\($0.offset).yaml", text: $0.element) }
        return try ProjectReader(directory: "/work/Harbour Shop", variables: variables) { files[$0] }
            .read(inputs, name: nil)
    }

    @Test func aServiceBecomesTheWordsOfDockerCreate() throws {
        let project = try Self.read(
            """
            services:
              web:
                image: busybox
                command: httpd -f -h "/var/my www"
                ports: ["8080:80", {target: 53, published: "5353", protocol: udp, host_ip: 127.0.0.1}]
                environment: {GREETING: hello there, EMPTY: "", COUNT: 3}
                volumes: [./pages:/pages:ro, data:/data]
                restart: on-failure:3
                read_only: true
                cap_drop: [ALL]
                ulimits: {nofile: {soft: 100, hard: 200}}
                storage_opt: {size: 64M}
                deploy: {resources: {limits: {cpus: "0.5", memory: 64M}}}
            volumes: {data: }
            """)
        #expect(project.name == "harbourshop")
        let web = try #require(project[service: "web"])
        #expect(web.command == ["httpd", "-f", "-h", "/var/my www"])
        #expect(
            web.options == [
                "--restart", "on-failure:3", "--cap-drop", "ALL", "--read-only", "--env", "GREETING=hello there",
                "--env", "EMPTY=", "--env", "COUNT=3", "--ulimit", "nofile=100:200", "--storage-opt", "size=64M",
                "--cpus", "0.5", "--memory", "64M",
                "--volume", "/work/Harbour Shop/pages:/pages:ro", "--volume", "harbourshop_data:/data",
                "--publish", "8080:80", "--publish", "127.0.0.1:5353:53/udp",
            ])
        #expect(web.networks == [NetworkUse(network: "default", aliases: ["web"], address: nil)])
        #expect(project.networks.map(\.name) == ["harbourshop_default"])
    }

    @Test func variablesAreReplacedEverywhere() throws {
        let project = try Self.read(
            "services: {web: {image: 'busybox:${TAG:-latest}', scale: '${N}', hostname: $MISSING}}",
            variables: ["N": "3"])
        #expect(project.services[0].image == "busybox:latest")
        #expect(project.services[0].replicas == 3)
        #expect(project.warnings == ["The \"MISSING\" variable is not set. Defaulting to a blank string."])
    }

    @Test func laterFilesGoOverEarlierOnes() throws {
        let project = try Self.read(
            "services: {web: {image: a, ports: ['1:1'], environment: [A=1, B=2], command: [x, y]}}",
            "services: {web: {image: b, ports: ['2:2'], environment: {B: 3}, command: [z]}, db: {image: c}}")
        let web = try #require(project[service: "web"])
        #expect(web.image == "b")
        #expect(web.command == ["z"])
        #expect(web.options == ["--env", "A=1", "--env", "B=3", "--publish", "1:1", "--publish", "2:2"])
        #expect(project.services.map(\.name) == ["web", "db"])
    }

    @Test func environmentFilesAreReadAndOverridden() throws {
        let project = try Self.read(
            "services: {web: {image: a, env_file: web.env, environment: {B: own}}}",
            files: ["/work/Harbour Shop/web.env": "A=1\nB=2\n"])
        #expect(project.services[0].options == ["--env", "A=1", "--env", "B=own"])
    }

    @Test func servicesCanStandOnOthersOfTheFile() throws {
        let project = try Self.read(
            "services: {base: {image: a, environment: {A: 1}}, web: {extends: base, environment: {B: 2}}}")
        #expect(project[service: "web"]?.options == ["--env", "A=1", "--env", "B=2"])
    }

    @Test func profilesLeaveServicesOut() throws {
        let project = try Self.read(
            "services: {web: {image: a}, debug: {image: b, profiles: [dev], depends_on: [helper]}, helper: {image: c, profiles: [x]}}"
        )
        #expect(try project.enabled(profiles: [], named: []).map(\.name) == ["web"])
        #expect(try project.enabled(profiles: ["dev"], named: []).map(\.name) == ["web", "debug", "helper"])
        #expect(try project.enabled(profiles: [], named: ["debug"]).map(\.name) == ["debug", "helper"])
    }

    @Test(arguments: [
        (
            "services:\n  web:\n    image: a\n    prots: ['1:1']\n",
            "compose0.yaml:4: services.web additional properties 'prots' not allowed"
        ),
        ("services:\n  web:\n    image: a\n    ports: 80:80\n", "compose0.yaml:4: services.web.ports must be a list"),
        (
            "services:\n  web: {image: a, depends_on: [db]}\n",
            "compose0.yaml:2: service \"web\" depends on undefined service \"db\": invalid compose project"
        ),
        (
            "services:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, depends_on: [a]}\n",
            "compose0.yaml:1: dependency cycle detected: a -> b -> a"
        ),
        (
            "services:\n  web: {image: a, volumes: ['data:/d']}\n",
            "compose0.yaml:2: service \"web\" refers to undefined volume data: invalid compose project"
        ),
        (
            "services:\n  web: {}\n",
            "compose0.yaml:2: service \"web\" has neither an image nor a build context specified: invalid compose project"
        ),
        (
            "services:\n  web: {image: 'a${'}\n",
            "compose0.yaml:2: invalid interpolation format for services.web.image: \"a${\". You may need to escape any $ "
                + "with another $"
        ),
    ])
    func faultsNameTheirPlace(_ text: String, _ expected: String) {
        do {
            _ = try Self.read(text)
            Issue.record("it was read")
        } catch {
            #expect("\(error)".hasPrefix(expected.prefix(100)) || "\(error)" == expected)
        }
    }

    @Test func anUnknownKeySuggestsTheNearest() {
        #expect {
            _ = try Self.read("services: {web: {image: a, enviroment: {A: 1}}}")
        } throws: { error in
            (error as? ComposeError)?.reason == .unknownKey("enviroment", suggestion: "environment")
        }
    }

    /// Whatever is in it, a file is read or refused.
    @Test func damagedFilesAreReadOrRefused() {
        let seed = Array(
            """
            name: shop
            services:
              web: {image: "busybox:${TAG:-1}", ports: ["80:80"], depends_on: {db: {condition: service_healthy}}}
              db:
                image: redis
                healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 1s}
                volumes: [{type: volume, source: data, target: /data}]
            volumes: {data: {}}
            networks: {default: {ipam: {config: [{subnet: 10.1.0.0/16}]}}}
            """.utf8)
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var outcomes = (read: 0, refused: 0)
        for _ in 0..<400 {
            var bytes = seed
            for _ in 0...random(4) {
                switch random(3) {
                case 0: bytes[random(bytes.count)] = Array("{}[]:,-$\"' \n#&*x9".utf8)[random(17)]
                case 1: bytes.remove(at: random(bytes.count))
                default: bytes.insert(Array("{}[]:,-$\"'\n".utf8)[random(11)], at: random(bytes.count))
                }
            }
            do {
                _ = try Self.read(String(decoding: bytes, as: UTF8.self))
                outcomes.read += 1
            } catch {
                #expect(error is ComposeError)
                outcomes.refused += 1
            }
        }
        #expect(outcomes.read + outcomes.refused == 400)
        #expect(outcomes.refused > 50)
    }
}
