/* A file system of its own for what one container changes, so that it can fill no more than that. /layers is shared between
 * the mounts that the zygote has and those that containers begin with (make_mounts): what is mounted here is there too. */
#include "zygote.h"

#include <sys/stat.h>
#include <sys/xattr.h>

int layer_limit(struct harbour *harbour, struct message *message, struct zygote_failure *failure) {
    const char *path = message_string(message, ZYGOTE_SOURCE), *size = message_string(message, ZYGOTE_OPTION);
    char options[128];
    if (!path || strncmp(path, "/layers/", 8) != 0 || strstr(path, "/../") || !size)
        return (errno = EINVAL, fail(failure, "limit layer", path));
    snprintf(options, sizeof options, "mode=755,%s", size);
    if (mkdir(path, 0755) < 0) return fail(failure, "mkdir", path);
    bool mounted = mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
    /* As make_fast_layers has it. */
    if (mounted && setxattr(path, "user.kijabi", "1", 1, 0) == 0) {
        reply_send(harbour->control, message->header.request, NULL, NULL, 0);
        return 0;
    }
    int error = errno;
    if (mounted) layer_unmount(path);
    rmdir(path);
    errno = error;
    return fail(failure, "limit layer", NULL);
}

void layer_unmount(const char *path) { umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW); }
