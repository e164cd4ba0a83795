import Commands
import Terminal

/// Verbs of kubectl that are not here, each with what to use instead.
enum AbsentVerbs {
    static func all(_ kubectl: Kubectl) -> [Command] {
        [
            absent(
                kubectl, "edit",
                Localized(
                    ko: "kubectl get … -o yaml > web.yaml 로 꺼내 고친 뒤 kubectl apply -f web.yaml, 또는 kubectl patch 를 쓰세요.",
                    en:
                        "Write it to a file (kubectl get … -o yaml > web.yaml), change it and kubectl apply -f web.yaml, "
                        + "or use kubectl patch.")),
            absent(
                kubectl, "top",
                Localized(
                    ko: "여기에는 측정 서버가 없습니다. kubectl describe node 의 Allocated resources 를 보세요.",
                    en: "There is no metrics server here. See Allocated resources in kubectl describe node.")),
            absent(
                kubectl, "port-forward",
                Localized(
                    ko: "파드와 서비스의 주소로 바로 갈 수 있어요: wget -qO- http://서비스이름",
                    en: "Addresses of pods and services can be reached as they are: wget -qO- http://SERVICE")),
            absent(
                kubectl, "cp",
                Localized(
                    ko: "파일 하나는 kubectl exec web -- cat /파일 > 파일 로 꺼낼 수 있어요.",
                    en: "One file can be had with kubectl exec web -- cat /FILE > FILE.")),
            absent(
                kubectl, "autoscale",
                Localized(ko: "kubectl scale 로 수를 정하세요.", en: "Set the number with kubectl scale.")),
            absent(
                kubectl, "replace",
                Localized(ko: "kubectl apply -f 파일 을 쓰세요.", en: "Use kubectl apply -f FILE.")),
            absent(
                kubectl, "diff",
                Localized(
                    ko: "kubectl apply --dry-run=server -f 파일 을 쓰세요.", en: "Use kubectl apply --dry-run=server -f FILE."
                )),
        ]
    }

    private static func absent(_ kubectl: Kubectl, _ name: String, _ instead: Localized) -> Command {
        var command = Command(
            name, summary: Localized(ko: "(여기에는 없습니다)", en: "(not available here)"), details: instead,
            stopsAtFirstArgument: true,
            run: kubectl.perform { _ in
                throw Failure.message("\(name) is not available here", hint: instead)
            })
        command.isHidden = true
        return command
    }
}
