import Terminal

/// Figures for people: with the goal and whether it is reached.
struct FigureTable {
    let figures: [Figure]

    func text(_ language: Language, style: Style) -> String {
        let goal = Localized(ko: "목표", en: "GOAL")(language)
        var rows = [["NAME", "N", "P10", "MEDIAN", "P99", "UNIT", "÷ BARE", goal, ""]]
        for figure in figures {
            let mark = figure.goal.map { $0.isReached(by: figure) ? style("✓", .green) : style("✗", .red) } ?? ""
            rows.append([
                figure.name, "\(figure.count)", Figure.number(figure.p10), Figure.number(figure.median),
                Figure.number(figure.p99), figure.unit.rawValue, figure.ratioToBare.map(Figure.number) ?? "-",
                figure.goal?.text(figure.unit) ?? "-", mark,
            ])
        }
        return TablePrinter(rows: rows).text()
    }
}
