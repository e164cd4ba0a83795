import Documents

/// What a check says of one assertion. An error is never a pass.
public enum Verdict: Sendable, Hashable {
    case pass
    case fail
    /// The system could not be asked.
    case error(String)
}

/// The state when a step began: what `changed` and `history` compare with.
struct StepBeginning: Sendable {
    /// Identities by assertion name.
    var identities: [String: Set<String>]
    var historyPosition: Int
}

/// Compares assertions with the live system.
struct CheckEvaluator: Sendable {
    let system: LiveSystem

    /// The state to compare with later.
    func beginning(of step: LessonStep) async -> StepBeginning {
        let position = await system.history.position
        var identities: [String: Set<String>] = [:]
        for assertion in step.assertions where assertion.quantifier == .changed {
            let items = try? await system.items(of: assertion.subject, since: position, answer: nil)
            identities[assertion.name] = Set((items ?? []).map(\.identity))
        }
        return StepBeginning(identities: identities, historyPosition: position)
    }

    func verdict(of assertion: Assertion, since beginning: StepBeginning, answer: String?) async -> Verdict {
        do {
            let items = try await system.items(
                of: assertion.subject, since: beginning.historyPosition, answer: answer)
            var measured: [[JSONValue]] = []
            for condition in assertion.conditions {
                measured.append(try await self.measured(condition.test, since: beginning))
            }
            let met = items.filter { item in
                zip(assertion.conditions, measured).allSatisfy { condition, measured in
                    Self.holds(condition, measured: measured, in: item.document)
                }
            }
            let holds = Self.holds(
                assertion.quantifier, items: items, met: met,
                atBeginning: beginning.identities[assertion.name] ?? [])
            return holds ? .pass : .fail
        } catch {
            return .error(error.reason)
        }
    }

    private func measured(_ test: Assertion.Condition.Test, since beginning: StepBeginning)
        async throws(ObservationError) -> [JSONValue]
    {
        guard case .equalsMeasured(let subject, let path) = test else { return [] }
        let items = try await system.items(of: subject, since: beginning.historyPosition, answer: nil)
        return items.flatMap { path.values(in: $0.document) }
    }

    static func holds(
        _ quantifier: Assertion.Quantifier, items: [ObservedItem], met: [ObservedItem], atBeginning: Set<String>
    ) -> Bool {
        switch quantifier {
        case .all: !items.isEmpty && met.count == items.count
        case .any: !met.isEmpty
        case .none: met.isEmpty
        case .count(let comparison, let number): comparison.holds(Double(met.count), Double(number))
        case .changed:
            !atBeginning.isSubset(of: items.map(\.identity)) && met.contains { !atBeginning.contains($0.identity) }
        }
    }

    static func holds(_ condition: Assertion.Condition, measured: [JSONValue], in document: JSONValue) -> Bool {
        let values = condition.path.values(in: document)
        switch condition.test {
        case .equals(let wanted): return values.contains { isSame($0, wanted) }
        case .compares(let comparison, let number):
            return values.contains { $0.double.map { comparison.holds($0, number) } ?? false }
        case .contains(let text):
            return values.contains { value in
                value.string?.contains(text) ?? value.array?.contains { $0.string == text } ?? false
            }
        case .exists(let wanted): return values.isEmpty != wanted
        case .not(let unwanted): return !values.contains { isSame($0, unwanted) }
        case .equalsMeasured: return values.contains { value in measured.contains { isSame(value, $0) } }
        }
    }

    /// Equal as a person sees it: `5` answered by typing is the number 5.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if left == right { return true }
        if let left = left.double, let right = right.double { return left == right }
        switch (left, right) {
        case (.number(let number), .string(let text)), (.string(let text), .number(let number)):
            return number.text == text
        default: return false
        }
    }
}
