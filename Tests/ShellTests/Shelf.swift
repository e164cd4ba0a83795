import Documents
import Foundation
import OCI
import RegistryStandIns

/// One image, as a registry has it.
struct Shelf: Sendable {
    let layers: [[UInt8]]
    private let blobs: [[UInt8]]
    private let manifest: [UInt8]

    /// - Parameter layers: uncompressed, bottom first.
    init(_ layers: [[UInt8]]) {
        self.layers = layers
        #if arch(arm64)
            var configuration = ImageConfiguration(architecture: "arm64")
        #else
            var configuration = ImageConfiguration(architecture: "amd64")
        #endif
        for layer in layers { configuration.append(layer: Digest(of: layer), createdBy: "test") }
        let document = configuration.document.encoded()
        blobs = layers + [document]
        func descriptor(_ type: String, _ bytes: [UInt8]) -> ContentDescriptor {
            ContentDescriptor(mediaType: type, digest: Digest(of: bytes), size: bytes.count)
        }
        manifest =
            ImageManifest(
                configuration: descriptor(ImageConfiguration.mediaType, document),
                layers: layers.map { descriptor(ImageManifest.layerMediaType, $0) }
            ).document.encoded()
    }

    /// This machine's busybox, and what a shell script makes in an empty directory.
    static func busybox(adding script: String, applets: [String]) throws -> Shelf {
        let root = try Kijabi.Home()
        defer { root.remove() }
        let links = applets.map { "ln -s busybox base/bin/\($0)" }.joined(separator: "; ")
        let whole = """
            cd "$0" && mkdir -p base/bin top && cp /bin/busybox base/bin; \(links); (cd top; \(script))
            tar -C base -cf base.tar . && tar -C top -cf top.tar .
            """
        let process = try Process.run(URL(fileURLWithPath: "/bin/sh"), arguments: ["-ec", whole, root.path])
        process.waitUntilExit()
        return Shelf(
            try ["base.tar", "top.tar"].map { Array(try Data(contentsOf: URL(fileURLWithPath: root.path + "/" + $0))) })
    }

    func answer(_ request: StandInServer.Request) -> StandInServer.Answer {
        if request.path == "/v2/" { return .status(200) }
        if request.path.contains("/manifests/") { return .status(200, body: manifest) }
        let blob = blobs.first { request.path.hasSuffix(Digest(of: $0).hex) }
        return blob.map { .status(200, body: $0) } ?? .status(404)
    }
}
