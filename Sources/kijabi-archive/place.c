/* Paths below the root. Whatever links are on the way, they are followed as chroot(2) would: none leads out. */
#include "job.h"

#include <dirent.h>
#include <sys/syscall.h>

struct how { /* struct open_how of linux/openat2.h */
    uint64_t flags, mode, resolve;
};

int open_in_root(int root, const char *path, int flags) {
    enum { NO_MAGIC_LINKS = 0x02, IN_ROOT = 0x10 };
    struct how how = {.flags = (uint64_t)(flags | O_CLOEXEC), .resolve = IN_ROOT | NO_MAGIC_LINKS};
    int descriptor;
    /* EAGAIN: somebody renamed a directory on the way meanwhile, and it could not be told whether it led out. */
    int attempts = 0;
    do descriptor = (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof how);
    while (descriptor < 0 && (errno == EINTR || (errno == EAGAIN && ++attempts < 1000)));
    return descriptor;
}

bool place_clean(const char *name, char clean[TAR_PATH_LIMIT]) {
    size_t length = 0;
    while (*name) {
        size_t component = strcspn(name, "/");
        if (component == 2 && name[0] == '.' && name[1] == '.') {
            if (length == 0) return false;
            while (length > 0 && clean[--length] != '/') continue;
        } else if (component > 0 && !(component == 1 && name[0] == '.')) {
            if (length + component + 2 > TAR_PATH_LIMIT) return false;
            if (length > 0) clean[length++] = '/';
            memcpy(clean + length, name, component);
            length += component;
        }
        name += component;
        while (*name == '/') name++;
    }
    clean[length] = 0;
    return true;
}

/* A directory that no entry of the archive has made: as docker makes it. */
static int make_directory(int parent, const char *name, const char *path) {
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && has(TAR_WHITEOUTS) && is_whiteout(&status)) {
        if (unlinkat(parent, name, 0) < 0 || mkdirat(parent, name, 0755) < 0) fail(errno, "mkdir", path);
        opaque_make(parent, name, path);
        return 0;
    }
    if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) fail(errno, "mkdir", path);
    return 0;
}

int place_directory(const char *path, bool make) {
    int directory = open_in_root(job.root, path, O_RDONLY | O_DIRECTORY);
    if (directory >= 0 || !make) return directory;
    if (errno != ENOENT && errno != ENOTDIR) fail(errno, "open directory", path);
    char above[TAR_PATH_LIMIT];
    snprintf(above, sizeof above, "%s", path);
    char *slash = strrchr(above, '/');
    const char *name = slash ? slash + 1 : path;
    if (slash) *slash = 0;
    else *above = 0;
    int parent = place_directory(above, *path != 0);
    if (parent < 0) fail(errno, "open directory", above);
    make_directory(parent, name, path);
    close(parent);
    directory = open_in_root(job.root, path, O_RDONLY | O_DIRECTORY);
    if (directory < 0) fail(errno, "open directory", path);
    return directory;
}

int place_parent(const char *path, const char **name) {
    static char current[TAR_PATH_LIMIT];
    static int descriptor = -1;
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    *name = slash ? slash + 1 : path;
    if (descriptor >= 0 && strlen(current) == length && memcmp(current, path, length) == 0) {
        /* A directory that has been removed meanwhile is none any more. */
        struct stat status;
        if (fstat(descriptor, &status) == 0 && status.st_nlink > 0) return descriptor;
    }
    if (descriptor >= 0) close(descriptor);
    memcpy(current, path, length);
    current[length] = 0;
    descriptor = place_directory(current, true);
    return descriptor;
}

static void remove_below(int directory) {
    DIR *entries = fdopendir(directory);
    if (!entries) {
        close(directory);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) remove_tree(dirfd(entries), entry->d_name);
    closedir(entries);
}

void remove_tree(int parent, const char *name) {
    if (unlinkat(parent, name, 0) == 0 || (errno != EISDIR && errno != EPERM)) return;
    if (unlinkat(parent, name, AT_REMOVEDIR) == 0) return;
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory >= 0) remove_below(directory);
    unlinkat(parent, name, AT_REMOVEDIR);
}
