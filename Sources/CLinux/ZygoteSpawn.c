#define _GNU_SOURCE 1
#include "CLinux.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

struct kijabi_zygote kijabi_zygote_spawn(const char *program) {
    struct kijabi_zygote zygote = {.pid = -1, .control = -1, .lifeline = -1};
    int control[2], lifeline[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0) {
        zygote.pid = -errno;
        return zygote;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, lifeline) < 0) {
        zygote.pid = -errno;
        close(control[0]);
        close(control[1]);
        return zygote;
    }
    /* The child's ends must not stand where the other is to be put. */
    int theirs[2] = {fcntl(control[1], F_DUPFD_CLOEXEC, 10), fcntl(lifeline[1], F_DUPFD_CLOEXEC, 10)};
    volatile int failure = 0;
    char *const arguments[] = {(char *)"kijabi-zygote", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        if (dup2(theirs[0], ZYGOTE_CONTROL_DESCRIPTOR) >= 0 && dup2(theirs[1], ZYGOTE_LIFELINE_DESCRIPTOR) >= 0)
            execve(program, arguments, environ);
        failure = errno;
        _exit(127);
    }
    int error = errno;
    close(control[1]);
    close(lifeline[1]);
    close(theirs[0]);
    close(theirs[1]);
    if (pid > 0 && failure != 0) {
        waitpid(pid, NULL, 0);
        error = failure;
        pid = -1;
    }
    if (pid < 0) {
        close(control[0]);
        close(lifeline[0]);
        zygote.pid = -error;
        return zygote;
    }
    zygote.pid = pid;
    zygote.control = control[0];
    zygote.lifeline = lifeline[0];
    return zygote;
}
