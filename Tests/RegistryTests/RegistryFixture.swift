import Documents
import Glibc
import LinuxKernel
import OCI

@testable import Registry

/// Three tries without a pause.
let impatient = RetryPolicy(attempts: 3, longest: .zero) { _ in .zero }

func makeClient(
    _ domain: String, _ credential: RegistryCredential? = nil, trust: ServerTrust = ServerTrust(),
    stallSeconds: Int = 60, retry: RetryPolicy = impatient
) -> RegistryClient {
    RegistryClient(
        domain: domain, credential: credential,
        transport: CurlTransport(proxies: ProxySettings(environment: [:]), stallSeconds: stallSeconds) { _ in trust },
        retry: retry)
}

/// Bytes that no compression makes smaller, the same every time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return (0..<count).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state >> 32)
    }
}

func descriptor(_ bytes: [UInt8], _ type: String = MediaType.gzipLayer) -> ContentDescriptor {
    ContentDescriptor(mediaType: type, digest: Digest(of: bytes), size: bytes.count)
}

/// A file with those bytes.
func file(_ bytes: [UInt8], _ path: String) throws -> FileDescriptor {
    let file = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_TRUNC)
    _ = try checked { bytes.withUnsafeBytes { write(file.number, $0.baseAddress, $0.count) } }
    return file
}

/// Pushes an image of one layer.
/// - Returns: its manifest.
func push(
    _ layer: [UInt8], to client: RegistryClient, _ repository: String, tag: String, in directory: ScratchDirectory
) async throws -> (bytes: [UInt8], layer: ContentDescriptor) {
    var configuration = ImageConfiguration(architecture: "amd64")
    configuration.append(layer: Digest(of: layer), createdBy: "test")
    let configurationBytes = configuration.document.encoded()
    let layerDescriptor = descriptor(layer, ImageManifest.layerMediaType)
    let configurationDescriptor = descriptor(configurationBytes, ImageConfiguration.mediaType)
    try await client.upload(
        configurationDescriptor, from: try file(configurationBytes, directory.path + "/config"), to: repository)
    try await client.upload(layerDescriptor, from: try file(layer, directory.path + "/layer"), to: repository)
    let manifest = ImageManifest(configuration: configurationDescriptor, layers: [layerDescriptor])
    let bytes = manifest.document.encoded()
    try await client.put(manifest: bytes, mediaType: ImageManifest.mediaType, repository, tag)
    return (bytes, layerDescriptor)
}
