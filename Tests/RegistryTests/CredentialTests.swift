import Documents
import Foundation
import Glibc
import OCI
import Testing

@testable import Registry

@Suite struct CredentialTests {
    @Test("A credential is kept for its owner alone, beside what docker keeps there")
    func file() throws {
        let directory = try ScratchDirectory("credentials")
        let file = CredentialFile(path: directory.path + "/deep/config.json")
        #expect(file.credential(for: "localhost:5000") == nil)
        try file.set(RegistryCredential(user: "sailor", secret: "se:cret"), for: "localhost:5000")
        var information = stat()
        #expect(stat(file.path, &information) == 0 && information.st_mode & 0o7777 == 0o600)
        #expect(stat(directory.path + "/deep", &information) == 0 && information.st_mode & 0o7777 == 0o700)
        #expect(file.credential(for: "localhost:5000") == RegistryCredential(user: "sailor", secret: "se:cret"))
        #expect(file.credential(for: "docker.io") == nil)

        var document = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: file.path))))
        document["currentContext"] = "kept"
        document["auths"]["https://index.docker.io/v1/"] = ["auth": "YTpi"]
        try Data(document.encoded()).write(to: URL(fileURLWithPath: file.path))
        #expect(file.credential(for: "docker.io") == RegistryCredential(user: "a", secret: "b"))
        #expect(try file.remove("localhost:5000"))
        #expect(try !file.remove("localhost:5000"))
        #expect(file.credential(for: "localhost:5000") == nil)
        let kept = try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: file.path))))
        #expect(kept["currentContext"]?.string == "kept")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/deep") == ["config.json"])
    }

    @Test("A damaged file is as good as none, and mended by the next login")
    func damaged() throws {
        let directory = try ScratchDirectory("credentials")
        let path = directory.path + "/config.json"
        for text in ["", "{", "[]", #"{"auths":5}"#, #"{"auths":{"a.example":{"auth":"%%"}}}"#] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let file = CredentialFile(path: path)
            #expect(file.credential(for: "a.example") == nil, "\(text)")
            try file.set(RegistryCredential(user: "u", secret: "s"), for: "a.example")
            #expect(file.credential(for: "a.example")?.user == "u", "\(text)")
        }
    }
}
