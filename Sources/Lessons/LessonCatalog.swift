import Glibc

/// The lessons of a directory, in the order they are taken.
public struct LessonCatalog: Sendable {
    public let directory: String
    public let lessons: [Lesson]
    /// What is wrong with the files that hold no lesson: the others are not kept from learners for it.
    public let faults: [LessonError]

    /// Reads every `NN-name.md` of a directory, in the order of their names.
    /// - Throws: if there is no such directory.
    public init(directory: String) throws(LessonError) {
        self.directory = directory
        guard let names = Self.names(in: directory) else {
            throw LessonError(file: directory, line: 0, reason: "there is no such directory of lessons")
        }
        var lessons: [Lesson] = []
        var faults: [LessonError] = []
        for name in names where name.hasSuffix(".md") && name.first?.isNumber ?? false {
            do throws(LessonError) {
                let lesson = try Self.read("\(directory)/\(name)")
                if lessons.contains(where: { $0.id == lesson.id }) {
                    throw LessonError(file: name, line: 2, reason: "another lesson has the id '\(lesson.id)'")
                }
                lessons.append(lesson)
            } catch {
                faults.append(error)
            }
        }
        self.lessons = lessons
        self.faults = faults
    }

    /// One lesson from its file.
    public static func read(_ path: String) throws(LessonError) -> Lesson {
        guard let bytes = FileContent.read(path) else {
            throw LessonError(file: path, line: 0, reason: "cannot be read (errno \(errno))")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw LessonError(file: path, line: 0, reason: "is not UTF-8")
        }
        return try LessonParser.parse(text, file: path)
    }

    public func lesson(_ id: String) -> Lesson? {
        lessons.first { $0.id == id }
    }

    private static func names(in directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names.sorted()
    }
}
