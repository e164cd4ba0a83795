import LinuxKernel

/// The first step of the program.
enum ZygoteStart {
    /// The zygote, or why there is none; `--help` and their kin do without.
    static func run() -> Result<ZygoteProcess, Errno> {
        do throws(Errno) {
            return .success(try ZygoteProcess(program: Places.programDirectory + "/kijabi-zygote"))
        } catch {
            return .failure(error)
        }
    }
}
