/* The namespaces that the containers of one pod share. */
#include "zygote.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

static struct sandbox *sandboxes;

struct sandbox *sandbox_find(int32_t number) {
    struct sandbox *sandbox = sandboxes;
    while (sandbox && sandbox->number != number) sandbox = sandbox->next;
    return sandbox;
}

void sandbox_release(struct sandbox *sandbox) {
    int *const namespaces[] = {&sandbox->user, &sandbox->net, &sandbox->uts, &sandbox->ipc, &sandbox->pid};
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        if (*namespaces[i] >= 0) close(*namespaces[i]);
    if (sandbox->pause > 0) {
        kill(sandbox->pause, SIGKILL);
        waitpid(sandbox->pause, NULL, __WALL);
    }
    free(sandbox);
}

static int wait_for_end(void *unused) {
    (void)unused;
    for (;;) syscall(SYS_pause);
    return 0;
}

static int open_namespace(pid_t pid, const char *kind) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, kind);
    return open(path, O_RDONLY | O_CLOEXEC);
}

int sandbox_user_namespace(uid_t user, gid_t group, struct zygote_failure *failure) {
    static char stack[4096] __attribute__((aligned(16)));
    pid_t pid = clone(wait_for_end, stack + sizeof stack, CLONE_NEWUSER | CLONE_VM | CLONE_FILES, NULL);
    if (pid < 0) return fail(failure, "make user namespace", NULL);
    int made = -1;
    if (identity_map_nested(pid, user, group, 1) < 0) fail(failure, "map ids", NULL);
    else if ((made = open_namespace(pid, "user")) < 0) fail(failure, "open namespaces", NULL);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, __WALL);
    return made;
}

/* A child that does nothing enters the new namespaces; descriptors keep them when it has gone. */
struct sandbox *sandbox_make_namespaces(struct harbour *harbour, bool with_net, struct zygote_failure *failure) {
    static char stack[4096] __attribute__((aligned(16)));
    struct sandbox *made = malloc(sizeof *made);
    if (!made) return (fail(failure, "malloc", NULL), NULL);
    *made = (struct sandbox){.user = -1, .net = -1, .uts = -1, .ipc = -1, .pid = -1};
    int flags = CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC | (with_net ? CLONE_NEWNET : 0);
    /* It shares the memory, which is cheap, and right because it only makes system calls. No exit signal: it is waited
     * for here. */
    pid_t pid = clone(wait_for_end, stack + sizeof stack, flags | CLONE_VM | CLONE_FILES, NULL);
    if (pid < 0) {
        fail(failure, "make namespaces", NULL);
        free(made);
        return NULL;
    }
    const char *stage = "map ids";
    bool good = identity_map_nested(pid, 0, 0, harbour->id_count) == 0;
    if (good) {
        stage = "open namespaces";
        made->user = open_namespace(pid, "user");
        made->uts = open_namespace(pid, "uts");
        made->ipc = open_namespace(pid, "ipc");
        if (with_net) made->net = open_namespace(pid, "net");
        good = made->user >= 0 && made->uts >= 0 && made->ipc >= 0 && (!with_net || made->net >= 0);
    }
    if (!good) fail(failure, stage, NULL);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, __WALL);
    if (good && with_net) {
        stage = "prepare network namespace";
        good = setns(made->net, CLONE_NEWNET) == 0 && network_prepare() == 0;
        if (!good) fail(failure, stage, NULL);
        if (setns(harbour->net, CLONE_NEWNET) < 0) _exit(3);
    }
    if (good) return made;
    sandbox_release(made);
    return NULL;
}

/* The first process of a shared pid namespace: it adopts and reaps, as the pause container of a pod does. */
static _Noreturn void pause_main(const int sync[2]) {
    sigset_t all;
    char end;
    prctl(PR_SET_NAME, "pause");
    close(sync[0]);
    /* It has the harbour's file tree, which a container with CAP_SYS_PTRACE must not find at /proc/1/root. But first
     * its namespace has to be opened there. */
    if (read(sync[1], &end, 1) != 0) _exit(1);
    prctl(PR_SET_DUMPABLE, 0);
    syscall(SYS_close_range, 0u, ~0u, 0u);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    for (;;) {
        int number;
        sigwait(&children, &number);
        while (waitpid(-1, NULL, WNOHANG) > 0) continue;
    }
}

struct entry {
    struct sandbox *sandbox;
    const int *sync;
    pid_t pid;
};

static int enter_for_pause(void *argument) {
    struct entry *entry = argument;
    if (setns(entry->sandbox->user, CLONE_NEWUSER) < 0) return 1;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | CLONE_PARENT, NULL, NULL, NULL, NULL);
    if (pid == 0) pause_main(entry->sync);
    entry->pid = pid;
    return 0;
}

static int share_pids(struct sandbox *sandbox, struct zygote_failure *failure) {
    static char stack[65536] __attribute__((aligned(16)));
    int sync[2];
    char end;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sync) < 0) return fail(failure, "socketpair", NULL);
    struct entry entry = {.sandbox = sandbox, .sync = sync, .pid = -1};
    pid_t first = clone(enter_for_pause, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES, &entry);
    if (first > 0) waitpid(first, NULL, __WALL);
    close(sync[1]);
    int result = 0;
    if (entry.pid < 0) {
        result = fail(failure, "make pid namespace", NULL);
    } else {
        sandbox->pause = entry.pid;
        sandbox->pid = open_namespace(entry.pid, "pid");
        if (sandbox->pid < 0) result = fail(failure, "open namespaces", NULL);
        /* It may go on, and has gone on when its end is closed. */
        shutdown(sync[0], SHUT_WR);
        if (read(sync[0], &end, 1) < 0) errno = 0;
    }
    close(sync[0]);
    return result;
}

struct sandbox *sandbox_make(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    uint32_t flags = (uint32_t)message->header.arguments[1];
    const char *hostname = message_string(message, ZYGOTE_HOSTNAME);
    bool own_net = !(flags & (ZYGOTE_SANDBOX_HARBOUR_NET | ZYGOTE_SANDBOX_NET_GIVEN));
    struct sandbox *sandbox = own_net ? pool_take() : NULL;
    if (!sandbox && !(sandbox = sandbox_make_namespaces(harbour, own_net, failure))) return NULL;
    sandbox->number = message->header.arguments[0];
    if (flags & ZYGOTE_SANDBOX_NET_GIVEN) sandbox->net = message_take(message, 0);
    const char *domainname = message_string(message, ZYGOTE_DOMAINNAME);
    if (hostname && *hostname) {
        int own = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
        bool named = own >= 0 && setns(sandbox->uts, CLONE_NEWUTS) == 0 && sethostname(hostname, strlen(hostname)) == 0;
        named = named && (!domainname || !*domainname || setdomainname(domainname, strlen(domainname)) == 0);
        if (!named) fail(failure, "set host name", hostname);
        if (own < 0 || setns(own, CLONE_NEWUTS) < 0) _exit(3);
        close(own);
        if (!named) {
            sandbox_release(sandbox);
            return NULL;
        }
    }
    if ((flags & ZYGOTE_SANDBOX_SHARES_PIDS) && share_pids(sandbox, failure) < 0) {
        sandbox_release(sandbox);
        return NULL;
    }
    sandbox->next = sandboxes;
    sandboxes = sandbox;
    return sandbox;
}

void sandbox_drop(int32_t number) {
    for (struct sandbox **link = &sandboxes; *link; link = &(*link)->next) {
        if ((*link)->number != number) continue;
        struct sandbox *dropped = *link;
        *link = dropped->next;
        sandbox_release(dropped);
        return;
    }
}
