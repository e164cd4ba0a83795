import Testing

@testable import Compose

@Suite struct StartOrderTests {
    static func services(_ dependencies: String) throws -> [ServiceDefinition] {
        try ProjectReaderTests.read("services: {db: {image: a}, web: {image: b, depends_on: \(dependencies)}}").services
    }

    @Test func thoseThatOthersWaitForComeFirst() throws {
        let project = try ProjectReaderTests.read(
            "services: {a: {image: x, depends_on: [b, c]}, b: {image: x, depends_on: [c]}, c: {image: x}, d: {image: x}}"
        )
        #expect(StartOrder.sorted(project.services).map(\.name) == ["c", "b", "a", "d"])
    }

    @Test(arguments: [
        ("[db]", StartOrder.Progress.notStarted, StartOrder.Decision.wait), ("[db]", .started, .start),
        ("{db: {condition: service_healthy}}", .started, .wait),
        ("{db: {condition: service_healthy}}", .healthy, .start),
        ("{db: {condition: service_completed_successfully}}", .started, .wait),
        ("{db: {condition: service_completed_successfully}}", .exited(0), .start),
        ("{db: {condition: service_healthy, required: false}}", .unhealthy, .start),
    ])
    func aServiceStartsWhenItsConditionsAreMet(
        _ dependencies: String, _ state: StartOrder.Progress, _ expected: StartOrder.Decision
    ) throws {
        let web = try #require(try Self.services(dependencies).last)
        #expect(StartOrder.decide(web, progress: ["db": state]) == expected)
    }

    @Test(arguments: [
        ("{db: {condition: service_healthy}}", StartOrder.Progress.unhealthy),
        ("{db: {condition: service_healthy}}", .exited(1)),
        ("{db: {condition: service_completed_successfully}}", .exited(2)), ("[db]", .failed),
    ])
    func itGivesUpWhenTheyNeverWillBe(_ dependencies: String, _ state: StartOrder.Progress) throws {
        let web = try #require(try Self.services(dependencies).last)
        #expect(StartOrder.decide(web, progress: ["db": state]) == .give(up: web.dependencies[0], because: state))
    }

    @Test func fingerprintsDifferWhenServicesDo() throws {
        let first = try Self.services("[db]")[0]
        var second = first
        second.options += ["--env", "A=1"]
        #expect(first.fingerprint(image: "sha256:1") == first.fingerprint(image: "sha256:1"))
        #expect(first.fingerprint(image: "sha256:1") != first.fingerprint(image: "sha256:2"))
        #expect(first.fingerprint(image: "sha256:1") != second.fingerprint(image: "sha256:1"))
        #expect(first.fingerprint(image: "").utf8.count == 16)
    }
}
