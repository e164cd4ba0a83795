/* What a new process does between its clone and its exec. It has its own copy of the zygote's memory. */
#include "zygote.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

_Noreturn void give_up(int report, const struct zygote_failure *failure) {
    if (send_with(report, failure, sizeof *failure, NULL, 0) < 0) _exit(126);
    _exit(127);
}

/* Nothing of the zygote's way with signals reaches the program. */
static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGTERM, SIGPIPE, SIGTSTP};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) sigaction(ignored[i], &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static int set_limits(const struct specification *specification, struct zygote_failure *failure) {
    struct rlimit limit;
    /* No core file through a core_pattern that belongs to the machine. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        /* A high soft limit makes programs slow that close every descriptor there could be. */
        limit.rlim_cur = limit.rlim_max < 1024 ? limit.rlim_max : 1024;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (specification->process_limit > 0) {
        limit.rlim_cur = limit.rlim_max = specification->process_limit;
        setrlimit(RLIMIT_NPROC, &limit);
    }
    return process_limits_set(specification, failure);
}

/* A pseudo-terminal of the container's own devpts, so that `tty` and /proc/self/fd name what exists inside. Its master
 * goes to kijabi. */
static int take_terminal(const struct specification *specification, const struct account *account, int report,
                         struct zygote_failure *failure) {
    struct winsize size = {.ws_col = specification->columns, .ws_row = specification->rows};
    int unlocked = 0;
    int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) return fail(failure, "open terminal", "/dev/pts/ptmx");
    if (ioctl(master, TIOCSPTLCK, &unlocked) < 0) return fail(failure, "unlock terminal", NULL);
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) return fail(failure, "open terminal", NULL);
    if (size.ws_col > 0) ioctl(master, TIOCSWINSZ, &size);
    if (account->uid != 0 && fchown(slave, account->uid, (gid_t)-1) < 0) return fail(failure, "own terminal", NULL);
    if (!specification->is_exec) {
        int clone = open_tree_at(slave, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
        if (clone >= 0) {
            move_mount_at(clone, "", AT_FDCWD, "/dev/console", MOVE_MOUNT_F_EMPTY_PATH);
            close(clone);
        }
    }
    char mark = 't';
    if (send_with(report, &mark, 1, &master, 1) < 0) return fail(failure, "pass terminal", NULL);
    close(master);
    if (ioctl(slave, TIOCSCTTY, 0) < 0) return fail(failure, "control terminal", NULL);
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (dup2(slave, descriptor) < 0) return fail(failure, "dup2", NULL);
    return 0;
}

static int take_stdio(const struct specification *specification, struct zygote_failure *failure) {
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        /* 0, 1 and 2 of the zygote are /dev/null. */
        int given = specification->stdio[descriptor];
        if (given >= 0 && dup2(given, descriptor) < 0) return fail(failure, "dup2", NULL);
    }
    return 0;
}

/* Pipes belong to the user, so that a program can open /dev/stdout. */
static void own_pipes(const struct account *account) {
    struct stat status;
    for (int descriptor = 0; descriptor < 3; descriptor++)
        if (fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode) && fchown(descriptor, account->uid, account->gid) < 0)
            errno = 0;
}

/* A container's directory is made where there is none; somebody who comes later finds what is there. */
static int enter_directory(const char *directory, int is_exec, struct zygote_failure *failure) {
    if (!directory || !*directory) directory = "/";
    if (chdir(directory) == 0) return 0;
    if (errno == ENOENT && !is_exec && directory_make(directory, 0755) == 0 && chdir(directory) == 0) return 0;
    return fail(failure, "change directory", directory);
}

/* `kept` closes when the program executes. */
static void close_all_but(int kept) {
    if (kept > 3) syscall(SYS_close_range, 3u, (unsigned)kept - 1, 0u);
    syscall(SYS_close_range, (unsigned)kept + 1, ~0u, 0u);
    fcntl(kept, F_SETFD, FD_CLOEXEC);
}

static int install_filter(const struct specification *specification, struct zygote_failure *failure) {
    struct sock_fprog *program = filter_get(specification->filter);
    if (!program) return 0;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, program) < 0)
        return fail(failure, "install seccomp filter", NULL);
    return 0;
}

static const char *variable(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=') return *environment + length + 1;
    return NULL;
}

/* execvp(3) with the container's own PATH; a permission problem outweighs that other directories lack the program. */
void program_execute(char *const *arguments, char *const *environment) {
    if (strchr(arguments[0], '/')) {
        execve(arguments[0], arguments, environment);
        return;
    }
    const char *path = variable(environment, "PATH");
    if (!path) path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    int error = ENOENT;
    char program[4096];
    while (*arguments[0]) {
        size_t length = strcspn(path, ":");
        snprintf(program, sizeof program, "%.*s/%s", (int)length, length > 0 ? path : ".", arguments[0]);
        /* Asking is cheaper than a failing execve. */
        if (access(program, F_OK) == 0) execve(program, arguments, environment);
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
        if (path[length] == 0) break;
        path += length + 1;
    }
    errno = error;
}

_Noreturn void child_main(const struct specification *specification, int report) {
    struct zygote_failure failure = {0};
    struct account account;
    static char home[300];
    reset_signals();
    setsid();
    /* Not the zygote's keys. Refused where the kernel has no keyrings. */
    syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL, 0, 0, 0);
    birth_step("setsid, keyctl");
    if (specification->passes_mounts) {
        int mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
        char mark = 'm';
        if (mounts >= 0) {
            send_with(report, &mark, 1, &mounts, 1);
            close(mounts);
        }
    }
    if (take_stdio(specification, &failure) < 0) give_up(report, &failure);
    birth_step("dup2 stdin, stdout, stderr");
    if (oom_score_ask(specification, &failure) < 0) give_up(report, &failure);
    if (!specification->is_exec && root_set_up(specification, &failure) < 0) give_up(report, &failure);
    if (account_find(specification->user, &account) < 0) {
        fail(&failure, "find user", specification->user);
        give_up(report, &failure);
    }
    if (account_add_groups(specification, &account, &failure) < 0) give_up(report, &failure);
    if (specification->flags & ZYGOTE_PROCESS_TERMINAL) {
        if (take_terminal(specification, &account, report, &failure) < 0) give_up(report, &failure);
        birth_step("open /dev/pts/ptmx");
    } else if (account.uid != 0) {
        own_pipes(&account);
    }
    if (!variable(specification->environment, "HOME")) {
        char **end = specification->environment;
        while (*end) end++;
        snprintf(home, sizeof home, "HOME=%s", account.home);
        *end = home;
    }
    /* Not one descriptor of the zygote's may pass, nor be a working directory by way of /proc/self/fd. */
    close_all_but(report);
    birth_step("close_range");
    if (enter_directory(specification->directory, specification->is_exec, &failure) < 0) give_up(report, &failure);
    birth_step("chdir");
    if (set_limits(specification, &failure) < 0) give_up(report, &failure);
    birth_step("prlimit");
    if (credentials_drop(specification, &account, &failure) < 0) give_up(report, &failure);
    if (install_filter(specification, &failure) < 0) give_up(report, &failure);
    birth_step("seccomp SECCOMP_SET_MODE_FILTER");
    if (specification->flags & ZYGOTE_PROCESS_INIT) {
        init_execute(specification, report);
        fail(&failure, "execute init", NULL);
        give_up(report, &failure);
    }
    program_execute(specification->arguments, specification->environment);
    fail(&failure, "execute", specification->arguments[0]);
    give_up(report, &failure);
}
