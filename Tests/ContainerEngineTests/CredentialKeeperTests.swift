import Foundation
import Glibc
import Registry
import Testing

@testable import ContainerEngine

/// Passwords of registries that a helper program keeps.
@Suite struct CredentialKeeperTests {
    private let directory: ScratchDirectory
    private var place: String { directory.path }

    init() throws {
        directory = try ScratchDirectory("keeper")
        try FileManager.default.createDirectory(atPath: place + "/bin", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: place + "/home/.docker", withIntermediateDirectories: true)
        // Keeps one credential a registry in a file of its own, and notes what it was asked.
        let script = """
            #!/bin/sh
            cd \(place)
            input=$(cat)
            echo "$1 $input" >> asked
            case $1 in
            get) test -f "kept-$(echo "$input" | tr '/:' __)" || { echo "credentials not found in native keychain"; exit 1; }
                 cat "kept-$(echo "$input" | tr '/:' __)" ;;
            store) name=$(echo "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/' | tr '/:' __); echo "$input" > "kept-$name" ;;
            erase) rm "kept-$(echo "$input" | tr '/:' __)" ;;
            esac
            """
        try script.write(toFile: place + "/bin/docker-credential-box", atomically: true, encoding: .utf8)
        chmod(place + "/bin/docker-credential-box", 0o755)
    }

    private func keeper() -> CredentialKeeper {
        CredentialKeeper(
            RegistrySettings(
                directory: place + "/own", environment: ["HOME": place + "/home", "PATH": place + "/bin:/usr/bin:/bin"])
        )
    }

    private func configure(_ text: String) throws {
        try text.write(toFile: place + "/home/.docker/config.json", atomically: true, encoding: .utf8)
    }

    @Test("A login is kept by the helper that docker's settings name, found again, and forgotten")
    func helper() throws {
        try configure(#"{"credHelpers":{"box.example":"box"}}"#)
        let keeper = keeper()
        #expect(keeper.credential(for: "box.example") == nil)
        #expect(keeper.place(for: "box.example") == "docker-credential-box")
        try keeper.set(RegistryCredential(user: "sailor", secret: "se\"cret"), for: "box.example")
        #expect(keeper.credential(for: "box.example") == RegistryCredential(user: "sailor", secret: "se\"cret"))
        #expect(access(place + "/own/config.json", F_OK) != 0)
        #expect(try keeper.remove("box.example"))
        #expect(keeper.credential(for: "box.example") == nil)
        #expect(try !keeper.remove("box.example"))
        // Others are not its business.
        #expect(keeper.place(for: "other.example") == place + "/own/config.json")
    }

    @Test("docker's own logins and identity tokens are used, and its file is never written")
    func docker() throws {
        let text = #"{"credsStore":"gone","auths":{"a.example":{"auth":"dTpw"},"b.example":{"identitytoken":"tok"}}}"#
        try configure(text)
        let keeper = keeper()
        #expect(keeper.credential(for: "a.example") == RegistryCredential(user: "u", secret: "p"))
        #expect(
            keeper.credential(for: "b.example")
                == RegistryCredential(user: "<token>", secret: "tok", isIdentityToken: true))
        // A helper that is not installed keeps nothing, and that is said.
        #expect(throws: (any Error).self) {
            try keeper.set(RegistryCredential(user: "u", secret: "s"), for: "c.example")
        }
        #expect(try String(contentsOfFile: place + "/home/.docker/config.json", encoding: .utf8) == text)
    }
}
