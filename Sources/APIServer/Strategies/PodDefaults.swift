import Documents
import KubernetesAPI

/// What the API server fills into Pods and pod templates (`core/v1` defaults).
enum PodDefaults {
    /// For a Pod and for the template of a workload.
    static func apply(toSpec spec: inout JSONValue) {
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("securityContext", [:])
        spec.setDefault("schedulerName", "default-scheduler")
        let isHostNetwork = spec["hostNetwork"]?.bool ?? false
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            spec.changeElements(of: list) { container in
                apply(toContainer: &container, isHostNetwork: isHostNetwork)
            }
        }
        spec.changeElements(of: "volumes") { apply(toVolume: &$0) }
    }

    /// For a Pod only: templates keep these open.
    static func apply(toPodSpec spec: inout JSONValue) {
        spec.setDefault("enableServiceLinks", true)
        for list in ["initContainers", "containers"] {
            spec.changeElements(of: list) { container in
                guard let limits = container.at("resources", "limits")?.object else { return }
                for (resource, quantity) in limits where container.at("resources", "requests", resource) == nil {
                    container.set("resources", "requests", resource, to: quantity)
                }
            }
        }
    }

    private static func apply(toContainer container: inout JSONValue, isHostNetwork: Bool) {
        container.setDefault("resources", [:])
        for list in ["limits", "requests"] where container.at("resources", list)?.object != nil {
            canonicalise(quantities: &container["resources", default: [:]][list, default: [:]])
        }
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        let image = container["image"]?.string ?? ""
        container.setDefault("imagePullPolicy", pullsAlways(image) ? "Always" : "IfNotPresent")
        container.changeElements(of: "ports") { port in
            port.setDefault("protocol", "TCP")
            if isHostNetwork, let number = port["containerPort"] { port.setDefault("hostPort", number) }
        }
        container.changeElements(of: "env") { variable in
            if variable.at("valueFrom", "fieldRef") != nil {
                variable["valueFrom", default: [:]]["fieldRef", default: [:]].setDefault("apiVersion", "v1")
            }
            if variable.at("valueFrom", "resourceFieldRef") != nil {
                variable["valueFrom", default: [:]]["resourceFieldRef", default: [:]].setDefault("divisor", "0")
            }
        }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe]?.object != nil {
            apply(toProbe: &container[probe, default: [:]])
        }
        for hook in ["postStart", "preStop"] where container.at("lifecycle", hook, "httpGet") != nil {
            applyHTTP(to: &container["lifecycle", default: [:]][hook, default: [:]]["httpGet", default: [:]])
        }
    }

    /// Writes each quantity of a map in its shortest form: `0.5` becomes `500m`, `1024Mi` becomes `1Gi`.
    static func canonicalise(quantities: inout JSONValue) {
        for (resource, value) in quantities.object ?? [:] {
            guard let quantity = Quantity(document: value) else { continue }
            let text = JSONValue.string(quantity.description)
            if text != value { quantities[resource] = text }
        }
    }

    /// No tag and `latest` may change under the same name, so they are asked for each time.
    static func pullsAlways(_ image: String) -> Bool {
        if image.contains("@") { return false }
        let lastComponent = image.split(separator: "/").last ?? ""
        guard let colon = lastComponent.firstIndex(of: ":") else { return true }
        return lastComponent[lastComponent.index(after: colon)...] == "latest"
    }

    private static func apply(toProbe probe: inout JSONValue) {
        probe.setDefault("timeoutSeconds", 1)
        probe.setDefault("periodSeconds", 10)
        probe.setDefault("successThreshold", 1)
        probe.setDefault("failureThreshold", 3)
        if probe["httpGet"]?.object != nil { applyHTTP(to: &probe["httpGet", default: [:]]) }
        if probe["grpc"]?.object != nil { probe["grpc", default: [:]].setDefault("service", "") }
    }

    private static func applyHTTP(to action: inout JSONValue) {
        action.setDefault("path", "/")
        action.setDefault("scheme", "HTTP")
    }

    private static func apply(toVolume volume: inout JSONValue) {
        let mode: JSONValue = 0o644
        if volume.object?.keys.contains(where: { $0 != "name" }) != true { volume["emptyDir"] = [:] }
        for source in ["configMap", "secret", "downwardAPI", "projected"] where volume[source]?.object != nil {
            volume[source, default: [:]].setDefault("defaultMode", mode)
        }
        if volume["hostPath"]?.object != nil { volume["hostPath", default: [:]].setDefault("type", "") }
    }
}
