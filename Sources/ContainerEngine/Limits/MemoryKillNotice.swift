import CLinux
import Glibc
import LinuxKernel
import Synchronization

/// Tells when the kernel kills a process of a control group for want of memory: as it happens, in both versions of cgroups.
final class MemoryKillNotice: Sendable {
    private let descriptor: FileDescriptor
    private let executor: EpollExecutor

    /// - Parameter tell: called on the executor's thread; perhaps more than once for one kill, or once for several.
    init(
        of group: ControlGroup, _ version: ControlGroups.Version, on executor: EpollExecutor,
        tell: @escaping @Sendable () -> Void
    ) throws(Errno) {
        self.executor = executor
        switch version {
        case .v1: descriptor = try Self.event(of: group)
        case .v2: descriptor = try FileDescriptor.open("\(group.path)/memory.events", O_RDONLY)
        }
        let number = descriptor.number
        // What was read last is what a change is told against.
        if version == .v2 { Self.read(number) }
        let seen = Mutex(Self.kills(group, version))
        try executor.watch(number, version == .v1 ? .readable : .priority) {
            Self.read(number)
            // v1 tells just before it kills, and also where memory is found after all.
            var looks = version == .v1 ? 200 : 1
            while looks > 0 {
                let now = Self.kills(group, version)
                if now > seen.withLock({ $0 }) {
                    seen.withLock { $0 = now }
                    return tell()
                }
                looks -= 1
                if looks > 0 { usleep(1000) }
            }
        }
    }

    deinit {
        executor.forget(descriptor.number)
    }

    /// How many processes of the group were killed so far.
    static func kills(_ group: ControlGroup, _ version: ControlGroups.Version) -> Int {
        group.value(of: "oom_kill", in: version == .v1 ? "memory.oom_control" : "memory.events") ?? 0
    }

    private static func read(_ number: Int32) {
        var buffer = [UInt8](repeating: 0, count: 512)
        // An eventfd is at no place; a file is read anew from its beginning.
        if pread(number, &buffer, buffer.count, 0) < 0 { _ = Glibc.read(number, &buffer, buffer.count) }
    }

    /// eventfd(2), as the kernel's Documentation/admin-guide/cgroup-v1/memory.rst has it.
    private static func event(of group: ControlGroup) throws(Errno) -> FileDescriptor {
        let event = FileDescriptor(owning: try checked { kijabi_eventfd() })
        let control = try FileDescriptor.open("\(group.path)/memory.oom_control", O_RDONLY)
        try withExtendedLifetime(control) { () throws(Errno) in
            try group.write("\(event.number) \(control.number)", to: "cgroup.event_control")
        }
        return event
    }
}
