import ContainerRuntime

/// The runtime's own type of that name: `ContainerRuntime.TerminalSize` would be looked for in the protocol.
typealias RuntimeTerminalSize = TerminalSize
