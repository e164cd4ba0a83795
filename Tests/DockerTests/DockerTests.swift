// DockerTests
