/* Tries, from inside a container, what a shell cannot: system calls that have led out of containers. Each line of its
 * output names something that it could do. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE 2
#endif

static void could(const char *what, long result) {
    if (result >= 0) printf("%s\n", what);
}

/* Each in a process of its own, so that one that succeeds does not help the next. */
static void attempt(const char *what, long (*call)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        could(what, call());
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static long add_key(void) { return syscall(SYS_add_key, "user", "kijabi", "x", 1, -4 /* user keyring */); }
static long request_key(void) { return syscall(SYS_request_key, "user", "kijabi", NULL, -3); }
static long keyring_id(void) { return syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -4, 0, 0, 0); }
static long keyring_describe(void) {
    char text[256];
    return syscall(SYS_keyctl, 6 /* DESCRIBE */, -3 /* session keyring */, text, sizeof text, 0);
}

static void keys(void) {
    attempt("add_key", add_key);
    attempt("request_key", request_key);
    attempt("keyctl get_keyring_id", keyring_id);
    attempt("keyctl describe", keyring_describe);
}

static long try_mount(void) { return mount("none", "/tmp", "tmpfs", 0, NULL); }
static long try_bind(void) { return mount("/", "/tmp", NULL, MS_BIND | MS_REC, NULL); }
static long try_remount(void) { return mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL); }
static long try_umount(void) { return umount2("/proc/kcore", MNT_DETACH); }
static long try_umount_sys(void) { return umount2("/proc/sys", MNT_DETACH); }
static long try_pivot(void) { return syscall(SYS_pivot_root, ".", "."); }
static long try_open_tree(void) { return syscall(428, AT_FDCWD, "/", 1); }
static long try_move_mount(void) { return syscall(429, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0); }
static long try_fsopen(void) { return syscall(430, "tmpfs", 0); }
static long try_fspick(void) { return syscall(433, AT_FDCWD, "/", 0); }
static long try_mount_setattr(void) {
    uint64_t attributes[4] = {0, 1 /* read only */, 0, 0};
    return syscall(442, AT_FDCWD, "/proc/sys", 0, attributes, sizeof attributes);
}

static void mounts(void) {
    attempt("mount tmpfs", try_mount);
    attempt("bind", try_bind);
    attempt("remount", try_remount);
    attempt("umount /proc/kcore", try_umount);
    attempt("umount /proc/sys", try_umount_sys);
    attempt("pivot_root", try_pivot);
    attempt("open_tree", try_open_tree);
    attempt("move_mount", try_move_mount);
    attempt("fsopen", try_fsopen);
    attempt("fspick", try_fspick);
    attempt("mount_setattr", try_mount_setattr);
}

static long try_unshare(void) { return unshare(CLONE_NEWUSER); }
static long try_unshare_mounts(void) { return unshare(CLONE_NEWNS); }
static long try_clone(void) {
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    return pid;
}
static long try_clone3(void) {
    uint64_t arguments[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD, 0, 0, 0};
    long pid = syscall(435, arguments, sizeof arguments);
    if (pid == 0) _exit(0);
    return pid;
}
static long try_setns(void) {
    int file = open("/proc/self/ns/mnt", O_RDONLY);
    return file < 0 ? -1 : setns(file, 0);
}
static long try_bpf(void) {
    char attributes[128] = {1, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1};
    return syscall(SYS_bpf, 0, attributes, sizeof attributes);
}
static long try_performance(void) {
    char attributes[128] = {0};
    return syscall(SYS_perf_event_open, attributes, -1, 0, -1, 0);
}
static long try_userfault(void) { return syscall(SYS_userfaultfd, 0); }
static long try_io_uring(void) {
    char parameters[256] = {0};
    return syscall(425, 1, parameters);
}
static long try_kexec(void) { return syscall(SYS_kexec_load, 0, 0, 0, 0); }
static long try_module(void) { return syscall(SYS_init_module, "", 0, ""); }
static long try_swap(void) { return syscall(SYS_swapoff, "/tmp"); }
static long try_reboot(void) { return syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL); }
static long try_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return clock_settime(CLOCK_REALTIME, &now);
}
static long try_log(void) {
    char text[64];
    return syscall(SYS_syslog, 3, text, sizeof text);
}
static long try_vsock(void) { return socket(40, SOCK_STREAM, 0); }

static void namespaces(void) {
    attempt("unshare user", try_unshare);
    attempt("unshare mounts", try_unshare_mounts);
    attempt("clone user", try_clone);
    attempt("clone3 user", try_clone3);
    attempt("setns", try_setns);
    attempt("bpf", try_bpf);
    attempt("perf_event_open", try_performance);
    attempt("userfaultfd", try_userfault);
    attempt("io_uring_setup", try_io_uring);
    attempt("kexec_load", try_kexec);
    attempt("init_module", try_module);
    attempt("swapoff", try_swap);
    attempt("reboot", try_reboot);
    attempt("clock_settime", try_clock);
    attempt("syslog", try_log);
    attempt("vsock", try_vsock);
}

/* shocker.c: the root of a file system by its number, whatever is mounted where. */
static void handles(void) {
    struct {
        struct file_handle head;
        uint8_t bytes[64];
    } handle = {.head = {.handle_bytes = sizeof handle.bytes}};
    int mount_id;
    static const char *const places[] = {"/", "/etc/hosts", "/etc/passwd", "/v", "/tmp"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        int place = open(places[i], O_RDONLY);
        if (place < 0) continue;
        handle.head.handle_bytes = sizeof handle.bytes;
        if (name_to_handle_at(AT_FDCWD, places[i], &handle.head, &mount_id, 0) == 0)
            could("open_by_handle_at", open_by_handle_at(place, &handle.head, O_RDONLY));
        /* Inode 2 is the root of ext4; FILEID_INO32_GEN with any generation 0. */
        handle.head.handle_bytes = 8;
        handle.head.handle_type = 1;
        memcpy(handle.bytes, (uint32_t[]){2, 0}, 8);
        could("open_by_handle_at root", open_by_handle_at(place, &handle.head, O_RDONLY));
        close(place);
    }
}

static void other(pid_t pid) {
    char path[64], word[8];
    long address = 0;
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    could("open mem", open(path, O_RDWR));
    could("read mem", open(path, O_RDONLY));
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    could("open environ", open(path, O_RDONLY));
    snprintf(path, sizeof path, "/proc/%d/root", pid);
    could("open root", open(path, O_RDONLY | O_DIRECTORY));
    snprintf(path, sizeof path, "/proc/%d/cwd", pid);
    could("open cwd", open(path, O_RDONLY | O_DIRECTORY));
    snprintf(path, sizeof path, "/proc/%d/fd/0", pid);
    could("open fd", open(path, O_RDONLY));
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "r");
    if (maps) {
        could("read maps", fscanf(maps, "%lx", &address) == 1 ? 0 : -1);
        fclose(maps);
    }
    struct iovec here = {word, sizeof word}, there = {(void *)(address ? address : 0x400000), sizeof word};
    could("process_vm_readv", process_vm_readv(pid, &here, 1, &there, 1, 0));
    could("process_vm_writev", process_vm_writev(pid, &here, 1, &there, 1, 0));
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd >= 0) could("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 0, 0));
    if (pidfd >= 0) could("setns pidfd", setns(pidfd, CLONE_NEWNS));
    could("PTRACE_SEIZE", ptrace(PTRACE_SEIZE, pid, NULL, NULL));
    could("PTRACE_ATTACH", ptrace(PTRACE_ATTACH, pid, NULL, NULL));
}

/* CVE-2016-9962: who enters a container is still the runtime's program, with the runtime's descriptors, for a moment. */
static void watch(void) {
    char path[300], link[300];
    printf("watching\n");
    fflush(stdout);
    for (;;) {
        DIR *numbers = opendir("/proc");
        for (struct dirent *entry; numbers && (entry = readdir(numbers));) {
            pid_t pid = atoi(entry->d_name);
            if (pid <= 1 || pid == getpid()) continue;
            snprintf(path, sizeof path, "/proc/%d/exe", pid);
            ssize_t length = readlink(path, link, sizeof link - 1);
            if (length > 0 && (link[length] = 0, strncmp(link, "/memfd:", 7) == 0)) printf("exe %s\n", link);
            for (int number = 3; length > 0 && number < 40; number++) {
                snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);
                length = readlink(path, link, sizeof link - 1);
                if (length > 0 && (link[length] = 0, link[0] == '/' && strncmp(link, "/proc", 5) != 0 &&
                                                         strncmp(link, "/dev", 4) != 0))
                    printf("descriptor %s\n", link);
            }
        }
        if (numbers) closedir(numbers);
        fflush(stdout);
        if (access("/stop", F_OK) == 0) return;
    }
}

/* Two names for ever changing places, until a file /stop is there. */
static void exchange(const char *one, const char *two) {
    printf("exchanging\n");
    fflush(stdout);
    while (access("/stop", F_OK) < 0)
        if (syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, two, RENAME_EXCHANGE) < 0) {
            perror("renameat2");
            return;
        }
}

/* CVE-2017-5226: typing for whoever sits at the terminal. */
static void type(void) {
    for (int descriptor = 0; descriptor < 3; descriptor++) could("TIOCSTI", ioctl(descriptor, TIOCSTI, "x"));
    char line[3] = {2, 0, 0};
    could("TIOCLINUX", ioctl(0, TIOCLINUX, line));
    could("/dev/tty", open("/dev/tty", O_RDWR));
    could("TIOCSCTTY", ioctl(0, TIOCSCTTY, 1));
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    if (strcmp(what, "keys") == 0) keys();
    else if (strcmp(what, "mounts") == 0) mounts();
    else if (strcmp(what, "namespaces") == 0) namespaces();
    else if (strcmp(what, "handles") == 0) handles();
    else if (strcmp(what, "other") == 0 && count > 2) other(atoi(words[2]));
    else if (strcmp(what, "watch") == 0) watch();
    else if (strcmp(what, "exchange") == 0 && count > 3) exchange(words[2], words[3]);
    else if (strcmp(what, "type") == 0) type();
    else return 2;
    printf("end\n");
    return 0;
}
