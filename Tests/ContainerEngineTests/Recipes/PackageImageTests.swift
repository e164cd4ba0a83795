import ContainerRuntime
import Foundation
import Glibc
import LinuxKernel
import OCI
import Synchronization
import Testing

@testable import ContainerEngine

/// The images that are made of this machine's packages, made and run for real.
@Suite struct PackageImageTests {
    @Test(
        "The distribution's user space runs, says what it is, and knows its packages", .enabled(if: has("base-files")))
    func distribution() async throws {
        let house = try await RecipeHouse()
        let name = OperatingSystem.current.id
        let image = try await house.engine.resolveImage(name)
        #expect(image.references.contains("\(name):latest"))
        #expect(image.references.contains("\(name):\(OperatingSystem.current.versionID)"))
        let host = try String(contentsOfFile: "/usr/lib/os-release", encoding: .utf8)
        #expect(try await house.run(name, "cat", "/etc/os-release") == host)
        let version = try #require(try PackageDatabase.read().package("bash")).version
        #expect(
            try await house.run(name, "dpkg-query", "-W", "-f", "${Version} ${Status}", "bash")
                == "\(version) install ok installed")
        // Nothing of this machine's own settings has come along.
        #expect(
            try await house.run(name, "sh", "-c", "cat /etc/hostname; ls /etc/apt/sources.list.d; ls -A /home")
                == "box\n")
    }

    @Test(
        "redis is as new as its package, answers, and runs as its own user where there are users",
        .enabled(if: has("redis-server")))
    func redis() async throws {
        let house = try await RecipeHouse()
        let version = try #require(try PackageDatabase.read().package("redis-server")).upstreamVersion
        let tagged = try await house.engine.resolveImage("redis:\(version)")
        #expect(try await house.engine.resolveImage("redis").id == tagged.id)
        #expect(try await house.run("redis", "redis-server", "--version").contains("v=\(version) "))
        let id = try await house.start("redis")
        try await house.waitForLog(id, "Ready to accept connections")
        #expect(try await house.exec(id, "redis-cli", "incr", "visits") == "1\n")
        let user = try #require(try await house.engine.processes(id).first).innerUid
        #expect(user == (house.engine.harbour.idCount > 1 ? 999 : 0))
    }

    @Test("A Fortran program is compiled, linked and run", .enabled(if: has("gfortran")))
    func compiler() async throws {
        let house = try await RecipeHouse()
        let program = "program t\n print '(I0)', sum([(i, i = 1, 100)])\nend program\n"
        let script = "cd /tmp && printf '%s' \"$0\" > t.f90 && gfortran -O2 -o t t.f90 && ./t"
        #expect(try await house.run("gfortran", "sh", "-c", script, program) == "5050\n")
        let version = try #require(try PackageDatabase.read().package("gfortran")).upstreamVersion
        #expect(try await house.run("gcc", "gfortran", "-dumpfullversion") == version + "\n")
    }

    @Test(
        "PostgreSQL makes a database, answers as its own user, and keeps what it was told",
        .enabled(if: (try? PackageDatabase.read())?.all.contains { $0.name.hasPrefix("postgresql-client-") } == true))
    func postgres() async throws {
        let house = try await RecipeHouse()
        let id = try await house.start("postgres") { $0.environment = ["POSTGRES_PASSWORD=secret", "POSTGRES_DB=sea"] }
        try await house.waitForLog(id, "listening on IPv4 address \"0.0.0.0\"")
        try await house.waitForLog(id, "init process complete")
        #expect(try await house.engine.processes(id).first?.innerUid == 999)
        let query = ["psql", "-U", "postgres", "-d", "sea", "-Atqc"]
        try await house.waitForAnswer(id, query + ["SELECT 1"], "1\n")
        _ = try await house.exec(id, query + ["CREATE TABLE chest (gold int); INSERT INTO chest VALUES (42)"])
        try await house.engine.stopContainer(id, grace: .seconds(20))
        try await house.engine.startContainer(id)
        try await house.waitForAnswer(id, query + ["SELECT gold FROM chest"], "42\n")
    }

    @Test("PostgreSQL says what it wants where it is given no password", .enabled(if: has("postgresql-client-common")))
    func postgresWithoutPassword() async throws {
        let house = try await RecipeHouse()
        let id = try await house.start("postgres")
        #expect(try await house.engine.waitContainer(id).code == 1)
        try await house.waitForLog(id, "superuser password is not specified")
    }

    @Test("Making an image tells how far it is, and is ended by cancelling, which leaves nothing")
    func progress() async throws {
        let house = try await RecipeHouse()
        let seen = Mutex<[ImageProgress]>([])
        let remembering = ImageProgress.Listener { progress in seen.withLock { $0.append(progress) } }
        _ = try await ImageProgress.$listener.withValue(remembering) {
            try await house.engine.resolveImage("kijabi/web")
        }
        let last = try #require(seen.withLock { $0.filter { $0.image == "busybox:latest" }.last })
        #expect(last.completed == last.total && last.total > 500_000)

        let name = OperatingSystem.current.id
        let engine = house.engine
        let making = Task {
            let cancelling = ImageProgress.Listener { _ in withUnsafeCurrentTask { $0?.cancel() } }
            return try await ImageProgress.$listener.withValue(cancelling) {
                try await engine.resolveImage(name)
            }
        }
        await #expect(throws: RuntimeError.self) { try await making.value }
        #expect(try await engine.images().contains { $0.references.contains("\(name):latest") } == false)
    }

    @Test("The little web server shows its page")
    func web() async throws {
        let house = try await RecipeHouse()
        let page = try await house.run("kijabi/web", "cat", "index.html")
        #expect(page.contains("Welcome") && page.contains("환영"))
    }

    @Test("A container that is started as soon as it has stopped is reached through its port again")
    func restart() async throws {
        let house = try await RecipeHouse()
        let id = try await house.start("kijabi/web") { configuration in
            configuration.sandbox?.network = .pod(subnet: "172.17.0.0/16")
            configuration.publishedPorts = [PublishedPort(hostAddress: "127.0.0.1", hostPort: 0, containerPort: 80)]
        }
        for _ in 0..<5 {
            try await house.waitForPage(id)
            try await house.engine.stopContainer(id, grace: .zero)
            try await house.engine.startContainer(id)
        }
        try await house.waitForPage(id)
    }

    @Test("What is not installed is downloaded, unpacked and run, without being installed")
    func download() async throws {
        // A program of a few kilobytes that hardly anybody has installed.
        let name = "hello"
        guard !has(name), PackageDownload.isPossible else { return print("skipped: hello is installed, or no apt-get") }
        let directory = try ScratchDirectory("recipes")
        let base = try PackageRecipe(DistributionImage.image, base: nil, workspace: directory.path + "/workspace")
        let image = PackageImage(
            repository: name, packages: { _ in [name] }, installName: name, base: base.image.repository)
        let recipe = try PackageRecipe(image, base: base, workspace: directory.path + "/workspace")
        let store = ImageStore(directory: directory.path + "/images", layerOwner: nil, recipes: [base, recipe])
        let made: StoredImage
        do {
            made = try await store.image(name)
        } catch {
            guard case RuntimeError.unavailable(let reason) = error,
                reason.contains("the package source did not help")
            else { throw error }
            return print("skipped: \(reason)")
        }
        let layer = try #require(made.layerDirectories.first)
        let program = try #require(ExecutableFile(path: layer + "/usr/bin/hello"))
        #expect(try program.output([]) == "Hello, world!\n")
        #expect(made.summary.origin.contains("1 downloaded with apt-get, 0 copied from this machine"))
        #expect(!has(name))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/workspace").isEmpty)
        let status = try String(
            contentsOfFile: layer + "/var/lib/dpkg/status", encoding: .utf8)
        #expect(status.contains("Package: hello\nStatus: install ok installed\n"))
    }

    @Test("Where a package is missing and no source helps, the command that brings it is named")
    func missingPackage() async throws {
        let directory = try ScratchDirectory("recipes")
        let image = PackageImage(
            repository: "ghost", packages: { _ in ["kijabi-no-such-package"] },
            installName: "kijabi-no-such-package")
        let recipe = try PackageRecipe(image, base: nil, workspace: directory.path + "/workspace")
        do throws(RuntimeError) {
            _ = try recipe.assemble { reference throws(RuntimeError) in throw .noSuchImage(reference.familiar) }
            Issue.record("there is such a package")
        } catch {
            guard case .unavailable(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(reason.hasSuffix("sudo apt-get install kijabi-no-such-package"))
            #expect(reason.hasPrefix("ghost:latest is made of this distribution's packages"))
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/workspace")
        #expect(left.isEmpty)
    }
}

private func has(_ package: String) -> Bool { (try? PackageDatabase.read())?.package(package) != nil }

/// An engine with the real store, whose images are made on first use.
private final class RecipeHouse: Sendable {
    let directory: ScratchDirectory
    let engine: ContainerEngine

    init() async throws {
        directory = try ScratchDirectory("recipes")
        var configuration = EngineConfiguration(
            dataDirectory: directory.path + "/data", runDirectory: directory.path + "/run",
            programDirectory: URL(fileURLWithPath: builtProgram("x")).deletingLastPathComponent().path)
        configuration.seed = 6
        engine = try await ContainerEngine.start(configuration, searchPath: "/usr/bin:/bin")
    }

    func start(
        _ image: String, _ command: [String]? = nil, change: (inout ContainerConfiguration) -> Void = { _ in }
    ) async throws -> String {
        var configuration = ContainerConfiguration(image: image, command: command)
        configuration.sandbox = SandboxConfiguration(name: "test", hostname: "box", network: .none)
        change(&configuration)
        let id = try await engine.createContainer(configuration)
        try await engine.startContainer(id)
        return id
    }

    /// What a container prints until it ends.
    func run(_ image: String, _ command: String...) async throws -> String {
        let id = try await start(image, command)
        let status = try await engine.waitContainer(id)
        let text = try await log(id)
        #expect(status.code == 0, "\(text)")
        return text
    }

    private func log(_ id: String) async throws -> String {
        var bytes: [UInt8] = []
        for await line in try await engine.logs(id, LogOptions()) { bytes += line.bytes }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns when the container has said it; it must before it ends.
    func waitForLog(_ id: String, _ text: String) async throws {
        var options = LogOptions()
        options.follow = true
        for await line in try await engine.logs(id, options)
        where String(decoding: line.bytes, as: UTF8.self).contains(text) { return }
        Issue.record("the log ended without '\(text)'")
    }

    /// Asks until the answer is that, for half a minute.
    func waitForAnswer(_ id: String, _ command: [String], _ answer: String) async throws {
        let end = ContinuousClock.now + .seconds(30)
        var last = ""
        while ContinuousClock.now < end {
            last = try await exec(id, command)
            if last == answer { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("'\(last)' is not '\(answer)'")
    }

    /// Asks at its published port until its page comes, for half a minute: it starts before it listens.
    func waitForPage(_ id: String) async throws {
        let port = try #require(try await engine.containerStatus(id).publishedPorts.first?.hostPort)
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            let client = FileDescriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)).withTimeout()
            if await client.connect("127.0.0.1", port) == 0 {
                client.write("GET / HTTP/1.0\r\n\r\n")
                if await client.readToEnd().contains("Welcome") { return }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("no page came")
    }

    func exec(_ id: String, _ command: String...) async throws -> String { try await exec(id, command) }

    func exec(_ id: String, _ command: [String]) async throws -> String {
        let pipe = try LinuxKernel.Pipe()
        let reader = Task { await KernelThread.run("test-reader") { readAll(pipe.readEnd) } }
        let session = try await engine.exec(
            id, ExecConfiguration(command: command),
            streams: StreamDescriptors(output: pipe.writeEnd.number, error: pipe.writeEnd.number))
        _ = try await session.wait()
        shutdownWriter(pipe)
        return await reader.value
    }
}
