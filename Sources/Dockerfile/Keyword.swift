/// The words that begin an instruction of a Dockerfile (docs.docker.com/reference/dockerfile).
public enum Keyword: String, Sendable, Hashable, CaseIterable {
    case add = "ADD"
    case arg = "ARG"
    case cmd = "CMD"
    case copy = "COPY"
    case entrypoint = "ENTRYPOINT"
    case env = "ENV"
    case expose = "EXPOSE"
    case from = "FROM"
    case healthcheck = "HEALTHCHECK"
    case label = "LABEL"
    case maintainer = "MAINTAINER"
    case onbuild = "ONBUILD"
    case run = "RUN"
    case shell = "SHELL"
    case stopsignal = "STOPSIGNAL"
    case user = "USER"
    case volume = "VOLUME"
    case workdir = "WORKDIR"

    /// The keyword that `word` is, in any case of letters.
    public init?(_ word: some StringProtocol) {
        self.init(rawValue: word.uppercased())
    }

    /// Here-documents may follow the line.
    var takesHereDocuments: Bool { self == .add || self == .copy || self == .run }
}
