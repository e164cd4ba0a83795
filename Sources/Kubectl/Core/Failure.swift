import KubernetesAPI
import Terminal

/// Why a verb could not do its work. API errors travel as `Status`.
enum Failure: Error {
    /// `error: …`, with a line for the learner below it.
    case message(String, hint: Localized? = nil)
    /// A text that stands as it is.
    case line(String, hint: Localized? = nil)
    /// `error: …` and where the help is.
    case usage(String)
    /// An API error about something read from a file: `error when creating "x.yaml": …`
    case fromFile(Status, verb: String, source: String)
    /// Several of them, after everything else was done.
    case several([any Error])
    /// Nothing more is said.
    case exit(Int32)

    /// The errors as one, or nothing where there are none.
    static func throwAll(_ errors: [any Error]) throws {
        if errors.count == 1 { throw errors[0] }
        if !errors.isEmpty { throw Failure.several(errors) }
    }
}
