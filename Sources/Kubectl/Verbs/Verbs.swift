import Commands

extension KubectlCommand {
    /// The verbs, in the order of kubectl's own help: beginners' first.
    static func verbs(_ kubectl: Kubectl) -> [Command] {
        [
            GetVerb.command(kubectl), DescribeVerb.command(kubectl),
            CreateVerb.command(kubectl), RunVerb.command(kubectl), ApplyVerb.command(kubectl),
            DeleteVerb.command(kubectl),
            LogsVerb.command(kubectl), ExecVerb.command(kubectl), AttachVerb.command(kubectl),
        ]
    }
}
