/* What a program that reads archives of strangers may still ask of the kernel, once it is shut in: to read and write what
 * it has, and to make files. No program is executed, no process made, no memory made executable, nobody connected to. */
#include "job.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "seccomp's name for this architecture is not known here"
#endif

static const int allowed[] = {
    /* Streams and files that are open. */
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_close, SYS_dup, SYS_fcntl, SYS_fstat,
    SYS_ftruncate, SYS_fallocate, SYS_fadvise64, SYS_fsync, SYS_fdatasync, SYS_syncfs, SYS_ppoll, SYS_sendto, SYS_sendmsg,
    SYS_getdents64,
    /* Files by name. */
    SYS_openat, SYS_openat2, SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_readlinkat, SYS_mkdirat, SYS_mknodat,
    SYS_symlinkat, SYS_linkat, SYS_unlinkat, SYS_renameat2, SYS_utimensat,
    /* Owners, modes and attributes. */
    SYS_fchmod, SYS_fchmodat, 452 /* fchmodat2 */, SYS_fchown, SYS_fchownat, SYS_umask, SYS_fgetxattr, SYS_getxattr,
    SYS_lgetxattr, SYS_fsetxattr, SYS_setxattr, SYS_lsetxattr, SYS_flistxattr, SYS_listxattr, SYS_llistxattr,
    SYS_fremovexattr, SYS_removexattr, SYS_lremovexattr,
    /* Memory, threads, time. */
    SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_set_robust_list, SYS_rseq, SYS_sched_yield,
    SYS_sched_getaffinity, SYS_exit, SYS_exit_group, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_getpid,
    SYS_gettid, SYS_tgkill, SYS_clock_gettime, SYS_clock_nanosleep, SYS_restart_syscall, SYS_getrandom, SYS_getuid,
    SYS_geteuid, SYS_getgid, SYS_getegid,
#ifdef __x86_64__
    /* Older forms, which some C libraries use. */
    SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_poll, SYS_time, SYS_gettimeofday, SYS_rename,
#endif
};

enum {
    ALLOWED_COUNT = sizeof allowed / sizeof *allowed,
    /* Of `struct seccomp_data`; the low half of an argument, both architectures being little-endian. */
    NUMBER = offsetof(struct seccomp_data, nr),
    ARCHITECTURE = offsetof(struct seccomp_data, arch),
    FIRST_ARGUMENT = offsetof(struct seccomp_data, args),
    THIRD_ARGUMENT = offsetof(struct seccomp_data, args) + 2 * sizeof(uint64_t),
};

/* C libraries do without a call that the kernel does not have. */
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)

void filter_install(void) {
    struct sock_filter program[32 + 2 * ALLOWED_COUNT];
    unsigned short length = 0;
#define ADD(...) (program[length++] = (struct sock_filter)__VA_ARGS__)
    ADD(LOAD(ARCHITECTURE));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCHITECTURE, 1, 0));
    ADD(REFUSE);
    ADD(LOAD(NUMBER));
    for (size_t i = 0; i < ALLOWED_COUNT; i++) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)allowed[i], 0, 1));
        ADD(ALLOW);
    }
    /* Memory that is not executable. */
    static const int mapping[] = {SYS_mmap, SYS_mprotect};
    for (size_t i = 0; i < 2; i++) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)mapping[i], 0, 4));
        ADD(LOAD(THIRD_ARGUMENT));
        ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0));
        ADD(ALLOW);
        ADD(REFUSE);
    }
    /* Threads, but no processes. clone3 hides what it is asked. */
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3));
    ADD(LOAD(FIRST_ARGUMENT));
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
    ADD(ALLOW);
    ADD(REFUSE);
    struct sock_fprog filter = {.len = length, .filter = program};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) < 0)
        fail(errno, "install seccomp filter", NULL);
}
