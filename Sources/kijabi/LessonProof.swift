import Cluster
import Commands
import Docker
import Kubectl
import Lessons
import Shell
import Terminal

/// Proves one lesson in a house of its own: fresh cluster, fresh engine, no network needed.
struct LessonProof {
    let program: Program
    let line: Invocation
    let context: CommandContext

    /// How many steps were proved, could not be proved, and cannot be taken on this machine.
    struct Result {
        var passed = 0
        var failed = 0
        var skipped = 0
    }

    /// - Returns: nil after having said what hinders all proof.
    func prove(_ lesson: Lesson) async -> Result? {
        guard
            let house = await House.open(
                program, HouseOptions(line, seed: lesson.seed), context)
        else { return nil }
        let answers = AnswerBox()
        let configuration = house.shell([LessonCommands.answer(into: answers)])
        let verifier: LessonVerifier
        do throws(ShellError) {
            let cells = try CapturedCells(configuration, answers: answers)
            verifier = await LessonVerifier(
                client: house.cluster.client(), runtime: house.engine, machine: house.machine, executor: cells)
        } catch {
            context.error.line("kijabi: \(error)")
            await house.close()
            return nil
        }
        var result = Result()
        let (proofs, continuation) = AsyncStream.makeStream(of: StepProof.self)
        let run = Task {
            await verifier.verify(lesson) { continuation.yield($0) }
            continuation.finish()
        }
        await withTaskCancellationHandler {
            for await proof in proofs {
                if proof.missing != nil {
                    result.skipped += 1
                } else if proof.faults.isEmpty {
                    result.passed += 1
                } else {
                    result.failed += 1
                }
                report(proof)
            }
        } onCancel: {
            run.cancel()
        }
        await house.close()
        if !Task.isCancelled {
            let faults = await verifier.verifyErrors()
            for fault in faults { context.error.line(fault.description) }
            if faults.isEmpty { result.passed += 1 } else { result.failed += 1 }
            let mark = faults.isEmpty ? context.style("✓", .green) : context.style("✗", .red)
            context.output.line("\(mark) \(lesson.id)  nothing passes when nothing answers")
        }
        return result
    }

    private func report(_ proof: StepProof) {
        if let missing = proof.missing {
            let reason = Localized(ko: missing.korean, en: missing.english)(context.language)
            context.output.line("\(context.style("–", .yellow)) \(proof.lesson)/\(proof.step)  skipped: \(reason)")
            return
        }
        let mark = proof.faults.isEmpty ? context.style("✓", .green) : context.style("✗", .red)
        context.output.line(
            "\(mark) \(proof.lesson)/\(proof.step)  assertions: \(proof.assertions), wrong attempts: \(proof.wrongs)")
        for fault in proof.faults { context.error.line("  " + fault.description) }
    }
}
