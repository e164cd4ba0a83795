import OCI

/// What an image out of the distribution's packages is to be: see `PackageRecipe`.
struct PackageImage: Sendable {
    /// `redis`
    var repository: String
    /// Packages whose files make the image, with all that they need. The first gives the image its version.
    var packages: @Sendable (PackageDatabase) -> [String]
    /// What to install where the packages are missing, as the distribution calls it whatever its version.
    var installName: String
    /// The repository of the image it stands on; nil for one that stands alone.
    var base: String?
    var leavesOutPackage: @Sendable (String) -> Bool = { _ in false }
    /// Paths without a leading slash.
    var leavesOutPath: @Sendable (String) -> Bool = { _ in false }
    /// Files that no package brings.
    var extra: @Sendable (PackageSelection) -> LayerContent = { _ in LayerContent(modificationTime: 0) }
    var configure: @Sendable (inout ImageConfiguration, PackageSelection) -> Void = { _, _ in }
    /// Tags beside `latest`, for an upstream version.
    var tags: @Sendable (String) -> [String] = { PackageImage.versionTags($0) }

    /// `7`, `7.0` and `7.0.15` of `7.0.15`.
    static func versionTags(_ version: String) -> [String] {
        let parts = version.split(separator: ".")
        return (0..<parts.count).map { parts[...$0].joined(separator: ".") }
    }
}

/// The packages that go into one image.
struct PackageSelection: Sendable {
    var database: PackageDatabase
    /// Of this image alone, without its base's.
    var packages: [Package]
    /// Its base's.
    var basePackages: [Package]
    /// Where a package's files are that is not installed, by name.
    var roots: [String: String] = [:]
    /// The upstream version of the package that the image is made for.
    var version: String
}
