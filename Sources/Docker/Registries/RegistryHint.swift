import ContainerRuntime
import Terminal

/// What a beginner can do when a registry does not give an image.
enum RegistryHint {
    static func text(_ failure: RegistryFailure) -> Localized? {
        switch failure {
        case .unreachable(let host, _, let offers):
            unreachable(host, offers)
        case .untrusted(let host, _):
            Localized(
                ko: "이 저장소의 인증서를 확인할 수 없어요. 저장소를 만든 사람에게 받은 CA 인증서를 "
                    + "~/.config/kijabi/docker/certs.d/\(host)/ca.crt 에 두세요.",
                en:
                    "The certificate of this registry cannot be verified. Put the CA certificate of whoever runs it into "
                    + "~/.config/kijabi/docker/certs.d/\(host)/ca.crt.")
        case .denied(_, let host, _):
            Localized(
                ko: "이름의 철자를 확인하세요. 나만의 이미지라면 'docker login \(host)' 으로 먼저 로그인하세요.",
                en:
                    "Check the spelling of the name. If the image is a private one, log in first: 'docker login \(host)'."
            )
        case .wrongPassword:
            Localized(ko: "사용자 이름과 비밀번호를 확인하세요.", en: "Check the user name and the password.")
        case .notFound:
            Localized(
                ko: "이 이름이나 태그는 저장소에 없어요. 철자를 확인하거나 태그를 빼고 해 보세요.",
                en: "The registry has no such name or tag. Check the spelling, or try without the tag.")
        case .tooManyRequests:
            Localized(
                ko: "저장소가 잠시 쉬라고 해요. 조금 뒤에 다시 하거나 'docker login' 으로 로그인하세요.",
                en: "The registry asks for a pause. Try again later, or log in with 'docker login'.")
        case .broken:
            Localized(
                ko: "연결이 자꾸 끊겨요. 다시 하면 받은 데서부터 이어 받아요.",
                en: "The connection keeps breaking. Do it again, and it goes on from where it stopped.")
        case .untrustworthy:
            Localized(
                ko: "받은 것이 약속과 달라서 아무것도 쓰지 않고 버렸어요.",
                en: "What came is not what was promised, so nothing of it was used.")
        case .noPlatform(_, let offered):
            offered.isEmpty
                ? nil
                : Localized(
                    ko: "다른 종류는 '--platform \(offered[0])' 처럼 골라 받을 수 있지만, 여기서 실행되지는 않을 수 있어요.",
                    en: "Others can be pulled with '--platform \(offered[0])', but may not run here.")
        case .missingLibrary:
            Localized(
                ko: "설치: sudo apt-get install libcurl4", en: "To install it: sudo apt-get install libcurl4")
        case .refused: nil
        }
    }

    private static func unreachable(_ host: String, _ offers: [String]) -> Localized {
        let names = offers.filter { !$0.hasPrefix("kijabi/") }.map {
            $0.hasSuffix(":latest") ? String($0.dropLast(7)) : $0
        }
        let list = names.joined(separator: ", ")
        guard !names.isEmpty else {
            return Localized(
                ko: "\(host) 에 닿지 않아요. 네트워크 연결을 확인하세요.",
                en: "\(host) cannot be reached. Check the network connection.")
        }
        return Localized(
            ko: "이 이미지는 여기 없고, 네트워크 너머의 \(host) 에도 닿지 않아요. 네트워크 없이 만들 수 있는 이미지: \(list)",
            en:
                "This image is not here, and \(host) beyond the network cannot be reached. Without a network, these images "
                + "can be made: \(list)")
    }
}
