import Commands

extension KubectlCommand {
    /// The verbs, those a beginner meets first on top.
    static func verbs(_ kubectl: Kubectl) -> [Command] {
        [
            GetVerb.command(kubectl), DescribeVerb.command(kubectl), RunVerb.command(kubectl),
            CreateVerb.command(kubectl), ApplyVerb.command(kubectl), DeleteVerb.command(kubectl),
            LogsVerb.command(kubectl), ExecVerb.command(kubectl), AttachVerb.command(kubectl),
            ScaleVerb.command(kubectl), RolloutVerb.command(kubectl), ExposeVerb.command(kubectl),
            SetVerb.command(kubectl), PatchVerb.command(kubectl), LabelVerb.label(kubectl),
            LabelVerb.annotate(kubectl), WaitVerb.command(kubectl), EventsVerb.command(kubectl),
            CordonVerb.cordon(kubectl), CordonVerb.uncordon(kubectl), DrainVerb.command(kubectl),
            TaintVerb.command(kubectl), ExplainVerb.command(kubectl), DiscoveryVerbs.resources(kubectl),
            DiscoveryVerbs.versions(kubectl),
            DiscoveryVerbs.clusterInfo(kubectl), DiscoveryVerbs.version(kubectl), ConfigVerb.command(kubectl),
        ] + AbsentVerbs.all(kubectl)
    }
}
