/* What an upper directory changes of the layers below, and what is at a path. */
#include "job.h"

#include <dirent.h>

static struct output *output;

/* Whether the layers below show something at `path`: the first that has it, or hides it, says so. */
static bool exists_below(const char *path) {
    for (size_t layer = 0; layer < job.lower_count; layer++) {
        char prefix[TAR_PATH_LIMIT];
        size_t length = 0;
        bool hidden = false;
        for (;;) {
            length += strcspn(path + length, "/");
            snprintf(prefix, sizeof prefix, "%.*s", (int)length, path);
            int found = open_in_root(job.lowers[layer], prefix, O_PATH | O_NOFOLLOW);
            if (found < 0) break;
            struct stat status;
            if (fstat(found, &status) < 0) status.st_mode = 0;
            close(found);
            if (is_whiteout(&status)) return false;
            if (!path[length]) return true;
            if (!S_ISDIR(status.st_mode)) return false;
            int directory = open_in_root(job.lowers[layer], prefix, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
            hidden |= directory >= 0 && is_opaque(directory);
            if (directory >= 0) close(directory);
            length++;
        }
        if (hidden) return false;
    }
    return false;
}

static void tell(char letter, const char *path) {
    output_write(output, &letter, 1);
    output_write(output, "/", 1);
    output_write(output, path, strlen(path) + 1);
    job.entries++;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void list_directory(int directory, const char *path) {
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
        if (!names || !(names[count++] = strdup(entry->d_name))) fail(ENOMEM, "list changes", path);
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        char below[TAR_PATH_LIMIT];
        int length = snprintf(below, sizeof below, "%s%s%s", path, *path ? "/" : "", names[i]);
        if (length >= (int)sizeof below) fail(ENAMETOOLONG, "list changes", path);
        struct stat status;
        if (fstatat(dirfd(entries), names[i], &status, AT_SYMLINK_NOFOLLOW) == 0) {
            bool before = exists_below(below);
            if (!is_whiteout(&status)) tell(before ? 'C' : 'A', below);
            else if (before) tell('D', below);
            if (S_ISDIR(status.st_mode)) {
                int inner = openat(dirfd(entries), names[i], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
                if (inner < 0 && errno != ENOENT) fail(errno, "open directory", below);
                if (inner >= 0) list_directory(inner, below);
            }
        }
        free(names[i]);
    }
    free(names);
    closedir(entries);
}

void list_changes(struct tar_reply *reply) {
    output = output_open(job.stream, false);
    list_directory(dup(job.root), "");
    output_finish(output, reply);
}

void look(struct tar_reply *reply) {
    char clean[TAR_PATH_LIMIT];
    if (!place_clean(job.request.path, clean)) fail(ENOENT, "find", job.request.path);
    int found = open_in_root(job.root, clean, O_PATH | (has(TAR_FOLLOW) ? 0 : O_NOFOLLOW));
    struct stat status;
    if (found < 0 || fstat(found, &status) < 0) fail(errno, "find", job.request.path);
    reply->entries = status.st_mode;
    reply->file_bytes = (uint64_t)status.st_size;
    reply->stream_bytes = (uint64_t)status.st_mtim.tv_sec;
    if (S_ISLNK(status.st_mode) && readlinkat(found, "", reply->path, sizeof reply->path - 1) < 0) *reply->path = 0;
}
