import ContainerRuntime

/// Testing has an `ExitStatus` too.
typealias ProcessExit = ExitStatus
