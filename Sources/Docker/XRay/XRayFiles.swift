import ContainerRuntime
import Terminal

/// The layers as boxes on each other, and what is in the topmost.
struct XRayLayers {
    let view: KernelView
    private let names: [String]
    private static let shownChanges = 8

    /// - Parameter names: of the image's layers, from the top down, as far as they are known.
    init(_ view: KernelView, names: [String]) {
        self.view = view
        self.names = names
    }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        let lowers = view.layers.filter { !$0.isUpper }
        var boxes: [StackedBoxes.Box] = []
        for layer in view.layers {
            let entries = layer.entries.map { Localized(ko: "파일 \($0)개", en: "\($0) files")(language) } ?? ""
            let size = layer.size.map(ByteSize.decimal) ?? "?"
            if layer.isUpper {
                let label = Localized(ko: "쓰기 층: 이 컨테이너만의 것", en: "writable: this container's own")(language)
                boxes.append(.init(label, note: "\(entries)  \(size)", isEmphasized: true))
            } else {
                let index = boxes.filter { !$0.isEmphasized }.count
                let number = lowers.count - index
                let label =
                    index < names.count
                    ? names[index] : Localized(ko: "이미지 층 \(number)", en: "image layer \(number)")(language)
                boxes.append(.init(label, note: "\(entries)  \(size)"))
            }
        }
        guard !boxes.isEmpty else { return [] }
        var inner = canvas
        inner.columns = max(canvas.columns - 2, 20)
        var lines = StackedBoxes(stacks: [.init("", boxes)]).lines(inner).map { "  " + $0 }
        let changes = view.layers.first(where: \.isUpper)?.changes ?? []
        for change in changes.prefix(Self.shownChanges) {
            let isDeleted = change.hasSuffix(" (deleted)")
            let mark = isDeleted ? canvas.style("-", .red) : canvas.style("+", .green)
            lines.append("    \(mark) " + canvas.clipped(VisibleText.cell(change), toColumns: canvas.columns - 6))
        }
        if changes.count > Self.shownChanges { lines.append("    … +\(changes.count - Self.shownChanges)") }
        return lines
    }
}

/// What is mounted where; covers over kernel files in one line.
struct XRayMounts {
    let view: KernelView

    init(_ view: KernelView) { self.view = view }

    func lines(_ language: Language, _ canvas: Canvas) -> [String] {
        guard !view.mounts.isEmpty else { return [] }
        var rows = [["TARGET", "TYPE", "", "SOURCE"]]
        var hidden: [String] = []
        var readOnly: [String] = []
        var devices: [String] = []
        for mount in view.mounts {
            let isBelowKernels = mount.target.hasPrefix("/proc/") || mount.target.hasPrefix("/sys/")
            if isBelowKernels, mount.type != "proc", mount.type != "sysfs", !mount.type.hasPrefix("cgroup") {
                hidden.append(mount.target)
            } else if isBelowKernels, !mount.type.hasPrefix("cgroup") {
                readOnly.append(mount.target)
            } else if mount.target.hasPrefix("/dev/"), ["tmpfs", "devtmpfs"].contains(mount.type),
                mount.target != "/dev/shm"
            {
                devices.append(String(mount.target.dropFirst(5)))
            } else {
                rows.append([mount.target, mount.type, mount.isReadOnly ? "ro" : "rw", mount.source])
            }
        }
        var lines = XRayText.table(rows, canvas)
        let groups = [
            (Localized(ko: "가려짐", en: "hidden"), hidden), (Localized(ko: "읽기만", en: "read-only"), readOnly),
            (Localized(ko: "장치", en: "devices"), devices),
        ]
        let width = groups.map { DisplayWidth.of($0.0(language)) }.max() ?? 0
        for (label, paths) in groups where !paths.isEmpty {
            lines += XRayText.list(label(language), paths, canvas, width: width)
        }
        return lines
    }
}
