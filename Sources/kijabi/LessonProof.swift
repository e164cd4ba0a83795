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

    /// - Returns: how many steps were proved and how many not; nil after having said what hinders all proof.
    func prove(_ lesson: Lesson) async -> (passed: Int, failed: Int)? {
        guard
            let house = await House.open(
                program, HouseOptions(line, seed: lesson.seed), context)
        else { return nil }
        let answers = AnswerBox()
        let configuration = house.shell([LessonCommands.answer(into: answers)])
        let verifier: LessonVerifier
        do throws(ShellError) {
            let cells = try CapturedCells(configuration, answers: answers)
            verifier = await LessonVerifier(client: house.cluster.client(), runtime: house.engine, executor: cells)
        } catch {
            context.error.line("kijabi: \(error)")
            await house.close()
            return nil
        }
        var (passed, failed) = (0, 0)
        let (proofs, continuation) = AsyncStream.makeStream(of: StepProof.self)
        let run = Task {
            await verifier.verify(lesson) { continuation.yield($0) }
            continuation.finish()
        }
        await withTaskCancellationHandler {
            for await proof in proofs {
                if proof.faults.isEmpty { passed += 1 } else { failed += 1 }
                report(proof)
            }
        } onCancel: {
            run.cancel()
        }
        await house.close()
        if !Task.isCancelled {
            let faults = await verifier.verifyErrors()
            for fault in faults { context.error.line(fault.description) }
            if faults.isEmpty { passed += 1 } else { failed += 1 }
            let mark = faults.isEmpty ? context.style("✓", .green) : context.style("✗", .red)
            context.output.line("\(mark) \(lesson.id)  nothing passes when nothing answers")
        }
        return (passed, failed)
    }

    private func report(_ proof: StepProof) {
        let mark = proof.faults.isEmpty ? context.style("✓", .green) : context.style("✗", .red)
        context.output.line(
            "\(mark) \(proof.lesson)/\(proof.step)  assertions: \(proof.assertions), wrong attempts: \(proof.wrongs)")
        for fault in proof.faults { context.error.line("  " + fault.description) }
    }
}
