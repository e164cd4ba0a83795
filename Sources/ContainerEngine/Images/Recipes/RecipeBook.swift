import ContainerRuntime
import OCI

/// The images that can be made on this machine.
enum RecipeBook {
    /// - Parameters:
    ///   - searchPath: where to look for busybox, as in `PATH`.
    ///   - stub: the path of the program kijabi-stub; without it there is no toolbox image.
    ///   - workspace: a directory for downloads.
    static func recipes(
        searchPath: String, stub: String?, workspace: String
    ) throws(ImageReferenceError) -> [any ImageRecipe] {
        let busybox = try BusyboxRecipe(searchPath: searchPath)
        var recipes: [any ImageRecipe] = [busybox, try WebRecipe(busybox: busybox)]
        if let stub { recipes.append(try ToolboxRecipe(busybox: busybox, stubPath: stub)) }
        let distribution = try PackageRecipe(DistributionImage.image, base: nil, workspace: workspace)
        recipes.append(distribution)
        let base = distribution.image.repository
        for image in [
            RedisImage.image(base: base), PostgresImage.image(base: base), CompilerImage.image("gcc", base: base),
            CompilerImage.image("gfortran", base: base),
        ] {
            recipes.append(try PackageRecipe(image, base: distribution, workspace: workspace))
        }
        return recipes
    }
}
