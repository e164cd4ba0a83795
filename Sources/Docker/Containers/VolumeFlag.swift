import ContainerRuntime

/// `-v`: `NAME:/path`, `/host/path:/path`, `/path` (anonymous), each with `:ro` or `:rw`.
enum VolumeFlag {
    static func mount(_ text: String) throws(RuntimeError) -> Mount {
        func fail(_ reason: String) -> RuntimeError { .invalid(field: "--volume", reason: "\(text): \(reason)") }
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var readOnly = false
        if parts.count > 1, let mode = parts.last, mode == "ro" || mode == "rw" {
            readOnly = mode == "ro"
            parts.removeLast()
        }
        if let target = parts.last, target.hasPrefix("/"), target.allSatisfy({ $0 == "/" }) {
            throw fail("the whole of the container cannot be a volume")
        }
        switch parts.count {
        case 1:
            guard parts[0].hasPrefix("/") else { throw fail("the path inside the container must be absolute") }
            let digits = (0..<64).map { _ in String(UInt8.random(in: 0...15), radix: 16) }.joined()
            return Mount(source: .volume(name: digits), target: parts[0], readOnly: readOnly)
        case 2:
            guard parts[1].hasPrefix("/") else { throw fail("the path inside the container must be absolute") }
            if parts[0].hasPrefix("/") {
                return Mount(source: .bind(path: parts[0]), target: parts[1], readOnly: readOnly)
            }
            let isName = parts[0].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
            guard isName, let first = parts[0].first, first.isLetter || first.isNumber else {
                throw fail("'\(parts[0])' is neither an absolute path nor a volume name")
            }
            return Mount(source: .volume(name: parts[0]), target: parts[1], readOnly: readOnly)
        default: throw fail("expected SOURCE:TARGET[:ro]")
        }
    }
}
