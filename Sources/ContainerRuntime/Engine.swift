/// Everything that one engine offers to its front ends: the runtime that kubelets use too, and what only people who handle
/// single containers ask for, an interface a family.
public typealias Engine =
    ContainerRuntime & ContainerControl & StatisticsService & EventService & EngineInformationService & NetworkService
    & BuildService & ContainerInspection & ImageService & FileCopyService & VolumeService & RegistryService
