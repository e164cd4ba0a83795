/// Debian's control files (deb-control(5), deb822(5)): paragraphs of fields, lines that begin with a space go on.
enum ControlFile {
    /// The packages of dpkg's database that are installed, in its order. Paragraphs that make no sense are left out.
    static func installedPackages(_ bytes: [UInt8]) -> [Package] {
        paragraphs(bytes).compactMap { paragraph in
            guard let fields = fields(paragraph), fields["status"]?.hasSuffix(" installed") == true else { return nil }
            return package(fields, paragraph)
        }
    }

    /// The package that one paragraph describes, installed or not.
    static func package(_ bytes: [UInt8]) -> Package? {
        guard let paragraph = paragraphs(bytes).first, let fields = fields(paragraph) else { return nil }
        return package(fields, paragraph)
    }

    /// The names in a field such as `libc6 (>= 2.36), default-mta | mail-transport-agent, perl:any`; versions do not
    /// matter where everything comes from one working installation.
    static func alternatives(_ field: String) -> [[String]] {
        field.split(separator: ",").compactMap { relation in
            let names = relation.split(separator: "|").compactMap { alternative in
                let name = alternative.drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != ":" && $0 != "(" }
                return name.isEmpty ? nil : String(name)
            }
            return names.isEmpty ? nil : names
        }
    }

    private static func paragraphs(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var all: [ArraySlice<UInt8>] = []
        var start = 0
        var line = 0
        let newline = UInt8(ascii: "\n")
        while line < bytes.count {
            let end = bytes[line...].firstIndex(of: newline) ?? bytes.count
            if end == line {
                if start < line { all.append(bytes[start..<line]) }
                start = line + 1
            }
            line = end + 1
        }
        if start < bytes.count { all.append(bytes[start...]) }
        return all
    }

    private static let wanted: Set<String> = [
        "package", "version", "architecture", "status", "essential", "depends", "pre-depends", "provides", "conffiles",
    ]

    /// The fields that matter here, names in lower case; nil if a line is none.
    private static func fields(_ paragraph: ArraySlice<UInt8>) -> [String: String]? {
        var fields: [String: String] = [:]
        var current: String?
        for line in paragraph.split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
                if let current { fields[current]?.append("\n" + String(decoding: line, as: UTF8.self)) }
                continue
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            current = wanted.contains(name) ? name : nil
            guard let current else { continue }
            let value = String(decoding: line[(colon + 1)...], as: UTF8.self)
            fields[current] = String(value.drop { $0 == " " || $0 == "\t" })
        }
        return fields
    }

    private static func package(_ fields: [String: String], _ paragraph: ArraySlice<UInt8>) -> Package? {
        guard let name = fields["package"], isName(name), let version = fields["version"],
            let architecture = fields["architecture"], isName(architecture)
        else { return nil }
        var package = Package(name: name, version: version, architecture: architecture)
        package.isEssential = fields["essential"] == "yes"
        package.dependencies =
            alternatives(fields["pre-depends"] ?? "") + alternatives(fields["depends"] ?? "")
        package.provides = alternatives(fields["provides"] ?? "").flatMap { $0 }
        for line in (fields["conffiles"] ?? "").split(separator: "\n") {
            // " /etc/adduser.conf cc34… [obsolete]"
            let words = line.split(separator: " ")
            if words.count >= 2, words[0].hasPrefix("/") {
                package.configurationFiles[String(words[0])] = String(words[1])
            }
        }
        package.paragraph = String(decoding: paragraph, as: UTF8.self) + "\n"
        return package
    }

    /// It becomes part of a path.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: ".") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
