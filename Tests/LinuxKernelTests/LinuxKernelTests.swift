// LinuxKernelTests
