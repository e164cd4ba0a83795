import Testing

@testable import Compose

/// Compose files that name other compose files.
@Suite struct InclusionTests {
    private func read(
        _ text: String, files: [String: String], variables: [String: String] = [:]
    ) throws -> ComposeProject {
        try ProjectReader(directory: "/shop", variables: variables) { files[$0] }
            .read([ProjectReader.File(name: "compose.yaml", text: text)], name: nil)
    }

    private func fault(_ text: String, files: [String: String]) -> String? {
        do {
            _ = try read(text, files: files)
            return nil
        } catch {
            return (error as? ComposeError)?.description
        }
    }

    @Test("What is included has its own directory and variables, which those of whoever includes it go over")
    func include() throws {
        let project = try read(
            """
            include:
              - parts/db.yaml
              - {path: [extra/a.yaml, extra/b.yaml], project_directory: /else, env_file: extra/own.env}
            services: {web: {image: busybox, depends_on: [db]}}
            """,
            files: [
                "/shop/parts/db.yaml": """
                services:
                  db:
                    image: "postgres:${VERSION}"
                    build: .
                    env_file: db.env
                    volumes: [./data:/data, logs:/logs, ~/x:/x]
                volumes: {logs: }
                """,
                "/shop/parts/.env": "VERSION=16\nWHO=included\n", "/shop/parts/db.env": "A=1\n",
                "/shop/extra/a.yaml": "services: {extra: {image: 'a:${TAG}', build: {dockerfile: D}}}",
                "/shop/extra/b.yaml": "services: {extra: {hostname: '${WHO:-nobody}'}}",
                "/shop/extra/own.env": "TAG=own\n",
            ], variables: ["TAG": "given", "HOME": "/home/me"])
        #expect(project.services.map(\.name).sorted() == ["db", "extra", "web"])
        let database = try #require(project[service: "db"])
        #expect(database.image == "postgres:16")
        #expect(database.build?.context == "/shop/parts")
        #expect(
            database.options == [
                "--env", "A=1", "--volume", "/shop/parts/data:/data", "--volume", "shop_logs:/logs",
                "--volume", "/home/me/x:/x",
            ])
        let extra = try #require(project[service: "extra"])
        #expect(extra.image == "a:given")
        #expect(extra.build?.context == "/else")
        #expect(extra.options == ["--hostname", "nobody"])
    }

    @Test("Includes that contradict, are missing, or go round in circles are told")
    func badIncludes() {
        let service = "services: {web: {image: b}}"
        #expect(
            fault("include: [a.yaml]\nservices: {web: {image: c}}", files: ["/shop/a.yaml": service])
                == "compose.yaml:1: services.web conflicts with imported resource: /shop/a.yaml defines it too")
        #expect(fault("include: [a.yaml]\n" + service, files: ["/shop/a.yaml": service]) == nil)
        #expect(
            fault("include: [a.yaml]", files: [:])
                == "compose.yaml:1: open /shop/a.yaml: no such file or directory")
        let circle = fault(
            "include: [a.yaml]", files: ["/shop/a.yaml": "include: [b.yaml]", "/shop/b.yaml": "include: [a.yaml]"])
        #expect(
            circle?.contains("include cycle detected: /shop/a.yaml -> /shop/b.yaml -> /shop/a.yaml") == true)
    }

    @Test("A service stands on one of another file, whose paths start there, and which may stand on a third")
    func extends() throws {
        let project = try read(
            """
            services:
              web:
                extends: {file: common/base.yaml, service: app}
                environment: {B: own}
            """,
            files: [
                "/shop/common/base.yaml": """
                services:
                  app:
                    extends: {file: ../deep/root.yaml, service: root}
                    volumes: [./conf:/conf]
                    environment: {A: base, B: base}
                """,
                "/shop/deep/root.yaml": "services: {root: {image: busybox, user: sailor, build: {context: ./src}}}",
            ])
        let web = try #require(project[service: "web"])
        #expect(web.image == "busybox")
        #expect(web.build?.context == "/shop/deep/src")
        #expect(
            web.options == [
                "--user", "sailor", "--env", "A=base", "--env", "B=own", "--volume", "/shop/common/conf:/conf",
            ])
        let circle = fault(
            "services: {a: {extends: {file: b.yaml, service: b}}}",
            files: ["/shop/b.yaml": "services: {b: {extends: {file: b.yaml, service: b}}}"])
        #expect(circle?.contains("dependency cycle detected: b -> b") == true)
        #expect(
            fault("services: {a: {extends: {file: b.yaml, service: c}}}", files: ["/shop/b.yaml": "services: {}"])?
                .contains("service \"c\" not found") == true)
    }

    @Test("Words are what docker compose takes them for: only true and false are truth values, and N is a key")
    func words() throws {
        let project = try read(
            """
            services:
              web:
                image: busybox
                read_only: yes
                init: off
                environment: {N: no, y: yes, ON: on, T: true, V: 1.10, O: 0644, D: 2024-01-31}
                labels: {no: n}
            """, files: [:])
        #expect(
            project[service: "web"]?.options == [
                "--read-only", "--env", "N=no", "--env", "y=yes", "--env", "ON=on", "--env", "T=true",
                "--env", "V=1.1", "--env", "O=420", "--env", "D=2024-01-31", "--label", "no=n",
            ])
    }

    @Test("Rules of develop.watch say where files go, and which do not count")
    func watchRules() throws {
        let project = try read(
            """
            services:
              web:
                image: busybox
                build: .
                develop:
                  watch:
                    - {path: ./src, action: sync, target: /app, ignore: [node_modules/, "*.tmp"]}
                    - {path: package.json, action: rebuild}
            """, files: [:])
        let rules = try #require(project[service: "web"]).watches
        #expect(rules.map(\.path) == ["/shop/src", "/shop/package.json"])
        #expect(rules.map(\.action) == [.sync, .rebuild])
        #expect(rules[0].counts("a/b.js"))
        #expect(!rules[0].counts("node_modules/x/y.js"))
        #expect(!rules[0].counts("deep/a.tmp"))
        let bad = "services: {w: {image: b, develop: {watch: [{path: ., action: %}]}}}"
        #expect(fault(bad.replacing("%", with: "fly"), files: [:])?.contains("action must be one of") == true)
        #expect(fault(bad.replacing("%", with: "sync"), files: [:])?.contains("needs a target") == true)
        #expect(fault(bad.replacing("%", with: "rebuild"), files: [:])?.contains("needs a build section") == true)
    }
}
