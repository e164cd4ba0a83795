/* Starting containers and further processes in them, and telling of their ends. */
#include "zygote.h"

#include <dirent.h>
#include <linux/filter.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

struct process *processes;
static struct sock_fprog filters[ZYGOTE_FILTER_LIMIT];

struct process *process_find(int32_t number) {
    struct process *process = processes;
    while (process && process->number != number) process = process->next;
    return process;
}

static void forget(struct process *process) {
    for (struct process **link = &processes; *link; link = &(*link)->next) {
        if (*link != process) continue;
        *link = process->next;
        break;
    }
    if (process->report >= 0) close(process->report);
    if (process->master >= 0) close(process->master);
    if (process->mounts >= 0) close(process->mounts);
    if (process->held_mounts >= 0) close(process->held_mounts);
    if (process->pidfd >= 0) close(process->pidfd);
    free(process);
}

/* What the first, short-lived child needs: it shares this process's memory and descriptors. */
struct entry {
    const struct specification *specification;
    const struct sandbox *sandbox; /* to run in, or */
    int mounts;                    /* the harbour's mounts to begin with, or -1: those there are */
    int container;                 /* pidfd of the process whose namespaces to join */
    int own_user;                  /* user namespace instead of the sandbox's, or -1 */
    int report;
    int user;                      /* pidfd of the process whose user namespace to join, or -1 */
    struct zygote_failure failure;
    pid_t pid;
    int pidfd;
};

struct clone_arguments { /* struct clone_args of linux/sched.h, first version */
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
};

/* Joins namespaces of other containers, and their user namespace, which owns them.
 * Returns the kinds that are settled, or 0 with errno. */
static uint32_t join_others(struct entry *entry) {
    struct specification *specification = (struct specification *)entry->specification;
    uint32_t settled = CLONE_NEWUSER;
    int user = -1;
    for (size_t i = 0; i < specification->join_count; i++) {
        int other = specification->joins[i].pidfd;
        uint32_t kinds = specification->joins[i].kinds;
        if ((kinds & CLONE_NEWIPC) && specification->shared_memory < 0) {
            /* POSIX shared memory lives in a file system. A mount can only be cloned from within its namespace. */
            int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
            if (own < 0 || setns(other, CLONE_NEWNS) < 0) return 0;
            specification->shared_memory = open_tree_at(AT_FDCWD, "/dev/shm", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
            if (setns(own, CLONE_NEWNS) < 0) _exit(3);
            close(own);
        }
        if (setns(other, (int)kinds) < 0) return 0;
        if (user < 0 || (kinds & CLONE_NEWPID)) user = other;
        settled |= kinds;
    }
    entry->user = user;
    return settled;
}

/* Joins the namespaces that exist and clones the process proper into the new ones, as a child of the zygote. */
static int enter(void *argument) {
    struct entry *entry = argument;
    const struct sandbox *sandbox = entry->sandbox;
    uint32_t shared = entry->specification->shared;
    uint64_t fresh = 0;
    birth_step("clone CLONE_VM|CLONE_VFORK");
    if (oom_score_raise(entry->specification, &entry->failure) < 0) return -1;
    /* Before a cgroup namespace is made, whose root is then the container's cgroup. 0 means the writer. */
    for (size_t i = 0; i < entry->specification->cgroup_count; i++)
        if (write(entry->specification->cgroups[i], "0", 1) < 0) return fail(&entry->failure, "enter cgroup", NULL);
    if (entry->specification->cgroup_count > 0) birth_step("write cgroup.procs");
    if (sandbox) {
        const struct {
            int descriptor;
            int kind;
            const char *call;
        } joined[] = {{entry->own_user >= 0 ? entry->own_user : sandbox->user, CLONE_NEWUSER, "setns user"},
                      {sandbox->net, CLONE_NEWNET, "setns net"},
                      {sandbox->uts, CLONE_NEWUTS, "setns uts"},    {sandbox->ipc, CLONE_NEWIPC, "setns ipc"},
                      {sandbox->pid, CLONE_NEWPID, "setns pid"}};
        if (entry->mounts >= 0) {
            if (setns(entry->mounts, CLONE_NEWNS) < 0) return fail(&entry->failure, "join namespace", NULL);
            birth_step("setns mnt");
        }
        uint32_t settled = 0;
        if (entry->specification->join_count > 0 && (settled = join_others(entry)) == 0)
            return fail(&entry->failure, "join container", NULL);
        if (settled) birth_step("setns of other containers");
        /* The user namespace last: who has left the harbour's can no longer join what it owns. */
        for (size_t i = sizeof joined / sizeof *joined; i-- > 0;) {
            if (joined[i].descriptor < 0 || ((shared | settled) & (uint32_t)joined[i].kind)) continue;
            if (setns(joined[i].descriptor, joined[i].kind) < 0) return fail(&entry->failure, "join namespace", NULL);
            birth_step(joined[i].call);
        }
        if (settled && setns(entry->user, CLONE_NEWUSER) < 0) return fail(&entry->failure, "join container", NULL);
        fresh = CLONE_NEWNS;
        if (!(shared & CLONE_NEWCGROUP)) fresh |= CLONE_NEWCGROUP;
        if (!((shared | settled) & CLONE_NEWPID) && sandbox->pid < 0) fresh |= CLONE_NEWPID;
    } else {
        int kinds = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWUSER;
        if (setns(entry->container, kinds & ~(int)shared) < 0) return fail(&entry->failure, "join container", NULL);
    }
    struct clone_arguments arguments = {
        .flags = CLONE_PARENT | CLONE_PIDFD | fresh, .pidfd = (uint64_t)(uintptr_t)&entry->pidfd};
    long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) {
        static const char *const calls[] = {
            "clone3 CLONE_NEWNS", "clone3 CLONE_NEWNS|NEWPID", "clone3 CLONE_NEWNS|NEWCGROUP",
            "clone3 CLONE_NEWNS|NEWPID|NEWCGROUP"};
        birth_step(calls[!!(fresh & CLONE_NEWPID) + 2 * !!(fresh & CLONE_NEWCGROUP)]);
        child_main(entry->specification, entry->report);
    }
    entry->pid = (pid_t)pid;
    if (pid < 0) return fail(&entry->failure, "clone", NULL);
    return 0;
}

int process_start(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    static char stack[1 << 18] __attribute__((aligned(16)));
    int32_t number = message->header.arguments[0];
    bool is_exec = message->header.operation == ZYGOTE_EXEC;
    struct process *container = is_exec ? process_find(message->header.arguments[1]) : NULL;
    struct sandbox *sandbox = is_exec ? NULL : sandbox_find(message->header.arguments[1]);
    if (!container && !sandbox) {
        errno = ESRCH;
        return fail(failure, is_exec ? "find container" : "find sandbox", NULL);
    }
    if (is_exec) birth_pause();
    else birth_begin(number);
    struct specification *specification = specification_read(message, failure);
    if (!specification) return -1;
    specification->is_exec = is_exec;
    uint32_t joined = 0;
    if (specification_has(specification, ZYGOTE_JOIN) && !is_exec) {
        size_t position = 0;
        for (const struct zygote_field *field; (field = message_next(message, &position));) {
            if (field->tag != ZYGOTE_JOIN || specification->join_count == 4) continue;
            const struct zygote_join *join = (const void *)(field + 1);
            const struct process *other = process_find(join->process);
            if (!other) {
                errno = ESRCH;
                specification_free(specification);
                return fail(failure, "find container", NULL);
            }
            specification->joins[specification->join_count].kinds = join->kinds;
            specification->joins[specification->join_count++].pidfd = other->pidfd;
            joined |= join->kinds;
        }
    }
    specification->passes_mounts = sandbox && (sandbox->pid >= 0 || ((specification->shared | joined) & CLONE_NEWPID));
    if (container) specification->shared = container->shared;
    int report[2] = {-1, -1};
    struct process *process = calloc(1, sizeof *process);
    struct entry entry = {.specification = specification, .sandbox = sandbox, .pid = -1, .pidfd = -1, .user = -1,
                          .own_user = -1, .container = container ? container->pidfd : -1,
                          .mounts = specification->wants_machine ? -1 : harbour->mounts};
    if (!process || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, report) < 0) {
        fail(failure, "socketpair", NULL);
    } else if (sandbox && (specification->identity[0] || specification->identity[1]) &&
               (entry.own_user = sandbox_user_namespace(specification->identity[0], specification->identity[1], failure)) < 0) {
        /* The failure tells. */
    } else {
        entry.report = report[1];
        /* Until it executes, the child is this program with this program's descriptors. Undumpable from its first
         * moment, nothing in the container can trace it or look into its /proc directory. The first child shares this
         * memory, hence the mark; here it is taken back. */
        prctl(PR_SET_DUMPABLE, 0);
        pid_t first = clone(enter, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &entry);
        if (first < 0) fail(&entry.failure, "clone", NULL);
        else waitpid(first, NULL, 0);
        prctl(PR_SET_DUMPABLE, 1);
        if (entry.pid < 0) *failure = entry.failure;
    }
    if (report[1] >= 0) close(report[1]);
    if (specification->shared_memory >= 0) close(specification->shared_memory);
    if (entry.own_user >= 0) close(entry.own_user);
    if (entry.pid < 0) {
        if (report[0] >= 0) close(report[0]);
        specification_free(specification);
        free(process);
        return -1;
    }
    *process = (struct process){.next = processes, .number = number, .pid = entry.pid, .pidfd = entry.pidfd,
                                .shared = specification->shared, .report = report[0], .master = -1, .mounts = -1,
                                .held_mounts = is_exec ? NO_MOUNTS : -1,
                                .request = message->header.request, .birth = birth_current()};
    processes = process;
    specification_free(specification);
    return 0;
}

bool process_report(struct harbour *harbour, struct process *process) {
    struct zygote_failure failure = {0};
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {.iov_base = &failure, .iov_len = sizeof failure};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(process->report, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    struct cmsghdr *rights = got > 0 ? CMSG_FIRSTHDR(&header) : NULL;
    if (rights && rights->cmsg_type == SCM_RIGHTS && got == 1) {
        bool is_terminal = *(const char *)&failure == 't';
        memcpy(is_terminal ? &process->master : &process->mounts, CMSG_DATA(rights), sizeof(int));
        return false;
    }
    if (got == sizeof failure) {
        /* Told when it has been reaped, so that whoever hears of it finds no trace of it. */
        process->failure = failure;
        if (failure.error == 0) process->failure.error = EIO;
    } else {
        birth_end(process->birth, process->number, "execve");
        int descriptors[2] = {process->pidfd, process->master};
        reply_send(harbour->control, process->request, (int[3]){process->pid, 0, 0}, descriptors,
                   process->master >= 0 ? 2 : 1);
        if (process->held_mounts == -1) {
            char path[64];
            snprintf(path, sizeof path, "/proc/%d/ns/mnt", process->pid);
            process->held_mounts = open(path, O_RDONLY | O_CLOEXEC);
        }
    }
    close(process->report);
    process->report = -1;
    if (process->master >= 0) close(process->master);
    process->master = -1;
    return true;
}

/* Ends what is left in a container whose first process is not the first of a pid namespace; else the kernel does it. The
 * mount namespace is its alone, and its number nobody else's as long as the descriptor is open. */
static void end_others(int mounts) {
    struct stat wanted, status;
    char path[300];
    if (fstat(mounts, &wanted) < 0) return;
    /* Twice, for those that were being made meanwhile. */
    for (int pass = 0; pass < 2; pass++) {
        DIR *numbers = opendir("/proc");
        if (!numbers) return;
        for (struct dirent *entry; (entry = readdir(numbers));) {
            if (*entry->d_name < '0' || *entry->d_name > '9') continue;
            snprintf(path, sizeof path, "/proc/%s/ns/mnt", entry->d_name);
            if (stat(path, &status) == 0 && status.st_ino == wanted.st_ino && status.st_dev == wanted.st_dev)
                kill(atoi(entry->d_name), SIGKILL);
        }
        closedir(numbers);
    }
}

void process_reap(struct harbour *harbour) {
    for (;;) {
        siginfo_t information = {0};
        if (waitid(P_ALL, 0, &information, WEXITED | WNOHANG) < 0 || information.si_pid == 0) return;
        struct process *process = processes;
        while (process && process->pid != information.si_pid) process = process->next;
        if (!process) continue; /* an orphan, or an agent */
        /* The answer to its start goes before the news of its end. A process killed before it executed leaves its
         * report without a word, which reads as a success; then the end tells. */
        while (process->report >= 0 && !process_report(harbour, process)) continue;
        if (process->mounts >= 0) end_others(process->mounts);
        if (process->failure.error != 0)
            failure_send(harbour->control, process->request, &process->failure);
        else
            event_send(harbour->control, (int[4]){process->number, information.si_code, information.si_status, 0});
        forget(process);
    }
}

int filter_set(struct message *message, struct zygote_failure *failure) {
    int32_t slot = message->header.arguments[0];
    struct stat status;
    if (slot < 0 || slot >= ZYGOTE_FILTER_LIMIT || message->descriptor_count < 1 || filters[slot].filter)
        return (errno = EINVAL, fail(failure, "set filter", NULL));
    if (fstat(message->descriptors[0], &status) < 0) return fail(failure, "set filter", NULL);
    size_t size = (size_t)status.st_size;
    struct sock_filter *program = malloc(size);
    if (!program || pread(message->descriptors[0], program, size, 0) != (ssize_t)size) {
        free(program);
        return fail(failure, "set filter", NULL);
    }
    filters[slot] = (struct sock_fprog){.len = (unsigned short)(size / sizeof *program), .filter = program};
    return 0;
}

struct sock_fprog *filter_get(int32_t slot) {
    if (slot < 0 || slot >= ZYGOTE_FILTER_LIMIT || !filters[slot].filter) return NULL;
    return &filters[slot];
}
