import Foundation
import Testing

@testable import Shell

/// Projects of several containers, run by the built program against the real kernel.
@Suite(.serialized, .enabled(if: Kijabi.isBuilt, "kijabi and its helpers have not been built"))
struct ComposeTests {
    static let file = """
        cat > compose.yaml <<'END'
        name: shop
        services:
          web:
            image: busybox
            command: ["sh", "-c", "echo web began; exec sleep 1d"]
            stop_signal: SIGKILL
            depends_on: {db: {condition: service_healthy}, seed: {condition: service_completed_successfully}}
          db:
            image: busybox
            stop_signal: SIGKILL
            command: sh -c "touch /tmp/ready; exec sleep 1d"
            healthcheck: {test: [CMD, test, -f, /tmp/ready], interval: 100ms, retries: 50}
          seed:
            image: busybox
            command: sh -c "exit $${CODE}"
            environment: {CODE: "${CODE:-0}"}
        END

        """

    @Test func servicesStartInTheOrderInWhichTheyWait() throws {
        let result = try Kijabi.run([
            "-c",
            Self.file + """
                docker compose up -d --wait 2>progress
                echo up $?
                grep -n -e 'db-1  Healthy' -e 'web-1  Starting' progress | cut -d: -f2
                docker compose ps --services
                docker compose logs --no-log-prefix web
                docker compose ps -a --format json | grep -c '"Service":"seed"'
                docker compose down 2>/dev/null
                docker ps -aq | wc -l
                docker compose ps -q | wc -l
                """,
        ])
        #expect(
            result.output == """
                up 0
                 Container shop-db-1  Healthy
                 Container shop-web-1  Starting
                db
                web
                web began
                1
                0
                0

                """)
        #expect(result.status == 0)
    }

    @Test func aDependencyThatFailsKeepsTheRestFromStarting() throws {
        let result = try Kijabi.run([
            "-c",
            Self.file + """
                CODE=3 docker compose up -d 2>errors
                echo up $?
                grep -c "service \\"seed\\" didn't complete successfully: exit 3" errors
                docker compose ps --services
                docker compose down 2>/dev/null
                """,
        ])
        #expect(result.output == "up 1\n1\ndb\n")
    }

    @Test func onlyWhatDiffersIsMadeAgain() throws {
        let result = try Kijabi.run([
            "-c",
            """
            printf 'services: {a: {image: busybox, stop_signal: SIGKILL, command: sleep 1d, scale: 2}}' > compose.yaml
            docker compose -p s up -d 2>/dev/null
            docker compose -p s ps -q | sort > before
            docker compose -p s up -d 2>/dev/null
            docker compose -p s ps -q | sort | cmp - before && echo same
            printf 'services: {a: {image: busybox, stop_signal: SIGKILL, command: sleep 2d, scale: 1}}' > compose.yaml
            docker compose -p s up -d 2>/dev/null
            docker compose -p s ps -q | grep -c -F -f before
            docker compose -p s ps -q | wc -l
            docker compose -p s down 2>/dev/null
            """,
        ])
        #expect(result.output == "same\n0\n1\n")
    }

    @Test func whatIsIncludedAndExtendedRunsAndItsThingsAreLabelled() throws {
        let result = try Kijabi.run([
            "-c",
            """
            mkdir parts
            printf 'services: {db: {image: busybox, stop_signal: SIGKILL, command: sleep 1d, volumes: ["store:/d"]}}\nvolumes: {store: }\n' > parts/db.yaml
            printf 'services: {base: {image: busybox, stop_signal: SIGKILL, environment: {A: yes}}}' > common.yaml
            printf 'name: shop\ninclude: [parts/db.yaml]\nservices: {web: {extends: {file: common.yaml, service: base}, command: sleep 1d, scale: 2}, once: {image: busybox, command: sh -c "exit 3"}}\n' > compose.yaml
            docker compose up -d 2>/dev/null
            docker compose exec web sh -c 'echo $A'
            docker volume inspect shop_store --format '{{index .Labels "com.docker.compose.volume"}}'
            echo page > page
            docker compose cp page web:/tmp/ 2>/dev/null
            docker compose exec --index 2 web cat /tmp/page
            docker compose wait once | cut -d' ' -f3-
            docker compose events --since 5m --until 0s once | grep -o -E 'container (create|start|die)'
            docker compose events --json --since 5m --until 0s once | grep -c '"service":"once"'
            docker compose down -v 2>/dev/null
            docker volume ls -q | wc -l
            """,
        ])
        #expect(
            result.output == """
                yes
                store
                page
                exited with status code 3
                container create
                container start
                container die
                3
                0

                """)
    }

    @Test func whatChangesIsBroughtIntoTheContainers() throws {
        let result = try Kijabi.run([
            "-c",
            """
            mkdir -p www/old
            printf 'services: {web: {image: busybox, stop_signal: SIGKILL, command: sleep 1d, develop: {watch: [{path: ./www, action: sync, target: /www, ignore: [skip]}]}}}' > compose.yaml
            mkfifo log
            docker compose -p w watch 2>log &
            while read line; do
                case $line in
                "Watch enabled") mkdir www/new; echo page > www/new/index.html; echo no > www/skip ;;
                Syncing*) break ;;
                esac
            done < log
            docker compose -p w exec web cat /www/new/index.html
            docker compose -p w exec web ls /www
            kill %1
            docker compose -p w down 2>/dev/null
            """,
        ])
        #expect(result.output == "page\nnew\n")
    }
}
