import ContainerRuntime
import ControllerRuntime
import Documents
import KubernetesAPI
import Testing

@testable import Kubelet

/// A Pod `default/web` with the given spec members over a plain one.
func makePod(_ spec: JSONValue = [:], uid: String = "uid-1") -> PodSpecification {
    var pod = KubernetesObject(.pods, namespace: "default", name: "web")
    pod.metadata["uid"] = .string(uid)
    pod.spec = ["containers": [["name": "main", "image": "busybox"]], "restartPolicy": "Always"]
    for (key, value) in spec.object ?? [:] { pod.spec[key] = value }
    return PodSpecification(pod)
}

func run(_ id: String, exit code: Int32? = nil, at moment: Duration = .zero, image: String = "busybox") -> ContainerRun
{
    var run = ContainerRun(id: id, image: image, imageID: "sha256:1", startTimestamp: Timestamp(secondsSinceEpoch: 0))
    if let code {
        run.end = .exited(ExitStatus(code: code))
        run.endTimestamp = Timestamp(secondsSinceEpoch: 5)
        run.endedAt = moment
    }
    return run
}

@Suite struct PodSyncDecisionTests {
    private let timing = KubeletTiming(restart: Backoff(base: .seconds(10), limit: .seconds(300)))

    private func decide(
        _ pod: PodSpecification, _ state: PodRuntimeState, isWanted: Bool = true, now: Duration = .seconds(100)
    ) -> PodSyncDecision {
        PodSyncDecision(pod: pod, state: state, isWanted: isWanted, now: now, timing: timing)
    }

    private func ready(_ records: [String: ContainerRecord] = [:]) -> PodRuntimeState {
        var state = PodRuntimeState()
        state.sandbox = .ready(id: "s", address: "10.244.1.2")
        state.containers = records
        return state
    }

    private func record(_ run: ContainerRun?, image: ContainerRecord.ImageState = .present) -> ContainerRecord {
        var record = ContainerRecord()
        record.current = run
        record.image = image
        record.hasPassedStartup = run != nil
        return record
    }

    @Test func theSandboxComesFirst() {
        #expect(decide(makePod(), PodRuntimeState()).actions == [.createSandbox])
    }

    @Test func aSandboxThatFailedIsTriedAgainLater() {
        var state = PodRuntimeState()
        state.sandbox = .failed(retryAt: .seconds(101), failures: 1)
        #expect(decide(makePod(), state).actions.isEmpty)
        #expect(decide(makePod(), state).wakeAt == .seconds(101))
        #expect(decide(makePod(), state, now: .seconds(101)).actions == [.createSandbox])
    }

    @Test func theImageComesBeforeTheStart() {
        #expect(decide(makePod(), ready()).actions == [.resolveImage(container: "main")])
        #expect(decide(makePod(), ready(["main": record(nil)])).actions == [.start(container: "main")])
        #expect(decide(makePod(), ready(["main": record(nil, image: .resolving)])).actions.isEmpty)
    }

    @Test func aPodThatRunsNeedsNothing() {
        let decision = decide(makePod(), ready(["main": record(run("1"))]))
        #expect(decision.actions.isEmpty)
        #expect(decision.wakeAt == nil)
    }

    @Test(
        "The restart policy decides what becomes of a container that ended",
        arguments: [
            ("Always", 0, [.start(container: "main")]), ("Always", 1, [.start(container: "main")]),
            ("OnFailure", 0, [.stopSandbox]), ("OnFailure", 1, [.start(container: "main")]),
            ("Never", 0, [.stopSandbox]),
            ("Never", 1, [.stopSandbox]),
        ] as [(JSONValue, Int32, [PodSyncDecision.Action])])
    func restartPolicy(policy: JSONValue, code: Int32, actions: [PodSyncDecision.Action]) {
        let state = ready(["main": record(run("1", exit: code, at: .seconds(99)))])
        #expect(decide(makePod(["restartPolicy": policy]), state).actions == actions)
    }

    @Test func theSecondCrashWaits() {
        var crashed = record(run("2", exit: 1, at: .seconds(99)))
        crashed.restartDelay = RestartDelay.next(
            after: nil, end: .seconds(98), now: .seconds(98), backoff: timing.restart)
        let decision = decide(makePod(), ready(["main": crashed]))
        #expect(decision.actions.isEmpty)
        #expect(decision.wakeAt == .seconds(109))
        #expect(
            decision.waiting["main"]
                == ContainerWaiting(
                    "CrashLoopBackOff", "back-off 10s restarting failed container=main pod=web_default(uid-1)"))
        #expect(decide(makePod(), ready(["main": crashed]), now: .seconds(109)).actions == [.start(container: "main")])
    }

    @Test func aFailedPullIsShownThenWaitedFor() {
        let failure = ImageFailure(reason: "ErrImagePull", message: "no")
        let failed = ContainerRecord.ImageState.failed(
            failure, failedAt: .seconds(100), retryAt: .seconds(110), failures: 1)
        let state = ready(["main": record(nil, image: failed)])
        #expect(decide(makePod(), state).waiting["main"] == ContainerWaiting("ErrImagePull", "no"))
        #expect(decide(makePod(), state).wakeAt == .seconds(101))
        let later = decide(makePod(), state, now: .seconds(102))
        #expect(later.waiting["main"]?.reason == "ImagePullBackOff")
        #expect(later.wakeAt == .seconds(110))
        #expect(decide(makePod(), state, now: .seconds(110)).actions == [.resolveImage(container: "main")])
    }

    @Test func initContainersRunOneAfterTheOther() {
        let pod = makePod(["initContainers": [["name": "a", "image": "busybox"], ["name": "b", "image": "busybox"]]])
        func actions(_ records: [String: ContainerRecord]) -> [PodSyncDecision.Action] {
            decide(pod, ready(records)).actions
        }
        let done = record(run("1", exit: 0))
        #expect(actions(["a": record(nil), "b": record(nil), "main": record(nil)]) == [.start(container: "a")])
        #expect(actions(["a": record(run("1")), "b": record(nil)]).isEmpty)
        #expect(actions(["a": done, "b": record(nil), "main": record(nil)]) == [.start(container: "b")])
        #expect(actions(["a": done, "b": done, "main": record(nil)]) == [.start(container: "main")])
        #expect(actions(["a": record(run("1", exit: 1, at: .seconds(99)))]) == [.start(container: "a")])
    }

    @Test func aFailedInitContainerFailsThePodThatIsNeverRestarted() {
        let pod = makePod(["restartPolicy": "Never", "initContainers": [["name": "a", "image": "busybox"]]])
        let state = ready(["a": record(run("1", exit: 1))])
        #expect(PodOutcome(pod: pod, state: state).phase == .failed)
        #expect(decide(pod, state).actions == [.stopSandbox])
    }

    @Test func aSidecarGoesOnAndLeavesLast() {
        let pod = makePod([
            "restartPolicy": "Never",
            "initContainers": [["name": "proxy", "image": "busybox", "restartPolicy": "Always"]],
        ])
        let sidecar = record(run("1"))
        #expect(
            decide(pod, ready(["proxy": sidecar, "main": record(nil)])).actions == [.start(container: "main")])
        let over = ready(["proxy": sidecar, "main": record(run("2", exit: 0))])
        #expect(
            decide(pod, over).actions == [.kill(container: "proxy", grace: .seconds(30), cause: .podOver)])
        let stopped = ready(["proxy": record(run("1", exit: 143)), "main": record(run("2", exit: 0))])
        #expect(PodOutcome(pod: pod, state: stopped).phase == .succeeded)
        #expect(decide(pod, stopped).actions == [.stopSandbox])
        let both = ready(["proxy": sidecar, "main": record(run("2"))])
        #expect(
            decide(pod, both, isWanted: false).actions
                == [.kill(container: "main", grace: .seconds(30), cause: .podStopped)])
    }

    @Test func deletionKillsWithItsGraceThenFinishes() {
        var object = makePod().object
        object.metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        object.metadata["deletionGracePeriodSeconds"] = 5
        let pod = PodSpecification(object)
        var state = ready(["main": record(run("1"))])
        #expect(
            decide(pod, state, isWanted: false).actions
                == [.kill(container: "main", grace: .seconds(5), cause: .podStopped)])
        state.containers["main"]?.killDeadline = .seconds(105)
        #expect(decide(pod, state, isWanted: false).actions.isEmpty, "it is being stopped already")
        state.containers["main"]?.killDeadline = .seconds(130)
        #expect(decide(pod, state, isWanted: false).actions.count == 1, "a shorter grace is honoured")
        let ended = ready(["main": record(run("1", exit: 143))])
        #expect(decide(pod, ended, isWanted: false).actions == [.finishDeletion])
        #expect(decide(pod, PodRuntimeState(), isWanted: false).actions == [.finishDeletion])
    }

    @Test func aDeadlineEndsThePod() {
        var state = ready(["main": record(run("1"))])
        state.startedAt = .seconds(80)
        let pod = makePod(["activeDeadlineSeconds": 30])
        #expect(decide(pod, state).wakeAt == .seconds(110))
        let late = decide(pod, state, now: .seconds(110))
        #expect(late.failure?.reason == "DeadlineExceeded")
        #expect(late.actions == [.kill(container: "main", grace: .seconds(30), cause: .deadlineExceeded)])
    }

    @Test func anotherImageReplacesTheContainer() {
        let pod = makePod(["containers": [["name": "main", "image": "busybox:2"]]])
        let running = ready(["main": record(run("1"))])
        #expect(
            decide(pod, running).actions
                == [.kill(container: "main", grace: .seconds(30), cause: .definitionChanged)])
        let ended = ready(["main": record(run("1", exit: 143, at: .seconds(99)), image: .unknown)])
        #expect(decide(pod, ended).actions == [.resolveImage(container: "main")])
    }
}

@Suite struct RestartDelayTests {
    private let backoff = Backoff(base: .seconds(10), limit: .seconds(300))

    @Test func doublesUpToTheLimit() {
        var delay: RestartDelay?
        var now = Duration.zero
        var seen: [Duration?] = []
        for _ in 0..<8 {
            let moment = RestartDelay.notBefore(delay, end: now, backoff: backoff)
            seen.append(moment.map { $0 - now })
            let end = now
            now = moment ?? now
            delay = RestartDelay.next(after: delay, end: end, now: now, backoff: backoff)
        }
        #expect(seen == [nil, 10, 20, 40, 80, 160, 300, 300].map { $0.map { .seconds($0) } })
    }

    @Test func aLongRunIsForgiven() {
        let delay = RestartDelay.next(after: nil, end: .zero, now: .zero, backoff: backoff)
        #expect(RestartDelay.notBefore(delay, end: .seconds(601), backoff: backoff) == nil)
        #expect(RestartDelay.notBefore(delay, end: .seconds(599), backoff: backoff) == .seconds(609))
    }

    @Test(
        "Durations read as Go prints them",
        arguments: [
            (10.0, "10s"), (80, "1m20s"), (300, "5m0s"), (3600, "1h0m0s"), (0.5, "500ms"), (1.5, "1.5s"), (0, "0s"),
        ])
    func goText(seconds: Double, text: String) {
        #expect(Duration.seconds(seconds).goText == text)
    }
}
