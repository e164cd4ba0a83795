public import LinuxKernel

/// One request of HTTP (RFC 9110), to be sent as it is: redirects and refusals come back to whoever sent it.
public struct HTTPRequest: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        /// A part of a file; offsets and lengths in bytes. `sent` hears how much of it has gone out.
        case file(FileDescriptor, offset: Int, length: Int, sent: (@Sendable (Int) -> Void)?)
    }

    public var method: String
    public var url: HTTPURL
    public var headers: [(name: String, value: String)]
    public var body: Body?
    /// Seconds for the whole exchange; nil for as long as bytes come.
    public var limit: Int?

    public init(
        _ method: String, _ url: HTTPURL, headers: [(name: String, value: String)] = [], body: Body? = nil,
        limit: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limit = limit
    }

    var bodyLength: Int? {
        switch body {
        case .bytes(let bytes): bytes.count
        case .file(_, _, let length, _): length
        case nil: nil
        }
    }
}
