/// What is wrong with a YAML text, and where.
public struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file (or other source) as the caller named it.
    public let file: String
    /// 1-based line in the file, over all its documents; 0 where no place is known.
    public let line: Int
    /// 1-based column, in Unicode scalars; 0 where no place is known.
    public let column: Int
    /// What was met, in a few words, such as `mapping values are not allowed in this context`.
    public let reason: String

    public init(file: String, line: Int, column: Int, reason: String) {
        self.file = file
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `FILE:LINE:COLUMN: REASON`
    public var description: String {
        line > 0 ? "\(file):\(line):\(column): \(reason)" : "\(file): \(reason)"
    }
}

/// A place in a YAML file.
public struct YAMLPosition: Hashable, Sendable {
    /// 1-based, over all documents of the file.
    public let line: Int
    /// 1-based, in Unicode scalars.
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One document of a YAML file, with the places its fields were written at.
public struct YAMLDocument: Sendable {
    public let value: JSONValue
    public let file: String
    /// Where its content begins.
    public let start: YAMLPosition
    /// Where each field was written, by its path as Kubernetes writes it: `spec.containers[0].image`.
    /// Fields that came through an alias or a merge key have the place of what they refer to.
    public let positions: [String: YAMLPosition]

    public init(value: JSONValue, file: String, start: YAMLPosition, positions: [String: YAMLPosition]) {
        self.value = value
        self.file = file
        self.start = start
        self.positions = positions
    }

    /// The place of `path`, or of the nearest field above it that was written.
    public func position(of path: String) -> YAMLPosition {
        var path = path[...]
        while !path.isEmpty {
            if let position = positions[String(path)] { return position }
            guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            path = path[..<cut]
        }
        return start
    }
}
