import Glibc
import Terminal
import Testing

@testable import Diagnostics

@Suite struct DiagnosisTests {
    /// A machine where all is well, for an ordinary user.
    static func healthy() -> Situation {
        var situation = Situation(
            userID: 1000, userName: "learner", kernelRelease: "6.8.0-45-generic",
            zygoteProgram: "/opt/kijabi/kijabi-zygote")
        situation.harbour = .worked
        situation.idCount = 65_536
        situation.image = .worked
        situation.container = .worked
        situation.systemCallFilter = .worked
        situation.network = .worked
        situation.packetFilter = .worked
        situation.limits = .worked
        situation.controlGroups = .version2
        situation.terminal = TerminalFacts(type: "xterm-256color", locale: "ko_KR.UTF-8")
        situation.directories = [DirectoryFacts(use: .runtime, path: "/run/user/1000/kijabi", free: 1 << 30)]
        return situation
    }

    /// A machine that refuses to make the harbour.
    static func refusing(_ stage: String, _ errno: Int32, _ change: (inout Situation) -> Void = { _ in }) -> Situation {
        var situation = healthy()
        situation.harbour = .refused(stage: stage, errno: errno, path: nil)
        situation.idCount = 0
        situation.image = .notTried
        situation.container = .notTried
        situation.systemCallFilter = .notTried
        situation.network = .notTried
        situation.packetFilter = .notTried
        situation.limits = .notTried
        change(&situation)
        return situation
    }

    static func finding(_ name: String, _ situation: Situation) throws -> Finding {
        try #require(Diagnosis(situation).findings.first { $0.name == name })
    }

    @Test func aHealthyMachineHasNothingToMend() {
        let diagnosis = Diagnosis(Self.healthy())
        #expect(diagnosis.allowsContainers)
        #expect(diagnosis.findings.allSatisfy { $0.verdict == .works && $0.fix.isEmpty })
        #expect(diagnosis.summary(.english).isEmpty)
    }

    @Test func namesAndTitlesAreTold() {
        let findings = Diagnosis(Self.healthy()).findings
        #expect(Set(findings.map(\.name)).count == findings.count)
        for finding in findings {
            for language in Language.allCases {
                #expect(!finding.title(language).isEmpty && !finding.meaning(language).isEmpty)
                #expect(!finding.meaning(language).contains("\n"))
            }
        }
    }

    // MARK: Namespaces

    @Test func debiansSwitchIsRecognised() throws {
        let found = try Self.finding(
            "namespaces",
            Self.refusing("make namespaces", EPERM) { $0.settings.unprivilegedUserNamespaces = 0 })
        #expect(found.verdict == .missing)
        #expect(found.fix.contains { $0.contains("kernel.unprivileged_userns_clone = 1") })
        #expect(found.fix.last == "sudo sysctl --system")
    }

    @Test(arguments: [("make namespaces", EPERM), ("write uid_map", EPERM), ("make mounts private", EACCES)])
    func ubuntusProfileIsRecognised(stage: String, errno: Int32) throws {
        let found = try Self.finding(
            "namespaces", Self.refusing(stage, errno) { $0.settings.apparmorRestrictsUserNamespaces = 1 })
        #expect(found.fix.first?.contains("/opt/kijabi/kijabi-zygote") == true)
        #expect(found.fix.first?.contains("userns,") == true)
        #expect(found.fix.last == "sudo apparmor_parser -r /etc/apparmor.d/kijabi-zygote")
    }

    @Test func rootIsNotBoundByWhatBindsUsers() throws {
        let found = try Self.finding(
            "namespaces",
            Self.refusing("make namespaces", EPERM) {
                $0.userID = 0
                $0.settings.apparmorRestrictsUserNamespaces = 1
                $0.settings.unprivilegedUserNamespaces = 0
            })
        #expect(found.verdict == .missing)
        #expect(!found.fix.contains { $0.contains("apparmor_parser") || $0.contains("unprivileged_userns_clone") })
    }

    @Test func aLimitOfNoneIsNamed() throws {
        let found = try Self.finding(
            "namespaces",
            Self.refusing("make namespaces", ENOSPC) {
                $0.settings.namespaceLimits = ["user": 0, "net": 0, "pid": 5000]
            })
        #expect(found.meaning(.english).contains("user.max_user_namespaces = 0"))
        #expect(found.fix.contains { $0.contains("user.max_net_namespaces = 15000") })
        #expect(!found.fix.contains { $0.contains("max_pid_namespaces") })
    }

    @Test func aLimitFurtherOutIsGuessed() throws {
        let found = try Self.finding("namespaces", Self.refusing("make namespaces", ENOSPC))
        #expect(found.fix.contains { $0.contains("max_user_namespaces") })
    }

    @Test(arguments: [Situation.Enclosure.docker, .podman])
    func aContainerAroundIsTold(enclosure: Situation.Enclosure) throws {
        let found = try Self.finding(
            "namespaces",
            Self.refusing("mount proc", EPERM) {
                $0.userID = 0
                $0.enclosure = enclosure
            })
        #expect(found.fix.first?.hasPrefix("\(enclosure.rawValue) run -it --security-opt seccomp=unconfined") == true)
        #expect(found.meaning(.english).contains("mount proc: Operation not permitted"))
    }

    @Test func aKernelWithoutUserNamespacesIsTold() throws {
        let found = try Self.finding("namespaces", Self.refusing("make namespaces", EINVAL))
        #expect(found.meaning(.english).contains("CONFIG_USER_NS"))
    }

    @Test func anUnknownRefusalKeepsItsWords() throws {
        let found = try Self.finding("namespaces", Self.refusing("move the moon", EIO))
        #expect(found.meaning(.korean).contains("move the moon: Input/output error"))
    }

    @Test func whatStandsOnItIsNotTriedAndNotBlamed() {
        let diagnosis = Diagnosis(Self.refusing("make namespaces", EPERM))
        #expect(!diagnosis.allowsContainers)
        #expect(diagnosis.findings.filter { $0.verdict == .missing }.map(\.name) == ["namespaces"])
        #expect(diagnosis.findings.first { $0.name == "container" }?.verdict == .limited)
    }

    @Test func theSummaryHasTheCauseAndTheFix() {
        let situation = Self.refusing("make namespaces", EPERM) { $0.settings.unprivilegedUserNamespaces = 0 }
        let summary = Diagnosis(situation).summary(.english)
        #expect(summary.contains("kernel.unprivileged_userns_clone = 0"))
        #expect(summary.contains("    sudo sysctl --system\n"))
        #expect(summary.hasSuffix("kijabi doctor\n"))
        #expect(Diagnosis(situation).summary(.korean).contains("고치려면"))
    }

    // MARK: What else can be wanting

    @Test func aMissingProgramComesFirst() {
        var situation = Self.refusing("", 0)
        situation.harbour = .notTried
        situation.missingPrograms = ["/opt/kijabi/kijabi-zygote"]
        #expect(!Diagnosis(situation).allowsContainers)
        #expect(Diagnosis(situation).summary(.english).contains("/opt/kijabi/kijabi-zygote"))
    }

    @Test func oneUserIsEnoughToGoOn() throws {
        var situation = Self.healthy()
        situation.idCount = 1
        let found = try Self.finding("ids", situation)
        #expect(found.verdict == .limited)
        #expect(found.fix.last == "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 learner")
        #expect(Diagnosis(situation).allowsContainers)
    }

    @Test(arguments: [
        ("mount overlay", ENODEV, "6.1.0", "modprobe overlay"), ("mount overlay", EPERM, "5.4.0-90", "linux-image"),
        ("mount overlay", EINVAL, "6.1.0", "XDG_RUNTIME_DIR"),
    ])
    func overlaysRefusalsDiffer(stage: String, errno: Int32, release: String, fix: String) throws {
        var situation = Self.healthy()
        situation.kernelRelease = release
        situation.container = .refused(stage: stage, errno: errno, path: "/run/x")
        let found = try Self.finding("container", situation)
        #expect(found.verdict == .missing && found.fix.contains { $0.contains(fix) })
        #expect(!Diagnosis(situation).allowsContainers)
    }

    @Test func releasesAreComparedByNumber() {
        #expect(ContainerFinding.isOlder("5.9.1-arch", than: "5.12"))
        #expect(!ContainerFinding.isOlder("5.12.0", than: "5.12"))
        #expect(!ContainerFinding.isOlder("6.1.0-18-amd64", than: "5.12"))
        #expect(!ContainerFinding.isOlder("", than: "5.12"))
    }

    @Test func withoutThePacketFilterContainersRunAllTheSame() throws {
        var situation = Self.healthy()
        situation.packetFilter = .refused(stage: "packet filter", errno: EOPNOTSUPP, path: nil)
        #expect(try Self.finding("nftables", situation).verdict == .missing)
        #expect(Diagnosis(situation).allowsContainers)
        situation.network = .refused(stage: "add link", errno: EOPNOTSUPP, path: nil)
        #expect(try Self.finding("network", situation).fix.first == "sudo modprobe veth")
        #expect(!Diagnosis(situation).allowsContainers)
    }

    @Test(arguments: [
        (ControlGroupMount.version2, "systemd-run --user"), (.version1, "sudo kijabi"), (.none, "mount -t cgroup2"),
    ])
    func emulatedLimitsAreCalledSo(mount: ControlGroupMount, fix: String) throws {
        var situation = Self.healthy()
        situation.limitsAreEmulated = true
        situation.controlGroups = mount
        let found = try Self.finding("limits", situation)
        #expect(found.verdict == .limited && found.fix.contains { $0.contains(fix) })
        #expect(found.meaning(.english).contains("emulates"))
    }

    @Test func directoriesAreLookedAt() {
        let situation = Self.healthy()
        func found(_ facts: DirectoryFacts) -> Finding { DirectoryFinding.finding(facts, situation) }
        #expect(found(DirectoryFacts(use: .images, path: "/d", free: 1 << 30)).verdict == .works)
        #expect(found(DirectoryFacts(use: .images, path: "/d", free: 1 << 20)).verdict == .limited)
        let foreign = found(DirectoryFacts(use: .state, path: "/d", errno: EACCES, foreignOwner: 0, free: 1 << 30))
        #expect(foreign.verdict == .missing && foreign.fix == ["sudo chown -R learner: /d"] && !foreign.isEssential)
        let full = found(DirectoryFacts(use: .images, path: "/d", errno: ENOSPC, free: 0))
        #expect(full.isEssential && full.fix == ["df -h /d"])
    }

    @Test func localesAreToldApart() {
        func found(_ locale: String, exists: Bool = true, type: String = "xterm", terminal: Bool = true) -> Finding {
            TerminalFinding.finding(
                TerminalFacts(isTerminal: terminal, type: type, locale: locale, localeExists: exists))
        }
        #expect(found("ko_KR.UTF-8").verdict == .works)
        #expect(found("C.utf8").verdict == .works)
        #expect(found("POSIX").fix == ["export LANG=C.UTF-8"])
        #expect(found("ko_KR.UTF-8", exists: false).verdict == .limited)
        #expect(found("C.UTF-8", type: "dumb").fix == ["export TERM=xterm-256color"])
        #expect(found("C.UTF-8", type: "", terminal: false).verdict == .works)
    }

    // MARK: Facts

    @Test func controlGroupsAreReadFromTheKernelsLines() {
        #expect(Surroundings.controlGroups("0::/user.slice\n") == .version2)
        #expect(Surroundings.controlGroups("9:name=systemd:/\n4:memory:/\n0::/\n") == .version1)
        #expect(Surroundings.controlGroups("1:name=systemd:/\n") == .none)
        #expect(Surroundings.controlGroups("") == .none)
    }

    @Test func theFilterIsReadFromTheStatus() {
        #expect(ContainerTrial.filters("Name:\tcat\nSeccomp:\t2\nSeccomp_filters:\t1\n"))
        #expect(!ContainerTrial.filters("Seccomp:\t0\nSeccomp_filters:\t2\n"))
    }

    @Test func theScreenHasMarksAndFixes() {
        let situation = Self.refusing("make namespaces", EPERM) { $0.settings.unprivilegedUserNamespaces = 0 }
        let screen = DoctorScreen(diagnosis: Diagnosis(situation))
        let text = screen.text(.english, style: Style(isEnabled: false))
        #expect(text.contains("\n✗ Namespaces"))
        #expect(text.contains("\n  $ sudo sysctl --system\n"))
        #expect(text.contains("cannot run"))
        #expect(screen.text(.korean, style: Style(isEnabled: false)).contains("컨테이너를 실행할 수 없어요"))
    }
}
