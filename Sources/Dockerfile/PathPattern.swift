/// A pattern for paths as Go's `path/filepath.Match` reads them (`*`, `?`, `[a-z]`, `[^a-z]`, backslash), with `**` for
/// any number of directories, as .dockerignore and COPY have it.
public struct PathPattern: Sendable, Hashable {
    private enum Element: Hashable {
        /// `*`: anything but a slash.
        case many
        /// `?`
        case one
        case literal(UInt8)
        case set(ranges: [ClosedRange<UInt8>], isNegated: Bool)
    }

    private enum Component: Hashable {
        /// `**`
        case directories
        case name([Element])
    }

    private let components: [Component]
    /// Without white space at its ends, dots and doubled slashes.
    public let text: String

    /// - Returns: nil for a malformed one (`[a`).
    public init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        var components: [Component] = []
        for part in parts {
            if part == "**" {
                if components.last != .directories { components.append(.directories) }
            } else {
                guard let elements = Self.elements(Array(part.utf8)) else { return nil }
                components.append(.name(elements))
            }
        }
        self.components = components
        self.text = parts.joined(separator: "/")
    }

    /// Nothing in it but plain characters.
    public var isLiteral: Bool {
        components.allSatisfy { component in
            guard case .name(let elements) = component else { return false }
            return elements.allSatisfy { if case .literal = $0 { true } else { false } }
        }
    }

    private static func elements(_ bytes: [UInt8]) -> [Element]? {
        var elements: [Element] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "*"): if elements.last != .many { elements.append(.many) }
            case UInt8(ascii: "?"): elements.append(.one)
            case UInt8(ascii: "\\"):
                guard index < bytes.count else { return nil }
                elements.append(.literal(bytes[index]))
                index += 1
            case UInt8(ascii: "["):
                guard let set = Self.set(bytes, &index) else { return nil }
                elements.append(set)
            default: elements.append(.literal(byte))
            }
        }
        return elements
    }

    private static func set(_ bytes: [UInt8], _ index: inout Int) -> Element? {
        var ranges: [ClosedRange<UInt8>] = []
        let isNegated = index < bytes.count && bytes[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        func bound() -> UInt8? {
            guard index < bytes.count else { return nil }
            if bytes[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < bytes.count else { return nil }
            defer { index += 1 }
            return bytes[index]
        }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "]"), !ranges.isEmpty {
                index += 1
                return .set(ranges: ranges, isNegated: isNegated)
            }
            guard let low = bound() else { return nil }
            var high = low
            if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] != UInt8(ascii: "]") {
                index += 1
                guard let end = bound() else { return nil }
                high = end
            }
            ranges.append(min(low, high)...max(low, high))
        }
        return nil
    }

    /// Whether all of `path` (relative, parts joined by single slashes) is matched.
    public func matches(_ path: some StringProtocol) -> Bool {
        reach(path).last == true
    }

    /// The path itself or a directory above it is matched.
    public func matchesOrContains(_ path: some StringProtocol) -> Bool {
        reach(path).dropFirst().contains(true)
    }

    /// By number of leading parts of the path: all components are used up there.
    private func reach(_ path: some StringProtocol) -> [Bool] {
        let parts = path.split(separator: "/").map { Array($0.utf8) }
        var ends = [Bool](repeating: false, count: parts.count + 1)
        ends[0] = true
        for component in components {
            var next = [Bool](repeating: false, count: parts.count + 1)
            switch component {
            case .directories:
                var reached = false
                for place in 0...parts.count {
                    reached = reached || ends[place]
                    next[place] = reached
                }
            case .name(let elements):
                for place in 0..<parts.count where ends[place] && Self.matches(elements, parts[place]) {
                    next[place + 1] = true
                }
            }
            ends = next
        }
        return ends
    }

    private static func matches(_ elements: [Element], _ name: [UInt8]) -> Bool {
        var ends = [Bool](repeating: false, count: name.count + 1)
        ends[0] = true
        for element in elements {
            var next = [Bool](repeating: false, count: name.count + 1)
            switch element {
            case .many:
                var reached = false
                for place in 0...name.count {
                    reached = reached || ends[place]
                    next[place] = reached
                }
            case .one: for place in 0..<name.count where ends[place] { next[place + 1] = true }
            case .literal(let byte):
                for place in 0..<name.count where ends[place] && name[place] == byte { next[place + 1] = true }
            case .set(let ranges, let isNegated):
                for place in 0..<name.count where ends[place] {
                    if ranges.contains(where: { $0.contains(name[place]) }) != isNegated { next[place + 1] = true }
                }
            }
            ends = next
        }
        return ends[name.count]
    }
}
