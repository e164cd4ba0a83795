import ContainerRuntime
import OCI

/// `kijabi/toolbox:latest`, where the cells of the shell run: busybox and the program that brings `kubectl`, `docker`,
/// `host` and `kijabi` back to the process that runs the shell.
struct ToolboxRecipe: ImageRecipe {
    static let commands = ["kubectl", "docker", "host", "kijabi"]

    let reference: ImageReference
    private let busybox: BusyboxRecipe
    /// The program kijabi-stub on this machine.
    let stubPath: String

    init(busybox: BusyboxRecipe, stubPath: String) throws(ImageReferenceError) {
        reference = try ImageReference("kijabi/toolbox:latest")
        self.busybox = busybox
        self.stubPath = stubPath
    }

    func fingerprint() throws(RuntimeError) -> String {
        "toolbox 1 " + (try stub().fingerprint) + " on " + (try busybox.fingerprint())
    }

    private func stub() throws(RuntimeError) -> ExecutableFile {
        guard let stub = ExecutableFile(path: stubPath), try stub.isStaticallyLinked() else {
            throw .unavailable(
                reason: "\(stubPath) is not the static program that belongs beside kijabi; build it again")
        }
        return stub
    }

    func assemble(
        base: (ImageReference) throws(RuntimeError) -> StoredImage
    ) throws(RuntimeError) -> AssembledImage {
        let busybox = try base(busybox.reference)
        let stub = try stub()
        var layer = LayerContent(modificationTime: stub.modificationTime)
        for path in ["usr", "usr/local", "usr/local/bin"] { layer.directory(path) }
        layer.hostFile("usr/local/bin/kijabi-stub", from: stub.path, size: stub.size)
        for command in Self.commands { layer.symbolicLink("usr/local/bin/" + command, to: "kijabi-stub") }
        layer.directory("work")
        return AssembledImage(
            base: busybox, layers: [(layer, "kijabi-stub as \(Self.commands.joined(separator: ", "))")],
            configure: { $0.workingDirectory = "/work" }, createdAt: stub.modificationTime,
            origin: "\(busybox.summary.origin) and kijabi-stub")
    }
}
