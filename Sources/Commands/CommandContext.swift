public import Terminal

/// Everything a command knows of whoever typed it. Commands write to these descriptors and read files through `files`,
/// never the process's own: the caller may be a shell inside the toolbox.
///
/// A command is interrupted by cancelling its task; it then ends soon with status 130.
public struct CommandContext: Sendable {
    /// Open for as long as the command runs; owned by the caller.
    public var input: Int32
    public var output: OutputStream
    public var error: OutputStream
    public var environment: [String: String]
    /// Absolute path in the caller's file tree.
    public var workingDirectory: String
    public var files: any FileAccess
    public var language: Language
    /// Colour for `output`.
    public var style: Style

    public init(
        input: Int32, output: OutputStream, error: OutputStream, environment: [String: String],
        workingDirectory: String, files: any FileAccess, language: Language, style: Style
    ) {
        self.input = input
        self.output = output
        self.error = error
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.files = files
        self.language = language
        self.style = style
    }
}

/// Files as the caller of a command sees them.
public protocol FileAccess: Sendable {
    /// The whole file. `path` is absolute, or relative to `workingDirectory`; `-` is not a path.
    func read(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [UInt8]
    /// Names in a directory, sorted.
    func list(_ path: String, workingDirectory: String) async throws(FileAccessError) -> [String]
    func isDirectory(_ path: String, workingDirectory: String) async -> Bool
    /// The id of the container whose files these are; nil where they are this machine's.
    /// - Throws: where there is no such container and none can be had.
    func container() async throws(FileAccessError) -> String?
    /// Opens a file or directory with the rights of the caller, close-on-exec.
    /// - Parameters:
    ///   - flags: of open(2); with `O_CREAT`, `mode` counts too.
    /// - Returns: a descriptor that whoever asked closes.
    func open(
        _ path: String, flags: Int32, mode: UInt32, workingDirectory: String
    ) async throws(FileAccessError) -> Int32
}

extension FileAccess {
    public func container() async throws(FileAccessError) -> String? { nil }

    /// Files that are no files of a machine cannot be opened (ENOSYS).
    public func open(
        _ path: String, flags: Int32, mode: UInt32, workingDirectory: String
    ) async throws(FileAccessError) -> Int32 {
        throw FileAccessError(path: path, errno: 38)
    }
}

public struct FileAccessError: Error, Sendable, Hashable {
    public let path: String
    /// As of errno(3).
    public let errno: Int32

    public init(path: String, errno: Int32) {
        self.path = path
        self.errno = errno
    }
}
