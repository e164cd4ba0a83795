import CLinux
public import ContainerRuntime
import Glibc
import LinuxKernel

extension ContainerEngine: ContainerInspection {
    public func kernelView(_ idOrName: String) async throws(RuntimeError) -> KernelView {
        let record = try record(idOrName)
        var view = KernelView(status: record.status)
        let sandbox = sandboxesByID[record.status.sandboxID]
        let others = containersByID.values.compactMap { other in
            other === record ? nil : other.process.map { (id: other.id, name: other.status.name, pid: $0.pid) }
        }
        view.birth = await birth(of: record)
        if let process = record.process {
            view.processes = try await processes(record.id)
            if let network = sandbox?.network { view.network = await NetworkPath.look(harbour, network) }
            let program = try? filterProgram(of: record.configuration).flatMap { try? SeccompProgram(file: $0) }
            let harbour = harbour
            let found = await KernelThread.run("xray") { [view] in
                var view = view
                view.namespaces = NamespaceFiles.look(process.pid, others)
                view.mounts = MountTable.look(process.pid)
                view.credentials = CredentialFiles.look(process.pid, program: program, harbour: harbour.pid)
                view.controlGroups = ControlGroupFiles.look(process.pid)
                return view
            }
            view = found
        }
        let status = record.status
        view.layers = await KernelThread.run("xray") { LayerUsage.look(status) }
        return view
    }

    private func birth(of record: ContainerRecord) async -> [BirthStep] {
        guard let number = record.birthNumber, let reply = try? await harbour.ask(ZYGOTE_TELL_BIRTH, number) else {
            return []
        }
        var last = Duration.zero
        // "1234 mount overlay", nanoseconds since the request
        return String(decoding: reply.body, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let nanoseconds = Int64(parts[0]) else { return nil }
            let at = Duration.nanoseconds(nanoseconds)
            defer { last = at }
            return BirthStep(call: String(parts[1]), at: at, duration: at - last)
        }
    }
}
