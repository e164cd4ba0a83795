/* Files become a tar stream: the same bytes from the same files, whoever packs them and when. */
#include "job.h"

#include <dirent.h>
#include <sys/xattr.h>

static struct output *output;
static struct archive *archive;

/* Where a file with several names was packed first. */
struct packed {
    struct packed *next;
    dev_t device;
    ino_t inode;
    char path[];
};

enum { BUCKETS = 4096 };
static struct packed *table[BUCKETS];

static const char *packed_before(const struct stat *status, const char *path) {
    struct packed **bucket = &table[(status->st_ino ^ status->st_dev) % BUCKETS];
    for (struct packed *one = *bucket; one; one = one->next)
        if (one->inode == status->st_ino && one->device == status->st_dev) return one->path;
    size_t length = strlen(path) + 1;
    struct packed *one = malloc(sizeof *one + length);
    if (!one) fail(ENOMEM, "pack", path);
    *one = (struct packed){.next = *bucket, .device = status->st_dev, .inode = status->st_ino};
    memcpy(one->path, path, length);
    *bucket = one;
    return NULL;
}

static la_ssize_t write_stream(struct archive *unused, void *context, const void *bytes, size_t length) {
    (void)unused;
    output_write(context, bytes, length);
    return (la_ssize_t)length;
}

static void write_header(struct archive_entry *entry, const char *path) {
    if (archive_write_header(archive, entry) < ARCHIVE_WARN) fail(EIO, archive_error_string(archive), path);
    job.entries++;
    if (job.request.entry_limit && job.entries > job.request.entry_limit) fail(EFBIG, "too many files", path);
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* A file may have attributes that only a descriptor tells; one that cannot be opened has none for us. */
static void add_attributes(struct archive_entry *entry, int file) {
    char names[65536], value[65536];
    ssize_t length = file < 0 ? 0 : flistxattr(file, names, sizeof names);
    const char *sorted[256];
    size_t count = 0;
    for (ssize_t position = 0; position < length && count < 256; position += (ssize_t)strlen(names + position) + 1)
        if (!is_private_attribute(names + position)) sorted[count++] = names + position;
    qsort(sorted, count, sizeof *sorted, compare_names);
    /* libarchive writes the last that was added first. */
    while (count > 0) {
        const char *name = sorted[--count];
        ssize_t size = fgetxattr(file, name, value, sizeof value);
        if (size >= 0) archive_entry_xattr_add_entry(entry, name, value, (size_t)size);
    }
}

static void pack_content(int file, int64_t size, const char *path) {
    static uint8_t buffer[256 * 1024];
    while (size > 0) {
        ssize_t count = read(file, buffer, sizeof buffer < (size_t)size ? sizeof buffer : (size_t)size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(errno, "read", path);
        if (count == 0) { /* it has become shorter: the header is written, zeros fill it */
            memset(buffer, 0, sizeof buffer);
            count = (ssize_t)(sizeof buffer < (size_t)size ? sizeof buffer : (size_t)size);
        }
        if (archive_write_data(archive, buffer, (size_t)count) < 0) fail(EIO, archive_error_string(archive), path);
        size -= count;
    }
}

static struct archive_entry *make_entry(const struct stat *status, const char *path) {
    struct archive_entry *entry = archive_entry_new();
    if (!entry) fail(ENOMEM, "pack", path);
    char name[TAR_PATH_LIMIT + 2];
    snprintf(name, sizeof name, "%s%s", path, S_ISDIR(status->st_mode) ? "/" : "");
    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, status->st_mode);
    archive_entry_set_uid(entry, has(TAR_ANONYMOUS) ? 0 : status->st_uid);
    archive_entry_set_gid(entry, has(TAR_ANONYMOUS) ? 0 : status->st_gid);
    archive_entry_set_mtime(entry, has(TAR_ANONYMOUS) ? 0 : status->st_mtim.tv_sec, 0);
    if (S_ISREG(status->st_mode)) archive_entry_set_size(entry, status->st_size);
    else archive_entry_set_size(entry, 0);
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) archive_entry_set_rdev(entry, status->st_rdev);
    return entry;
}

static void pack_marker(const char *directory, const char *prefix, const char *name, const struct stat *status) {
    char path[TAR_PATH_LIMIT];
    int length = snprintf(path, sizeof path, "%s%s%s%s", directory, *directory ? "/" : "", prefix, name);
    if (length >= (int)sizeof path) fail(ENAMETOOLONG, "pack", directory);
    struct stat empty = {.st_mode = S_IFREG | 0644, .st_mtim = status->st_mtim};
    struct archive_entry *entry = make_entry(&empty, path);
    write_header(entry, path);
    archive_entry_free(entry);
}

static void pack_tree(int directory, const char *path);

/* Which mount a file is on, statx(2). */
static uint64_t mount_of(int parent, const char *name) {
    struct statx status;
    if (statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_MNT_ID, &status) < 0) return 0;
    return status.stx_mnt_id;
}

static uint64_t own_mount;

static bool is_mounted_over(int parent, const char *name) {
    return has(TAR_ONE_MOUNT) && mount_of(parent, name) != own_mount;
}

/* The place of a mount: an empty directory or file. */
static void pack_place(const struct stat *mounted, const char *path) {
    struct stat place = {.st_mode = S_ISDIR(mounted->st_mode) ? S_IFDIR | 0755 : S_IFREG | 0644, .st_mtim = mounted->st_mtim};
    struct archive_entry *entry = make_entry(&place, path);
    write_header(entry, path);
    archive_entry_free(entry);
}

/* Packs what `name` in `parent` is, under the name `path`. */
static void pack_one(int parent, const char *name, const char *path) {
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT) return; /* gone meanwhile */
        fail(errno, "stat", path);
    }
    if (S_ISSOCK(status.st_mode)) {
        job.skipped++;
        return;
    }
    if (is_mounted_over(parent, name)) return pack_place(&status, path);
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) {
        const char *first = packed_before(&status, path);
        if (first) {
            struct archive_entry *entry = make_entry(&status, path);
            archive_entry_set_size(entry, 0);
            archive_entry_set_hardlink(entry, first);
            write_header(entry, path);
            archive_entry_free(entry);
            return;
        }
    }
    int file = -1;
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
        int kind = S_ISDIR(status.st_mode) ? O_DIRECTORY : O_NONBLOCK;
        file = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind);
        if (file < 0 && errno == ENOENT) return;
        struct stat opened;
        if (file < 0 || fstat(file, &opened) < 0) fail(errno, "open", path);
        if ((opened.st_mode & S_IFMT) != (status.st_mode & S_IFMT)) fail(EAGAIN, "file changed while it was packed", path);
        status = opened;
    }
    struct archive_entry *entry = make_entry(&status, path);
    if (S_ISLNK(status.st_mode)) {
        char target[TAR_PATH_LIMIT];
        ssize_t length = readlinkat(parent, name, target, sizeof target - 1);
        if (length < 0) fail(errno, "readlink", path);
        target[length] = 0;
        archive_entry_set_symlink(entry, target);
    }
    add_attributes(entry, file);
    write_header(entry, path);
    archive_entry_free(entry);
    if (S_ISREG(status.st_mode)) {
        job.file_bytes += (uint64_t)status.st_size;
        if (job.request.byte_limit && job.file_bytes > job.request.byte_limit) fail(EFBIG, "more bytes than allowed", path);
        pack_content(file, status.st_size, path);
    }
    if (S_ISDIR(status.st_mode)) {
        if (has(TAR_WHITEOUTS) && is_opaque(file)) pack_marker(path, "", ".wh..wh..opq", &status);
        pack_tree(file, path);
    } else if (file >= 0) {
        close(file);
    }
}

static void pack_tree(int directory, const char *path) {
    DIR *entries = fdopendir(directory);
    if (!entries) fail(errno, "open directory", path);
    char **names = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
        if (count == room) {
            room = room ? 2 * room : 32;
            names = realloc(names, room * sizeof *names);
        }
        if (!names || !(names[count++] = strdup(entry->d_name))) fail(ENOMEM, "pack", path);
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        char below[TAR_PATH_LIMIT];
        int length = snprintf(below, sizeof below, "%s%s%s", path, *path ? "/" : "", names[i]);
        if (length >= (int)sizeof below) fail(ENAMETOOLONG, "pack", path);
        struct stat status;
        if (has(TAR_WHITEOUTS) && fstatat(dirfd(entries), names[i], &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            is_whiteout(&status))
            pack_marker(path, ".wh.", names[i], &status);
        else
            pack_one(dirfd(entries), names[i], below);
        free(names[i]);
    }
    free(names);
    closedir(entries);
}

void pack(struct tar_reply *reply) {
    output = output_open(job.stream, has(TAR_GZIP));
    archive = archive_write_new();
    /* ustar, with pax headers only where a name, a number or an attribute does not fit. */
    if (!archive || archive_write_set_format_pax_restricted(archive) != ARCHIVE_OK ||
        archive_write_set_format_option(archive, "pax", "xattrheader", "SCHILY") != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(archive, 256 * 1024) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK ||
        archive_write_open(archive, output, NULL, write_stream, NULL) != ARCHIVE_OK)
        fail(EIO, "open archive", archive_error_string(archive));

    own_mount = mount_of(job.root, "");
    char clean[TAR_PATH_LIMIT];
    if (!place_clean(job.request.path, clean)) fail(ENOENT, "find", job.request.path);
    const char *slash = strrchr(clean, '/');
    char above[TAR_PATH_LIMIT];
    snprintf(above, sizeof above, "%.*s", slash ? (int)(slash - clean) : 0, clean);
    const char *name = slash ? slash + 1 : clean;
    int parent;
    struct stat status;
    if (has(TAR_FOLLOW) || !*name) {
        parent = open_in_root(job.root, clean, O_RDONLY | O_NONBLOCK);
        if (parent < 0 || fstat(parent, &status) < 0) fail(errno, "find", job.request.path);
        name = "";
    } else {
        parent = open_in_root(job.root, above, O_RDONLY | O_DIRECTORY);
        if (parent < 0 || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) fail(errno, "find", job.request.path);
    }
    if (*job.request.name && *name) {
        pack_one(parent, name, job.request.name);
    } else if (*job.request.name) {
        /* Of an open file the tree is packed below the wanted name. */
        struct archive_entry *entry = make_entry(&status, job.request.name);
        add_attributes(entry, parent);
        write_header(entry, job.request.name);
        archive_entry_free(entry);
        if (S_ISREG(status.st_mode)) pack_content(parent, status.st_size, job.request.name);
        else if (S_ISDIR(status.st_mode)) pack_tree(parent, job.request.name);
    } else {
        int directory = *name ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : parent;
        if (directory < 0) fail(errno, "open directory", job.request.path);
        if (has(TAR_WHITEOUTS) && is_opaque(directory)) pack_marker("", "", ".wh..wh..opq", &status);
        pack_tree(directory, "");
    }
    if (archive_write_close(archive) != ARCHIVE_OK) fail(EIO, "close archive", archive_error_string(archive));
    output_finish(output, reply);
}
