import Testing

@testable import Terminal

/// What pictures look like: the whole picture, at 80 and at 40 columns.
@Suite struct PictureTests {
    private let wide = Canvas(columns: 80)
    private let narrow = Canvas(columns: 40)
    private let plain = Canvas(columns: 40, glyphs: .ascii)

    private let start = BarChart(
        title: "첫 명령까지",
        bars: [
            .init("컨테이너", 0.01, "10 ms"), .init("VM (TCG)", 2, "2.00 s", series: 1), .init("없음", 0, "0"),
        ])

    @Test func barsGrowFromOneEdge() {
        expect(
            start, wide,
            """
            첫 명령까지
              컨테이너  ▎ 10 ms
              VM (TCG)  █████████████████████████████████████████████████████████████ 2.00 s
              없음      0
            """)
        expect(
            start, narrow,
            """
            첫 명령까지
              컨테이너  ▏ 10 ms
              VM (TCG)  █████████████████████ 2.00 s
              없음      0
            """)
        expect(
            start, plain,
            """
            첫 명령까지
              컨테이너  # 10 ms
              VM (TCG)  ##################### 2.00 s
              없음      0
            """)
    }

    @Test func longLabelsAreCutBeforeBars() {
        let chart = BarChart(bars: [.init("a label that is longer than the screen is wide", 1, "1")])
        expect(chart, narrow, "  a label that is longer…  ███████████ 1")
    }

    private let quota = LinePlot(
        title: "CPU",
        series: [
            .init("free", [.init(x: 0, y: 100), .init(x: 10, y: 100)]),
            .init("--cpus 0.5", [.init(x: 0, y: 0), .init(x: 5, y: 50), .init(x: 10, y: 50)]),
        ], yUnit: "%", rows: 5)

    @Test func linesHaveMarksWhereThereIsNoColour() {
        expect(
            quota, narrow,
            """
            CPU
            100% ┤•••••••••••••••••••••••••••••••••
                 │
             50% ┤            ○○○○○○○○○○○○○○○○○○○○○
                 │    ○○○○○○○○
              0% ┤○○○○
                 └─────────────────────────────────
                  0                             10s
                  • free   ○ --cpus 0.5
            """)
        expect(
            quota, plain,
            """
            CPU
            100% +*********************************
                 |
             50% +            ooooooooooooooooooooo
                 |    oooooooo
              0% +oooo
                 +---------------------------------
                  0                             10s
                  * free   o --cpus 0.5
            """)
    }

    @Test func oneLineIsDrawnInDots() {
        let ramp = LinePlot(series: [.init("", [.init(x: 0, y: 0), .init(x: 1, y: 1)])], rows: 3)
        expect(
            ramp, Canvas(columns: 20),
            """
              1 ┤         ⢀⡠⠤⠒⠉
            0.5 ┤    ⢀⣀⠤⠒⠉⠁
              0 ┤⣀⠤⠒⠊⠁
                └──────────────
                 0           1s
            """)
    }

    @Test func layersStandOnWhatTheyShare() {
        let boxes = StackedBoxes(
            stacks: [
                .init("web", [.init("쓰기 층", note: "12 KB", isEmphasized: true), .init("COPY app /srv", note: "1 MB")]),
                .init("db", [.init("writable", note: "0 B")]),
            ], shared: [.init("busybox", note: "2.1 MB")])
        expect(
            boxes, Canvas(columns: 60),
            """
             web
            ┌───────────────────────────┐
            │ 쓰기 층             12 KB │   db
            ├───────────────────────────┤  ┌───────────────────────────┐
            │ COPY app /srv        1 MB │  │ writable              0 B │
            ├───────────────────────────┴──┴───────────────────────────┤
            │ busybox                                           2.1 MB │
            └──────────────────────────────────────────────────────────┘
            """)
        expect(
            StackedBoxes(stacks: [boxes.stacks[0]]), plain,
            """
             web
            +--------------------------------------+
            | 쓰기 층                        12 KB |
            +--------------------------------------+
            | COPY app /srv                   1 MB |
            +--------------------------------------+
            """)
    }

    @Test func sameLettersAreShared() {
        let matrix = SharingMatrix(
            columns: ["(host)", "web", "데이터베이스"],
            rows: [.init("pid", ["1", "2", "3"]), .init("net", ["1", "2", "2"]), .init("user", ["1", nil, "1"])])
        expect(
            matrix, narrow,
            """
                   (host)   web   데이터베이스
            pid      A       B         C
            net      A       B         B
            user     A       ?         A
            """)
        // Beside the first column, as many as fit.
        #expect(matrix.lines(Canvas(columns: 20)).filter { $0.contains("(h") }.count == 2)
    }

    @Test func nothingIsWiderThanTheScreen() {
        for columns in [20, 24, 40, 79, 80, 200] {
            for glyphs in [Canvas.Glyphs.unicode, .ascii] {
                let canvas = Canvas(columns: columns, glyphs: glyphs, style: Style(isEnabled: true))
                let boxes = StackedBoxes(
                    stacks: (0..<4).map { .init("image \($0)", [.init("층 한 겹이 아주 길어요 정말로", note: "1.23 GB")]) },
                    shared: [.init("바탕")])
                let lines =
                    quota.lines(canvas) + boxes.lines(canvas)
                    + SharingMatrix(
                        columns: ["(host)", "a", "b", "아주 긴 이름의 컨테이너가 하나 있어요"],
                        rows: [.init("network", ["1", "2", "3", "4"])]
                    ).lines(canvas)
                for line in lines { #expect(DisplayWidth.of(line) <= columns, "\(line)") }
            }
        }
    }

    @Test func aLivePictureStandsStill() {
        var live = LivePicture()
        #expect(live.frame(["a", "b"]) == "a\u{1B}[K\nb\u{1B}[K\n")
        #expect(live.frame(["c"]) == "\u{1B}[2A\rc\u{1B}[K\n\u{1B}[J")
    }

    @Test func axesEndAtRoundNumbers() {
        #expect([0, 0.3, 1, 1.2, 49, 50, 51, 100].map(LinePlot.roundLimit) == [1, 0.5, 1, 2, 50, 50, 100, 100])
        #expect([0.05, 1, 2.5, 12.345].map(LinePlot.number) == ["0.05", "1", "2.5", "12.35"])
    }

    @Test(arguments: [
        (["TERM": "dumb"], Canvas.Glyphs.ascii), (["LC_ALL": "POSIX"], .ascii), (["LANG": "ko_KR.UTF-8"], .unicode),
        ([:], .unicode), (["TERM": "xterm", "NO_COLOR": "1"], .unicode),
    ])
    func plainTerminalsGetPlainCharacters(environment: [String: String], glyphs: Canvas.Glyphs) {
        #expect(Canvas.glyphs(environment) == glyphs)
    }

    private func expect(
        _ picture: some Picture, _ canvas: Canvas, _ text: String, location: SourceLocation = #_sourceLocation
    ) {
        let drawn = picture.lines(canvas).joined(separator: "\n")
        #expect(drawn == text, "\n\(drawn)", sourceLocation: location)
    }
}
