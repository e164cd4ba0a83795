import ContainerRuntime
import Terminal

/// The processes, with the numbers and users of either side.
struct XRayProcesses {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        let outside = Localized(ko: "바깥", en: "OUTSIDE")(language)
        let inside = Localized(ko: "안", en: "INSIDE")(language)
        var rows = [["PID \(outside)", "UID \(outside)", "PID \(inside)", "UID \(inside)", "COMMAND"]]
        let processes = view.processes.sorted { $0.pid < $1.pid }
        for process in processes.prefix(20) {
            rows.append([
                "\(process.pid)", "\(process.uid)", "\(process.innerPid)",
                process.innerUid == 0 ? "0 (root)" : "\(process.innerUid)", process.command,
            ])
        }
        if processes.count > 20 { rows.append(["+\(processes.count - 20)"]) }
        return XRayText.table(rows, canvas)
    }
}

/// Who shares which wall.
struct XRayNamespaces {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard !view.namespaces.isEmpty else { return [] }
        let host = Localized(ko: "컴퓨터", en: "machine")(language)
        let shown = neighbours()
        let rows = view.namespaces.map { space in
            SharingMatrix.Row(
                "  " + space.kind.rawValue.padded(toColumns: 7) + "\(space.identity)",
                ["\(space.hostIdentity)", "\(space.identity)"]
                    + shown.map { other in space.others.first { $0.id == other.id }.map { "\($0.identity)" } })
        }
        return SharingMatrix(
            columns: [host, VisibleText.cell(ContainerWord.name(of: view.status))]
                + shown.map { VisibleText.cell($0.name) },
            rows: rows
        ).lines(canvas)
    }

    /// Those that share more first: the harbour's own namespaces are everybody's and say nothing.
    private func neighbours() -> [NamespaceView.Other] {
        let all = view.namespaces.first?.others ?? []
        func shares(_ other: NamespaceView.Other) -> Int {
            view.namespaces.filter { space in
                space.others.contains { $0.id == other.id && $0.identity == space.identity }
            }.count
        }
        return Array(all.sorted { (shares($0), $1.name) > (shares($1), $0.name) }.prefix(3))
    }
}

/// Capabilities, identities and what else says what a process may do.
struct XRayRights {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard let credentials = view.credentials else { return [] }
        let labels = [
            Localized(ko: "있음", en: "has")(language), Localized(ko: "쓸 수 있음", en: "could have")(language),
            Localized(ko: "빼앗김", en: "taken away")(language), Localized(ko: "사용자", en: "users")(language),
        ]
        let width = labels.map { DisplayWidth.of($0) }.max() ?? 0
        let none = Localized(ko: "없음", en: "none")(language)
        var lines = XRayText.list(
            labels[0], credentials.effective.isEmpty ? [none] : credentials.effective, canvas, width: width)
        if credentials.bounding != credentials.effective {
            lines += XRayText.list(
                labels[1], credentials.bounding.isEmpty ? [none] : credentials.bounding, canvas, width: width)
        }
        lines += XRayText.list(
            labels[2], credentials.missing.isEmpty ? [none] : credentials.missing, canvas, width: width)
        for (index, range) in credentials.userMap.enumerated() {
            let inside = range.count == 1 ? "\(range.inside)" : "\(range.inside)…\(range.inside + range.count - 1)"
            let outside =
                range.count == 1 ? "\(range.outside)" : "\(range.outside)…\(range.outside + (range.count - 1))"
            let text = Localized(ko: "안의 \(inside)번은 바깥의 \(outside)번", en: "\(inside) inside is \(outside) outside")
            lines += XRayText.list(index == 0 ? labels[3] : "", [text(language)], canvas, width: width)
        }
        if credentials.noNewPrivileges {
            lines += XRayText.note(
                Localized(
                    ko: "no_new_privs: 어떤 프로그램을 실행해도 권한이 늘지 않아요 (setuid 도).",
                    en: "no_new_privs: no program it runs can gain rights, setuid or not."), language, canvas)
        }
        return lines
    }
}

/// What the filter lets through.
struct XRayCalls {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    /// Calls that a beginner has a picture of, or that a break-out needs.
    private static let notable = [
        "mount", "umount2", "pivot_root", "reboot", "swapon", "init_module", "finit_module", "delete_module",
        "kexec_load",
        "bpf", "perf_event_open", "unshare", "setns", "clone", "clone3", "ptrace", "keyctl", "add_key", "settimeofday",
        "open_by_handle_at", "userfaultfd", "io_uring_setup", "iopl", "sethostname", "acct", "quotactl", "syslog",
    ]

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard let calls = view.credentials?.systemCalls else { return [] }
        guard calls.mode == .filter else {
            return XRayText.note(
                Localized(ko: "필터가 없어요: 모든 시스템 콜을 부탁할 수 있어요.", en: "No filter: it may ask for anything."), language,
                canvas)
        }
        guard !calls.allowed.isEmpty else {
            return XRayText.note(
                Localized(ko: "필터가 \(calls.filters)개 있어요.", en: "It has \(calls.filters) filter(s)."), language, canvas)
        }
        let groups = [
            (Localized(ko: "허락", en: "allowed")(language), calls.allowed),
            (Localized(ko: "인자에 따라", en: "depends")(language), calls.conditional),
            (Localized(ko: "거절", en: "refused")(language), calls.refused),
        ]
        var lines = BarChart(
            bars: groups.enumerated().map { index, group in
                BarChart.Bar(group.0, Double(group.1.count), "\(group.1.count)", series: [3, 1, 5][index])
            }
        ).lines(canvas)
        let width = groups.map { DisplayWidth.of($0.0) }.max() ?? 0
        if !calls.conditional.isEmpty { lines += XRayText.list(groups[1].0, calls.conditional, canvas, width: width) }
        let refused = Set(calls.refused)
        let shown = Self.notable.filter(refused.contains)
        if !shown.isEmpty {
            let more = calls.refused.count - shown.count
            lines += XRayText.list(groups[2].0, shown + (more > 0 ? ["(+\(more))"] : []), canvas, width: width)
        }
        return lines
    }
}
