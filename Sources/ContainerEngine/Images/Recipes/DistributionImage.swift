import ContainerRuntime
import Glibc
import OCI

/// The user space of this machine's own distribution, as small as its slim image: the essential packages and apt, under the
/// distribution's own name (`debian`, `ubuntu`).
enum DistributionImage {
    static var image: PackageImage {
        let system = OperatingSystem.current
        return PackageImage(
            repository: system.id,
            packages: { database in
                ["base-files"] + database.all.filter(\.isEssential).map(\.name).sorted() + ["apt", "netbase", "tzdata"]
            },
            installName: "base-files", extra: { extra($0) },
            configure: { configuration, _ in
                configuration.command = ["bash"]
                configuration.environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
            },
            tags: { _ in [system.versionID, system.codename].filter { !$0.isEmpty } })
    }

    private static func extra(_ selection: PackageSelection) -> LayerContent {
        var layer = LayerContent(modificationTime: 0)
        for path in ["dev", "proc", "sys", "run", "mnt", "etc", "etc/apt", "etc/apt/apt.conf.d", "var/lib/dpkg/info"] {
            layer.directory(path)
        }
        // What base-files makes when it is installed.
        for name in ["bin", "etc", "games", "include", "lib", "sbin", "share", "src"] {
            layer.directory("usr/local/" + name)
        }
        for path in ["opt", "srv", "var/local", "var/opt"] { layer.directory(path) }
        layer.directory("root", mode: 0o700)
        layer.directory("tmp", mode: 0o1777)
        layer.file("etc/passwd", accounts(nil).passwd)
        layer.file("etc/group", accounts(nil).group)
        layer.file("etc/shadow", accounts(nil).shadow, mode: 0o600)
        layer.file("etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n")
        for (path, source) in [
            ("etc/profile", "/usr/share/base-files/profile"), ("root/.bashrc", "/usr/share/base-files/dot.bashrc"),
            ("root/.profile", "/usr/share/base-files/dot.profile"),
        ] {
            guard let bytes = try? StoredFile(reading: source).readAll() else { continue }
            layer.append(LayerContent.Entry(path: path, kind: .file(bytes), mode: 0o644))
        }
        for (path, target) in [("usr/bin/awk", "mawk"), ("usr/bin/pager", "more")]
        where selection.packages.contains(where: {
            $0.name == target || target == "more"
        }) {
            layer.symbolicLink(path, to: target)
        }
        // A container's own names are mounted over these.
        layer.file("etc/hosts", "127.0.0.1\tlocalhost\n")
        layer.file("etc/hostname", "")
        layer.file("etc/resolv.conf", "")
        if let sources = sources { layer.file("etc/apt/sources.list", sources) }
        layer.file(
            "etc/apt/apt.conf.d/90container",
            "// There may be one user only in a container, and none to hand the downloads to.\nAPT::Sandbox::User \"root\";\n"
        )
        return layer
    }

    /// The distribution's public archive, not whatever this machine has been set up with.
    private static var sources: String? {
        let system = OperatingSystem.current
        guard !system.codename.isEmpty else { return nil }
        switch system.id {
        case "debian":
            return "deb http://deb.debian.org/debian \(system.codename) main\n"
                + "deb http://deb.debian.org/debian-security \(system.codename)-security main\n"
        case "ubuntu":
            let archive = "http://archive.ubuntu.com/ubuntu"
            return
                "deb \(archive) \(system.codename) main universe\ndeb \(archive) \(system.codename)-updates main universe\n"
        default: return nil
        }
    }

    /// The accounts that every system of the distribution has, and one more.
    /// - Parameter user: its number is also its group's.
    static func accounts(
        _ user: (name: String, id: Int, home: String)?
    ) -> (passwd: String, group: String, shadow: String) {
        func master(_ name: String, _ otherwise: String) -> String {
            guard let file = try? StoredFile(reading: "/usr/share/base-passwd/\(name).master"),
                let bytes = try? file.readAll()
            else { return otherwise }
            return String(decoding: bytes, as: UTF8.self)
        }
        var passwd = master("passwd", "root:*:0:0:root:/root:/bin/bash\n")
        var group = master("group", "root:*:0:\n")
        passwd += "_apt:*:42:65534::/nonexistent:/usr/sbin/nologin\n"
        if let user {
            passwd += "\(user.name):*:\(user.id):\(user.id):\(user.name):\(user.home):/bin/bash\n"
            group += "\(user.name):*:\(user.id):\n"
        }
        let names = passwd.split(separator: "\n").compactMap { $0.split(separator: ":").first }
        return (passwd, group, names.map { "\($0):*:::::::\n" }.joined())
    }

    /// The files that tell of a further account.
    static func addAccount(_ name: String, id: Int, home: String, to layer: inout LayerContent) {
        let accounts = accounts((name, id, home))
        layer.file("etc/passwd", accounts.passwd)
        layer.file("etc/group", accounts.group)
        layer.file("etc/shadow", accounts.shadow, mode: 0o600)
    }
}
