/// The kinds of documents that registries keep for images, of the OCI image format and of docker's older one.
public enum MediaType {
    public static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    public static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    public static let dockerConfiguration = "application/vnd.docker.container.image.v1+json"
    public static let dockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    public static let gzipLayer = ImageManifest.layerMediaType + "+gzip"

    public static func isManifest(_ type: String) -> Bool { type == ImageManifest.mediaType || type == dockerManifest }
    public static func isIndex(_ type: String) -> Bool { type == ImageIndex.mediaType || type == dockerList }

    /// A tar stream of an image's layer, in whatever compression.
    public static func isLayer(_ type: String) -> Bool {
        type == ImageManifest.layerMediaType || type.hasPrefix(ImageManifest.layerMediaType + "+")
            || type == dockerLayer || type == "application/vnd.docker.image.rootfs.diff.tar"
            || type == "application/vnd.docker.image.rootfs.diff.tar.zstd"
    }
}
