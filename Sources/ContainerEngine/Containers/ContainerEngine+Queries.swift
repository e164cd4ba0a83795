public import ContainerRuntime

extension ContainerEngine {
    /// The record that a full id, a name or a unique prefix of an id stands for.
    func record(_ idOrName: String) throws(RuntimeError) -> ContainerRecord {
        if let record = containersByID[idOrName] { return record }
        if let id = namesToIDs[idOrName], let record = containersByID[id] { return record }
        guard !idOrName.isEmpty, idOrName.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "f") }) else {
            throw .noSuchContainer(idOrName)
        }
        let matches = containersByID.values.filter { $0.id.hasPrefix(idOrName) }
        guard let match = matches.first else { throw .noSuchContainer(idOrName) }
        guard matches.count == 1 else {
            throw .invalid(field: "id", reason: "\(idOrName) is the beginning of \(matches.count) containers' ids")
        }
        return match
    }

    public func containerStatus(_ idOrName: String) async throws(RuntimeError) -> ContainerStatus {
        try record(idOrName).status
    }

    public func containers() async -> [ContainerStatus] {
        order.compactMap { containersByID[$0]?.status }
    }

    public func waitContainer(_ id: String) async throws(RuntimeError) -> ExitStatus {
        try await record(id).exit.wait()
    }

    public func logs(_ id: String, _ options: LogOptions) async throws(RuntimeError) -> AsyncStream<LogLine> {
        try record(id).output.log.lines(options)
    }
}
