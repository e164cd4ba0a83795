import Dockerfile
import OCI

/// RUN, COPY and ADD made definite.
extension StageEvaluation {
    func runOperation(_ run: RunInstruction, _ lines: ClosedRange<Int>) throws(DockerfileError) -> RunOperation {
        let (environment, passedOn) = runEnvironment()
        guard run.security == "sandbox" else {
            throw DockerfileError(
                .arguments("granting entitlement security.insecure is not allowed by build daemon configuration"),
                lines: lines)
        }
        var operation = RunOperation(
            arguments: [], environment: environment, passedOn: passedOn,
            workingDirectory: configuration.workingDirectory.isEmpty ? "/" : configuration.workingDirectory,
            user: configuration.user,
            mounts: try run.mounts.map { (mount) throws(DockerfileError) in
                try expand(mount, lines)
            }, scripts: [:], network: run.network == "default" ? network : run.network)
        switch run.command {
        case .exec(let words): operation.arguments = words
        case .shell(let line): addShell(line, run.hereDocuments, to: &operation)
        }
        guard let program = operation.arguments.first, !program.isEmpty else {
            throw DockerfileError(.arguments("RUN requires at least one argument"), lines: lines)
        }
        return operation
    }

    private func addShell(_ line: String, _ documents: [HereDocument], to operation: inout RunOperation) {
        guard let first = documents.first else {
            operation.arguments = shell + [line]
            return
        }
        let isAlone = documents.count == 1 && HereDocument.isAnnouncement(line)
        if isAlone, first.content.hasPrefix("#!") {
            // The script names its own interpreter; the file need not be executable then.
            let head = first.content.dropFirst(2).prefix { $0 != "\n" }
            let words = head.split(separator: " ", maxSplits: 1).map(String.init)
            operation.scripts[first.name] = Array(first.content.utf8)
            operation.arguments = words + [RunOperation.scriptsPath + "/" + first.name]
        } else if isAlone {
            operation.arguments = shell + [first.content]
        } else {
            let texts = documents.map { $0.content + $0.name + "\n" }
            operation.arguments = shell + [line + "\n" + texts.joined()]
        }
    }

    private func expand(_ mount: BuildMount, _ lines: ClosedRange<Int>) throws(DockerfileError) -> BuildMount {
        var mount = mount
        // Secrets and agents have a place of their own where none is named.
        if !mount.target.isEmpty {
            mount.target = ImagePath.join(configuration.workingDirectory, try expand(mount.target, lines))
        }
        if let source = mount.source { mount.source = try expand(source, lines) }
        if let id = mount.id { mount.id = try expand(id, lines) }
        return mount
    }

    func copyOperation(
        _ transfer: Transfer, unpacks: Bool, _ lines: ClosedRange<Int>
    ) throws(DockerfileError) -> CopyOperation {
        var sources: [String] = []
        for source in transfer.sources { sources.append(try expand(source, lines)) }
        let written = try expand(transfer.destination, lines)
        var destination = ImagePath.join(configuration.workingDirectory, written)
        if destination != "/", written.hasSuffix("/") || written.hasSuffix("/.") || written == "." {
            destination += "/"
        }
        var documents: [CopyOperation.Document] = []
        for document in transfer.hereDocuments {
            var content = document.content
            if document.expands {
                do throws(WordExpansion.Failure) {
                    content = try WordExpansion.expandText(content, value)
                } catch {
                    throw DockerfileError(.substitution(error.message), lines: lines)
                }
            }
            documents.append(CopyOperation.Document(name: document.name, content: content))
        }
        guard sources.count + documents.count == 1 || destination.hasSuffix("/") || destination == "/" else {
            let name = unpacks ? "ADD" : "COPY"
            throw DockerfileError(
                .arguments(
                    "When using \(name) with more than one source file, the destination must be a directory and end with a /"
                ), lines: lines)
        }
        var mode: UInt32?
        if let text = transfer.mode {
            let expanded = try expand(text, lines)
            guard let number = UInt32(expanded, radix: 8), number <= 0o7777 else {
                throw DockerfileError(
                    .arguments(
                        "invalid chmod parameter: '\(expanded)'. it should be octal string and between 0 and 07777"),
                    lines: lines)
            }
            mode = number
        }
        return CopyOperation(
            place: try transfer.from.map { (from) throws(DockerfileError) in
                try graph.place(from, seenFrom: node, lines: lines)
            } ?? .context,
            sources: sources, destination: destination, documents: documents,
            owner: try transfer.owner.map { (owner) throws(DockerfileError) in try expand(owner, lines) }, mode: mode,
            excluded: transfer.excluded, keepsParents: transfer.keepsParents, unpacks: unpacks,
            checksum: transfer.checksum)
    }
}
