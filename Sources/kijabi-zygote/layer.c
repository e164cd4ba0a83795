/* A file system of its own for what one container changes, so that it can fill no more than that. It is mounted twice: where
 * the zygote looks, and where containers begin. */
#include "zygote.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

struct layer {
    int mounts;
    const char *path;
    int mount; /* to attach, or -1: what is there is to be detached */
    int error;
};

static int change(void *argument) {
    struct layer *layer = argument;
    int result = setns(layer->mounts, CLONE_NEWNS);
    if (result == 0 && layer->mount < 0) result = umount2(layer->path, MNT_DETACH | UMOUNT_NOFOLLOW);
    else if (result == 0) result = move_mount_at(layer->mount, "", AT_FDCWD, layer->path, MOVE_MOUNT_F_EMPTY_PATH);
    layer->error = result < 0 ? errno : 0;
    return 0;
}

/* The same among the mounts that containers begin with. */
static int change_there(struct harbour *harbour, const char *path, int mount) {
    static char stack[1 << 14] __attribute__((aligned(16)));
    struct layer layer = {.mounts = harbour->mounts, .path = path, .mount = mount};
    pid_t pid = clone(change, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &layer);
    if (pid < 0) return -1;
    waitpid(pid, NULL, 0);
    errno = layer.error;
    return layer.error ? -1 : 0;
}

int layer_limit(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    const char *path = message_string(message, ZYGOTE_SOURCE), *size = message_string(message, ZYGOTE_OPTION);
    char options[128];
    if (!path || strncmp(path, "/layers/", 8) != 0 || strstr(path, "/../") || !size)
        return (errno = EINVAL, fail(failure, "limit layer", path));
    snprintf(options, sizeof options, "mode=755,%s", size);
    if (mkdir(path, 0755) < 0) return fail(failure, "mkdir", path);
    bool mounted = mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
    /* As make_fast_layers has it. */
    bool fits = mounted && setxattr(path, "user.kijabi", "1", 1, 0) == 0;
    int copy = fits ? open_tree_at(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC) : -1;
    bool done = copy >= 0 && change_there(harbour, path, copy) == 0;
    int error = errno;
    if (copy >= 0) close(copy);
    if (done) {
        reply_send(harbour->control, message->header.request, NULL, NULL, 0);
        return 0;
    }
    if (mounted) umount2(path, MNT_DETACH);
    rmdir(path);
    errno = error;
    return fail(failure, "limit layer", NULL);
}

void layer_unmount(struct harbour *harbour, const char *path) {
    umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
    change_there(harbour, path, -1);
}
