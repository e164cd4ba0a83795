import Glibc
import LinuxKernel

// The zygote is started before anything else: this process is small now and has one thread.
let zygote = ZygoteStart.run()
let signals = SignalRouter()
Task.detached {
    let status = await Program(arguments: Array(CommandLine.arguments.dropFirst()), zygote: zygote, signals: signals)
        .run()
    exit(status)
}
signals.route()
