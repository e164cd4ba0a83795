import Terminal

/// Where the characters of a prompt and a line stand on a terminal of so many columns.
struct LineLayout {
    let promptWidth: Int
    let columns: Int

    /// Rows below the prompt's first row, and the column, of the place behind `text`.
    func position(behind text: some Collection<UInt32>) -> (row: Int, column: Int) {
        let columns = max(columns, 1)
        var (row, column) = (promptWidth / columns, promptWidth % columns)
        for value in text {
            if value == Key.lineFeed {
                (row, column) = (row + 1, 0)
                continue
            }
            let width = Unicode.Scalar(value).map { DisplayWidth.of($0) } ?? 1
            // A wide character does not fit into the last column alone.
            if column + width > columns { (row, column) = (row + 1, 0) }
            column += width
            if column == columns { (row, column) = (row + 1, 0) }
        }
        return (row, column)
    }
}
