import Testing

@testable import Shell

/// What somebody who knows docker types, and what comes of it: words, streams and exit statuses.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct DockerLineTests {
    @Test func versionsAndTheOneContext() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker --version > one; docker -v | cmp - one && cut -d ' ' -f 1,2 one
            docker version --format '{{.Client.Version}} {{.Server.Os}}' | grep -c '^[0-9.]* linux$'
            docker context ls -q
            docker context use default 2>/dev/null
            docker context use elsewhere; echo $?
            docker checkpoint create a b; echo $?
            """,
        ])
        #expect(result.output == "kijabi version\n1\ndefault\ndefault\n1\n1\n")
        #expect(result.error.contains("context \"elsewhere\": context not found"))
        #expect(result.error.contains("docker: checkpoint is not available here"))
    }

    @Test("Flags that mean nothing here are answered with a reason, or done without where nothing depends on them")
    func foreignFlags() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker run --gpus all busybox true; echo $?
            docker run --runtime runc busybox true; echo $?
            docker create --device-cgroup-rule 'c 1:3 r' busybox; echo $?
            docker volume create --opt type=nfs; echo $?
            docker network create --ipv6 six; echo $?
            docker run --rm --oom-kill-disable --memory-swappiness 0 --kernel-memory 8m --runtime kijabi-zygote \
                --isolation default --volume-driver local --annotation a=b busybox echo ran
            docker create --annotation org.example=1 --name noted busybox > /dev/null
            docker inspect -f '{{index .HostConfig.Annotations "org.example"}}' noted
            """,
        ])
        #expect(result.output == "125\n125\n1\n1\n1\nran\n1\n")
        for word in [
            "could not select device driver", "unknown or invalid runtime name: runc", "devices controller",
            "docker run -v /path:/target", "IPv4 only", "WARNING: --oom-kill-disable discarded",
            "WARNING: --memory-swappiness discarded", "WARNING: --kernel-memory discarded",
        ] { #expect(result.error.contains(word), "\(word)") }
        #expect(!result.error.contains("unknown flag"))
        #expect(!result.error.contains("daemon: invalid --"))
    }

    @Test func execSaysWhatWasWrong() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker run -d --name box busybox sleep 1000 > /dev/null
            docker run --name done busybox true
            docker exec -w /nowhere box pwd; echo $?
            docker exec box ls -d /nowhere 2>/dev/null; echo $?
            docker run --rm -w /made/here busybox pwd
            docker exec -u nosuch box id; echo $?
            docker exec done ls; echo $?
            docker attach done; echo $?
            docker rm -f nobody; echo $?
            """,
        ])
        #expect(result.output == "127\n1\n/made/here\n126\n1\n1\n0\n")
        for word in [
            "chdir to cwd (\"/nowhere\") set in config.json failed: no such file or directory",
            "unable to find user nosuch: no matching entries in passwd file", "is not running",
            "You cannot attach to a stopped container, start it first", "No such container: nobody",
        ] { #expect(result.error.contains(word), "\(word)") }
        #expect(!result.error.contains("kijabi doctor"))
    }

    @Test func linksAreLinesOfTheHostsFile() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker run -d --name web busybox sleep 1000 > id
            docker run --rm --link web:db busybox grep db /etc/hosts | sed "s/$(cut -c 1-12 id)/ID/"
            docker run --rm --link web busybox ping -c 1 web | grep -c ' 0% packet loss'
            docker stop -t 0 web > /dev/null
            docker run --link web:db busybox true; echo $?
            docker run --link nobody busybox true; echo $?
            """,
        ])
        #expect(result.output == "172.17.0.2\tdb ID web\n1\n125\n125\n")
        #expect(result.error.contains("Cannot link to a non running container: /web AS /"))
    }

    @Test func templatesOfLists() throws {
        let result = try Kijabi.run([
            "-c",
            """
            docker run -d --name box -l a=1 -l 'b=x,y' busybox sleep 1000 > /dev/null
            docker ps --format '{{.Label "a"}} {{.Label "b"}}{{.Label "c"}} {{printf "%-5s|" .Names}} {{upper .State}}'
            docker ps --format 'table {{.Names}}\\t{{.Label "a"}}' | tail -n 1
            docker inspect -f '{{with .State}}{{.Status}}{{end}}{{if and .State.Running (not .State.Paused)}} up{{end}}' box
            docker inspect -f '{{range $name, $net := .NetworkSettings.Networks}}{{$name}}={{slice $net.IPAddress 0 3}}{{end}}' box
            docker ps --format '{{.Nmaes}}'; echo $?
            docker stats --no-stream --format table box | head -n 1 | cut -c 1-12
            docker network ls --format 'table {{.Name}}\\t{{.Driver}}' | head -n 2
            docker events --since 1h --until 0s --filter type=container --format '{{.Action}} {{.Actor.Attributes.name}}'
            docker events --since 1h --until 0s --filter type=network --filter network=bridge --format '{{.Action}}'
            """,
        ])
        #expect(
            result.output == """
                1 x,y box  | RUNNING
                box     1
                running up
                bridge=172
                1
                CONTAINER ID
                NAME     DRIVER
                bridge   bridge
                create box
                start box
                connect

                """)
        #expect(result.error.contains("can't evaluate field Nmaes: there is ID, Image, "))
    }

    @Test("Ctrl-C is the container's: its exit status counts, and one that takes no notice is told to run on")
    func interrupt() throws {
        let shell = try Kijabi.open([])
        defer { shell.end() }
        try #require(shell.waitFor("[1]"))
        // What is typed comes back first, so it must not be what is waited for.
        let script = "trap 'exit 4' INT; echo re''ady; while :; do sleep 0.1; done"
        #expect(shell.type("docker run --rm -t busybox sh -c \"\(script)\"\r", thenSee: "ready\r"))
        #expect(shell.type("\u{3}", thenSee: "✗ 4"), "\(shell.seen)")
        #expect(
            shell.type(
                "docker run --name stubborn busybox sh -c \"trap '' INT; echo de''af; exec sleep 1000\"\r",
                thenSee: "deaf\r\n"))
        #expect(shell.type("\u{3}", thenSee: "'stubborn' ignored Ctrl-C"), "\(shell.seen)")
        #expect(shell.type("docker ps --format '{{.Status}}'\r", thenSee: "Up "), "\(shell.seen)")
    }
}
