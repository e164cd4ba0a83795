// ContainerEngineTests
