/* The first process of a container that asked for one (--init): it reaps what is orphaned, passes signals on, and ends as
 * the program does. A program as process 1 would ignore every signal it has no handler for, and let zombies pile up. */
#include "zygote.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

extern char *program_name; /* as `ps` shows it */

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

void init_begin(int report) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &all, NULL);
    pid_t program = fork();
    if (program == 0) {
        /* In the foreground of its terminal, if it has one. All signals are blocked, so the kernel does not stop it. */
        setpgid(0, 0);
        tcsetpgrp(0, getpid());
        sigprocmask(SIG_SETMASK, &none, NULL);
        return;
    }
    if (program < 0) {
        struct zygote_failure failure = {0};
        fail(&failure, "fork", NULL);
        if (send_with(report, &failure, sizeof failure, NULL, 0) < 0) _exit(126);
        _exit(127);
    }
    /* Whoever waits for the program to execute must not wait for this process. */
    syscall(SYS_close_range, 0u, ~0u, 0u);
    /* Where the pid namespace has another first process. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_NAME, "init");
    if (program_name) snprintf(program_name, strlen(program_name) + 1, "kijabi-init");
    keep(program);
}
