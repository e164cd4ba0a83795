import Commands
import Glibc
import Shell
import Terminal
import Transcripts

/// The interactive shell with all that belongs to it: greeting, lessons, journal, signals.
struct ShellSession {
    let program: Program
    let invocation: Invocation
    let context: CommandContext
    var options: HouseOptions
    /// Typed for the learner at the beginning.
    var openingCells: [OpeningCell] = []
    /// Where progress in lessons is kept, if not in the learner's own place.
    var progressFile: String?
    /// A recording that was asked for, besides the journal.
    var recording: String?

    init(_ program: Program, _ invocation: Invocation, _ context: CommandContext) {
        self.program = program
        self.invocation = invocation
        self.context = context
        options = HouseOptions(invocation)
    }

    func run() async -> Int32 {
        guard let house = await House.open(program, options, context) else { return 1 }
        let guide = await house.lessons(invocation, progress: progressFile)
        var configuration = house.shell(guide.map { LessonCommands.make($0) } ?? [])
        if let guide {
            configuration.onToolbox = { await guide.use($0) }
            configuration.onQuit = { await guide.quit() }
            configuration.onCellEnd = { await guide.cellEnded() }
        }
        configuration.historyPath = house.places.state + "/history"
        configuration.openingCells = openingCells
        if openingCells.isEmpty { configuration.greeting = greeting(hasLessons: guide != nil) }
        do throws(TranscriptError) {
            configuration.recorders = try recorders(house)
        } catch {
            context.error.line("kijabi: \(error.description)")
            await house.close()
            return 1
        }
        house.watchHarbour { [notices = house.notices] in notices.post($0 + "\n") }
        let session = InteractiveSession(configuration)
        program.signals.react(
            SignalRouter.Reactions(
                interrupt: { house.notices.interrupt() }, leave: { _ in session.leave() },
                windowChanged: { session.windowMayHaveChanged() }))
        let status: Int32
        do throws(ShellError) {
            status = try await session.run()
        } catch {
            context.error.line("kijabi: \(error)")
            status = 1
        }
        await house.close()
        return status
    }

    private func recorders(_ house: House) throws(TranscriptError) -> [any SessionRecorder] {
        let size = TerminalSize(descriptor: 1)
        let header = AsciicastHeader(
            columns: Int(size?.columns ?? 80), rows: Int(size?.rows ?? 24), timestamp: time(nil))
        let session = Transcript.Session(
            seed: house.seed, language: context.language.rawValue, nodes: house.nodes,
            program: "kijabi \(Program.version)")
        var recorders: [any SessionRecorder] = []
        if let recording {
            recorders.append(try TranscriptRecorder(path: recording, header: header, session: session))
        }
        let journal = house.places.state + "/journal"
        Places.make(journal)
        // A state directory that cannot be written to is no reason to have no shell.
        let path = "\(journal)/\(Self.timestamp)-\(getpid()).cast"
        if let kept = try? TranscriptRecorder(path: path, header: header, session: session) { recorders.append(kept) }
        return recorders
    }

    private static var timestamp: String {
        var now = time(nil)
        var parts = tm()
        localtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y%m%d-%H%M%S", &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func greeting(hasLessons: Bool) -> Localized {
        let style = context.style
        func command(_ text: String) -> String { style(text, .cyan) }
        let lesson =
            hasLessons
            ? Localized(
                ko: "  \(command("lesson"))              배우기 시작\n",
                en: "  \(command("lesson"))              start learning\n")
            : Localized("")
        return Localized(
            ko: """
                \(style("키잡이", .bold)) — 진짜 컨테이너와 쿠버네티스가 있는 작은 항구에 오신 것을 환영해요.
                \(lesson(.korean))  \(command("help"))                무엇을 입력할 수 있는지 보기
                  \(command("kubectl get nodes"))   배(노드) 세 척 보기

                """,
            en: """
                \(style("kijabi", .bold)) — welcome to a small harbour with real containers and Kubernetes in it.
                \(lesson(.english))  \(command("help"))                see what you can type
                  \(command("kubectl get nodes"))   look at the ships (nodes)

                """)
    }
}
