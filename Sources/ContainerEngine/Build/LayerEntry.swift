/// A file of a layer that COPY, ADD or WORKDIR makes.
struct LayerEntry {
    enum Content {
        case directory
        /// A file of a source, as it was when it was looked at.
        /// - source: an index of whoever put the entries of several plans together.
        case file(source: Int, path: String, size: Int, mark: String)
        case bytes([UInt8])
        case link(target: String)
        /// Another name of an earlier entry, by its path.
        case hardLink(target: String)
    }

    /// Inside the image, without a leading slash.
    var path: String
    var content: Content
    var mode: UInt32
    var user: UInt32
    var group: UInt32
    /// Seconds since 1970.
    var modificationTime: Int
    /// It is there already and only has to be in the layer so that it stays as it is.
    var isParent = false
}
