import Glibc
import LinuxKernel

/// The first step of the program.
enum ZygoteStart {
    /// The zygote, or why there is none; `--help` and their kin do without.
    static func run() -> Result<ZygoteProcess, Errno> {
        fillStandardStreams()
        do throws(Errno) {
            return .success(try ZygoteProcess(program: Places.programDirectory + "/kijabi-zygote"))
        } catch {
            return .failure(error)
        }
    }

    /// Where a standard stream was closed (`kijabi <&-`) the next file opened would become it: a socket to the zygote
    /// written to as standard output. /dev/null takes its place.
    private static func fillStandardStreams() {
        var descriptor: Int32 = 0
        while (0...2).contains(descriptor) {
            descriptor = open("/dev/null", O_RDWR)
        }
        if descriptor > 2 { close(descriptor) }
    }
}
