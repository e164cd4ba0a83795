import Documents
import KubernetesAPI

extension Describer {
    func node(_ object: KubernetesObject, _ text: inout Description) async throws {
        let (spec, status) = (object.spec, object.status)
        text.field("Name", object.name)
        text.field("Roles", Self.roles(object))
        text.labels(object.labels)
        text.annotations(object.annotations)
        text.field("CreationTimestamp", object.metadata.moment("creationTimestamp"))
        let taints = (spec["taints"]?.array ?? []).sorted {
            ($0.text("effect"), $0.text("key")) < ($1.text("effect"), $1.text("key"))
        }
        text.list("Taints", taints.map(Taint.init).map(\.description))
        text.field("Unschedulable", "\(spec["unschedulable"]?.bool ?? false)")
        await lease(of: object, &text)
        text.nodeConditions(status)
        text.line("Addresses:")
        for address in status["addresses"]?.array ?? [] {
            text.field(address.text("type"), address.text("address"), level: 1)
        }
        for (title, member) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
            guard let amounts = status[member]?.object, !amounts.isEmpty else { continue }
            text.line("\(title):")
            for (name, _) in amounts.sorted(by: { $0.key < $1.key }) {
                text.field(name, status.text(member, name), level: 1)
            }
        }
        text.systemInfo(status["nodeInfo"] ?? [:])
        if !spec.text("podCIDR").isEmpty { text.field("PodCIDR", spec.text("podCIDR")) }
        if !spec.texts("podCIDRs").isEmpty { text.field("PodCIDRs", spec.texts("podCIDRs").joined(separator: ",")) }
        try await pods(on: object, &text)
    }

    private static func roles(_ node: KubernetesObject) -> String {
        let prefix = "node-role.kubernetes.io/"
        let roles = node.labels.keys.filter { $0.hasPrefix(prefix) && $0.count > prefix.count }
            .map { String($0.dropFirst(prefix.count)) }.sorted()
        return roles.isEmpty ? "<none>" : roles.joined(separator: ",")
    }

    private func lease(of node: KubernetesObject, _ text: inout Description) async {
        do {
            let lease = try await call.client.get(.leases, namespace: "kube-node-lease", name: node.name)
            func moment(_ member: String) -> String {
                lease.spec[member] == nil ? "<unset>" : lease.spec.moment(member)
            }
            let holder = lease.spec.text("holderIdentity")
            text.line("Lease:")
            text.field("HolderIdentity", holder.isEmpty ? "<unset>" : holder, level: 1)
            text.field("AcquireTime", moment("acquireTime"), level: 1)
            text.field("RenewTime", moment("renewTime"), level: 1)
        } catch {
            text.field("Lease", "Failed to get lease: \(error.message)")
        }
    }

    private func pods(on node: KubernetesObject, _ text: inout Description) async throws {
        let options = ListOptions(fieldSelector: .equals("spec.nodeName", node.name))
        let pods = try await call.client.list(.pods, namespace: nil, options).items.filter {
            !PodView($0).isTerminated
        }
        let allocatable = node.status["allocatable"] ?? node.status["capacity"] ?? [:]
        let total = ResourceShares(allocatable)
        text.line("Non-terminated Pods:\t(\(pods.count) in total)")
        text.line(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge")
        text.line(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---")
        var sums = ResourceSums()
        for pod in pods {
            let sum = ResourceSums(pod: pod)
            sums.add(sum)
            let age = pod.creationTimestamp.flatMap(Timestamp.init).map { (call.now() - $0).humanText } ?? "<unknown>"
            let shares = [
                total.text("cpu", sum.requests), total.text("cpu", sum.limits), total.text("memory", sum.requests),
                total.text("memory", sum.limits),
            ]
            text.line(1, "\(pod.namespace)\t\(pod.name)\t\t\(shares.joined(separator: "\t"))\t\(age)")
        }
        text.line("Allocated resources:")
        text.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)")
        text.line(1, "Resource\tRequests\tLimits")
        text.line(1, "--------\t--------\t------")
        for name in ["cpu", "memory", "ephemeral-storage"] {
            text.line(1, "\(name)\t\(total.text(name, sums.requests))\t\(total.text(name, sums.limits))")
        }
    }
}

extension Description {
    fileprivate mutating func nodeConditions(_ status: JSONValue) {
        let conditions = status["conditions"]?.array ?? []
        guard !conditions.isEmpty else { return }
        line("Conditions:")
        line(1, "Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
        line(1, "----\t------\t-----------------\t------------------\t------\t-------")
        for condition in conditions {
            line(
                1,
                "\(condition.text("type")) \t\(condition.text("status")) \t\(condition.moment("lastHeartbeatTime")) \t"
                    + "\(condition.moment("lastTransitionTime")) \t\(condition.text("reason")) \t"
                    + condition.text("message"))
        }
    }

    fileprivate mutating func systemInfo(_ info: JSONValue) {
        line("System Info:")
        for (title, member) in [
            ("Machine ID", "machineID"), ("System UUID", "systemUUID"), ("Boot ID", "bootID"),
            ("Kernel Version", "kernelVersion"), ("OS Image", "osImage"), ("Operating System", "operatingSystem"),
            ("Architecture", "architecture"), ("Container Runtime Version", "containerRuntimeVersion"),
            ("Kubelet Version", "kubeletVersion"), ("Kube-Proxy Version", "kubeProxyVersion"),
        ] {
            field(title, info.text(member), level: 1)
        }
    }
}

/// What Pods ask for and may use, added up.
private struct ResourceSums {
    var requests: [String: Quantity] = [:]
    var limits: [String: Quantity] = [:]

    init() {}

    /// The sum over the containers, or what an init container needs alone if that is more.
    init(pod: KubernetesObject) {
        for container in pod.spec["containers"]?.array ?? [] {
            add(container.at("resources", "requests"), to: \.requests, +)
            add(container.at("resources", "limits"), to: \.limits, +)
        }
        for container in pod.spec["initContainers"]?.array ?? [] {
            add(container.at("resources", "requests"), to: \.requests, max)
            add(container.at("resources", "limits"), to: \.limits, max)
        }
    }

    mutating func add(_ other: ResourceSums) {
        requests.merge(other.requests, uniquingKeysWith: +)
        limits.merge(other.limits, uniquingKeysWith: +)
    }

    private mutating func add(
        _ amounts: JSONValue?, to sums: WritableKeyPath<ResourceSums, [String: Quantity]>,
        _ combine: (Quantity, Quantity) -> Quantity
    ) {
        for (name, amount) in amounts?.object ?? [:] {
            guard let quantity = Quantity(document: amount) else { continue }
            self[keyPath: sums][name] = self[keyPath: sums][name].map { combine($0, quantity) } ?? quantity
        }
    }
}

/// `100m (5%)`: an amount and its share of what a node has.
private struct ResourceShares {
    let total: JSONValue

    init(_ total: JSONValue) {
        self.total = total
    }

    func text(_ name: String, _ amounts: [String: Quantity]) -> String {
        let amount = amounts[name] ?? .zero
        let all = total[name].flatMap { Quantity(document: $0) } ?? .zero
        let share = all.isZero ? 0 : Int(Double(amount.nanoValue) / Double(all.nanoValue) * 100)
        return "\(amount) (\(share)%)"
    }
}
