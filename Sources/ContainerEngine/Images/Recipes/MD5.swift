import CNettle

/// MD5 (RFC 1321), because dpkg's lists are made with it: it tells a changed file, it does not guard against anybody.
enum MD5 {
    /// 32 lower-case hexadecimal digits.
    static func text(of bytes: [UInt8]) -> String {
        var context = md5_ctx()
        nettle_md5_init(&context)
        bytes.withUnsafeBufferPointer { nettle_md5_update(&context, $0.count, $0.baseAddress) }
        var digest = [UInt8](repeating: 0, count: 16)
        nettle_md5_digest(&context, digest.count, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
