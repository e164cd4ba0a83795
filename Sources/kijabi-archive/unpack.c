/* A tar stream becomes files. What is in it was written by strangers. */
#include "job.h"

#include <sys/xattr.h>

/* A directory gets its mode and time when everything in it has been made. */
struct pending {
    struct pending *next;
    mode_t mode;
    struct timespec time;
    char path[];
};

static struct pending *pending;

static la_ssize_t read_stream(struct archive *archive, void *context, const void **bytes) {
    (void)archive;
    return input_next(context, bytes);
}

static void postpone(const char *path, mode_t mode, struct timespec time) {
    size_t length = strlen(path) + 1;
    struct pending *one = malloc(sizeof *one + length);
    if (!one) fail(ENOMEM, "unpack", path);
    *one = (struct pending){.next = pending, .mode = mode, .time = time};
    memcpy(one->path, path, length);
    pending = one;
}

static void settle_directories(void) {
    for (struct pending *one = pending; one; one = one->next) {
        int directory = open_in_root(job.root, one->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        if (directory < 0) continue; /* a later entry took its place */
        if (fchmod(directory, one->mode) < 0) fail(errno, "chmod", one->path);
        futimens(directory, (struct timespec[2]){one->time, one->time});
        close(directory);
    }
}

static struct timespec entry_time(struct archive_entry *entry) {
    if (!archive_entry_mtime_is_set(entry)) return (struct timespec){0};
    return (struct timespec){.tv_sec = archive_entry_mtime(entry), .tv_nsec = archive_entry_mtime_nsec(entry)};
}

static void set_owner(int parent, const char *name, struct archive_entry *entry, const char *path) {
    if (!has(TAR_KEEP_OWNERS)) return;
    int64_t user = archive_entry_uid(entry), group = archive_entry_gid(entry);
    if (user < 0 || group < 0 || user > UINT32_MAX - 1 || group > UINT32_MAX - 1) fail(EBADMSG, "owner out of range", path);
    if (fchownat(parent, name, (uid_t)user, (gid_t)group, AT_SYMLINK_NOFOLLOW) == 0) return;
    if (has(TAR_ONE_OWNER) && (errno == EINVAL || errno == EPERM)) return;
    fail(errno, "chown", path);
}

static void set_attributes(int file, struct archive_entry *entry, const char *path) {
    archive_entry_xattr_reset(entry);
    const char *name;
    const void *value;
    size_t size;
    while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
        if (!name || is_private_attribute(name)) continue;
        /* Not every file system has them, nor every kind of file. */
        if (fsetxattr(file, name, value, size, 0) < 0 && errno != ENOTSUP && errno != EPERM)
            fail(errno, "setxattr", path);
    }
}

/* Makes way for an entry. True if a directory is there that stays. */
static bool make_way(int parent, const char *name, bool directory, const char *path) {
    struct stat status;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return false;
    bool was_directory = S_ISDIR(status.st_mode);
    if (was_directory && directory) return true;
    if (has(TAR_KEEP_KINDS) && was_directory != directory) {
        /* `cp -L`: a directory may be reached over a link. */
        int target = directory ? openat(parent, name, O_PATH | O_CLOEXEC | O_NOFOLLOW) : -1;
        if (target >= 0) close(target);
        fail(was_directory ? EISDIR : ENOTDIR, was_directory ? "cannot overwrite directory with non-directory"
                                                            : "cannot overwrite non-directory with directory", path);
    }
    remove_tree(parent, name);
    return false;
}

static void write_file(struct archive *archive, struct archive_entry *entry, int parent, const char *name,
                       const char *path) {
    int file = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) fail(errno, "create", path);
    const void *bytes;
    size_t length;
    int64_t offset = 0, size = archive_entry_size(entry);
    uint64_t limit = job.request.byte_limit;
    if (size < 0 || (limit && (uint64_t)size > limit - job.file_bytes)) fail(EFBIG, "archive is larger than allowed", path);
    job.file_bytes += (uint64_t)size;
    int result;
    while ((result = archive_read_data_block(archive, &bytes, &length, &offset)) == ARCHIVE_OK) {
        if (offset < 0 || offset > size || (int64_t)length > size - offset) fail(EBADMSG, "file is larger than it says", path);
        for (const uint8_t *position = bytes; length > 0;) {
            ssize_t count = pwrite(file, position, length, offset);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) fail(errno, "write", path);
            position += count;
            offset += count;
            length -= (size_t)count;
        }
    }
    if (result != ARCHIVE_EOF) fail(EBADMSG, "read archive", archive_error_string(archive));
    struct stat status;
    if (fstat(file, &status) < 0 || (status.st_size != size && ftruncate(file, size) < 0)) fail(errno, "truncate", path);
    /* The owner first: chown takes set-user-id bits and capabilities away. */
    set_owner(parent, name, entry, path);
    if (fchmod(file, archive_entry_perm(entry)) < 0) fail(errno, "chmod", path);
    set_attributes(file, entry, path);
    struct timespec time = entry_time(entry);
    futimens(file, (struct timespec[2]){time, time});
    if (close(file) < 0) fail(errno, "close", path);
}

static void make_directory_entry(struct archive_entry *entry, int parent, const char *name, const char *path) {
    struct stat status;
    bool hidden = has(TAR_WHITEOUTS) && fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && is_whiteout(&status);
    if (!make_way(parent, name, true, path) && mkdirat(parent, name, 0700) < 0) fail(errno, "mkdir", path);
    if (hidden) opaque_make(parent, name, path);
    set_owner(parent, name, entry, path);
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) fail(errno, "open directory", path);
    set_attributes(directory, entry, path);
    close(directory);
    postpone(path, archive_entry_perm(entry), entry_time(entry));
}

/* The root of the stream says what the directory itself is like. */
static void set_root(struct archive_entry *entry) {
    if (archive_entry_filetype(entry) != AE_IFDIR || *job.request.path || has(TAR_KEEP_KINDS)) return;
    set_owner(job.root, ".", entry, "/");
    postpone("", archive_entry_perm(entry), entry_time(entry));
}

static void make_hard_link(const char *target, int parent, const char *name, const char *path,
                           bool (*clean)(const char *, char *)) {
    char from[TAR_PATH_LIMIT];
    if (!clean(target, from)) fail(EBADMSG, "hard link leads out of the archive", path);
    const char *slash = strrchr(from, '/'), *last = slash ? slash + 1 : from;
    char above[TAR_PATH_LIMIT];
    snprintf(above, sizeof above, "%.*s", slash ? (int)(slash - from) : 0, from);
    int directory = open_in_root(job.root, above, O_PATH | O_DIRECTORY);
    if (directory < 0) fail(errno, "find target of hard link", path);
    struct stat target_status, status;
    /* A file that is its own target stays what it is. */
    if (fstatat(directory, last, &target_status, AT_SYMLINK_NOFOLLOW) == 0 &&
        fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_ino == target_status.st_ino &&
        status.st_dev == target_status.st_dev) {
        close(directory);
        return;
    }
    make_way(parent, name, false, path);
    if (linkat(directory, last, parent, name, 0) < 0) fail(errno, "link", path);
    close(directory);
}

/* Whiteouts speak of the layers below only, wherever they stand in the stream (OCI image-spec, layer.md): what this layer
 * has made at that name stays, and if it is a directory it shows nothing of those below. */
static bool make_whiteout(int parent, const char *name, const char *path) {
    if (strncmp(name, ".wh.", 4) != 0) return false;
    if (strcmp(name, ".wh..wh..opq") == 0) {
        opaque_make(parent, ".", path);
        return true;
    }
    const char *hidden = name + 4;
    /* AUFS kept its own files there. */
    if (strncmp(hidden, ".wh.", 4) == 0) return true;
    if (!*hidden || !strcmp(hidden, ".") || !strcmp(hidden, "..")) fail(EBADMSG, "whiteout of no name", path);
    struct stat status;
    if (fstatat(parent, hidden, &status, AT_SYMLINK_NOFOLLOW) < 0) whiteout_make(parent, hidden, path);
    else if (S_ISDIR(status.st_mode)) opaque_make(parent, hidden, path);
    return true;
}

/* Below job.request.path, with the first component renamed. */
static bool place_entry(const char *name, char path[TAR_PATH_LIMIT]) {
    char clean[TAR_PATH_LIMIT], joined[3 * TAR_PATH_LIMIT];
    if (!place_clean(name, clean)) return false;
    const char *rest = clean;
    if (*job.request.name) {
        rest = strchr(clean, '/');
        rest = rest ? rest : "";
    }
    snprintf(joined, sizeof joined, "%s/%s%s", job.request.path, job.request.name, rest);
    return place_clean(joined, path);
}

static void unpack_entry(struct archive *archive, struct archive_entry *entry) {
    const char *name = archive_entry_pathname(entry);
    if (!name) fail(EILSEQ, "name is not UTF-8", NULL);
    char path[TAR_PATH_LIMIT];
    if (!place_entry(name, path)) fail(EBADMSG, "path leads out of the archive", name);
    if (!*path) return set_root(entry);
    const char *last;
    int parent = place_parent(path, &last);
    if (has(TAR_WHITEOUTS) && make_whiteout(parent, last, path)) return;
    const char *link = archive_entry_hardlink(entry);
    if (link) {
        make_hard_link(link, parent, last, path, place_entry);
        return;
    }
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR: make_directory_entry(entry, parent, last, path); return;
    case AE_IFREG:
        make_way(parent, last, false, path);
        write_file(archive, entry, parent, last, path);
        return;
    case AE_IFLNK: {
        const char *target = archive_entry_symlink(entry);
        if (!target || !*target) fail(EBADMSG, "symbolic link to nothing", path);
        make_way(parent, last, false, path);
        if (symlinkat(target, parent, last) < 0) fail(errno, "symlink", path);
        set_owner(parent, last, entry, path);
        break;
    }
    case AE_IFIFO:
        make_way(parent, last, false, path);
        if (mkfifoat(parent, last, 0600) < 0) fail(errno, "mkfifo", path);
        set_owner(parent, last, entry, path);
        if (fchmodat(parent, last, archive_entry_perm(entry), 0) < 0) fail(errno, "chmod", path);
        break;
    default: job.skipped++; return; /* device nodes: no container may have any but those it is given */
    }
    struct timespec time = entry_time(entry);
    utimensat(parent, last, (struct timespec[2]){time, time}, AT_SYMLINK_NOFOLLOW);
}

void unpack(struct tar_reply *reply) {
    char clean[TAR_PATH_LIMIT];
    if (!place_clean(job.request.path, clean)) fail(EINVAL, "path leads out of the root", job.request.path);
    memcpy(job.request.path, clean, sizeof clean);
    struct input *input = input_open();
    struct archive *archive = archive_read_new();
    if (!archive) fail(ENOMEM, "read archive", NULL);
    archive_read_support_format_tar(archive);
    archive_read_support_format_empty(archive);
    if (archive_read_open(archive, input, NULL, read_stream, NULL) != ARCHIVE_OK)
        fail(EBADMSG, "read archive", archive_error_string(archive));
    for (;;) {
        struct archive_entry *entry;
        int result = archive_read_next_header(archive, &entry);
        if (result == ARCHIVE_EOF) break;
        if (result < ARCHIVE_WARN) fail(EBADMSG, "read archive", archive_error_string(archive));
        job.entries++;
        if (job.request.entry_limit && job.entries > job.request.entry_limit)
            fail(EFBIG, "archive has more entries than allowed", NULL);
        unpack_entry(archive, entry);
    }
    input_finish(input, reply);
    settle_directories();
}
