/// What is wrong with a lesson file, and where.
public struct LessonError: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// 1-based; 0 where it concerns the whole file.
    public let line: Int
    public let reason: String

    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// `FILE:LINE: REASON`
    public var description: String { line > 0 ? "\(file):\(line): \(reason)" : "\(file): \(reason)" }
}
