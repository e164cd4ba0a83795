import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine {
    public func processes(_ id: String) async throws(RuntimeError) -> [ContainerProcess] {
        let record = try record(id)
        guard let process = record.process else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "running")
        }
        return Self.pids(sharingMounts: process.pid).compactMap { pid in
            guard let status = ProcessStatus(pid: pid) else { return nil }
            return ContainerProcess(
                pid: pid, innerPid: status.innermostPID, parentPid: status.parent, uid: status.uid,
                innerUid: harbour.innerID(status.uid, only: record.identity.user), startedAt: status.startedAt,
                cpuSeconds: status.cpuSeconds,
                command: status.command)
        }
    }

    public func openFile(
        _ id: String, path: String, flags: Int32, mode: UInt32
    ) async throws(RuntimeError) -> Int32 {
        let record = try record(id)
        guard let process = record.process else {
            throw .wrongState(id: record.id, state: record.status.state, wanted: "running")
        }
        do throws(Errno) {
            let root = try FileDescriptor.open("/proc/\(process.pid)/root", FileDescriptor.pathOnly | O_DIRECTORY)
            // The number may be another process's by now, with another root.
            try checked { kijabi_pidfd_send_signal(process.pidfd.number, 0) }
            let file = FileInContainer(root: root, path: path, flags: flags, mode: mode)
            guard harbour.rootID != geteuid() else { return try file.open() }
            do throws(Errno) {
                // Root of this machine may read what no container may, and has perhaps no id inside to make files as.
                return try file.open(as: harbour.rootID)
            } catch {
                // The container's root may read what belongs to its other users.
                guard error.code == EACCES, flags & O_CREAT == 0 else { throw error }
                return try file.openUnlessKernels()
            }
        } catch {
            throw .system(stage: "open", errno: error.code, path: path)
        }
    }

    /// Removes a directory whose content belongs to the harbour's users.
    func removeTree(_ path: String) async throws(RuntimeError) {
        var contents = ZygoteMessage()
        contents.add(ZYGOTE_SOURCE, harbourPath(path))
        do {
            _ = try await harbour.ask(ZYGOTE_REMOVE_TREE, 0, 0, 0, contents)
        } catch {
            // The directory above is this user's, as root not the harbour's: what is in it is gone, it is not.
            if rmdir(path) != 0, errno != ENOENT { throw error }
        }
    }
}

extension Harbour {
    /// A user of this machine as a container counts.
    /// - Parameter only: whom the one id is in it, where there is but one.
    func innerID(_ id: UInt32, only: UInt32 = 0) -> UInt32 {
        if idCount == 1 { return id == rootID ? only : 65534 }
        return id >= rootID && id - rootID < idCount ? id - rootID : 65534
    }
}
