import ContainerRuntime
import Terminal

/// The files of its control groups, with what their numbers mean.
struct XRayLimits {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard view.status.state == .running else { return [] }
        if view.status.limitsAreEmulated {
            return XRayText.note(
                Localized(
                    ko: "이 컴퓨터는 cgroup 을 내주지 않아서, 키잡이가 지켜보며 한도를 지켜요 (emulated).",
                    en: "This machine lets kijabi have no cgroups: kijabi watches the limits itself (emulated)."),
                language,
                canvas)
        }
        guard !view.controlGroups.isEmpty else {
            return XRayText.note(
                Localized(
                    ko: "자기만의 cgroup 이 없어요: 한도를 정하지 않았거든요. 'docker run --memory 64m …' 으로 정해 보세요.",
                    en: "No cgroup of its own, since nothing is limited. Try 'docker run --memory 64m …'."), language,
                canvas)
        }
        var rows = [["FILE", Localized(ko: "값", en: "VALUE")(language), ""]]
        for group in view.controlGroups {
            for file in group.files {
                for (index, line) in Self.values(file).enumerated() {
                    rows.append([index == 0 ? file.name : "", line, Self.meaning(file.name, line, language)])
                }
            }
        }
        let paths = view.controlGroups.map { "  " + canvas.clipped($0.path, toColumns: canvas.columns - 2) }
        return XRayText.table(rows, canvas, flexible: 1) + paths.map { canvas.style($0, .dim) }
    }

    /// Files of many lines say little in most of them.
    private static func values(_ file: ControlGroupView.File) -> [String] {
        let lines = file.value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count > 1 else { return lines }
        let wanted = [
            "oom_kill ", "usage_usec ", "nr_periods ", "nr_throttled ", "throttled_usec ", "throttled_time ", "max ",
        ]
        return lines.filter { line in wanted.contains { line.hasPrefix($0) } }
    }

    private static func meaning(_ name: String, _ value: String, _ language: Language) -> String {
        let number = Int(value)
        if name.hasPrefix("memory."), let number, number >= 1024, name != "memory.failcnt" {
            // v1 says "no limit" with the largest number there is.
            return number > 1 << 60 ? Localized(ko: "한도 없음", en: "no limit")(language) : ByteSize.binary(number)
        }
        if value == "max" { return Localized(ko: "한도 없음", en: "no limit")(language) }
        if name == "cpu.max" {
            let parts = value.split(separator: " ").compactMap { Int($0) }
            if parts.count == 2, parts[1] > 0 {
                let percent = parts[0] * 100 / parts[1]
                return Localized(ko: "프로세서 하나의 \(percent)%", en: "\(percent)% of one processor")(language)
            }
        }
        if name == "cpu.cfs_quota_us", number == -1 { return Localized(ko: "한도 없음", en: "no limit")(language) }
        if name == "cpuacct.usage", let number { return XRayTime.text(.nanoseconds(number)) }
        if value.hasPrefix("usage_usec ") || value.hasPrefix("throttled_usec "),
            let microseconds = value.split(separator: " ").last.flatMap({ Int($0) })
        {
            return XRayTime.text(.microseconds(microseconds))
        }
        return ""
    }
}

/// The way out, hop by hop.
struct XRayNetwork {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard let network = view.network else { return [] }
        let down = canvas.pick("│", "|")
        if network.isHarbours {
            return XRayText.note(
                Localized(
                    ko: "--network host: 자기 네트워크가 없고 항구의 것을 그대로 써요.",
                    en: "--network host: it has no network of its own, and uses the harbour's."), language, canvas)
        }
        let outward = network.interfaces.filter { $0.name != "lo" }
        guard !outward.isEmpty else {
            return XRayText.note(
                Localized(ko: "lo 밖에 없어요: 아무 데도 갈 수 없어요.", en: "Nothing but lo: there is no way out."), language, canvas
            )
        }
        var lines: [String] = []
        func hop(_ place: Localized, _ detail: String) {
            let label = place(language).padded(toColumns: 14)
            let rest = canvas.clipped(" \(detail)", toColumns: canvas.columns - 2 - DisplayWidth.of(label))
            lines.append("  " + canvas.style(label, .bold) + rest)
        }
        for interface in outward {
            let traffic =
                "\(canvas.pick("↓", "in ")) \(ByteSize.decimal(Int(clamping: interface.receivedBytes)))"
                + "  \(canvas.pick("↑", "out ")) \(ByteSize.decimal(Int(clamping: interface.sentBytes)))"
            hop(
                Localized(ko: "컨테이너 안", en: "container"),
                "\(interface.name)  \(interface.addresses.joined(separator: " "))  \(traffic)")
            guard let peer = interface.peer else { continue }
            lines.append("    \(down) veth")
            let gateway = network.gateway.map { ", \(Localized(ko: "길목", en: "gateway")(language)) \($0)" } ?? ""
            hop(Localized(ko: "항구", en: "harbour"), "\(peer)\(gateway)")
        }
        lines.append("    \(down) nftables")
        if view.status.publishedPorts.isEmpty {
            hop(
                Localized(ko: "바깥", en: "outside"),
                Localized(ko: "열린 포트 없음: 바깥에서는 들어올 수 없어요", en: "no published port: nobody gets in from there")(language)
            )
        }
        for port in view.status.publishedPorts {
            hop(
                Localized(ko: "바깥", en: "outside"),
                "\(port.hostAddress):\(port.hostPort) \(canvas.pick("→", "->")) \(port.containerPort)/\(port.transport.rawValue)"
            )
        }
        return lines
    }
}

/// How it was built, step by step.
struct XRayBirth {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard let end = view.birth.last?.at else { return [] }
        var inner = canvas
        inner.columns = min(canvas.columns, 80)
        let chart = BarChart(
            bars: view.birth.map { BarChart.Bar($0.call, $0.duration / .seconds(1), XRayTime.text($0.duration)) })
        let total = Localized(
            ko: "\(view.birth.count)단계, 모두 \(XRayTime.text(end)). 이게 컨테이너의 전부예요.",
            en: "\(view.birth.count) steps, \(XRayTime.text(end)) in all. That is all a container is.")
        return chart.lines(inner) + XRayText.note(total, language, canvas)
    }
}

/// Short spans of time: `7 µs`, `1.24 ms`, `2.5 s`.
enum XRayTime {
    static func text(_ duration: Duration) -> String {
        let microseconds = duration / .microseconds(1)
        func two(_ value: Double) -> String {
            let hundredths = Int((value * 100).rounded())
            let rest = hundredths % 100
            return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
        }
        if microseconds < 9.95 {
            let tenths = Int((microseconds * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) µs"
        }
        if microseconds < 999.5 { return "\(Int(microseconds.rounded())) µs" }
        if microseconds < 999_995 { return two(microseconds / 1000) + " ms" }
        return two(microseconds / 1_000_000) + " s"
    }
}
