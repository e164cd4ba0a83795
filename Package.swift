// swift-tools-version: 6.1
import PackageDescription

/// Swift 6 with the strictest upcoming rules; a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .unsafeFlags(["-warnings-as-errors"]),
]

/// A layer of the house: what it may import is the table in ARCHITECTURE.md, held by ArchitectureTests.
func layer(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, exclude: exclude,
        swiftSettings: strict)
}

/// A C program without dependencies: it must start in a blink and run in any container, and as the first process of a
/// virtual machine. Without Swift's start files it also goes without Swift's runtime: a tenth of the size, and nothing that
/// wants to read /proc before anybody has mounted it.
func staticProgram(_ name: String, path: String? = nil) -> Target {
    .executableTarget(
        name: name, path: path, cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])],
        linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"])])
}

let package = Package(
    name: "kijabi-project",
    products: [.executable(name: "kijabi", targets: ["kijabi"])],
    dependencies: [
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0")
    ],
    targets: [
        // Leaves
        .target(
            name: "CLinux", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("seccomp")]),
        .target(
            name: "CEditline", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("edit")]),
        .target(name: "CTransfer", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        layer("Documents", [.product(name: "Yams", package: "Yams")]),
        .systemLibrary(name: "CMarkdown", providers: [.apt(["libcmark-gfm-dev"])]),
        layer("Terminal", ["CMarkdown"]),
        layer("LinuxKernel", ["CLinux"]),
        layer("OCI", ["Documents", "CNettle"]),
        layer("Registry", ["OCI", "Documents", "LinuxKernel", "CTransfer"]),
        layer("KubernetesAPI", ["Documents"]),
        layer("ContainerRuntime"),
        layer("Dockerfile", ["Documents"]),
        layer("DNS"),
        layer("Commands", ["Terminal"]),
        // Cluster state
        layer("ObjectStore", ["Documents"]),
        layer("APIServer", ["ObjectStore", "KubernetesAPI", "Documents"]),
        // Reconcilers
        layer("ControllerRuntime", ["KubernetesAPI", "Documents"]),
        layer("Controllers", ["ControllerRuntime", "KubernetesAPI", "Documents"]),
        layer("Scheduler", ["ControllerRuntime", "KubernetesAPI", "Documents"]),
        layer("Kubelet", ["ControllerRuntime", "ContainerRuntime", "KubernetesAPI", "Documents"]),
        layer("ClusterDNS", ["DNS", "ControllerRuntime", "ContainerRuntime", "KubernetesAPI", "Documents"]),
        // Containers
        layer(
            "ContainerEngine",
            [
                "ContainerRuntime", "DNS", "Dockerfile", "Registry", "LinuxKernel", "CLinux", "CNettle", "OCI",
                "Documents",
            ]),
        layer(
            "VirtualMachine",
            ["Commands", "Terminal", "ContainerRuntime", "LinuxKernel", "CLinux", "Documents"]),
        // Composition
        layer(
            "Cluster",
            [
                "ObjectStore", "APIServer", "ControllerRuntime", "Controllers", "Scheduler", "Kubelet",
                "ClusterDNS", "DNS", "ContainerRuntime", "ContainerEngine", "KubernetesAPI", "LinuxKernel", "Documents",
            ]),
        // People
        layer("Kubectl", ["Commands", "Terminal", "KubernetesAPI", "Documents"]),
        layer("Compose", ["Documents", "Terminal"]),
        layer("Docker", ["Compose", "Commands", "Terminal", "ContainerRuntime", "Documents"]),
        layer("Lessons", ["Documents", "KubernetesAPI", "ContainerRuntime"]),
        layer("Transcripts", ["Documents", "Terminal"]),
        layer(
            "Shell",
            [
                "Commands", "Kubectl", "Docker", "Lessons", "Transcripts", "Terminal", "KubernetesAPI",
                "ContainerRuntime", "Documents", "CEditline",
            ]),
        layer(
            "Diagnostics",
            [
                "Commands", "Terminal", "ContainerRuntime", "ContainerEngine", "VirtualMachine", "LinuxKernel",
                "CLinux", "Documents",
            ]),
        .target(
            name: "Benchmarks",
            dependencies: [
                "Cluster", "Commands", "ContainerEngine", "ContainerRuntime", "Documents", "Kubectl",
                "KubernetesAPI", "LinuxKernel", "Terminal", "CEditline",
            ], path: "Benchmarks", swiftSettings: strict),
        .executableTarget(
            name: "kijabi",
            dependencies: [
                "Shell", "Cluster", "ContainerEngine", "ContainerRuntime", "KubernetesAPI", "LinuxKernel", "Commands",
                "Kubectl", "Docker", "Lessons", "Transcripts", "Terminal", "Diagnostics", "Benchmarks",
                "VirtualMachine", "CLinux",
            ],
            swiftSettings: strict),
        staticProgram("kijabi-guest"),
        staticProgram("kijabi-zygote"),
        staticProgram("kijabi-stub"),
        .executableTarget(
            name: "kijabi-packetfilter", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])],
            linkerSettings: [.linkedLibrary("nftables")]),
        .executableTarget(
            name: "kijabi-archive", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-O2"])],
            linkerSettings: [.linkedLibrary("archive"), .linkedLibrary("nettle")]),
        // Tests
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        tests("Documents", []),
        tests("Terminal", []),
        tests("Commands", ["Terminal"]),
        tests("KubernetesAPI", ["Documents"]),
        tests("ObjectStore", ["Documents"]),
        tests("APIServer", ["ObjectStore", "KubernetesAPI", "Documents"]),
        tests("ControllerRuntime", ["APIServer", "ObjectStore", "KubernetesAPI", "Documents"]),
        tests(
            "Controllers",
            ["Scheduler", "ControllerRuntime", "APIServer", "ObjectStore", "KubernetesAPI", "Documents"]),
        tests("Scheduler", ["ControllerRuntime", "APIServer", "ObjectStore", "KubernetesAPI", "Documents"]),
        tests(
            "Kubelet",
            ["ControllerRuntime", "ContainerRuntime", "APIServer", "ObjectStore", "KubernetesAPI", "Documents"]),
        tests("ClusterDNS", ["DNS"]),
        tests("LinuxKernel", []),
        tests("OCI", ["Documents"]),
        .target(
            name: "RegistryStandIns", dependencies: ["LinuxKernel"], path: "Tests/RegistryStandIns",
            swiftSettings: strict),
        staticProgram("escape-probe", path: "Tests/EscapeProbe"),
        tests("Registry", ["RegistryStandIns", "OCI", "Documents", "LinuxKernel"]),
        tests("Dockerfile", []),
        tests(
            "ContainerEngine",
            [
                "ContainerRuntime", "DNS", "LinuxKernel", "CLinux", "OCI", "Documents", "kijabi-zygote",
                "kijabi-packetfilter", "kijabi-archive", "escape-probe", "Registry", "RegistryStandIns",
            ]),
        tests(
            "VirtualMachine",
            [
                "ContainerEngine", "ContainerRuntime", "LinuxKernel", "CLinux", "Terminal", "kijabi-zygote",
                "kijabi-guest",
            ]),
        tests(
            "Cluster",
            [
                "ContainerEngine", "Controllers", "ControllerRuntime", "Kubelet", "ContainerRuntime", "KubernetesAPI",
                "Documents", "kijabi-zygote", "kijabi-packetfilter", "kijabi-archive",
            ]),
        tests(
            "Kubectl", ["Commands", "Terminal", "APIServer", "ObjectStore", "KubernetesAPI", "Documents"],
            exclude: ["Golden"]),
        tests("Compose", ["Documents"]),
        tests("Docker", ["Commands", "Terminal", "ContainerRuntime", "Documents"]),
        tests("Lessons", ["Documents", "KubernetesAPI", "ContainerRuntime"]),
        tests("Transcripts", ["Documents", "Terminal"]),
        tests("Diagnostics", ["ContainerRuntime", "Terminal"]),
        tests("Benchmarks", ["Documents", "Terminal"]),
        tests(
            "Shell",
            [
                "Lessons", "Commands", "Documents", "Terminal", "ContainerRuntime", "CEditline", "LinuxKernel",
                "OCI", "RegistryStandIns",
            ]),
    ]
)
