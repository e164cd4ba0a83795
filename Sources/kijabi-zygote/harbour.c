/* The harbour: its file tree, its network, and the loop that answers requests. */
#include "zygote.h"

#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#ifndef CGROUP2_SUPER_MAGIC
#define CGROUP2_SUPER_MAGIC 0x63677270
#endif

static void write_sysctl(const char *path, const char *value) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return; /* not in this kernel */
    if (write(file, value, strlen(value)) < 0) errno = 0;
    close(file);
}

int network_prepare(void) {
    int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return -1;
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int result = ioctl(socket_, SIOCSIFFLAGS, &request);
    close(socket_);
    write_sysctl("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    write_sysctl("/proc/sys/net/ipv4/ping_group_range", "0 0");
    return result;
}

/* /dev as containers see it, made once and cloned for each: device nodes can only be bound, never made, down here. */
static int make_device_template(struct zygote_failure *failure) {
    const char *const *devices = standard_devices, *const *directories = standard_device_directories;
    const char *const(*links)[2] = standard_device_links;
    if (mkdir("/template", 0755) < 0 || mkdir("/template/dev", 0755) < 0 || mkdir("/template/empty", 0755) < 0)
        return fail(failure, "mkdir", "/template");
    if (mount("tmpfs", "/template/dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=64k") < 0)
        return fail(failure, "mount tmpfs", "/template/dev");
    if (mount("tmpfs", "/template/empty", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755,size=4k") < 0)
        return fail(failure, "mount tmpfs", "/template/empty");
    if (mount(NULL, "/template/empty", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return fail(failure, "remount", "/template/empty");
    char source[64], target[64];
    for (size_t i = 0; devices[i]; i++) {
        snprintf(source, sizeof source, "/host/dev/%s", devices[i]);
        snprintf(target, sizeof target, "/template/dev/%s", devices[i]);
        int file = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
        if (file < 0) return fail(failure, "create", target);
        close(file);
        if (mount(source, target, NULL, MS_BIND, NULL) < 0) return fail(failure, "bind", source);
    }
    /* /dev/console is the container's terminal, if it has one. */
    int console = open("/template/dev/console", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (console >= 0) close(console);
    for (size_t i = 0; links[i][0]; i++) {
        snprintf(target, sizeof target, "/template/dev/%s", links[i][1]);
        if (symlink(links[i][0], target) < 0) return fail(failure, "symlink", target);
    }
    for (size_t i = 0; directories[i]; i++) {
        snprintf(target, sizeof target, "/template/dev/%s", directories[i]);
        if (mkdir(target, 0755) < 0) return fail(failure, "mkdir", target);
    }
    return 0;
}

/* What containers share that have the harbour's own ipc namespace: its POSIX shared memory and message queues. */
static int make_shared_memory(struct zygote_failure *failure) {
    if (mkdir("/template/shm", 0755) < 0 || mkdir("/template/mqueue", 0755) < 0) return fail(failure, "mkdir", "/template");
    if (mount("tmpfs", "/template/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777") < 0)
        return fail(failure, "mount tmpfs", "/template/shm");
    /* Not in every kernel. */
    mount("mqueue", "/template/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    return 0;
}

/* Upper layers in memory: they are made and removed without a disk's journal, and end with the harbour. Kernels before
 * 6.6 have no user attributes there, which overlay needs to remove what is in a lower layer; then they are on the disk. */
static int make_fast_layers(struct zygote_failure *failure) {
    if (mkdir("/layers", 0711) < 0) return fail(failure, "mkdir", "/layers");
    if (mount("tmpfs", "/layers", "tmpfs", MS_NOSUID | MS_NODEV, "mode=711") < 0) return fail(failure, "mount tmpfs", "/layers");
    if (setxattr("/layers", "user.kijabi", "1", 1, 0) == 0) return 0;
    if (umount("/layers") < 0 || mount("/run/layers", "/layers", NULL, MS_BIND, NULL) < 0)
        return fail(failure, "bind directory", "/layers");
    return 0;
}

/* Puts a directory of kijabi's into the harbour's tree. */
static int place(int detached, const char *path, const char *target, struct zygote_failure *failure) {
    if (detached >= 0) {
        if (move_mount_at(detached, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) < 0)
            return fail(failure, "attach directory", path);
        close(detached);
        return 0;
    }
    char source[4096];
    snprintf(source, sizeof source, "/host%s", path);
    if (mount(source, target, NULL, MS_BIND, NULL) < 0) return fail(failure, "bind directory", path);
    return 0;
}

static int leave_machine(void *argument) {
    struct harbour *harbour = argument;
    if (umount2("/host", MNT_DETACH) < 0) return -1;
    harbour->mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    return 0;
}

/* A mount namespace is copied for each container: the fewer mounts are in it, the sooner it is made and gone, and what of
 * the machine is not there nobody can get at. The child shares this memory and these descriptors. */
static int make_mounts(struct harbour *harbour, struct zygote_failure *failure) {
    static char stack[1 << 14] __attribute__((aligned(16)));
    /* A layer may become a file system of its own later (layer.c). */
    if (mount(NULL, "/layers", NULL, MS_SHARED, NULL) < 0) return fail(failure, "share mounts", "/layers");
    pid_t pid = clone(leave_machine, stack + sizeof stack, CLONE_NEWNS | CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, harbour);
    if (pid > 0) waitpid(pid, NULL, 0);
    return harbour->mounts < 0 ? fail(failure, "make mount namespace", NULL) : 0;
}

bool harbour_has_cgroup2;

int harbour_set_up(struct harbour *harbour, struct zygote_failure *failure) {
    static const char *const directories[] = {"host", "run", "data", "proc", "sys", "dev", "tmp", "scratch", NULL};
    if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0) return fail(failure, "become root of the harbour", NULL);
    /* Changed ids made this process undumpable, and its /proc files somebody else's. */
    prctl(PR_SET_DUMPABLE, 1);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return fail(failure, "make mounts private", "/");
    if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") < 0) return fail(failure, "mount tmpfs", "/tmp");
    char path[64];
    for (size_t i = 0; directories[i]; i++) {
        snprintf(path, sizeof path, "/tmp/%s", directories[i]);
        if (mkdir(path, 0755) < 0) return fail(failure, "mkdir", directories[i]);
    }
    if (syscall(SYS_pivot_root, "/tmp", "/tmp/host") < 0) return fail(failure, "pivot_root", "/tmp");
    if (chdir("/") < 0) return fail(failure, "chdir", "/");
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return fail(failure, "mount proc", "/proc");
    if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL) < 0 &&
        mount("/host/sys", "/sys", NULL, MS_BIND | MS_REC, NULL) < 0)
        return fail(failure, "mount sysfs", "/sys");
    if (place(harbour->run, harbour->run_path, "/run", failure) < 0) return -1;
    if (place(harbour->data, harbour->data_path, "/data", failure) < 0) return -1;
    if (mkdir("/run/layers", 0711) < 0 && errno != EEXIST) return fail(failure, "mkdir", harbour->run_path);
    if (make_fast_layers(failure) < 0) return -1;
    if (make_device_template(failure) < 0) return -1;
    if (make_shared_memory(failure) < 0) return -1;
    if (network_prepare() < 0) return fail(failure, "bring up the loopback", NULL);
    struct statfs status;
    harbour_has_cgroup2 = statfs("/host/sys/fs/cgroup", &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
    return make_mounts(harbour, failure);
}

/* ---- requests */

static int make_socket(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    const int32_t *arguments = message->header.arguments;
    int other = message->descriptor_count > 0 ? message->descriptors[0] : -1;
    if (other >= 0 && setns(other, CLONE_NEWNET) < 0) return fail(failure, "enter network namespace", NULL);
    int made = socket(arguments[0], arguments[1] | SOCK_CLOEXEC, arguments[2]);
    int error = errno;
    if (other >= 0 && setns(harbour->net, CLONE_NEWNET) < 0) _exit(3); /* never serve from a pod's network */
    errno = error;
    if (made < 0) return fail(failure, "make socket", NULL);
    reply_send(harbour->control, message->header.request, NULL, &made, 1);
    close(made);
    return 0;
}

static int start_agent(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    int report[2];
    if (message->descriptor_count < 2) return (errno = EINVAL, fail(failure, "start agent", NULL));
    if (pipe2(report, O_CLOEXEC) < 0) return fail(failure, "pipe", NULL);
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        char *const arguments[] = {"kijabi-agent", NULL}, *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* Its libraries are the machine's. */
        if (chroot("/host") == 0 && chdir("/") == 0 && dup2(message->descriptors[1], 0) == 0) {
            int null = open("/dev/null", O_RDWR);
            dup2(null, 1);
            syscall(SYS_execveat, message->descriptors[0], "", arguments, environment, AT_EMPTY_PATH);
        }
        int error = errno;
        if (write(report[1], &error, sizeof error) < 0) _exit(126);
        _exit(127);
    }
    int error = errno;
    close(report[1]);
    if (pid > 0 && read(report[0], &error, sizeof error) == 0) error = 0;
    close(report[0]);
    errno = error;
    if (error != 0) return fail(failure, "start agent", NULL);
    reply_send(harbour->control, message->header.request, (int[3]){pid, 0, 0}, NULL, 0);
    return 0;
}

/* Whether a path is among those that kijabi may change or open. */
static bool is_own_tree(const char *path) {
    static const char *const places[] = {"/run/", "/data/", "/layers/"};
    bool known = false;
    for (size_t i = 0; path && i < 3; i++) known |= strncmp(path, places[i], strlen(places[i])) == 0;
    return known && !strstr(path, "/../");
}

static int open_tree_of(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    const char *path = message_string(message, ZYGOTE_SOURCE);
    if (!is_own_tree(path)) return (errno = EINVAL, fail(failure, "open tree", path));
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) return fail(failure, "open tree", path);
    reply_send(harbour->control, message->header.request, NULL, &directory, 1);
    close(directory);
    return 0;
}

/* A detached overlay: it is gone when nobody has it open any more. */
static int open_root(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    struct specification *specification = specification_read(message, failure);
    if (!specification) return -1;
    int root = root_open(specification, failure);
    specification_free(specification);
    if (root < 0) return -1;
    reply_send(harbour->control, message->header.request, NULL, &root, 1);
    close(root);
    return 0;
}

static int change_tree(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    const char *path = message_string(message, ZYGOTE_SOURCE);
    if (!is_own_tree(path)) return (errno = EINVAL, fail(failure, "change tree", path));
    if (message->header.operation == ZYGOTE_MAKE_TREE) {
        if (directory_make(path, 0755) < 0) return fail(failure, "mkdir", path);
        reply_send(harbour->control, message->header.request, NULL, NULL, 0);
        return 0;
    }
    if (message->header.arguments[0] == 1) layer_unmount(path);
    /* A big tree takes its time; the loop must not wait for it. */
    if (tree_remove(path, 64) == 0) {
        reply_send(harbour->control, message->header.request, NULL, NULL, 0);
        return 0;
    }
    pid_t pid = fork();
    if (pid < 0) return fail(failure, "fork", NULL);
    if (pid > 0) return 0;
    if (tree_remove(path, INT32_MAX) < 0) {
        fail(failure, "remove", path);
        failure_send(harbour->control, message->header.request, failure);
    } else {
        reply_send(harbour->control, message->header.request, NULL, NULL, 0);
    }
    _exit(0);
}

static void serve(struct harbour *harbour, struct message *message) {
    struct zygote_failure failure = {0};
    uint32_t request = message->header.request;
    int result = 0;
    switch (message->header.operation) {
    case ZYGOTE_PING: reply_send(harbour->control, request, NULL, NULL, 0); break;
    case ZYGOTE_OPEN_NAMESPACE: reply_send(harbour->control, request, NULL, &harbour->net, 1); break;
    case ZYGOTE_SOCKET: result = make_socket(harbour, message, &failure); break;
    case ZYGOTE_MAKE_SANDBOX: {
        struct sandbox *sandbox = sandbox_make(harbour, message, &failure);
        if (!sandbox) result = -1;
        else if (sandbox->net >= 0) reply_send(harbour->control, request, NULL, &sandbox->net, 1);
        else reply_send(harbour->control, request, NULL, &harbour->net, 1);
        break;
    }
    case ZYGOTE_DROP_SANDBOX:
        sandbox_drop(message->header.arguments[0]);
        reply_send(harbour->control, request, NULL, NULL, 0);
        break;
    case ZYGOTE_RUN:
    case ZYGOTE_EXEC: result = process_start(harbour, message, &failure); break;
    case ZYGOTE_TELL_BIRTH: {
        static char text[ZYGOTE_TEXT_LIMIT];
        text_send(harbour->control, request, text, birth_tell(message->header.arguments[0], text, sizeof text));
        break;
    }
    case ZYGOTE_SET_FILTER:
        result = filter_set(message, &failure);
        if (result == 0) reply_send(harbour->control, request, NULL, NULL, 0);
        break;
    case ZYGOTE_REMOVE_TREE:
    case ZYGOTE_MAKE_TREE: result = change_tree(harbour, message, &failure); break;
    case ZYGOTE_LIMIT_LAYER: result = layer_limit(harbour, message, &failure); break;
    case ZYGOTE_OPEN_TREE: result = open_tree_of(harbour, message, &failure); break;
    case ZYGOTE_OPEN_ROOT: result = open_root(harbour, message, &failure); break;
    case ZYGOTE_OPEN_MOUNT: {
        int mount = mount_source_open(message, &failure);
        if (mount < 0) result = -1;
        else reply_send(harbour->control, request, NULL, &mount, 1), close(mount);
        break;
    }
    case ZYGOTE_START_AGENT: result = start_agent(harbour, message, &failure); break;
    default: errno = ENOSYS; result = fail(&failure, "unknown request", NULL);
    }
    if (result < 0) failure_send(harbour->control, request, &failure);
}

static struct message message;

_Noreturn void harbour_serve(struct harbour *harbour) {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, NULL);
    int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    harbour->net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    size_t room = 64;
    struct pollfd *watched = malloc(room * sizeof *watched);
    struct process **reporting = malloc(room * sizeof(struct process *));
    if (signals < 0 || harbour->net < 0 || !watched || !reporting) _exit(4);
    pool_start(harbour);
    for (;;) {
        size_t count = 0;
        watched[count++] = (struct pollfd){.fd = harbour->control, .events = POLLIN};
        watched[count++] = (struct pollfd){.fd = signals, .events = POLLIN};
        for (struct process *process = processes; process; process = process->next) {
            if (process->report < 0) continue;
            if (count == room) {
                room *= 2;
                watched = realloc(watched, room * sizeof *watched);
                reporting = realloc(reporting, room * sizeof(struct process *));
                if (!watched || !reporting) _exit(4);
            }
            reporting[count] = process;
            watched[count++] = (struct pollfd){.fd = process->report, .events = POLLIN};
        }
        if (poll(watched, count, -1) < 0 && errno != EINTR) _exit(5);
        for (size_t i = 2; i < count; i++)
            if (watched[i].revents) process_report(harbour, reporting[i]);
        if (watched[1].revents) {
            struct signalfd_siginfo information;
            while (read(signals, &information, sizeof information) == sizeof information) continue;
            process_reap(harbour);
        }
        if (watched[0].revents) {
            int got = message_receive(harbour->control, &message);
            if (got == 0) _exit(0); /* kijabi is gone, and with this process everything in the harbour */
            if (got == 1) {
                serve(harbour, &message);
                message_release(&message);
            }
        }
    }
}
