/* /dev of a container that has more devices than the standard ones: --device, --privileged. Nodes can only be bound down
 * here, never made, and what may be done with one is what its permissions give the harbour's user. */
#include "zygote.h"

#include <sys/stat.h>

const char *const standard_devices[] = {"null", "zero", "full", "random", "urandom", "tty", NULL};
const char *const standard_device_links[][2] = {{"/proc/self/fd", "fd"},       {"/proc/self/fd/0", "stdin"},
                                                {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"},
                                                {"pts/ptmx", "ptmx"},          {NULL, NULL}};
const char *const standard_device_directories[] = {"pts", "shm", "mqueue", NULL};

static int bind_device(int root, const char *source, const char *target, struct zygote_failure *failure) {
    int device = open_tree_at(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (device < 0) return fail(failure, "open device", source + (strncmp(source, "/host", 5) == 0 ? 5 : 0));
    struct stat status;
    int result = fstat(device, &status);
    if (result == 0 && !S_ISCHR(status.st_mode) && !S_ISBLK(status.st_mode)) {
        errno = ENOTBLK;
        result = -1;
    }
    if (result == 0) result = mount_onto(device, root, target, false, true);
    if (result < 0) fail(failure, "bind device", target);
    close(device);
    return result;
}

struct wanted_devices {
    int root;
    struct zygote_failure *failure;
};

static int bind_wanted(const struct zygote_field *field, void *argument) {
    const struct wanted_devices *wanted = argument;
    const char *source = (const char *)(field + 1);
    size_t length = strnlen(source, field->length);
    if (length + 1 >= field->length) return (errno = EINVAL, fail(wanted->failure, "bind device", NULL));
    char path[4096];
    snprintf(path, sizeof path, "/host%s", source);
    return bind_device(wanted->root, path, source + length + 1, wanted->failure);
}

int devices_set_up(const struct specification *specification, int root, struct zygote_failure *failure) {
    const char *const options[][2] = {{"mode", "755"}, {"size", "64k"}, {NULL, NULL}};
    int made = mount_detached("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, options);
    if (made < 0) return fail(failure, "mount tmpfs", "/dev");
    for (size_t i = 0; standard_device_links[i][0]; i++)
        if (symlinkat(standard_device_links[i][0], made, standard_device_links[i][1]) < 0)
            return fail(failure, "symlink", standard_device_links[i][1]);
    for (size_t i = 0; standard_device_directories[i]; i++)
        if (mkdirat(made, standard_device_directories[i], 0755) < 0) return fail(failure, "mkdir", "/dev");
    int console = openat(made, "console", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (console >= 0) close(console);
    int result = mount_onto(made, root, "/dev", true, true);
    close(made);
    if (result < 0) return fail(failure, "mount /dev", NULL);
    char source[64], target[64];
    for (size_t i = 0; standard_devices[i]; i++) {
        snprintf(source, sizeof source, "/template/dev/%s", standard_devices[i]);
        snprintf(target, sizeof target, "/dev/%s", standard_devices[i]);
        if (bind_device(root, source, target, failure) < 0) return -1;
    }
    struct wanted_devices wanted = {.root = root, .failure = failure};
    return specification_each(specification, ZYGOTE_DEVICE, bind_wanted, &wanted);
}
