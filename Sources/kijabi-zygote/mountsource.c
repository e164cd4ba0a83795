/* A directory or file of a running container, as a mount that another container can be given. */
#include "zygote.h"

#include <signal.h>
#include <sys/wait.h>

struct search {
    int container; /* pidfd of a process in its mount namespace */
    const char *path;
    bool make;
    int mount;
    struct zygote_failure failure;
};

/* In a child that shares this process's memory and descriptors, but not its root directory, which setns(2) changes. */
static int open_there(void *argument) {
    struct search *search = argument;
    /* A mount can only be cloned from within its namespace, and a link only be followed rightly from its root. */
    if (setns(search->container, CLONE_NEWNS) < 0) return fail(&search->failure, "join container", NULL);
    /* In a copy of it that is another user namespace's, the kernel locks what it gives on: what is read-only or hidden in
     * that container is so for every other one too, whatever that one's capabilities (mount_namespaces(7)). */
    if (unshare(CLONE_NEWNS) < 0) return fail(&search->failure, "copy mounts", NULL);
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return fail(&search->failure, "open root", NULL);
    int place = target_open(root, search->path, true, search->make);
    int error = errno;
    close(root);
    errno = error;
    if (place < 0) return fail(&search->failure, "open mount source", search->path);
    search->mount = open_tree_at(place, "", OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
    error = errno;
    close(place);
    errno = error;
    return search->mount < 0 ? fail(&search->failure, "clone mount", search->path) : 0;
}

int mount_source_open(struct message *message, struct zygote_failure *failure) {
    static char stack[1 << 16] __attribute__((aligned(16)));
    const struct process *container = process_find(message->header.arguments[0]);
    const char *path = message_string(message, ZYGOTE_SOURCE);
    if (!container || !path) return (errno = ESRCH, fail(failure, "find container", path));
    struct search search = {
        .container = container->pidfd, .path = path, .make = message->header.arguments[1] != 0, .mount = -1};
    pid_t pid = clone(open_there, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &search);
    if (pid < 0) return fail(failure, "clone", NULL);
    waitpid(pid, NULL, 0);
    if (search.mount < 0) *failure = search.failure;
    return search.mount;
}
