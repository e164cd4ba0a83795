/* docker's default seccomp profile: an allow list; what is not on it fails with EPERM, what no profile can know with
 * ENOSYS. https://docs.docker.com/engine/security/seccomp/ says which calls it leaves out, and why. */
#define _GNU_SOURCE 1

#include "CLinux.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static const char *const always[] = {
    "accept", "accept4", "access", "adjtimex", "alarm", "arch_prctl", "bind", "brk", "cachestat", "capget", "capset",
    "chdir", "chmod", "chown", "clock_adjtime", "clock_getres", "clock_gettime", "clock_nanosleep", "close",
    "close_range", "connect", "copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create", "epoll_create1",
    "epoll_ctl", "epoll_ctl_old", "epoll_pwait", "epoll_pwait2", "epoll_wait", "epoll_wait_old", "eventfd", "eventfd2",
    "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fadvise64", "fallocate", "fanotify_mark",
    "fchdir", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr", "flistxattr",
    "flock", "fork", "fremovexattr", "fsetxattr", "fstat", "fstatfs", "fsync", "ftruncate", "futex", "futex_requeue",
    "futex_wait", "futex_waitv", "futex_wake", "futimesat", "get_mempolicy", "get_robust_list", "get_thread_area",
    "getcpu", "getcwd", "getdents", "getdents64", "getegid", "geteuid", "getgid", "getgroups", "getitimer",
    "getpeername", "getpgid", "getpgrp", "getpid", "getppid", "getpriority", "getrandom", "getresgid", "getresuid",
    "getrlimit", "getrusage", "getsid", "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid", "getxattr",
    "getxattrat", "inotify_add_watch", "inotify_init", "inotify_init1", "inotify_rm_watch", "io_cancel", "io_destroy",
    "io_getevents", "io_pgetevents", "io_setup", "io_submit", "ioctl", "ioprio_get", "ioprio_set", "kill",
    "landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self", "lchown", "lgetxattr", "link", "linkat",
    "listen", "listmount", "listxattr", "listxattrat", "llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat",
    "madvise", "map_shadow_stack", "mbind", "membarrier", "memfd_create", "memfd_secret", "mincore", "mkdir", "mkdirat",
    "mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "mprotect", "mq_getsetattr", "mq_notify", "mq_open",
    "mq_timedreceive", "mq_timedsend", "mq_unlink", "mremap", "mseal", "msgctl", "msgget", "msgrcv", "msgsnd", "msync",
    "munlock", "munlockall", "munmap", "name_to_handle_at", "nanosleep", "newfstatat", "open", "openat", "openat2",
    "pause", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2", "pkey_alloc", "pkey_free", "pkey_mprotect", "poll",
    "ppoll", "prctl", "pread64", "preadv", "preadv2", "prlimit64", "process_mrelease", "process_vm_readv",
    "process_vm_writev", "pselect6", "ptrace", "pwrite64", "pwritev", "pwritev2", "read", "readahead", "readlink",
    "readlinkat", "readv", "recvfrom", "recvmmsg", "recvmsg", "remap_file_pages", "removexattr", "removexattrat",
    "rename", "renameat", "renameat2", "restart_syscall", "rmdir", "rseq", "rt_sigaction", "rt_sigpending",
    "rt_sigprocmask", "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo",
    "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr", "sched_getparam",
    "sched_getscheduler", "sched_rr_get_interval", "sched_setaffinity", "sched_setattr", "sched_setparam",
    "sched_setscheduler", "sched_yield", "seccomp", "select", "semctl", "semget", "semop", "semtimedop", "sendfile",
    "sendmmsg", "sendmsg", "sendto", "set_robust_list", "set_thread_area", "set_tid_address", "setfsgid", "setfsuid",
    "setgid", "setgroups", "setitimer", "setpgid", "setpriority", "setregid", "setresgid", "setresuid", "setreuid",
    "setrlimit", "setsid", "setsockopt", "setuid", "setxattr", "setxattrat", "shmat", "shmctl", "shmdt", "shmget",
    "shutdown", "sigaltstack", "signalfd", "signalfd4", "socketpair", "splice", "stat", "statfs", "statmount", "statx",
    "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "sysinfo", "tee", "tgkill", "time", "timer_create",
    "timer_delete", "timer_getoverrun", "timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime",
    "timerfd_settime", "times", "tkill", "truncate", "umask", "uname", "unlink", "unlinkat", "uretprobe", "utime",
    "utimensat", "utimes", "vfork", "vmsplice", "wait4", "waitid", "waitpid", "write", "writev", NULL};

/* What a capability brings with it. */
static const struct {
    int capability;
    const char *const calls[28];
} granted[] = {
    {CAP_DAC_READ_SEARCH, {"open_by_handle_at"}},
    {CAP_SYS_ADMIN,
     {"bpf", "clone", "clone3", "fanotify_init", "fsconfig", "fsmount", "fsopen", "fspick", "lookup_dcookie", "lsm_get_self_attr",
      "lsm_list_modules", "lsm_set_self_attr", "mount", "mount_setattr", "move_mount", "open_tree", "perf_event_open",
      "pivot_root", "quotactl", "quotactl_fd", "setdomainname", "sethostname", "setns", "syslog", "umount", "umount2",
      "unshare"}},
    {CAP_SYS_BOOT, {"reboot"}},
    {CAP_SYS_CHROOT, {"chroot"}},
    {CAP_SYS_MODULE, {"delete_module", "init_module", "finit_module"}},
    {CAP_SYS_PACCT, {"acct"}},
    {CAP_SYS_PTRACE, {"kcmp", "pidfd_getfd", "process_madvise"}},
    {CAP_SYS_RAWIO, {"iopl", "ioperm"}},
    {CAP_SYS_TIME, {"settimeofday", "stime", "clock_settime"}},
    {CAP_SYS_TTY_CONFIG, {"vhangup"}},
    {CAP_SYS_NICE, {"set_mempolicy", "set_mempolicy_home_node", "move_pages", "migrate_pages"}},
    {CAP_SYSLOG, {"syslog"}},
    {CAP_BPF, {"bpf"}},
    {CAP_PERFMON, {"perf_event_open"}},
};

static int allow(scmp_filter_ctx context, const char *name) {
    int number = seccomp_syscall_resolve_name(name);
    /* Unknown to this architecture or this libseccomp: nothing to allow. */
    if (number < 0) return 0;
    int result = seccomp_rule_add_array(context, SCMP_ACT_ALLOW, number, 0, NULL);
    return result == -EEXIST ? 0 : result;
}

static int allow_if(scmp_filter_ctx context, int call, struct scmp_arg_cmp condition) {
    return seccomp_rule_add_array(context, SCMP_ACT_ALLOW, call, 1, &condition);
}

static int fill(scmp_filter_ctx context, uint64_t capabilities) {
    int result = 0;
    for (size_t i = 0; result == 0 && always[i]; i++) result = allow(context, always[i]);
    for (size_t i = 0; i < sizeof granted / sizeof *granted; i++) {
        if (!(capabilities >> granted[i].capability & 1)) continue;
        for (size_t j = 0; result == 0 && granted[i].calls[j]; j++) result = allow(context, granted[i].calls[j]);
    }
    if (result < 0) return result;
    if (!(capabilities >> CAP_SYS_ADMIN & 1)) {
        /* No new namespaces. clone3 hides its flags behind a pointer: C libraries fall back to clone on ENOSYS. */
        const uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                    CLONE_NEWPID | CLONE_NEWNET;
        result = allow_if(context, SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, namespaces, 0));
        if (result == 0) result = seccomp_rule_add_array(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0, NULL);
    }
    /* Any family but virtual machine sockets, which reach past the network namespace. */
    if (result == 0) result = allow_if(context, SCMP_SYS(socket), SCMP_A0(SCMP_CMP_NE, AF_VSOCK, 0));
    /* Linux, Linux 32 bit, without address space randomisation, and asking. */
    const uint64_t personalities[] = {0x0, 0x0008, 0x20000, 0x20008, 0xffffffff};
    for (size_t i = 0; result == 0 && i < sizeof personalities / sizeof *personalities; i++)
        result = allow_if(context, SCMP_SYS(personality), SCMP_A0(SCMP_CMP_EQ, personalities[i], 0));
    return result;
}

int kijabi_write_seccomp_filter(int descriptor, uint64_t capabilities) {
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!context) return -ENOMEM;
    /* A binary tree instead of a list: a call is found in nine steps, not three hundred. */
    seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    /* A program of another architecture (32 bit) gets the answer of a kernel that has no such calls. */
    seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
    int result = fill(context, capabilities);
    if (result == 0) result = seccomp_export_bpf(context, descriptor);
    seccomp_release(context);
    return result;
}

void *kijabi_seccomp_begin(uint32_t action) {
    scmp_filter_ctx context = seccomp_init(action);
    if (!context) return NULL;
    seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
    return context;
}

int kijabi_seccomp_add(void *context, uint32_t action, const char *name, const struct kijabi_seccomp_argument *arguments,
                       uint32_t count) {
    struct scmp_arg_cmp conditions[6];
    int number = seccomp_syscall_resolve_name(name);
    if (number < 0) return 0;
    if (count > 6) return -EINVAL;
    for (uint32_t i = 0; i < count; i++)
        conditions[i] = (struct scmp_arg_cmp){.arg = arguments[i].index, .op = (enum scmp_compare)arguments[i].operation,
                                              .datum_a = arguments[i].value, .datum_b = arguments[i].second};
    int result = seccomp_rule_add_array(context, action, number, count, conditions);
    return result == -EEXIST || result == -EACCES ? 0 : result;
}

int kijabi_seccomp_finish(void *context, int descriptor) {
    int result = seccomp_export_bpf(context, descriptor);
    seccomp_release(context);
    return result;
}

void kijabi_seccomp_abandon(void *context) { seccomp_release(context); }

uint32_t kijabi_native_architecture(void) { return seccomp_arch_native(); }

int kijabi_system_call_name(int number, char *name, size_t size) {
    char *found = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), number);
    if (!found) return 0;
    int length = snprintf(name, size, "%s", found);
    free(found);
    return length > 0 && (size_t)length < size;
}
