/* A new volume begins with what the image has at its place, as docker's volumes do. Everything is opened relative to a
 * directory that is held open and without following links, so that no image leads the copy astray. */
#include "zygote.h"

#include <dirent.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

enum { DEPTH_LIMIT = 64 };

static bool is_empty(int directory) {
    int own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = own < 0 ? NULL : fdopendir(own);
    if (!entries) {
        if (own >= 0) close(own);
        return false;
    }
    bool empty = true;
    for (struct dirent *entry; empty && (entry = readdir(entries));)
        empty = !strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..");
    closedir(entries);
    return empty;
}

static int copy_content(int from, int to, const char *name) {
    int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (source < 0) return -1;
    int made = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    ssize_t moved = made < 0 ? -1 : 1;
    while (moved > 0 || (moved < 0 && made >= 0 && errno == EINTR)) moved = sendfile(made, source, NULL, 1 << 30);
    int error = errno;
    close(source);
    if (made >= 0) close(made);
    errno = error;
    return moved < 0 ? -1 : 0;
}

static int copy_entries(int from, int to, int depth);

static int copy_entry(int from, int to, const char *name, int depth) {
    struct stat status;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
    if (S_ISREG(status.st_mode)) {
        if (copy_content(from, to, name) < 0) return -1;
    } else if (S_ISLNK(status.st_mode)) {
        char target[4096];
        ssize_t length = readlinkat(from, name, target, sizeof target - 1);
        if (length < 0) return -1;
        target[length] = 0;
        if (symlinkat(target, to, name) < 0) return -1;
    } else if (S_ISDIR(status.st_mode)) {
        if (mkdirat(to, name, 0700) < 0) return -1;
        int below = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int made = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int result = below < 0 || made < 0 ? -1 : copy_entries(below, made, depth + 1);
        if (made >= 0) close(made);
        if (result < 0) return -1;
    } else {
        return 0; /* devices, pipes and sockets belong to a running system */
    }
    if (fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) < 0 && errno != EINVAL && errno != EPERM) return -1;
    if (!S_ISLNK(status.st_mode) && fchmodat(to, name, status.st_mode & 07777, 0) < 0) return -1;
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    utimensat(to, name, times, AT_SYMLINK_NOFOLLOW);
    return 0;
}

/* Closes `from`. */
static int copy_entries(int from, int to, int depth) {
    DIR *entries = depth > DEPTH_LIMIT ? (errno = ELOOP, NULL) : fdopendir(from);
    if (!entries) {
        close(from);
        return -1;
    }
    int result = 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(entries));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        result = copy_entry(dirfd(entries), to, entry->d_name, depth);
    }
    int error = errno;
    closedir(entries);
    errno = error;
    return result;
}

int copy_up(int from, int to, struct zygote_failure *failure) {
    struct stat status;
    int target = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int source = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = 0;
    if (target >= 0 && source >= 0 && is_empty(target)) {
        result = copy_entries(source, target, 0);
        source = -1;
        if (result < 0) fail(failure, "copy the image's files into the volume", NULL);
        if (result == 0 && fstat(from, &status) == 0 &&
            (fchown(target, status.st_uid, status.st_gid) < 0 || fchmod(target, status.st_mode & 07777) < 0))
            errno = 0;
    }
    if (target >= 0) close(target);
    if (source >= 0) close(source);
    return result;
}
