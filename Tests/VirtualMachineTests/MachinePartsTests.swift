import Foundation
import Glibc
import Testing

@testable import VirtualMachine

/// The parts a machine is made of, without a machine.
@Suite struct MachinePartsTests {
    @Test func layersLieOverEachOtherAsInAnOverlay() throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "kijabi-layers-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        func write(_ path: String, _ text: String) throws {
            let url = scratch.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try write("lower/bin/sh", "shell")
        try write("lower/etc/old", "gone")
        try write("lower/etc/kept", "kept")
        try write("lower/opaque/below", "hidden")
        link(scratch.path() + "/lower/bin/sh", scratch.path() + "/lower/bin/ls")
        try write("upper/bin/sh", "new shell")
        try write("upper/opaque/above", "seen")
        try write("upper/etc/old", "")
        var mark = UInt8(ascii: "y")
        // The Glibc module does not show setxattr(2).
        typealias SetAttribute =
            @convention(c) (
                UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer, Int, Int32
            ) -> Int32
        let setAttribute = unsafeBitCast(try #require(dlsym(nil, "setxattr")), to: SetAttribute.self)
        guard setAttribute(scratch.path() + "/upper/opaque", "user.overlay.opaque", &mark, 1, 0) == 0,
            setAttribute(scratch.path() + "/upper/etc/old", "user.overlay.whiteout", &mark, 1, 0) == 0
        else {
            print("skipped: no extended attributes in \(scratch.path())")
            return
        }
        var tree = LayerTree()
        try tree.lay(scratch.path() + "/lower")
        try tree.lay(scratch.path() + "/upper")
        #expect(
            tree.files.keys.sorted() == ["bin", "bin/ls", "bin/sh", "etc", "etc/kept", "opaque", "opaque/above"])
        #expect(tree.files["bin/sh"]?.source.hasSuffix("upper/bin/sh") ?? false)
        #expect(tree.files.values.allSatisfy { $0.owner == 0 && $0.group == 0 })
    }

    @Test func archivesAreReadByOthers() throws {
        guard access("/usr/bin/cpio", X_OK) == 0 || access("/bin/cpio", X_OK) == 0 else {
            print("skipped: no cpio here (package cpio)")
            return
        }
        var archive = CpioArchive()
        archive.add(.init(path: "d", mode: S_IFDIR | 0o755, identity: 0), [])
        archive.add(.init(path: "d/one", mode: S_IFREG | 0o644, links: 2, identity: 1), "one\n".utf8)
        archive.add(.init(path: "d/two", mode: S_IFREG | 0o644, links: 2, identity: 1), [])
        archive.add(.init(path: "d/link", mode: S_IFLNK | 0o777, identity: 0), "one".utf8)
        archive.finish()
        #expect(archive.bytes.count % 512 == 0)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec cpio -t --quiet"]
        let (input, output) = (Foundation.Pipe(), Foundation.Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(archive.bytes))
        try input.fileHandleForWriting.close()
        let listed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(listed == "d\nd/one\nd/two\nd/link\n")
    }

    @Test func emulatorsHaveNeitherNetworkNorRights() {
        var configuration = MachineConfiguration(name: "m", console: .once)
        configuration.memory = 256 << 20
        let words = EmulatorArguments(
            configuration: configuration, accelerator: .tcg, kernel: "/boot/vmlinuz", root: 3, console: 4, agent: 5
        ).words
        func value(_ flag: String) -> String? {
            words.firstIndex(of: flag).map { words[$0 + 1] }
        }
        #expect(value("-net") == "none" && value("-m") == "256M" && value("-accel") == "tcg")
        #expect(value("-sandbox")?.contains("spawn=deny") ?? false)
        #expect(words.contains("-nodefaults") && words.contains("-no-user-config"))
        #expect(value("-append")?.contains("kijabi.console=once") ?? false)
        #expect(value("-append")?.contains("kijabi.name=m") ?? false)
    }

    @Test func kernelsAreKnownByTheirHeader() throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "kijabi-boot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        func kernel(_ name: String, _ banner: String) throws {
            var bytes = [UInt8](repeating: 0, count: 4096)
            bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
            bytes[0x20F] = 0x04
            bytes.replaceSubrange(0x600..<0x600 + banner.utf8.count, with: Array(banner.utf8))
            try Data(bytes).write(to: scratch.appending(path: name))
        }
        #expect(throws: MachineError.self) { try KernelImage.find(in: scratch.path()) }
        try Data("not a kernel".utf8).write(to: scratch.appending(path: "vmlinuz-junk"))
        try Data(count: 9000).write(to: scratch.appending(path: "vmlinuz-zeros"))
        #expect(throws: MachineError.self) { try KernelImage.find(in: scratch.path()) }
        try kernel("vmlinuz-6.9.0-1-amd64", "6.9.0-1-amd64 (x@y) #1")
        try kernel("vmlinuz-6.1.0-9-cloud-amd64", "6.1.0-9-cloud-amd64 (x@y) #1")
        try kernel("vmlinuz-6.1.0-10-cloud-amd64", "6.1.0-10-cloud-amd64 (x@y) #1")
        #expect(try KernelImage.find(in: scratch.path()).release == "6.1.0-10-cloud-amd64")
    }

    @Test func whatWorksIsRemembered() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "kijabi-accel-\(UUID().uuidString)").path()
        defer { unlink(path) }
        let memory = AcceleratorMemory(path: path, circumstances: "6.18 qemu-7")
        #expect(memory.remembered == nil)
        #expect(memory.candidates(device: "/dev/null") == [.kvm, .tcg])
        #expect(memory.candidates(device: "/nowhere") == [.tcg])
        memory.remember(.tcg)
        #expect(memory.candidates(device: "/dev/null") == [.tcg])
        // Another kernel may know better.
        #expect(
            AcceleratorMemory(path: path, circumstances: "6.19 qemu-7").candidates(device: "/dev/null") == [.kvm, .tcg])
    }

    @Test(arguments: [("128m", 128 << 20), ("1g", 1 << 30), ("1.5G", 3 << 29), ("100000", 100_000), ("5k", 5120)])
    func sizesAreRead(text: String, bytes: Int) { #expect(MemorySize.parse(text) == bytes) }

    @Test(arguments: ["", "m", "12x", "-1", "1e99"])
    func nonsenseIsNoSize(text: String) { #expect(MemorySize.parse(text) == nil) }

    @Test func spansAndSizesAreReadable() {
        #expect(
            [0.0081, 0.25, 2.314, 75.02].map { Span.text(seconds: $0) } == ["8.1 ms", "250 ms", "2.31 s", "75.0 s"])
        #expect([512, 2_030_000, 215_400_000].map { MemorySize.text($0) } == ["512 B", "2.0 MB", "215 MB"])
    }
}
