/* The container's file tree: an overlay of its image, the kernel's own file systems, and nothing of the machine's. */
#include "zygote.h"

#include <sys/stat.h>

static const char root_path[] = "/scratch";

/* As moby's oci/defaults.go has them. */
static const char *const masked[] = {
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
    "/sys/firmware", NULL};
static const char *const read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL};

/* An overlay mounted volatile leaves a mark that forbids to mount it again after a crash of the machine; the machine
 * has not crashed, or this run directory would be gone. */
static void forget_volatile(const char *upper) {
    char path[512];
    snprintf(path, sizeof path, "%s/work/work/incompat/volatile/dirty", upper);
    if (unlink(path) < 0 && errno != ENOENT) rmdir(path);
    snprintf(path, sizeof path, "%s/work/work/incompat/volatile", upper);
    if (rmdir(path) == 0) {
        snprintf(path, sizeof path, "%s/work/work/incompat", upper);
        rmdir(path);
    }
}

int overlay_mount(const char *lowers, const char *upper, const char *target, struct zygote_failure *failure) {
    char options[4096], path[512];
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", upper, (const char *[]){"", "/upper", "/work"}[i]);
        if (mkdir(path, 0755) < 0 && errno != EEXIST) return fail(failure, "make upper layer", path);
    }
    forget_volatile(upper);
    /* volatile: no sync when the container ends. userxattr: else directories of a lower layer cannot be removed. Older
     * kernels lack one or the other. */
    static const char *const extras[] = {",userxattr,volatile", ",userxattr", ",volatile", ""};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        int length = snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work%s", lowers, upper,
                              upper, extras[i]);
        if (length >= (int)sizeof options) return (errno = ENAMETOOLONG, fail(failure, "mount overlay", upper));
        if (mount("overlay", target, "overlay", MS_NODEV, options) == 0) return 0;
        if (errno != EINVAL) break;
    }
    return fail(failure, "mount overlay", upper);
}

/* mount(2) takes one page of options: the paths of more layers than some forty do not fit, and become links with short
 * names, which the kernel follows while it mounts. */
enum { OPTION_ROOM = 4096 - 1024 };

static void remove_links(const char *directory, size_t count) {
    char link[64];
    for (size_t i = 0; i < count; i++) {
        snprintf(link, sizeof link, "%s/%zu", directory, i);
        unlink(link);
    }
    rmdir(directory);
}

static int mount_linked(const struct specification *specification, struct zygote_failure *failure) {
    char directory[] = "/tmp/layers-XXXXXX", link[64], lowers[OPTION_ROOM];
    if (!mkdtemp(directory)) return fail(failure, "mkdir", directory);
    size_t length = 0, made = 0;
    int result = 0;
    for (; made < specification->lower_count && result == 0; made++) {
        snprintf(link, sizeof link, "%s/%zu", directory, made);
        length += (size_t)snprintf(lowers + length, sizeof lowers - length, "%s%s", made > 0 ? ":" : "", link);
        if (length >= sizeof lowers) result = (errno = ENAMETOOLONG, fail(failure, "mount overlay", NULL));
        else if (symlink(specification->lowers[made], link) < 0) result = fail(failure, "link layer", link);
    }
    if (result == 0) result = overlay_mount(lowers, specification->upper, root_path, failure);
    remove_links(directory, made);
    return result;
}

static int mount_root(const struct specification *specification, struct zygote_failure *failure) {
    char lowers[OPTION_ROOM];
    size_t length = 0;
    if (!specification->upper || specification->lower_count == 0)
        return (errno = EINVAL, fail(failure, "mount overlay", NULL));
    for (size_t i = 0; i < specification->lower_count; i++) {
        length += (size_t)snprintf(lowers + length, sizeof lowers - length, "%s%s", i > 0 ? ":" : "", specification->lowers[i]);
        if (length >= sizeof lowers) return mount_linked(specification, failure);
    }
    return overlay_mount(lowers, specification->upper, root_path, failure);
}

int root_open(const struct specification *specification, struct zygote_failure *failure) {
    if (mount_root(specification, failure) < 0) return -1;
    int root = open_tree_at(AT_FDCWD, root_path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (root < 0) fail(failure, "open root", root_path);
    if (umount2(root_path, MNT_DETACH) < 0 && root >= 0) {
        close(root);
        return fail(failure, "detach root", root_path);
    }
    return root;
}

static int place(int mount, int root, const char *path, const char *stage, struct zygote_failure *failure) {
    if (mount < 0) return fail(failure, stage, path);
    int result = mount_onto(mount, root, path, true, true);
    if (result < 0) fail(failure, stage, path);
    close(mount);
    return result;
}

static int mount_device_file_systems(const struct specification *specification, int root, struct zygote_failure *failure);

static int mount_kernel_file_systems(const struct specification *specification, int root, struct zygote_failure *failure) {
    const unsigned plain = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    /* What is shared with the harbour (--pid host, --network host) is not this user namespace's to mount anew. */
    int proc = mount_detached("proc", plain, NULL);
    if (proc < 0) proc = open_tree_at(AT_FDCWD, "/proc", OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC);
    if (place(proc, root, "/proc", "mount proc", failure) < 0) return -1;
    birth_step("fsmount proc");

    bool all = specification->flags & ZYGOTE_PROCESS_ALL_PATHS;
    int sys = mount_detached("sysfs", plain | (all ? 0 : MOUNT_ATTR_RDONLY), NULL);
    if (sys < 0) {
        sys = open_tree_at(AT_FDCWD, "/sys", OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC);
        if (sys >= 0) mount_set_read_only(sys, true);
    }
    if (place(sys, root, "/sys", "mount sysfs", failure) < 0) return -1;
    birth_step("fsmount sysfs");
    if (harbour_has_cgroup2) {
        int cgroup = mount_detached("cgroup2", plain | MOUNT_ATTR_RDONLY, NULL);
        if (cgroup >= 0) {
            mount_onto(cgroup, root, "/sys/fs/cgroup", true, false);
            close(cgroup);
        }
    }

    if (specification->flags & ZYGOTE_PROCESS_OWN_DEVICES) {
        if (devices_set_up(specification, root, failure) < 0) return -1;
        return mount_device_file_systems(specification, root, failure);
    }
    int dev = open_tree_at(AT_FDCWD, "/template/dev", OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC);
    /* All containers share the one tmpfs, so none may write to it; the devices in it are mounts of their own. */
    if (dev >= 0) mount_set_read_only(dev, false);
    if (place(dev, root, "/dev", "mount /dev", failure) < 0) return -1;
    birth_step("open_tree, move_mount /dev");
    return mount_device_file_systems(specification, root, failure);
}

static int mount_device_file_systems(const struct specification *specification, int root, struct zygote_failure *failure) {
    const unsigned plain = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    const unsigned terminals = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
    int pts = mount_detached("devpts", terminals, (const char *const[][2]){{"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}, {NULL, NULL}});
    if (pts < 0) /* group 5 is not mapped */
        pts = mount_detached("devpts", terminals, (const char *const[][2]){{"ptmxmode", "0666"}, {"mode", "0620"}, {NULL, NULL}});
    if (place(pts, root, "/dev/pts", "mount devpts", failure) < 0) return -1;
    birth_step("fsmount devpts");
    const char *size = specification->shm_size ? specification->shm_size : "64m";
    bool shared = specification->shared & CLONE_NEWIPC;
    int shm = specification->shared_memory;
    if (shared) shm = open_tree_at(AT_FDCWD, "/template/shm", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (shm < 0) shm = mount_detached("tmpfs", plain, (const char *const[][2]){{"mode", "1777"}, {"size", size}, {NULL, NULL}});
    if (place(shm, root, "/dev/shm", "mount tmpfs", failure) < 0) return -1;
    birth_step("fsmount tmpfs /dev/shm");
    int queues = shared ? open_tree_at(AT_FDCWD, "/template/mqueue", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)
                        : mount_detached("mqueue", plain, NULL);
    if (queues >= 0) { /* not in every kernel */
        mount_onto(queues, root, "/dev/mqueue", true, false);
        close(queues);
        birth_step("fsmount mqueue");
    }
    return 0;
}

static int hide_paths(int root, struct zygote_failure *failure) {
    struct stat status;
    for (size_t i = 0; masked[i]; i++) {
        int target = target_open(root, masked[i], false, false);
        if (target < 0) continue; /* not in this kernel */
        bool directory = fstat(target, &status) == 0 && S_ISDIR(status.st_mode);
        const char *cover = directory ? "/template/empty" : "/template/dev/null";
        int mount = open_tree_at(AT_FDCWD, cover, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        if (mount < 0 || move_mount_at(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
            return fail(failure, "mask path", masked[i]);
        close(mount);
        close(target);
    }
    for (size_t i = 0; read_only[i]; i++) {
        int target = target_open(root, read_only[i], false, false);
        if (target < 0) continue;
        int mount = open_tree_at(target, "", OPEN_TREE_CLONE | AT_RECURSIVE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
        if (mount < 0 || mount_set_read_only(mount, true) < 0 ||
            move_mount_at(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
            return fail(failure, "make path read-only", read_only[i]);
        close(mount);
        close(target);
    }
    return 0;
}

int root_set_up(const struct specification *specification, struct zygote_failure *failure) {
    if (mount_root(specification, failure) < 0) return -1;
    birth_step("mount overlay");
    int root = open(root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) return fail(failure, "open root", root_path);
    if (mount_kernel_file_systems(specification, root, failure) < 0) return -1;
    if (mounts_set_up(specification, root, failure) < 0) return -1;
    birth_step("move_mount volumes and files");
    if (kernel_parameters_set(specification, root, failure) < 0) return -1;
    if (!(specification->flags & ZYGOTE_PROCESS_ALL_PATHS) && hide_paths(root, failure) < 0) return -1;
    birth_step("move_mount masks, read-only paths");
    if ((specification->flags & ZYGOTE_PROCESS_READ_ONLY_ROOT) && mount_set_read_only(root, false) < 0)
        return fail(failure, "make root read-only", NULL);
    if (fchdir(root) < 0) return fail(failure, "chdir", root_path);
    close(root);
    /* The old root lands on top of the new one, and is then taken away. */
    if (syscall(SYS_pivot_root, ".", ".") < 0) return fail(failure, "pivot_root", root_path);
    birth_step("pivot_root");
    if (umount2(".", MNT_DETACH) < 0) return fail(failure, "detach old root", NULL);
    birth_step("umount2 MNT_DETACH");
    if (chdir("/") < 0) return fail(failure, "chdir", "/");
    return 0;
}
