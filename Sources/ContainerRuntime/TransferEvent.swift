/// What happens while an image is pulled or pushed.
public enum TransferEvent: Sendable, Hashable {
    /// A pull begins: `library/busybox`, and the tag or digest that is asked for.
    case pulling(repository: String, reference: String)
    /// A push begins: `docker.io/library/busybox`.
    case pushing(repository: String)
    /// A layer has come a step further. `layer` is what people see of its digest: 12 digits.
    case layer(String, Step)

    /// Where a layer is. Sizes are bytes.
    public enum Step: Sendable, Hashable {
        /// It will be fetched; or it waits until others are done.
        case pullingLayer, waiting
        case downloading(current: Int, total: Int)
        case downloadComplete
        case extracting(current: Int, total: Int)
        case pullComplete
        /// It was here, or there, already.
        case alreadyExists
        case preparing
        case pushing(current: Int, total: Int)
        case pushed
        /// The registry took it over from another of its repositories.
        case mounted(from: String)
    }
}
