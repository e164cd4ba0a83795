public import Commands
public import ContainerEngine
import Terminal

/// `kijabi doctor`
public enum DoctorCommand {
    /// - Parameters:
    ///   - engine: as the shell would start it.
    ///   - stateDirectory: where history and progress are kept.
    public static func make(engine: EngineConfiguration, stateDirectory: String) -> Command {
        Command(
            "doctor",
            summary: Localized(
                ko: "이 컴퓨터가 무엇을 허락하는지 직접 해 보고, 안 되는 것은 고치는 명령을 알려 줘요.",
                en: "Tries what this machine allows, and tells the fix for what it does not."),
            details: Localized(
                ko: "컨테이너를 실행할 수 있으면 0, 없으면 1로 끝나요.",
                en: "Exits with 0 if containers can run, else with 1."),
            run: { invocation, context in
                if let word = invocation.allArguments.first {
                    context.error.line(
                        Localized(
                            ko: "kijabi doctor: 인자를 받지 않아요: \(word)",
                            en: "kijabi doctor: takes no argument: \(word)")(context.language))
                    return 2
                }
                let examination = Examination(
                    engine: engine, stateDirectory: stateDirectory, environment: context.environment)
                let diagnosis = Diagnosis(await examination.run())
                context.output.write(DoctorScreen(diagnosis: diagnosis).text(context.language, style: context.style))
                return diagnosis.allowsContainers ? 0 : 1
            })
    }
}
