#include "zygote.h"

#include <dirent.h>
#include <sys/stat.h>

static int remove_below(int directory, dev_t device, int *budget) {
    DIR *entries = fdopendir(directory);
    if (!entries) {
        close(directory);
        return -1;
    }
    int result = 0;
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (--*budget < 0) {
            errno = EAGAIN;
            result = -1;
            break;
        }
        int at = dirfd(entries);
        /* Empty directories and cgroups (whose files cannot be unlinked) go at once. */
        if (entry->d_type == DT_DIR && unlinkat(at, entry->d_name, AT_REMOVEDIR) == 0) continue;
        if (entry->d_type == DT_DIR) {
            int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
            int below = openat(at, entry->d_name, flags);
            if (below < 0 && errno == EACCES && fchmodat(at, entry->d_name, 0700, 0) == 0)
                below = openat(at, entry->d_name, flags);
            struct stat status;
            if (below >= 0 && fstat(below, &status) == 0 && status.st_dev == device) {
                remove_below(below, device, budget);
            } else if (below >= 0) {
                close(below);
            }
            if (unlinkat(at, entry->d_name, AT_REMOVEDIR) < 0) result = -1;
        } else if (unlinkat(at, entry->d_name, 0) < 0) {
            result = -1;
        }
    }
    closedir(entries);
    return result;
}

int tree_remove(const char *path, int budget) {
    if (rmdir(path) == 0 || errno == ENOENT) return 0;
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) return errno == ENOTDIR || errno == ELOOP ? unlink(path) : -1;
    struct stat status;
    if (fstat(directory, &status) < 0) {
        close(directory);
        return -1;
    }
    remove_below(directory, status.st_dev, &budget);
    return rmdir(path);
}
