import OCI

/// A toolchain: the GNU compilers for Fortran and C, the assembler, the linker, and the C library's headers.
enum CompilerImage {
    /// - Parameter repository: `gcc`, as on Docker Hub, where that image has a Fortran compiler too; or `gfortran`.
    static func image(_ repository: String, base: String) -> PackageImage {
        PackageImage(
            repository: repository, packages: { _ in ["gfortran", "gcc", "libc6-dev"] }, installName: "gfortran",
            base: base,
            extra: { selection in
                var layer = LayerContent(modificationTime: 0)
                for (name, target) in [("cc", "gcc"), ("f77", "gfortran"), ("f95", "gfortran")] {
                    layer.symbolicLink("usr/bin/\(name)", to: target)
                }
                return layer
            },
            configure: { configuration, selection in
                configuration.environment.append("GCC_VERSION=\(selection.version)")
                configuration.command = ["bash"]
            })
    }
}
