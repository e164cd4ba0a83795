import OCI

/// `redis`, laid out as the image of that name on Docker Hub: data in /data, port 6379 open to whoever can reach it.
enum RedisImage {
    private static let user = 999

    static func image(base: String) -> PackageImage {
        PackageImage(
            repository: "redis", packages: { _ in ["redis-server", "redis-tools"] }, installName: "redis-server",
            base: base,
            leavesOutPackage: { ["lsb-base", "sysvinit-utils"].contains($0) },
            leavesOutPath: { path in
                ["etc/init.d/", "etc/logrotate.d/", "etc/default/", "usr/lib/systemd/", "lib/systemd/"]
                    .contains { path.hasPrefix($0) }
            },
            extra: { _ in extra() },
            configure: { configuration, selection in
                configuration.environment.append("REDIS_VERSION=\(selection.version)")
                configuration.entrypoint = ["docker-entrypoint.sh"]
                configuration.command = ["redis-server"]
                configuration.workingDirectory = "/data"
                configuration.exposedPorts = ["6379/tcp"]
            })
    }

    private static func extra() -> LayerContent {
        var layer = LayerContent(modificationTime: 0)
        DistributionImage.addAccount("redis", id: user, home: "/data", to: &layer)
        layer.append(
            LayerContent.Entry(path: "data", kind: .directory, mode: 0o755, user: UInt32(user), group: UInt32(user)))
        layer.file("usr/local/bin/docker-entrypoint.sh", entrypoint, mode: 0o755)
        return layer
    }

    private static let entrypoint = """
        #!/bin/sh
        # Starts redis with its data in /data, as its own user where there is one to be.
        set -e
        case "$1" in
            -* | *.conf) set -- redis-server "$@" ;;
        esac
        if [ "$1" = redis-server ]; then
            # A container is closed until a port of it is published; who opens it wants it open.
            case " $* " in
                *" --protected-mode "*) ;;
                *) set -- "$@" --protected-mode no ;;
            esac
            # An ordinary user's containers may have one id only: then there is nobody else to be.
            if [ "$(id -u)" = 0 ] && setpriv --reuid=redis --regid=redis --clear-groups true 2>/dev/null; then
                chown -R redis:redis .
                exec setpriv --reuid=redis --regid=redis --clear-groups "$@"
            fi
        fi
        exec "$@"

        """
}
