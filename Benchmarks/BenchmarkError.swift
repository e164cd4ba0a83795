/// Why something could not be measured.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    /// Not a fault: a tool to compare with is absent, or does not work here.
    private(set) var isAbsence = false

    init(_ description: String) {
        self.description = description
    }

    static func notCompared(_ description: String) -> BenchmarkError {
        var error = BenchmarkError(description)
        error.isAbsence = true
        return error
    }
}
