#define _GNU_SOURCE 1
#include "CLinux.h"

#include <fcntl.h>
#include <errno.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_EXEC /* Linux 6.3: the answer to vm.memfd_noexec */
#define MFD_EXEC 0x0010U
#endif

extern char **environ;

/* A copy of the program in memory that nobody can change. What runs in a container's namespaces before it executes the
 * container's program is the zygote, and `/proc/self/exe` as the container's program would leave it there to be written
 * to: its root is the owner of the file where kijabi runs as an ordinary user (CVE-2019-5736).
 * Returns -1 where it cannot be made; then the file itself will do. */
static int sealed_copy(const char *program) {
    int source = open(program, O_RDONLY | O_CLOEXEC);
    if (source < 0) return -1;
    int copy = memfd_create("kijabi-zygote", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (copy < 0 && errno == EINVAL) copy = memfd_create("kijabi-zygote", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    ssize_t moved = copy < 0 ? -1 : 1;
    while (moved > 0 || (moved < 0 && copy >= 0 && errno == EINTR)) moved = sendfile(copy, source, NULL, 1 << 30);
    close(source);
    if (moved == 0 && fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0) return copy;
    if (copy >= 0) close(copy);
    return -1;
}

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
    int sealed = sealed_copy(program), copy = sealed < 0 ? -1 : fcntl(sealed, F_DUPFD_CLOEXEC, 10);
    if (sealed >= 0) close(sealed);
    volatile int failure = 0;
    char *const arguments[] = {(char *)"kijabi-zygote", NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        /* Nothing that was opened here, by whatever library, outlives this program in the harbour (4: CLOSE_RANGE_CLOEXEC). */
        syscall(SYS_close_range, 5u, ~0u, 4u);
        if (dup2(theirs[0], ZYGOTE_CONTROL_DESCRIPTOR) >= 0 && dup2(theirs[1], ZYGOTE_LIFELINE_DESCRIPTOR) >= 0) {
            if (copy >= 0) fexecve(copy, arguments, environ);
            execve(program, arguments, environ);
        }
        failure = errno;
        _exit(127);
    }
    int error = errno;
    close(control[1]);
    close(lifeline[1]);
    close(theirs[0]);
    close(theirs[1]);
    if (copy >= 0) close(copy);
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
