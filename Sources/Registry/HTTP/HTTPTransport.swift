/// Carries requests to servers.
public protocol HTTPTransport: Sendable {
    /// Sends a request and gives the body of the answer to `sink`, piece by piece as it comes.
    /// - Returns: the head of the answer, when the body has come to its end.
    func send(_ request: HTTPRequest, to sink: any ResponseSink) async throws(TransportError) -> HTTPHead
}

/// Takes the body of an answer. Its calls come one after the other, on a thread that may block.
public protocol ResponseSink: AnyObject, Sendable {
    /// The head, before the first piece of the body.
    /// - Returns: false to give up.
    func begin(_ head: HTTPHead) -> Bool
    /// - Returns: false to give up.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// Why an exchange did not come to its end.
public enum TransportError: Error, Sendable, Hashable {
    /// There is no libcurl on this machine.
    case noLibrary
    /// The task was cancelled.
    case cancelled
    /// The sink wanted no more.
    case givenUp
    /// The name has no address.
    case unresolved(String)
    /// Nobody answers there.
    case unconnected(String)
    /// What answers does not speak TLS.
    case notTLS(String)
    /// The server's certificate is not one to trust.
    case untrusted(String)
    case timedOut(String)
    /// The connection ended in the middle, or what came is no HTTP.
    case broken(String)

    /// The library's words, for people who want to know.
    var detail: String {
        switch self {
        case .noLibrary: "libcurl is missing"
        case .cancelled: "cancelled"
        case .givenUp: "given up"
        case .unresolved(let text), .unconnected(let text), .notTLS(let text), .untrusted(let text),
            .timedOut(let text), .broken(let text):
            text
        }
    }
}
