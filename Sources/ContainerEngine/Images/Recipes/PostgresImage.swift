import OCI

/// `postgres`: the real server, with the variables and paths of the image of that name on Docker Hub, and an entrypoint of
/// our own. It runs as its own user from the first moment: PostgreSQL refuses to be root. Unlike there it declares no volume:
/// every database that is tried out would leave one of 40 MB behind.
enum PostgresImage {
    private static let user = 999
    private static let data = "/var/lib/postgresql/data"

    static func image(base: String) -> PackageImage {
        PackageImage(
            repository: "postgres", packages: { server(in: $0) }, installName: "postgresql", base: base,
            // What compiles queries (and is larger than all the rest), and what starts servers on a whole machine.
            leavesOutPackage: { name in
                name.hasPrefix("libllvm") || name.hasPrefix("perl") && name != "perl-base"
                    || ["postgresql", "postgresql-common", "postgresql-client-common", "postgresql-common-dev"]
                        .contains(name)
                    || ["ssl-cert", "debconf", "debconf-2.0", "cdebconf", "locales", "locales-all", "adduser"].contains(
                        name)
            },
            leavesOutPath: { path in
                path.contains("/lib/bitcode/") || path.hasSuffix("/lib/bitcode") || path.contains("/lib/llvmjit")
                    || path.contains("/share/locale/") || path.hasPrefix("usr/lib/systemd/") || path.contains("/man/")
            },
            extra: { extra($0) },
            configure: { configuration, selection in
                let major = selection.version.prefix { $0 != "." }
                let path = "/usr/lib/postgresql/\(major)/bin"
                configuration.environment = configuration.environment.map { entry in
                    entry.hasPrefix("PATH=") ? "\(entry):\(path)" : entry
                }
                configuration.environment += [
                    "LANG=C.UTF-8", "PG_MAJOR=\(major)", "PG_VERSION=\(selection.version)", "PGDATA=\(data)",
                ]
                configuration.entrypoint = ["docker-entrypoint.sh"]
                configuration.command = ["postgres"]
                configuration.user = "postgres"
                configuration.exposedPorts = ["5432/tcp"]
                // A fast shutdown: sessions are ended, nothing is lost.
                configuration.stopSignal = "SIGINT"
            })
    }

    /// The newest server that is installed, or was downloaded.
    private static func server(in database: PackageDatabase) -> [String] {
        let majors = database.all.compactMap { package -> Int? in
            let prefix = "postgresql-"
            return package.name.hasPrefix(prefix) ? Int(package.name.dropFirst(prefix.count)) : nil
        }
        return majors.max().map { ["postgresql-\($0)", "postgresql-client-\($0)"] } ?? []
    }

    private static func extra(_ selection: PackageSelection) -> LayerContent {
        var layer = LayerContent(modificationTime: 0)
        let owner = UInt32(user)
        DistributionImage.addAccount("postgres", id: user, home: "/var/lib/postgresql", to: &layer)
        for (path, mode) in [
            ("var/lib/postgresql", 0o755), ("var/lib/postgresql/data", 0o700), ("var/run/postgresql", 0o775),
            ("run/postgresql", 0o775), ("docker-entrypoint-initdb.d", 0o755),
        ] as [(String, UInt32)] where path != "var/run/postgresql" {
            layer.append(
                LayerContent.Entry(path: path, kind: .directory, mode: mode, user: owner, group: owner))
        }
        layer.file("usr/local/bin/docker-entrypoint.sh", entrypoint, mode: 0o755)
        return layer
    }

    private static let entrypoint = """
        #!/bin/bash
        # Makes a database in an empty $PGDATA, then becomes the server.
        #   POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE), POSTGRES_USER, POSTGRES_DB, POSTGRES_HOST_AUTH_METHOD,
        #   POSTGRES_INITDB_ARGS; *.sql and *.sh in /docker-entrypoint-initdb.d run once.
        set -eo pipefail
        case "$1" in -*) set -- postgres "$@" ;; esac
        if [ "$1" != postgres ]; then exec "$@"; fi
        case " $* " in *' --version '* | *' -V '* | *' --help '* | *' -? '*) exec "$@" ;; esac

        if [ "$(id -u)" = 0 ]; then
            echo 'error: PostgreSQL does not run as root. Leave --user out: the image has a user for it.' >&2
            exit 1
        fi
        : "${POSTGRES_USER:=postgres}"
        : "${POSTGRES_DB:=$POSTGRES_USER}"
        if [ -n "$POSTGRES_PASSWORD_FILE" ]; then POSTGRES_PASSWORD=$(<"$POSTGRES_PASSWORD_FILE"); fi
        method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

        if [ ! -s "$PGDATA/PG_VERSION" ]; then
            if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
                echo 'Error: Database is uninitialized and superuser password is not specified.' >&2
                echo '       Give it one: -e POSTGRES_PASSWORD=password' >&2
                exit 1
            fi
            # The first process of a container hears no signal that it does not listen to.
            trap 'exit 143' TERM INT
            # It is made beside its place and moved there when it is whole: a half-made one would be taken for a database.
            mkdir -p "$PGDATA"
            chmod 700 "$PGDATA"
            making=$PGDATA/.making
            rm -rf "$making"
            arguments=(--no-sync --username="$POSTGRES_USER" --auth-local=trust --auth-host="$method" --encoding=UTF8)
            if [ -n "$POSTGRES_PASSWORD" ]; then
                # Not on the command line, where others could read it.
                initdb --pgdata="$making" "${arguments[@]}" --pwfile=<(printf '%s\\n' "$POSTGRES_PASSWORD") \\
                    $POSTGRES_INITDB_ARGS
            else
                initdb --pgdata="$making" "${arguments[@]}" $POSTGRES_INITDB_ARGS
            fi
            echo "host all all all $method" >>"$making/pg_hba.conf"

            query() { psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --host=/tmp "$@"; }
            # Only this script reaches it so far.
            pg_ctl --pgdata="$making" --options="-c listen_addresses='' -c unix_socket_directories=/tmp" --wait start
            if [ "$POSTGRES_DB" != postgres ]; then
                query --dbname=postgres --set=db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
            fi
            for file in /docker-entrypoint-initdb.d/*; do
                case "$file" in
                    *.sql) echo "$0: running $file"; query --dbname="$POSTGRES_DB" --file="$file" ;;
                    *.sh) echo "$0: running $file"; PGHOST=/tmp . "$file" ;;
                esac
            done
            pg_ctl --pgdata="$making" --mode=fast --wait stop
            # All files at once: one by one, as initdb does it, takes seconds on a busy disk.
            sync --file-system "$making"
            mv "$making/PG_VERSION" "$PGDATA/.version"
            mv "$making"/* "$PGDATA/"
            rmdir "$making"
            mv "$PGDATA/.version" "$PGDATA/PG_VERSION"
            trap - TERM INT
            echo 'PostgreSQL init process complete; ready for start up.'
        fi
        shift
        exec postgres -c listen_addresses='*' "$@"

        """
}
