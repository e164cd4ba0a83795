import Documents

/// A short name for the content of a Pod template.
enum PodTemplateHash {
    /// The letters that `apimachinery/pkg/util/rand` allows: no vowels, so that no words arise, and nothing that looks
    /// alike.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    /// FNV-1a of the template in canonical form, as at most ten safe characters.
    /// - Parameter collisions: how many other templates have been met with the same hash.
    static func of(_ template: JSONValue, collisions: Int) -> String {
        var hash: UInt32 = 2_166_136_261
        func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for byte in canonical(template).encoded() { add(byte) }
        if collisions > 0 {
            for byte in String(collisions).utf8 { add(byte) }
        }
        return String(String(hash).utf8.map { alphabet[Int($0) % alphabet.count] })
    }

    /// Members sorted, so that equal documents have equal text.
    private static func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(object.map { (key: $0.key, value: canonical($0.value)) }.sorted { $0.key < $1.key }))
        case .array(let values): .array(values.map(canonical))
        default: value
        }
    }
}
