import Terminal

/// Programs that people look for here and that are not in the toolbox, each with what does the job instead.
enum AbsentProgram {
    /// What to do instead of the first such program in a cell.
    static func advice(for cell: String) -> Localized? {
        commandWords(of: cell).lazy.compactMap { word in table.first { $0.names.contains(word) }?.advice }.first
    }

    /// The words of a cell that stand where a command does: behind nothing, `|`, `;`, `&` or a parenthesis.
    static func commandWords(of cell: String) -> [String] {
        cell.split { "|;&()\n".contains($0) }.compactMap { segment in
            segment.split(whereSeparator: \.isWhitespace).first.map(String.init)
        }
    }

    private static let table: [(names: Set<String>, advice: Localized)] = [
        (
            ["curl"],
            Localized(ko: "curl 은 여기 없어요. 같은 일: wget -qO- 주소", en: "There is no curl here. The same: wget -qO- URL")
        ),
        (
            ["sudo", "su", "doas"],
            Localized(
                ko: "도구 상자 안에서는 이미 root 예요. 그 앞말 없이 치면 돼요.",
                en: "You are root in the toolbox already: type the rest without it.")
        ),
        (
            ["vim", "nvim", "nano", "emacs", "code"],
            Localized(ko: "여기 있는 편집기는 vi 예요: vi 파일", en: "The editor here is vi: vi FILE")
        ),
        (
            ["bash", "zsh", "fish"],
            Localized(ko: "여기 있는 셸은 sh 예요.", en: "The shell here is sh.")
        ),
        (
            ["man", "info"],
            Localized(
                ko: "설명은 'help', 'help kubectl get', '명령 --help' 로 볼 수 있어요.",
                en: "See 'help', 'help kubectl get', or 'COMMAND --help'.")
        ),
        (
            ["ssh", "scp"],
            Localized(
                ko: "노드는 이 컴퓨터의 한 부분이라 ssh 가 없어요. 안으로는 'kubectl exec -it 파드 -- sh', 바깥에서는 'host ps'.",
                en:
                    "Nodes are parts of this computer, without ssh. Step in with 'kubectl exec -it POD -- sh', look from outside "
                    + "with 'host ps'.")
        ),
        (
            ["apt", "apt-get", "yum", "dnf", "apk", "brew", "pip", "pip3", "npm", "snap"],
            Localized(
                ko: "도구 상자에는 더 설치할 수 없어요. 있는 프로그램은 'busybox --list' 로 볼 수 있어요.",
                en: "Nothing can be installed in the toolbox. 'busybox --list' shows the programs it has.")
        ),
        (
            ["python", "python3", "perl", "ruby", "node", "java", "go", "gcc", "make", "git"],
            Localized(
                ko: "도구 상자에는 작은 프로그램만 있어요: 'busybox --list'",
                en: "The toolbox has small programs only: 'busybox --list'")
        ),
        (
            ["jq", "yq"],
            Localized(
                ko:
                    "같은 일: kubectl get … -o jsonpath='{.items[*].metadata.name}', docker inspect -f '{{.State.Status}}' …",
                en:
                    "The same: kubectl get … -o jsonpath='{.items[*].metadata.name}', docker inspect -f '{{.State.Status}}' …"
            )
        ),
        (
            ["dig"], Localized(ko: "같은 일: nslookup 이름", en: "The same: nslookup NAME")
        ),
        (
            ["htop"], Localized(ko: "같은 일: top", en: "The same: top")
        ),
        (
            ["helm", "kustomize"],
            Localized(
                ko: "여기에는 없어요. 매니페스트를 'kubectl apply -f 파일' 로 바로 올릴 수 있어요.",
                en: "Not here. Manifests are put up with 'kubectl apply -f FILE'.")
        ),
        (
            ["minikube", "kind", "k3d", "k3s", "kubeadm", "k9s"],
            Localized(
                ko: "클러스터는 이미 여기 있어요: kubectl get nodes", en: "A cluster is here already: kubectl get nodes")
        ),
        (
            ["docker-compose", "podman", "nerdctl", "crictl", "ctr"],
            Localized(ko: "컨테이너는 docker 로 다뤄요: docker --help", en: "Containers are handled with docker: docker --help")
        ),
        (
            ["systemctl", "service", "journalctl"],
            Localized(
                ko: "여기에는 systemd 가 없어요. 무엇이 돌고 있는지는 'kubectl get pods -A' 와 'docker ps'.",
                en: "There is no systemd here. See what runs with 'kubectl get pods -A' and 'docker ps'.")
        ),
        (
            ["quit", "logout", "bye"], Localized(ko: "나가려면 exit 나 Ctrl-D", en: "To leave: exit, or Ctrl-D")
        ),
        (
            ["cls"], Localized(ko: "같은 일: clear", en: "The same: clear")
        ),
        (
            ["ll"], Localized(ko: "같은 일: ls -l", en: "The same: ls -l")
        ),
    ]
}
