/// What containers use.
public protocol StatisticsService: Sendable {
    /// - Throws: `.wrongState` unless it is running or paused.
    func statistics(_ id: String) async throws(RuntimeError) -> ContainerStatistics
    /// A sample at once and then one every `interval`; ends with the container.
    func statistics(_ id: String, every interval: Duration) async throws(RuntimeError)
        -> AsyncStream<ContainerStatistics>
}
