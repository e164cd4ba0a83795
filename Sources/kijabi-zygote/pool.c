/* Namespaces made ahead, since a network namespace is dear: by a process of its own, beside the zygote's work. The socket on
 * which it hands them over is the pool. */
#include "zygote.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { POOL_SIZE = 8, NAMESPACES = 4 };

static int pool = -1;

static _Noreturn void fill(struct harbour *harbour, int socket) {
    struct zygote_failure failure;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* Whoever is waited for goes first. */
    setpriority(PRIO_PROCESS, 0, 19);
    close(harbour->control);
    for (unsigned wanted = POOL_SIZE;; wanted--) {
        char taken;
        if (wanted == 0 && read(socket, &taken, 1) == 1) wanted++;
        if (wanted == 0) _exit(0);
        struct sandbox *made = sandbox_make_namespaces(harbour, true, &failure);
        /* Whoever wants one next makes it, and says what is wrong. */
        if (!made) _exit(1);
        const int namespaces[NAMESPACES] = {made->user, made->net, made->uts, made->ipc};
        char mark = 'n';
        if (send_with(socket, &mark, 1, namespaces, NAMESPACES) < 0) _exit(0);
        sandbox_release(made);
    }
}

void pool_start(struct harbour *harbour) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        fill(harbour, ends[1]);
    }
    close(ends[1]);
    pool = ends[0];
}

struct sandbox *pool_take(void) {
    char mark;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int) * NAMESPACES)];
    } control;
    struct iovec part = {.iov_base = &mark, .iov_len = 1};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    if (recvmsg(pool, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1) return NULL;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    if (!rights || rights->cmsg_len != CMSG_LEN(sizeof(int) * NAMESPACES)) return NULL;
    const int *namespaces = (const void *)CMSG_DATA(rights);
    send(pool, &mark, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    struct sandbox *taken = malloc(sizeof *taken);
    if (taken)
        *taken = (struct sandbox){
            .user = namespaces[0], .net = namespaces[1], .uts = namespaces[2], .ipc = namespaces[3], .pid = -1};
    else
        for (int i = 0; i < NAMESPACES; i++) close(namespaces[i]);
    return taken;
}
