/* The user and group ids of the harbour: which ids outside its own stand for. */
#include "zygote.h"

#include <sys/wait.h>

enum { ROOT_BASE = 100000, RANGE = 65536 };

static int write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return written < 0 ? -1 : 0;
}

static int write_map(pid_t child, const char *name, unsigned inside, unsigned outside, unsigned count) {
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/%s", child, name);
    snprintf(text, sizeof text, "%u %u %u\n", inside, outside, count);
    return write_file(path, text);
}

/* Whether this process's own namespace has the ids ROOT_BASE …: in a container it may not. */
static bool range_exists(const char *map) {
    FILE *file = fopen(map, "re");
    unsigned long inside, outside, count;
    bool found = false;
    while (file && fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3)
        found |= inside <= ROOT_BASE && inside + count >= ROOT_BASE + RANGE;
    if (file) fclose(file);
    return found;
}

/* The range that /etc/subuid or /etc/subgid grants the user, subuid(5). */
static bool granted_range(const char *file_name, uid_t uid, unsigned long *start, unsigned long *count) {
    char line[256], name[128] = "", id[16];
    snprintf(id, sizeof id, "%u", uid);
    FILE *accounts = fopen("/etc/passwd", "re");
    while (accounts && fgets(line, sizeof line, accounts)) {
        char *after_name = strchr(line, ':');
        char *number = after_name ? strchr(after_name + 1, ':') : NULL;
        if (number && strtoul(number + 1, NULL, 10) == uid) {
            snprintf(name, sizeof name, "%.*s", (int)(after_name - line), line);
            break;
        }
    }
    if (accounts) fclose(accounts);
    FILE *ranges = fopen(file_name, "re");
    bool found = false;
    while (!found && ranges && fgets(line, sizeof line, ranges)) {
        char *first = strchr(line, ':');
        if (!first) continue;
        *first = 0;
        if (strcmp(line, name) != 0 && strcmp(line, id) != 0) continue;
        found = sscanf(first + 1, "%lu:%lu", start, count) == 2 && *count >= 1000;
    }
    if (ranges) fclose(ranges);
    return found;
}

static bool run_mapper(const char *program, pid_t child, unsigned own, unsigned long start, unsigned long count) {
    char target[16], self[16], first[24], number[24];
    snprintf(target, sizeof target, "%d", child);
    snprintf(self, sizeof self, "%u", own);
    snprintf(first, sizeof first, "%lu", start);
    snprintf(number, sizeof number, "%lu", count < RANGE ? count : RANGE - 1);
    char *const arguments[] = {(char *)program, target, "0", self, "1", "1", first, number, NULL};
    pid_t mapper = fork();
    if (mapper == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        execvp(program, arguments);
        _exit(127);
    }
    int status;
    return mapper > 0 && waitpid(mapper, &status, 0) == mapper && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int identity_map_harbour(pid_t child, struct identity *identity, struct zygote_failure *failure) {
    *identity = (struct identity){.uid = geteuid(), .gid = getegid(), .count = 1};
    if (identity->uid == 0 && range_exists("/proc/self/uid_map") && range_exists("/proc/self/gid_map") &&
        write_map(child, "uid_map", 0, ROOT_BASE, RANGE) == 0) {
        if (write_map(child, "gid_map", 0, ROOT_BASE, RANGE) < 0) return fail(failure, "write gid_map", NULL);
        *identity = (struct identity){.uid = ROOT_BASE, .gid = ROOT_BASE, .count = RANGE};
        return 0;
    }
    unsigned long uids, uid_count, gids, gid_count;
    if (identity->uid != 0 && granted_range("/etc/subuid", identity->uid, &uids, &uid_count) &&
        granted_range("/etc/subgid", identity->uid, &gids, &gid_count) &&
        run_mapper("newuidmap", child, identity->uid, uids, uid_count) &&
        run_mapper("newgidmap", child, identity->gid, gids, gid_count)) {
        identity->count = (unsigned)(uid_count < gid_count ? uid_count : gid_count);
        identity->count = identity->count < RANGE ? identity->count + 1 : RANGE;
        return 0;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/setgroups", child);
    if (write_file(path, "deny") < 0) return fail(failure, "write setgroups", path);
    if (write_map(child, "uid_map", 0, identity->uid, 1) < 0 && errno != EPERM) return fail(failure, "write uid_map", NULL);
    if (write_map(child, "gid_map", 0, identity->gid, 1) < 0) return fail(failure, "write gid_map", NULL);
    return 0;
}

int identity_map_nested(pid_t child, uid_t user, gid_t group, unsigned count) {
    /* Whether setgroups is allowed is inherited from the harbour. */
    if (write_map(child, "uid_map", user, 0, count) < 0) return -1;
    return write_map(child, "gid_map", group, 0, count);
}
