/* Receives the request, shuts itself in, does the job, answers. */
#include "job.h"

#include <linux/capability.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

struct job job = {.root = -1, .stream = -1, .copy = -1};

static void answer(const struct tar_reply *reply) {
    while (send(STDIN_FILENO, reply, sizeof *reply, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

void fail(int error, const char *stage, const char *path) {
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&once);
    struct tar_reply reply = {.kind = TAR_FAILED, .error = error ? error : EIO};
    snprintf(reply.stage, sizeof reply.stage, "%s", stage);
    snprintf(reply.path, sizeof reply.path, "%s", path ? path : "");
    answer(&reply);
    _exit(1);
}

void tell_progress(uint64_t stream_bytes, uint64_t blob_bytes) {
    struct tar_reply reply = {.kind = TAR_PROGRESS, .stream_bytes = stream_bytes, .blob_bytes = blob_bytes};
    if (send(STDIN_FILENO, &reply, sizeof reply, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN && errno != EINTR)
        _exit(2);
}

void await(int descriptor, short events) {
    struct pollfd watched[] = {{.fd = descriptor, .events = events}, {.fd = STDIN_FILENO}};
    while (poll(watched, 2, -1) < 0)
        if (errno != EINTR) fail(errno, "poll", NULL);
    if (watched[1].revents) _exit(2);
}

/* The job's descriptors, in the order of the protocol. */
static void take_descriptors(const int *descriptors, size_t count) {
    uint32_t operation = job.request.operation;
    size_t next = 0;
    bool has_directory = operation != TAR_COMPRESS && operation != TAR_DIGEST;
    if (has_directory && next < count) job.root = descriptors[next++];
    if (next < count) job.stream = descriptors[next++];
    if (operation != TAR_CHANGES) {
        if (next < count) job.copy = descriptors[next++];
    } else {
        while (next < count) job.lowers[job.lower_count++] = descriptors[next++];
    }
    if ((has_directory && job.root < 0) || (operation != TAR_LOOK && job.stream < 0)) fail(EBADF, "receive descriptors", NULL);
}

static void receive_request(void) {
    char control[CMSG_SPACE(TAR_DESCRIPTOR_LIMIT * sizeof(int))];
    struct iovec part = {.iov_base = &job.request, .iov_len = sizeof job.request};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got;
    while ((got = recvmsg(STDIN_FILENO, &header, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) continue;
    if (got != sizeof job.request) _exit(2);
    job.request.path[TAR_PATH_LIMIT - 1] = job.request.name[TAR_PATH_LIMIT - 1] = 0;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    int descriptors[TAR_DESCRIPTOR_LIMIT];
    size_t count = 0;
    if (rights && rights->cmsg_type == SCM_RIGHTS) {
        count = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(descriptors, CMSG_DATA(rights), count * sizeof(int));
    }
    take_descriptors(descriptors, count);
}

/* Only rights over files are left: to give them away, to change what others own, to mark programs. */
static void drop_rights(void) {
    const uint64_t kept = 1 << CAP_CHOWN | 1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH | 1 << CAP_FOWNER |
                          1 << CAP_FSETID | 1ull << CAP_SETFCAP;
    for (int number = 0; number <= 63; number++)
        if (!(kept >> number & 1)) prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    for (int half = 0; half < 2; half++) {
        data[half].permitted = (uint32_t)(kept >> (32 * half));
        data[half].effective = data[half].permitted;
    }
    if (syscall(SYS_capset, &header, data) < 0) fail(errno, "drop capabilities", NULL);
}

static void confine(void) {
    /* Nothing of the network, and nothing of the machine but the one directory. */
    if (unshare(CLONE_NEWNET) < 0) fail(errno, "leave the network", NULL);
    if (job.root >= 0) {
        if (fchdir(job.root) < 0 || chroot(".") < 0) fail(errno, "enter the directory", NULL);
        close(job.root);
        job.root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    } else if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
               mount("tmpfs", "/tmp", "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k") < 0 ||
               chroot("/tmp") < 0 || chdir("/") < 0) {
        fail(errno, "enter an empty directory", NULL);
    }
    drop_rights();
    filter_install();
}

int main(void) {
    /* Whoever sees the harbour's processes (--pid host) finds nothing of the machine at its /proc directory. */
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NAME, "kijabi-archive");
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    signal(SIGPIPE, SIG_IGN);
    umask(0);
    /* Names are UTF-8 in pax headers; in the C locale libarchive could not read them. */
    if (!setlocale(LC_CTYPE, "C.UTF-8")) setlocale(LC_CTYPE, "en_US.UTF-8");
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }

    receive_request();
    uint32_t operation = job.request.operation;
    if (has(TAR_CONFINED)) confine();
    struct tar_reply reply = {.kind = TAR_DONE};
    switch (operation) {
    case TAR_UNPACK: unpack(&reply); break;
    case TAR_PACK: pack(&reply); break;
    case TAR_CHANGES: list_changes(&reply); break;
    case TAR_LOOK: look(&reply); break;
    case TAR_COMPRESS:
    case TAR_DIGEST: {
        struct output *output = operation == TAR_COMPRESS ? output_open(job.copy, true) : NULL;
        job.copy = -1;
        struct input *input = input_open();
        const void *bytes;
        for (ssize_t length; (length = input_next(input, &bytes)) > 0;)
            if (output) output_write(output, bytes, (size_t)length);
        input_finish(input, &reply);
        if (output) output_finish(output, &reply);
        break;
    }
    default: fail(ENOSYS, "unknown request", NULL);
    }
    if (operation != TAR_LOOK) {
        reply.file_bytes = job.file_bytes;
        reply.entries = job.entries;
        reply.skipped = job.skipped;
    }
    answer(&reply);
    return 0;
}
