import Glibc
import Terminal

/// Pods' interfaces: veth pairs to the harbour.
enum NetworkFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "컨테이너 네트워크", en: "Container network")
        switch situation.network {
        case .worked:
            return Finding(
                "network", .works, title: title,
                meaning: Localized(
                    ko: "컨테이너마다 자기 주소가 있고 서로 닿아요.", en: "Each container has its own address and reaches the others."),
                isEssential: true)
        case .notTried:
            return NotTried.finding("network", title, isEssential: true)
        case .refused(_, EOPNOTSUPP, _):
            return missing(
                title,
                Localized(
                    ko: "이 커널에 veth 장치가 올라와 있지 않아요.", en: "This kernel has not loaded the veth device."),
                ["sudo modprobe veth", "echo veth | sudo tee -a /etc/modules-load.d/kijabi.conf"])
        default:
            return missing(
                title,
                Localized(
                    ko: "컨테이너에 네트워크를 줄 수 없어요 (\(Refusal.words(situation.network))). `--network none`만 돼요.",
                    en: "Containers get no network (\(Refusal.words(situation.network))); only `--network none` works."),
                [])
        }
    }

    private static func missing(_ title: Localized, _ meaning: Localized, _ fix: [String]) -> Finding {
        Finding("network", .missing, title: title, meaning: meaning, fix: fix, isEssential: true)
    }
}

/// nftables in the harbour: service addresses.
enum PacketFilterFinding {
    static func finding(_ situation: Situation) -> Finding {
        let title = Localized(ko: "서비스 주소 (nftables)", en: "Service addresses (nftables)")
        switch situation.packetFilter {
        case .worked:
            return Finding(
                "nftables", .works, title: title,
                meaning: Localized(
                    ko: "서비스 주소로 온 연결을 파드들에 나눠 줄 수 있어요.",
                    en: "Connections to a Service's address are shared among its Pods."))
        case .notTried:
            return NotTried.finding("nftables", title)
        default:
            return Finding(
                "nftables", .missing, title: title,
                meaning: Localized(
                    ko: "파드는 실행되지만 서비스 주소는 닿지 않아요 (\(Refusal.words(situation.packetFilter))).",
                    en: "Pods run, but Service addresses lead nowhere (\(Refusal.words(situation.packetFilter)))."),
                fix: ["sudo apt-get install libnftables1", "sudo modprobe -a nf_tables nft_chain_nat nft_numgen"])
        }
    }
}
