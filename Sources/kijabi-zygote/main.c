/* The janitor: makes the harbour, waits for the end of kijabi or of the harbour, and clears up. */
#include "zygote.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { REMOVAL_LIMIT = 64, PROCESS_LIMIT = 16384 };

static char *removals[REMOVAL_LIMIT];
static size_t removal_count;

static pid_t fork_into(unsigned long flags) {
    return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* A detached copy of a mount, which the harbour's root may use although it could not walk there itself (a path below
 * /root). Only for those who may: as an ordinary user the harbour opens the path as that user. */
static int detach(const char *path) {
    return open_tree_at(AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC);
}

static _Noreturn void harbour_main(struct harbour *harbour, int sync) {
    struct zygote_failure failure = {0};
    close(ZYGOTE_LIFELINE_DESCRIPTOR);
    if (read(sync, &harbour->id_count, sizeof harbour->id_count) <= 0) _exit(0); /* the janitor could not map the ids, or is gone */
    if (harbour_set_up(harbour, &failure) < 0) {
        if (write(sync, &failure, sizeof failure) < 0) _exit(2);
        _exit(1);
    }
    /* Belt and braces: the end of the janitor is the end of the harbour. Set after the last change of credentials,
     * which clears it; the janitor may have gone meanwhile. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (write(sync, &failure, sizeof failure) < 0) _exit(2);
    close(sync);
    harbour_serve(harbour);
}

/* All containers together may have so many processes: what the maker of a user namespace may have is the most that those
 * in it can. Their own limits are for each of them. */
static void limit_processes(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NPROC, &limit) < 0 || limit.rlim_cur <= PROCESS_LIMIT) return;
    limit.rlim_cur = PROCESS_LIMIT;
    setrlimit(RLIMIT_NPROC, &limit);
}

static pid_t make_harbour(struct harbour *harbour, struct identity *identity, struct zygote_failure *failure) {
    int sync[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sync) < 0) return fail(failure, "socketpair", NULL);
    limit_processes();
    unsigned long flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS;
    pid_t pid = fork_into(flags | CLONE_NEWCGROUP);
    if (pid < 0 && errno == EINVAL) pid = fork_into(flags);
    if (pid == 0) {
        close(sync[0]);
        harbour_main(harbour, sync[1]);
    }
    int error = errno;
    close(sync[1]);
    errno = error;
    if (pid < 0) {
        fail(failure, "make namespaces", NULL);
    } else if (identity_map_harbour(pid, identity, failure) == 0) {
        /* The harbour's root writes there. */
        if (identity->uid != geteuid() && chown(harbour->run_path, identity->uid, identity->gid) < 0) errno = 0;
        if (write(sync[0], &identity->count, sizeof identity->count) > 0 && read(sync[0], failure, sizeof *failure) == sizeof *failure &&
            failure->error == 0) {
            close(sync[0]);
            return pid;
        }
        if (failure->error == 0) {
            errno = ECHILD;
            fail(failure, "set up the harbour", NULL);
        }
    }
    close(sync[0]);
    if (pid > 0) {
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    return -1;
}

/* Removes what was registered. Cgroups stay busy until the last process has left them, so this is tried for a while. */
static void clear_up(int user_namespace) {
    if (geteuid() != 0 && user_namespace >= 0) {
        /* As root of the harbour's ids, for files that belong to others than this user. */
        if (setns(user_namespace, CLONE_NEWUSER) == 0 && setresuid(0, 0, 0) < 0) return;
    }
    for (int attempt = 0; attempt < 200; attempt++) {
        bool left = false;
        for (size_t i = 0; i < removal_count; i++) {
            if (removals[i] && tree_remove(removals[i], INT32_MAX) < 0 && errno != EACCES && errno != EPERM) left = true;
            else removals[i] = NULL;
        }
        if (!left) return;
        nanosleep(&(struct timespec){.tv_nsec = 10 * 1000 * 1000}, NULL);
    }
}

static void register_removal(const struct message *message) {
    const char *path = message_string(message, ZYGOTE_SOURCE);
    if (path && *path == '/' && removal_count < REMOVAL_LIMIT) removals[removal_count++] = strdup(path);
}

static struct message message;

int main(int count, char **arguments, char **environment) {
    if (init_is_wanted(count, arguments)) init_main(arguments, environment);
    /* Executed from a descriptor, it has been given a number for a name. */
    prctl(PR_SET_NAME, "kijabi-zygote");
    fcntl(ZYGOTE_CONTROL_DESCRIPTOR, F_SETFD, FD_CLOEXEC);
    fcntl(ZYGOTE_LIFELINE_DESCRIPTOR, F_SETFD, FD_CLOEXEC);
    /* Out of the terminal's reach: Ctrl-C is for kijabi to answer. */
    setsid();
    for (const int *number = (const int[]){SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE, SIGTSTP, 0}; *number; number++)
        signal(*number, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    umask(022);
    /* A descriptor of kijabi's terminal or pipe kept here would hide its end from whoever reads it. */
    int null = open("/dev/null", O_RDWR);
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (null >= 0) dup2(null, descriptor);
    if (null > 2) close(null);
    if (chdir("/") < 0) return 1;

    if (message_receive(ZYGOTE_LIFELINE_DESCRIPTOR, &message) != 1) return 0;
    struct harbour harbour = {.control = ZYGOTE_CONTROL_DESCRIPTOR, .net = -1, .mounts = -1, .run = -1, .data = -1};
    size_t position = 0;
    for (const struct zygote_field *field; (field = message_next(&message, &position));) {
        if (field->tag != ZYGOTE_SOURCE) continue;
        const char **path = harbour.run_path ? &harbour.data_path : &harbour.run_path;
        *path = strdup((const char *)(field + 1));
    }
    if (!harbour.run_path || !harbour.data_path) return 2;
    harbour.run = detach(harbour.run_path);
    harbour.data = detach(harbour.data_path);

    struct identity identity;
    struct zygote_failure failure = {0};
    pid_t pid = make_harbour(&harbour, &identity, &failure);
    if (pid < 0) {
        failure_send(ZYGOTE_LIFELINE_DESCRIPTOR, message.header.request, &failure);
        return 1;
    }
    close(ZYGOTE_CONTROL_DESCRIPTOR);
    if (harbour.run >= 0) close(harbour.run);
    if (harbour.data >= 0) close(harbour.data);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", pid);
    int user_namespace = open(path, O_RDONLY | O_CLOEXEC);
    int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    int values[3] = {pid, (int)identity.uid, (int)identity.count};
    reply_send(ZYGOTE_LIFELINE_DESCRIPTOR, message.header.request, values, &pidfd, 1);

    for (;;) {
        struct pollfd watched[] = {{.fd = ZYGOTE_LIFELINE_DESCRIPTOR, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
        if (poll(watched, 2, -1) < 0 && errno != EINTR) break;
        if (watched[1].revents) break;
        if (!watched[0].revents) continue;
        if (message_receive(ZYGOTE_LIFELINE_DESCRIPTOR, &message) != 1) break;
        if (message.header.operation == ZYGOTE_REMOVE_AT_END) register_removal(&message);
        message_release(&message);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    clear_up(user_namespace);
    return 0;
}
