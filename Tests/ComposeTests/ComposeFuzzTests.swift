import Testing

@testable import Compose

/// A generator whose numbers follow from its seed.
private struct Mutations: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }

    mutating func mutate(_ text: [Character], with scraps: [String]) -> String {
        var text = text
        for _ in 0..<Int.random(in: 1...2, using: &self) {
            let place = Int.random(in: 0...text.count, using: &self)
            let end = min(text.count, place + Int.random(in: 0..<12, using: &self))
            switch Int.random(in: 0..<3, using: &self) {
            case 0: text.removeSubrange(place..<end)
            case 1: text.insert(contentsOf: Array(scraps.randomElement(using: &self) ?? ""), at: place)
            default: text.insert(contentsOf: text[place..<end], at: place)
            }
        }
        return String(text)
    }
}

@Suite struct ComposeFuzzTests {
    private static let seedFile = """
        name: shop
        x-base: &base
          restart: on-failure:3
          healthcheck: {test: [CMD, "true"], interval: 5s, retries: 2}
        services:
          web:
            <<: *base
            image: busybox:${TAG:-latest}
            command: httpd -f -h "/var/my www"
            ports: ["8080-8081:80-81", {target: 53, published: "5353", protocol: udp, host_ip: 127.0.0.1}]
            environment: {GREETING: hello $NAME, EMPTY: , COUNT: 3}
            volumes: ["./pages:/pages:ro", {type: volume, source: data, target: /data}]
            depends_on: {db: {condition: service_healthy}}
            networks: {back: {aliases: [shop]}}
            deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 64M}}}
          front:
            extends: {service: web}
          db:
            build: {context: ., args: [A=1], target: last}
            profiles: [full]
        networks: {back: {ipam: {config: [{subnet: 172.30.0.0/24}]}}}
        volumes: {data: {labels: [a=b]}}

        """
    private static let scraps = [
        "${", "}", "$$", "${A:?no}", "*base", "&base ", "<<: ", "- ", ": ", "{", "[", "]", "\"", "'", "\n", "\n  ",
        "|\n", "~", "!!int ",
        "-1", "99999999999999999999", "0x", "1e400", "9g", "::", "한", "\u{0}", "\t", "#", "services:", "extends: web\n",
        "include: [a.yaml]\n",
    ]

    @Test("A mutated compose file is read or refused in words; it never ends the program")
    func files() throws {
        let whole = ProjectReader(directory: "/shop", variables: [:]) { _ in nil }
        _ = try whole.read([.init(name: "compose.yaml", text: Self.seedFile)], name: nil)
        var mutations = Mutations(state: 11)
        let seed = Array(Self.seedFile)
        var accepted = 0
        for _ in 0..<3000 {
            let text = mutations.mutate(seed, with: Self.scraps)
            let reader = ProjectReader(directory: "/shop", variables: ["NAME": "you"]) { _ in Self.seedFile }
            do throws(ComposeError) {
                let project = try reader.read([.init(name: "compose.yaml", text: text)], name: nil)
                accepted += 1
                #expect(project.services.allSatisfy { !$0.name.isEmpty })
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
        // The mutations must not be so rough that nothing is read any more.
        #expect(accepted > 300)
    }
}
