/* Mounts are made detached and then attached to a place that was found inside the container's root, so that no symbolic
 * link of an image leads them astray. */
#include "zygote.h"

#include <linux/openat2.h>
#include <sys/stat.h>

#ifndef FSCONFIG_SET_STRING
#define FSCONFIG_SET_STRING 1
#define FSCONFIG_CMD_CREATE 6
#endif

int mount_detached(const char *type, unsigned attributes, const char *const options[][2]) {
    int context = (int)syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
    if (context < 0) return -1;
    int mount = -1;
    long result = 0;
    for (size_t i = 0; result == 0 && options && options[i][0]; i++)
        result = syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0);
    if (result == 0) result = syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
    if (result == 0) mount = (int)syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, attributes);
    int error = errno;
    close(context);
    errno = error;
    return mount;
}

int mount_set_read_only(int mount, bool recursive) {
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
    return (int)syscall(SYS_mount_setattr, mount, "", flags, &attributes, sizeof attributes);
}

static int open_in_root(int root, const char *path, uint64_t flags) {
    struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    /* EAGAIN: something was renamed or mounted on this machine meanwhile, and it could not be told whether the path led
     * out. */
    int descriptor, attempts = 0;
    do descriptor = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    while (descriptor < 0 && errno == EAGAIN && ++attempts < 1000);
    return descriptor;
}

int target_open(int root, const char *path, bool directory, bool make) {
    int target = open_in_root(root, path, O_PATH);
    if (target >= 0 || errno != ENOENT || !make) return target;
    char prefix[4096];
    size_t length = 0;
    int parent = open_in_root(root, "/", O_PATH | O_DIRECTORY);
    while (parent >= 0) {
        length += strspn(path + length, "/");
        size_t end = length + strcspn(path + length, "/");
        if (path[length] == 0 || end >= sizeof prefix) return parent;
        memcpy(prefix, path, end);
        prefix[end] = 0;
        bool last = path[end + strspn(path + end, "/")] == 0;
        int next = open_in_root(root, prefix, O_PATH);
        if (next < 0 && errno == ENOENT) {
            if (last && !directory) {
                int file = openat(parent, prefix + length, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
                if (file >= 0) close(file);
            } else if (mkdirat(parent, prefix + length, 0755) < 0 && errno != EEXIST) {
                close(parent);
                return -1;
            }
            next = open_in_root(root, prefix, O_PATH);
        }
        close(parent);
        parent = next;
        length = end;
    }
    return -1;
}

int mount_onto(int mount, int root, const char *path, bool directory, bool make) {
    int target = target_open(root, path, directory, make);
    if (target < 0) return -1;
    int result = move_mount_at(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    int error = errno;
    close(target);
    errno = error;
    return result;
}

int directory_make(const char *path, mode_t mode) {
    char prefix[4096];
    for (size_t length = 1; length < sizeof prefix; length++) {
        if (path[length] != '/' && path[length] != 0) continue;
        memcpy(prefix, path, length);
        prefix[length] = 0;
        if (mkdir(prefix, mode) < 0 && errno != EEXIST) return -1;
        if (path[length] == 0) return 0;
    }
    errno = ENAMETOOLONG;
    return -1;
}

/* Beneath the mount, whatever the name: it comes from a key of a ConfigMap. */
static int make_file(int mount, const char *name) {
    struct open_how how = {.flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, .mode = 0644, .resolve = RESOLVE_BENEATH};
    return (int)syscall(SYS_openat2, mount, name, &how, sizeof how);
}

static int write_files(int mount, const struct message *message, size_t position, struct zygote_failure *failure) {
    for (const struct zygote_field *field; (field = message_next(message, &position));) {
        if (field->tag == ZYGOTE_MOUNT) break;
        if (field->tag != ZYGOTE_FILE) continue;
        const char *name = (const char *)(field + 1);
        size_t name_length = strnlen(name, field->length);
        if (name_length == field->length) continue;
        char parents[4096];
        snprintf(parents, sizeof parents, "%s", name);
        for (char *slash = parents; (slash = strchr(slash, '/')); *slash++ = '/') {
            *slash = 0;
            if (*parents && mkdirat(mount, parents, 0755) < 0 && errno != EEXIST) return fail(failure, "mkdir", name);
        }
        int file = make_file(mount, name);
        if (file < 0) return fail(failure, "create file", name);
        size_t length = field->length - name_length - 1;
        ssize_t written = write(file, name + name_length + 1, length);
        close(file);
        if (written != (ssize_t)length) return fail(failure, "write file", name);
    }
    return 0;
}

int overlay_mount(const char *lowers, const char *upper, const char *target, struct zygote_failure *failure);

/* A view of a directory of the machine's whose changes stay with the container. The overlay wants paths, so its lower
 * directory and the overlay itself are attached aside in this process's own mount namespace. */
static int mount_copy_on_write(int lower, const char *upper, const char *target, int index, struct zygote_failure *failure) {
    char below[64], above[64], layer[512];
    snprintf(below, sizeof below, "/tmp/lower-%d", index);
    snprintf(above, sizeof above, "/tmp/merged-%d", index);
    snprintf(layer, sizeof layer, "%s/mount-%d", upper, index);
    if ((mkdir(below, 0755) < 0 && errno != EEXIST) || (mkdir(above, 0755) < 0 && errno != EEXIST))
        return fail(failure, "mkdir", below);
    if (move_mount_at(lower, "", AT_FDCWD, below, MOVE_MOUNT_F_EMPTY_PATH) < 0) return fail(failure, "attach mount", below);
    int made;
    if (overlay_mount(below, layer, above, failure) < 0) {
        /* Not every file system can be an overlay's lower layer. Then nothing may be written at all. */
        dprintf(2, "kijabi: %s: read-only, because a copy-on-write view of it cannot be made: %s\n", target,
                strerror(failure->error));
        *failure = (struct zygote_failure){0};
        made = open_tree_at(AT_FDCWD, below, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (made >= 0) mount_set_read_only(made, true);
    } else {
        made = open_tree_at(AT_FDCWD, above, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    }
    return made < 0 ? fail(failure, "clone mount", above) : made;
}

static int open_source(const struct zygote_mount *wanted, const char *source, const struct message *message) {
    if (wanted->descriptor >= 0 && (size_t)wanted->descriptor < message->descriptor_count)
        return fcntl(message->descriptors[wanted->descriptor], F_DUPFD_CLOEXEC, 3);
    return open_tree_at(AT_FDCWD, source, OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC);
}

/* Options of a tmpfs that stand behind it in the message, `name=value`. */
static void read_options(const struct message *message, size_t position, char texts[8][64], const char *options[12][2],
                         size_t *count) {
    size_t read = 0;
    for (const struct zygote_field *field; read < 8 && (field = message_next(message, &position));) {
        if (field->tag == ZYGOTE_MOUNT) break;
        if (field->tag != ZYGOTE_OPTION) continue;
        snprintf(texts[read], sizeof texts[read], "%s", (const char *)(field + 1));
        char *value = strchr(texts[read], '=');
        if (!value) continue;
        *value++ = 0;
        options[*count][0] = texts[read++];
        options[(*count)++][1] = value;
    }
}

int mounts_set_up(const struct specification *specification, int root, struct zygote_failure *failure) {
    const struct message *message = specification->message;
    size_t position = 0;
    int index = 0;
    for (const struct zygote_field *field; (field = message_next(message, &position));) {
        if (field->tag != ZYGOTE_MOUNT) continue;
        const struct zygote_mount *wanted = (const void *)(field + 1);
        const char *source = "", *target = "";
        size_t ahead = position;
        for (const struct zygote_field *next; (next = message_next(message, &ahead)) && next->tag != ZYGOTE_MOUNT;) {
            if (next->tag == ZYGOTE_SOURCE) source = (const char *)(next + 1);
            if (next->tag == ZYGOTE_TARGET) target = (const char *)(next + 1);
        }
        const unsigned safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
        const unsigned kept = wanted->flags & ZYGOTE_MOUNT_EXECUTABLE ? safe : safe | MOUNT_ATTR_NOEXEC;
        char size[32], texts[8][64];
        snprintf(size, sizeof size, "%llu", (unsigned long long)wanted->size);
        const char *limited[12][2] = {{"mode", wanted->kind == ZYGOTE_MOUNT_FILES ? "0755" : "1777"}};
        size_t count = 1;
        if (wanted->size > 0) limited[count][0] = "size", limited[count++][1] = size;
        if (specification_has(specification, ZYGOTE_OPTION)) read_options(message, position, texts, limited, &count);
        int mount = -1;
        struct stat status = {.st_mode = S_IFDIR};
        switch (wanted->kind) {
        case ZYGOTE_MOUNT_TMPFS: mount = mount_detached("tmpfs", kept, limited); break;
        case ZYGOTE_MOUNT_FILES:
            mount = mount_detached("tmpfs", safe, limited);
            if (mount >= 0 && write_files(mount, message, position, failure) < 0) return -1;
            break;
        case ZYGOTE_MOUNT_BIND:
        case ZYGOTE_MOUNT_COPY_ON_WRITE:
            mount = open_source(wanted, source, message);
            if (mount >= 0 && wanted->kind == ZYGOTE_MOUNT_COPY_ON_WRITE &&
                (mount = mount_copy_on_write(mount, specification->upper, target, index++, failure)) < 0)
                return -1;
            if (mount >= 0 && fstat(mount, &status) < 0) return fail(failure, "stat", source);
            break;
        default: errno = EINVAL;
        }
        if (mount < 0) return fail(failure, "open mount source", *source ? source : target);
        if ((wanted->flags & ZYGOTE_MOUNT_COPY_UP) && S_ISDIR(status.st_mode)) {
            int original = target_open(root, target, true, false);
            int result = original < 0 ? 0 : copy_up(original, mount, failure);
            if (original >= 0) close(original);
            if (result < 0) return -1;
        }
        if ((wanted->flags & ZYGOTE_MOUNT_READ_ONLY) && mount_set_read_only(mount, true) < 0)
            return fail(failure, "make mount read-only", target);
        if (mount_onto(mount, root, target, S_ISDIR(status.st_mode), true) < 0)
            return fail(failure, "attach mount", target);
        close(mount);
    }
    return 0;
}
