/* The first process of a container that asked for one (--init): it reaps what is orphaned, passes signals on, and ends as
 * the program does. A program as process 1 would ignore every signal it has no handler for, and let zombies pile up.
 *
 * It is this program executed anew inside the container, from the sealed copy that nobody can change: a process that was
 * only cloned could not be joined by further ones, because it keeps what the zygote knows from everybody. */
#include "zygote.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static const char name[] = "kijabi-init";
enum { REPORT_DESCRIPTOR = 3 };

void init_execute(const struct specification *specification, int report) {
    size_t count = 0;
    while (specification->arguments[count]) count++;
    char **arguments = calloc(count + 3, sizeof *arguments);
    if (!arguments) return;
    arguments[0] = (char *)name;
    arguments[1] = "--";
    memcpy(arguments + 2, specification->arguments, count * sizeof *arguments);
    if (report == REPORT_DESCRIPTOR) fcntl(report, F_SETFD, 0);
    else if (dup2(report, REPORT_DESCRIPTOR) < 0) return;
    execve("/proc/self/exe", arguments, specification->environment);
}

static _Noreturn void keep(pid_t program) {
    sigset_t all;
    siginfo_t information;
    sigfillset(&all);
    for (;;) {
        if (sigwaitinfo(&all, &information) < 0) continue;
        if (information.si_signo != SIGCHLD) {
            /* The terminal sends its signals to the program itself. */
            if (information.si_code != SI_KERNEL) kill(program, information.si_signo);
            continue;
        }
        int status;
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == program) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    }
}

bool init_is_wanted(int count, char **arguments) {
    return count > 2 && strcmp(arguments[0], name) == 0 && strcmp(arguments[1], "--") == 0;
}

_Noreturn void init_main(char **arguments, char **environment) {
    int report = REPORT_DESCRIPTOR;
    struct zygote_failure failure = {0};
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    fcntl(report, F_SETFD, FD_CLOEXEC);
    sigprocmask(SIG_SETMASK, &all, NULL);
    /* Where the pid namespace has another first process. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "init");
    pid_t program = fork();
    if (program == 0) {
        /* In the foreground of its terminal, if it has one. All signals are blocked, so the kernel does not stop it. */
        setpgid(0, 0);
        tcsetpgrp(0, getpid());
        sigprocmask(SIG_SETMASK, &none, NULL);
        program_execute(arguments + 2, environment);
        fail(&failure, "execute", arguments[2]);
        give_up(report, &failure);
    }
    if (program < 0) {
        fail(&failure, "fork", NULL);
        give_up(report, &failure);
    }
    /* Whoever waits for the program to execute must not wait for this process, nor may its output stay open. */
    syscall(SYS_close_range, 0u, ~0u, 0u);
    keep(program);
}
