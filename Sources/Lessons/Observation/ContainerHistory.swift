import ContainerRuntime
import Documents

/// What happened to docker's containers, in order, since the recorder was started.
actor ContainerHistory {
    private(set) var items: [ObservedItem] = []
    private let runtime: any ContainerRuntime
    private static let capacity = 2_000

    init(runtime: any ContainerRuntime) {
        self.runtime = runtime
    }

    /// How many events there have been: the place where a step begins.
    var position: Int { dropped + items.count }
    private var dropped = 0

    func items(since position: Int) -> [ObservedItem] {
        Array(items.dropFirst(max(0, position - dropped)))
    }

    func record(_ event: ContainerEvent) async {
        var status = event.status
        if status == nil { status = try? await runtime.containerStatus(event.containerID) }
        guard let status, ContainerView.isOwn(status) else { return }
        var fields = ContainerView.fields(status)
        fields["event"] = .string(event.kind.rawValue)
        if let exit = event.exit {
            fields["exitCode"] = .integer(Int(exit.code))
            fields["signal"] = exit.signal.map { .integer(Int($0)) }
            fields["outOfMemory"] = .bool(exit.outOfMemory)
        }
        fields["exec"] = event.command.map { .string($0.joined(separator: " ")) }
        items.append(ObservedItem(identity: "\(position)", document: .object(fields)))
        if items.count > Self.capacity {
            items.removeFirst()
            dropped += 1
        }
    }
}
