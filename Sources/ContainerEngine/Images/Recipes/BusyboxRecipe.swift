import ContainerRuntime
import Glibc
import OCI

/// `busybox:latest` out of this machine's statically linked busybox, laid out as the image of that name on Docker Hub:
/// every applet a hard link in /bin, and the few files that programs expect in /etc.
struct BusyboxRecipe: ImageRecipe {
    let reference: ImageReference
    /// Where to look for the program, in order.
    let candidates: [String]

    /// - Parameters:
    ///   - searchPath: directories joined by colons, as in `PATH`.
    ///   - standard: paths that come before it.
    init(
        searchPath: String, standard: [String] = ["/bin/busybox", "/usr/bin/busybox"]
    ) throws(ImageReferenceError) {
        reference = try ImageReference("busybox:latest")
        let directories = searchPath.split(separator: ":").map(String.init)
        candidates = standard + directories.map { $0 + "/busybox" }
    }

    func fingerprint() throws(RuntimeError) -> String {
        "busybox 1 " + (try program().fingerprint)
    }

    func program() throws(RuntimeError) -> ExecutableFile {
        var dynamic: String?
        for path in candidates {
            guard let file = ExecutableFile(path: path) else { continue }
            if try file.isStaticallyLinked() { return file }
            dynamic = path
        }
        let found = dynamic.map { "\($0) is linked dynamically" } ?? "no busybox on this machine"
        throw .unavailable(reason: "\(found): install the package busybox-static")
    }

    func assemble(
        base: (ImageReference) throws(RuntimeError) -> StoredImage
    ) throws(RuntimeError) -> AssembledImage {
        let program = try program()
        let applets = try program.output(["--list"]).split(separator: "\n").map(String.init)
        guard applets.contains("sh") else {
            throw .unavailable(reason: "\(program.path) has no shell: install the package busybox-static")
        }
        // "BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary."
        let banner = try program.output([]).split(separator: "\n").first ?? ""
        let words = banner.split(separator: " ")
        let version = words.count > 1 && words[1].hasPrefix("v") ? String(words[1].dropFirst()) : "of unknown version"

        var layer = LayerContent(modificationTime: program.modificationTime)
        Self.addDirectories(to: &layer)
        layer.hostFile("bin/busybox", from: program.path, size: program.size)
        for applet in applets where applet != "busybox" && !applet.contains("/") {
            layer.hardLink("bin/" + applet, to: "bin/busybox")
        }
        layer.symbolicLink("usr/bin/env", to: "../../bin/env")
        Self.addConfiguration(to: &layer)
        return AssembledImage(
            layers: [(layer, "busybox-static \(version) with \(applets.count) applets")],
            configure: { configuration in
                configuration.command = ["sh"]
                configuration.environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
            },
            createdAt: program.modificationTime, origin: "assembled from busybox-static \(version)")
    }

    private static func addDirectories(to layer: inout LayerContent) {
        for path in [
            "bin", "dev", "etc", "etc/network", "home", "lib", "mnt", "proc", "run", "sbin", "sys", "usr", "usr/bin",
            "usr/lib", "usr/local", "usr/local/bin", "usr/local/sbin", "usr/sbin", "usr/share", "var", "var/cache",
            "var/lib", "var/log", "var/spool", "var/spool/mail", "var/www",
        ] {
            layer.directory(path)
        }
        for path in ["etc/network/if-down.d", "etc/network/if-post-down.d", "etc/network/if-pre-up.d"]
            + ["etc/network/if-up.d"]
        {
            layer.directory(path)
        }
        layer.directory("root", mode: 0o700)
        layer.directory("tmp", mode: 0o1777)
        layer.directory("var/tmp", mode: 0o1777)
        layer.symbolicLink("var/run", to: "../run")
    }

    private static func addConfiguration(to layer: inout LayerContent) {
        let accounts: [(name: String, id: Int, home: String, shell: String)] = [
            ("root", 0, "/root", "/bin/sh"), ("daemon", 1, "/usr/sbin", "/bin/false"), ("bin", 2, "/bin", "/bin/false"),
            ("sys", 3, "/dev", "/bin/false"), ("mail", 8, "/var/spool/mail", "/bin/false"),
            ("www-data", 33, "/var/www", "/bin/false"), ("nobody", 65534, "/home", "/bin/false"),
        ]
        let users = accounts.map { "\($0.name):x:\($0.id):\($0.id):\($0.name):\($0.home):\($0.shell)\n" }
        layer.file("etc/passwd", users.joined())
        let groups = accounts.map { "\($0.name):x:\($0.id):\n" } + ["tty:x:5:\n", "users:x:100:\n"]
        layer.file("etc/group", groups.joined())
        layer.file("etc/shadow", accounts.map { "\($0.name):*:::::::\n" }.joined(), mode: 0o600)
        layer.file("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n")
        layer.file(
            "etc/profile",
            "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n[ -z \"$PS1\" ] || PS1='\\w \\$ '\n"
        )
        // A container's own names are mounted over these three.
        layer.file("etc/hosts", "127.0.0.1\tlocalhost\n")
        layer.file("etc/hostname", "")
        layer.file("etc/resolv.conf", "")
    }
}
