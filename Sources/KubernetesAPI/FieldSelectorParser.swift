extension FieldSelector {
    /// Reads `status.phase=Running,metadata.name!=web` (`apimachinery/pkg/fields`); empty text selects everything.
    /// `\` before `,`, `=` or `\` makes it part of the value.
    /// - Throws: `SelectorError`. Whether a resource knows the fields is for the API server to say.
    public init(parsing text: String) throws(SelectorError) {
        var requirements: [Requirement] = []
        for (term, offset) in Self.terms(text) where !term.isEmpty {
            requirements.append(try Self.requirement(term, offset: offset))
        }
        self.init(requirements)
    }

    /// The parts between commas, with their places.
    private static func terms(_ text: String) -> [(ArraySlice<Character>, Int)] {
        let characters = Array(text)
        var terms: [(ArraySlice<Character>, Int)] = []
        var start = 0
        var isEscaped = false
        for (index, character) in characters.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                terms.append((characters[start..<index], start))
                start = index + 1
            }
        }
        return terms + [(characters[start...], start)]
    }

    private static func requirement(_ term: ArraySlice<Character>, offset: Int) throws(SelectorError) -> Requirement {
        func fault(_ reason: String) -> SelectorError { SelectorError(reason: reason, offset: offset) }
        for index in term.indices {
            let rest = term[index...]
            for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)] where rest.starts(with: sign) {
                let path = String(term[..<index])
                guard !path.isEmpty else { break }
                return Requirement(
                    path: path.split(separator: ".", omittingEmptySubsequences: false).map(String.init),
                    value: try unescaped(rest.dropFirst(sign.count), fault), isEqual: isEqual)
            }
        }
        throw fault("invalid selector: '\(String(term))'; can't understand '\(String(term))'")
    }

    private static func unescaped(_ value: ArraySlice<Character>, _ fault: (String) -> SelectorError)
        throws(SelectorError) -> String
    {
        var text = ""
        var isEscaped = false
        for character in value {
            if isEscaped {
                guard character == "\\" || character == "," || character == "=" else {
                    throw fault("invalid field selector: invalid escape sequence: \\\(character)")
                }
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=" {
                throw fault("invalid field selector: unescaped character in value: \(character)")
            } else {
                text.append(character)
            }
        }
        if isEscaped { throw fault("invalid field selector: invalid escape sequence: \\") }
        return text
    }
}

extension FieldSelector: CustomStringConvertible {
    /// The text that reads back as the same selector.
    public var description: String {
        requirements.map { requirement in
            let value = requirement.value.map { character in
                character == "\\" || character == "," || character == "=" ? "\\\(character)" : String(character)
            }.joined()
            return requirement.path.joined(separator: ".") + (requirement.isEqual ? "=" : "!=") + value
        }.joined(separator: ",")
    }
}
