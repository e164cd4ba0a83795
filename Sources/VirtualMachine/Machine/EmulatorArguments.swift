import Terminal

/// The command line of QEMU: the smallest machine that has a processor, memory and two serial lines. No network card, no
/// disk, no display, no configuration files; and QEMU itself may neither start programs nor gain rights.
struct EmulatorArguments {
    var configuration: MachineConfiguration
    var accelerator: Accelerator
    /// Path of the kernel, and descriptors the program inherits.
    var kernel: String
    var root: Int32
    var console: Int32
    var agent: Int32

    /// The kernel's own command line (Documentation/admin-guide/kernel-parameters.txt).
    var kernelLine: String {
        var words = ["console=ttyS0", "panic=-1", "reboot=t", "no_timer_check", "random.trust_cpu=on"]
        if configuration.isQuiet { words.append("quiet") }
        words.append("kijabi.console=\(configuration.console.rawValue)")
        if let name = configuration.name { words.append("kijabi.name=\(name)") }
        if let size = configuration.terminalSize { words.append("kijabi.size=\(size.columns)x\(size.rows)") }
        words.append("kijabi.term=\(configuration.terminalType)")
        return words.joined(separator: " ")
    }

    var words: [String] {
        [
            Emulator.program, "-name", "kijabi-\(configuration.name ?? "vm"),debug-threads=off",
            "-machine", "q35,usb=off,vmport=off,hpet=off,dump-guest-core=off", "-accel", accelerator.rawValue,
            "-cpu", accelerator == .kvm ? "host" : "max",
            "-smp", "\(configuration.processors)", "-m", "\(max(configuration.memory >> 20, 1))M",
            "-nodefaults", "-no-user-config", "-display", "none", "-net", "none", "-no-reboot",
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
            "-chardev", "socket,id=console,fd=\(console)", "-device", "isa-serial,chardev=console,index=0",
            "-chardev", "socket,id=agent,fd=\(agent)", "-device", "isa-serial,chardev=agent,index=1",
            "-kernel", kernel, "-initrd", "/dev/fd/\(root)", "-append", kernelLine,
        ]
    }
}
