import Documents
import Terminal

/// A recording in other formats.
public enum TranscriptExport: String, Sendable, CaseIterable {
    case markdown = "md"
    case html
    case notebook = "ipynb"
    case asciicast2 = "cast2"

    public func export(_ transcript: Transcript) -> [UInt8] {
        switch self {
        case .markdown: Array(markdown(transcript).utf8)
        case .html: Array(html(transcript).utf8)
        case .notebook: Array((notebook(transcript).prettyPrinted(indent: 1) + "\n").utf8)
        case .asciicast2: AsciicastWriter.version2(transcript.header, transcript.events)
        }
    }

    private func markdown(_ transcript: Transcript) -> String {
        var text = "# \(title(transcript))\n"
        for cell in transcript.cells {
            let output = EscapeSequences.removed(from: cell.output)
            let fence = Self.fence(longerThan: cell.source + output)
            text += "\n\(fence)sh\n\(cell.source)\n\(fence)\n"
            if !output.isEmpty {
                text += "\n\(fence)text\n\(output)\(output.hasSuffix("\n") ? "" : "\n")\(fence)\n"
            }
            if let status = cell.status, status != 0 { text += "\n(exit \(status))\n" }
        }
        return text
    }

    private static func fence(longerThan text: String) -> String {
        var longest = 2
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        return String(repeating: "`", count: longest + 1)
    }

    private func html(_ transcript: Transcript) -> String {
        let language = transcript.session?.language ?? "en"
        var text = """
            <!DOCTYPE html>
            <html lang="\(Self.escaped(language))">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(Self.escaped(title(transcript)))</title>
            <style>
            body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font-family: sans-serif; }
            pre { padding: .7rem 1rem; border-radius: .4rem; overflow-x: auto; }
            pre.in { background: #10243a; color: #f2f6fa; }
            pre.out { background: #f2f4f7; color: #1b1f24; }
            </style>
            <h1>\(Self.escaped(title(transcript)))</h1>

            """
        for cell in transcript.cells {
            text += "<pre class=\"in\">\(Self.escaped(cell.source))</pre>\n"
            let output = EscapeSequences.removed(from: cell.output)
            if !output.isEmpty { text += "<pre class=\"out\">\(Self.escaped(output))</pre>\n" }
            if let status = cell.status, status != 0 { text += "<p>exit \(status)</p>\n" }
        }
        return text + "</html>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }

    /// nbformat 4.5 with the shell as its language.
    private func notebook(_ transcript: Transcript) -> JSONValue {
        let cells = transcript.cells.map { cell -> JSONValue in
            let output = EscapeSequences.removed(from: cell.output)
            let outputs: JSONValue =
                output.isEmpty
                ? [] : [["name": "stdout", "output_type": "stream", "text": Self.lines(output)]]
            return [
                "cell_type": "code", "execution_count": .integer(cell.number), "id": .string("cell-\(cell.number)"),
                "metadata": [:], "outputs": outputs, "source": Self.lines(cell.source),
            ]
        }
        let heading: JSONValue = [
            "cell_type": "markdown", "id": "title", "metadata": [:],
            "source": [.string("# \(title(transcript))")],
        ]
        return [
            "cells": .array([heading] + cells),
            "metadata": [
                "kernelspec": ["display_name": "Shell", "language": "sh", "name": "sh"],
                "language_info": ["name": "sh"],
            ],
            "nbformat": 4, "nbformat_minor": 5,
        ]
    }

    private static func lines(_ text: String) -> JSONValue {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) + "\n" }
        if let last = lines.popLast(), last != "\n" { lines.append(String(last.dropLast())) }
        return .array(lines.map { .string($0) })
    }

    private func title(_ transcript: Transcript) -> String {
        transcript.header.title ?? transcript.session?.lesson ?? "kijabi"
    }
}
