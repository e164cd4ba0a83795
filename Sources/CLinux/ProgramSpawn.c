#define _GNU_SOURCE 1
#include "ProgramSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between vfork and exec nothing but system calls. */
static _Noreturn void become(const struct kijabi_program *program, pid_t parent, volatile int *failure) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    for (int i = 0; i < program->descriptor_count; i++)
        if (dup2(program->descriptors[i], i) < 0) goto failed;
    syscall(SYS_close_range, (unsigned)program->descriptor_count, ~0u, 0u);
    /* The bare calls: the C library's would have every thread of the parent follow. */
    if (program->has_identity && (syscall(SYS_setgroups, 0, NULL) < 0 || syscall(SYS_setresgid, program->gid, program->gid, program->gid) < 0 ||
                                  syscall(SYS_setresuid, program->uid, program->uid, program->uid) < 0))
        goto failed;
    /* Behind the change of identity, which takes it back. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) goto failed;
    if (getppid() != parent) _exit(127);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    execve(program->path, program->arguments, program->environment);
failed:
    *failure = errno;
    _exit(127);
}

pid_t kijabi_spawn_program(const struct kijabi_program *program) {
    volatile int failure = 0;
    pid_t parent = getpid();
    pid_t pid = vfork();
    if (pid == 0) become(program, parent, &failure);
    if (pid < 0) return -errno;
    if (failure != 0) {
        waitpid(pid, NULL, 0);
        return -failure;
    }
    return pid;
}
