#define _GNU_SOURCE 1

#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

int kijabi_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }

int kijabi_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    /* struct open_how of linux/openat2.h, which older header packages lack */
    struct {
        uint64_t flags, mode, resolve;
    } how = {flags, mode, resolve};
    /* EAGAIN: something was renamed or mounted on this machine meanwhile, and it could not be told whether the path led
     * out. */
    int descriptor, attempts = 0;
    do descriptor = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
    while (descriptor < 0 && errno == EAGAIN && ++attempts < 1000);
    return descriptor;
}

int kijabi_syncfs(int descriptor) { return syncfs(descriptor); }

int kijabi_open_tree(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

int kijabi_map_mount(int mount, int user_namespace) {
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)user_namespace};
    /* With what is mounted below it, or, where a file system below cannot do it, alone. */
    for (unsigned flags = 0x8000 /* AT_RECURSIVE */;; flags = 0) {
        int result = (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | flags, &attributes, sizeof attributes);
        if (result == 0 || flags == 0) return result;
    }
}

int kijabi_pidfd_open(pid_t pid, unsigned flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }

int kijabi_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

void kijabi_open_files_as(uid_t user, gid_t group) {
    setfsgid(group);
    setfsuid(user);
}

int kijabi_memfd_create(const char *name, unsigned flags) { return memfd_create(name, flags); }

int kijabi_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int kijabi_set_nonblocking(int descriptor, int enabled) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -1;
    return fcntl(descriptor, F_SETFL, enabled ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

int kijabi_set_window_size(int terminal, uint16_t columns, uint16_t rows) {
    struct winsize size = {.ws_col = columns, .ws_row = rows};
    return ioctl(terminal, TIOCSWINSZ, &size);
}

int kijabi_get_window_size(int terminal, uint16_t *columns, uint16_t *rows) {
    struct winsize size = {0};
    if (ioctl(terminal, TIOCGWINSZ, &size) < 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

void kijabi_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

long kijabi_file_system(int descriptor) {
    struct statfs status;
    return fstatfs(descriptor, &status) < 0 ? -1 : (long)status.f_type;
}

int kijabi_is_opaque(const char *directory) {
    char value;
    return (getxattr(directory, "user.overlay.opaque", &value, 1) == 1 && value == 'y') ||
           (getxattr(directory, "trusted.overlay.opaque", &value, 1) == 1 && value == 'y');
}

int kijabi_takes_user_attributes(const char *directory) {
    if (setxattr(directory, "user.kijabi", "1", 1, 0) < 0) return errno != EOPNOTSUPP;
    removexattr(directory, "user.kijabi");
    return 1;
}

int kijabi_has_attribute(const char *path, const char *name) { return lgetxattr(path, name, NULL, 0) >= 0; }
