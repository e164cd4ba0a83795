/// A shell's pattern for substitutions: `*` is any text, `?` any character, a backslash takes a meaning away.
struct ShellPattern {
    private enum Element: Hashable {
        case any, one
        case literal(Character)
    }

    private var elements: [Element] = []

    init(_ text: String) {
        var characters = text.makeIterator()
        while let character = characters.next() {
            switch character {
            case "*": if elements.last != .any { elements.append(.any) }
            case "?": elements.append(.one)
            case "\\": if let next = characters.next() { elements.append(.literal(next)) }
            default: elements.append(.literal(character))
            }
        }
    }

    /// The length of the shortest or the longest beginning of `text` that is matched.
    private static func match(
        _ elements: [Element], _ text: some Sequence<Character>, longest: Bool
    ) -> Int? {
        // The elements that may come next, after the characters so far.
        var places: Set<Int> = []
        func enter(_ place: Int, _ places: inout Set<Int>) {
            places.insert(place)
            if place < elements.count, elements[place] == .any { places.insert(place + 1) }
        }
        enter(0, &places)
        var found: Int? = places.contains(elements.count) ? 0 : nil
        if found != nil, !longest { return found }
        var length = 0
        for character in text {
            var next: Set<Int> = []
            for place in places where place < elements.count {
                switch elements[place] {
                case .any: enter(place, &next)
                case .one: enter(place + 1, &next)
                case .literal(let wanted): if wanted == character { enter(place + 1, &next) }
                }
            }
            if next.isEmpty { break }
            places = next
            length += 1
            if places.contains(elements.count) {
                found = length
                if !longest { break }
            }
        }
        return found
    }

    /// `text` without the shortest or longest beginning (or end) that matches.
    func removed(from text: String, atEnd: Bool, longest: Bool) -> String {
        if atEnd {
            let length = Self.match(elements.reversed(), text.reversed(), longest: longest)
            return String(text.dropLast(length ?? 0))
        }
        return String(text.dropFirst(Self.match(elements, text, longest: longest) ?? 0))
    }

    /// The longest match at the earliest place (or at every place) is replaced.
    func replaced(in text: String, by replacement: String, all: Bool) -> String {
        var rest = text[...]
        var result = ""
        while let first = rest.first {
            if let length = Self.match(elements, rest, longest: true), length > 0 {
                result += replacement
                rest = rest.dropFirst(length)
                if !all { break }
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }
}
