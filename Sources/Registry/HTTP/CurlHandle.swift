import CTransfer
import Glibc
import LinuxKernel

/// libcurl's connections, for one transfer at a time.
final class CurlHandle: Sendable {
    /// libcurl allows a handle to wander from thread to thread, as long as one uses it at a time.
    nonisolated(unsafe) private let transfer: OpaquePointer

    /// Nil where libcurl is missing. Loads the library the first time, which takes some milliseconds.
    init?() {
        guard let transfer = kijabi_transfer_make() else { return nil }
        self.transfer = transfer
    }

    deinit { kijabi_transfer_free(transfer) }

    func cancel() { kijabi_transfer_cancel(transfer) }
    func renew() { kijabi_transfer_renew(transfer) }

    /// Carries one request to its end on the calling thread.
    func perform(
        _ request: HTTPRequest, _ sink: any ResponseSink, proxy: String, trust: ServerTrust, stallSeconds: Int
    ) -> Result<HTTPHead, TransportError> {
        let exchange = Exchange(request, sink)
        let lines = request.headers.map { strdup("\($0.name): \($0.value)") }
        defer { lines.forEach { free($0) } }
        let pointers = lines.map { UnsafePointer($0) }
        let result = withExtendedLifetime(exchange) {
            pointers.withUnsafeBufferPointer { headers in
                trust.authorities.withUnsafeBytes { authorities in
                    withStrings(request.method, request.url.description, proxy) { method, url, proxy in
                        withOptionalStrings(trust.certificate, trust.key) { certificate, key in
                            var call = kijabi_transfer_request()
                            call.method = method
                            call.url = url
                            call.headers = headers.baseAddress
                            call.header_count = headers.count
                            call.proxy = proxy
                            call.authorities =
                                authorities.isEmpty ? nil : authorities.baseAddress?.assumingMemoryBound(to: CChar.self)
                            call.authorities_length = authorities.count
                            call.client_certificate = certificate
                            call.client_key = key
                            call.body_length = request.bodyLength.map { Int64($0) } ?? -1
                            call.connect_seconds = CurlTransport.connectSeconds(request.url)
                            call.stall_seconds = stallSeconds
                            call.total_seconds = request.limit ?? 0
                            call.context = Unmanaged.passUnretained(exchange).toOpaque()
                            call.read = { context, buffer, size in
                                Exchange.of(context).read(UnsafeMutableRawBufferPointer(start: buffer, count: size))
                            }
                            call.header = { context, line, length in
                                Exchange.of(context).take(header: UnsafeRawBufferPointer(start: line, count: length))
                            }
                            call.data = { context, bytes, length in
                                Exchange.of(context).take(data: UnsafeRawBufferPointer(start: bytes, count: length))
                            }
                            return kijabi_transfer_perform(transfer, &call)
                        }
                    }
                }
            }
        }
        return exchange.finish(result)
    }
}

/// One exchange, as libcurl's calls see it.
private final class Exchange {
    private let body: HTTPRequest.Body?
    private let sink: any ResponseSink
    private var sent = 0
    private var head = HTTPHead(status: 0)
    private var hasBegun = false

    init(_ request: HTTPRequest, _ sink: any ResponseSink) {
        body = request.body
        self.sink = sink
    }

    static func of(_ context: UnsafeMutableRawPointer?) -> Exchange {
        guard let context else { preconditionFailure("libcurl lost its context") }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    /// Fills the buffer with the next bytes of the request's body.
    /// - Returns: how many; 0 at the end, `Int.max` as C's SIZE_MAX where the file cannot be read.
    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch body {
        case nil: return 0
        case .bytes(let bytes):
            let piece = bytes[sent...].prefix(buffer.count)
            buffer.copyBytes(from: piece)
            sent += piece.count
            return piece.count
        case .file(let file, let offset, let length, let notify):
            let count = pread(file.number, buffer.baseAddress, min(buffer.count, length - sent), off_t(offset + sent))
            guard count >= 0 else { return -1 }
            sent += count
            notify?(sent)
            return count
        }
    }

    func take(header line: UnsafeRawBufferPointer) -> Int32 { head.append(line: line) ? 1 : 0 }

    func take(data: UnsafeRawBufferPointer) -> Int32 { begin() && sink.receive(data) ? 1 : 0 }

    private func begin() -> Bool {
        if hasBegun { return true }
        hasBegun = true
        return sink.begin(head)
    }

    func finish(_ result: kijabi_transfer_result) -> Result<HTTPHead, TransportError> {
        let text = withUnsafeBytes(of: result.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        switch result.outcome {
        case KIJABI_TRANSFER_DONE: return begin() ? .success(head) : .failure(.givenUp)
        case KIJABI_TRANSFER_CANCELLED: return .failure(.cancelled)
        case KIJABI_TRANSFER_GIVEN_UP: return .failure(.givenUp)
        case KIJABI_TRANSFER_NO_LIBRARY: return .failure(.noLibrary)
        case KIJABI_TRANSFER_UNRESOLVED: return .failure(.unresolved(text))
        case KIJABI_TRANSFER_UNCONNECTED: return .failure(.unconnected(text))
        case KIJABI_TRANSFER_NOT_TLS: return .failure(.notTLS(text))
        case KIJABI_TRANSFER_UNTRUSTED: return .failure(.untrusted(text))
        case KIJABI_TRANSFER_TIMED_OUT: return .failure(.timedOut(text))
        default: return .failure(.broken(text))
        }
    }
}

private func withStrings<Value>(
    _ first: String, _ second: String, _ third: String,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>) -> Value
) -> Value {
    first.withCString { first in second.withCString { second in third.withCString { body(first, second, $0) } } }
}

private func withOptionalStrings<Value>(
    _ first: String?, _ second: String?, _ body: (UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Value
) -> Value {
    func with(_ text: String?, _ body: (UnsafePointer<CChar>?) -> Value) -> Value {
        guard let text else { return body(nil) }
        return text.withCString { body($0) }
    }
    return with(first) { first in with(second) { body(first, $0) } }
}
