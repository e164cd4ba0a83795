import Commands
import ContainerRuntime
import Terminal

/// `docker update`: other limits for containers, also for running ones.
enum UpdateCommand {
    static func make(_ engine: any Engine) -> Command {
        Command(
            "update", summary: Localized(ko: "한도를 바꾼다", en: "Update configuration of containers"),
            usage: "[OPTIONS] CONTAINER [CONTAINER...]",
            examples: [("docker update --cpus 0.5 web", Localized(ko: "반 프로세서로", en: "Half a processor from now on"))],
            flags: ResourceFlags.flags + [
                Flag(
                    "restart", .text, placeholder: "POLICY",
                    summary: Localized(ko: "다시 켜는 규칙", en: "Restart policy to apply when it exits"))
            ]
        ) { line, context in
            do throws(RuntimeError) {
                let update = try self.update(line)
                guard update != ContainerUpdate() else {
                    context.error.line("docker: You must provide one or more flags when using this command.")
                    return 1
                }
                return await context.forEach(line.allArguments, command: "update") { name throws(RuntimeError) in
                    try await engine.updateContainer(name, update)
                }
            } catch {
                return context.report(error)
            }
        }.completingContainers(engine)
    }

    static func update(_ line: Invocation) throws(RuntimeError) -> ContainerUpdate {
        var update = ContainerUpdate()
        update.memory = try line.has("memory") ? ResourceFlags.memory(line) ?? 0 : nil
        update.memoryAndSwap = try ResourceFlags.size(line, "memory-swap", allowsUnlimited: true)
        update.memoryReservation = try ResourceFlags.size(line, "memory-reservation")
        update.cpus = try line.has("cpus") ? ResourceFlags.cpus(line) ?? 0 : nil
        update.cpuShares = line.integer("cpu-shares")
        (update.cpuQuota, update.cpuPeriod) = try ResourceFlags.quota(line)
        update.cpuset = try ResourceFlags.list(line, "cpuset-cpus")
        update.memoryNodes = try ResourceFlags.list(line, "cpuset-mems")
        update.pids = line.integer("pids-limit")
        if let text = line["restart"] { update.restartPolicy = try LifeFlags.policy(text) }
        return update
    }
}
