import Glibc

/// Texts as exec(3) wants them: pointers to zero-terminated bytes, and a null pointer behind them.
final class CStringVector {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ texts: [String]) {
        var pointers: [UnsafeMutablePointer<CChar>?] = []
        for text in texts { pointers.append(strdup(text)) }
        pointers.append(nil)
        self.pointers = pointers
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }
}
