/* Who a process is: its user, its groups and its capabilities. */
#include "zygote.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>

/* Opens a file of the container's; not a pipe or device that would keep the child waiting. */
static FILE *open_database(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (file < 0) return NULL;
    if (fstat(file, &status) < 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return NULL;
    }
    return fdopen(file, "r");
}

/* Splits a line of passwd(5) or group(5) in place; missing fields are empty. */
static void split(char *line, char *fields[], int count) {
    line[strcspn(line, "\n")] = 0;
    for (int i = 0; i < count; i++) {
        fields[i] = line;
        line += strcspn(line, ":");
        if (*line) *line++ = 0;
    }
}

static bool number_of(const char *text, unsigned *number) {
    char *end;
    if (*text < '0' || *text > '9') return false;
    unsigned long value = strtoul(text, &end, 10);
    *number = (unsigned)value;
    return *end == 0 && value < 0xffffffff;
}

static bool find_user(const char *name, struct account *account) {
    char line[1024], user[1024] = "", *fields[7];
    unsigned wanted = 0;
    bool numeric = number_of(name, &wanted), found = false;
    FILE *database = open_database("/etc/passwd");
    while (!found && database && fgets(line, sizeof line, database)) {
        unsigned uid, gid;
        split(line, fields, 7);
        if (!number_of(fields[2], &uid) || !number_of(fields[3], &gid)) continue;
        found = numeric ? uid == wanted : strcmp(fields[0], name) == 0;
        if (!found) continue;
        account->uid = uid;
        account->gid = gid;
        if (*fields[5]) snprintf(account->home, sizeof account->home, "%s", fields[5]);
        snprintf(user, sizeof user, "%s", fields[0]);
    }
    if (database) fclose(database);
    if (!found && numeric) account->uid = wanted;
    if (!found) return numeric;
    database = open_database("/etc/group");
    while (database && account->group_count < 64 && fgets(line, sizeof line, database)) {
        unsigned gid;
        split(line, fields, 4);
        if (!number_of(fields[2], &gid)) continue;
        for (char *member = strtok(fields[3], ","); member; member = strtok(NULL, ","))
            if (strcmp(member, user) == 0 && account->group_count < 64) account->groups[account->group_count++] = gid;
    }
    if (database) fclose(database);
    return true;
}

static bool find_group(const char *name, gid_t *gid) {
    char line[1024], *fields[4];
    if (number_of(name, gid)) return true;
    bool found = false;
    FILE *database = open_database("/etc/group");
    while (!found && database && fgets(line, sizeof line, database)) {
        split(line, fields, 4);
        found = strcmp(fields[0], name) == 0 && number_of(fields[2], gid);
    }
    if (database) fclose(database);
    return found;
}

int account_find(const char *user, struct account *account) {
    *account = (struct account){.home = "/"};
    char name[256];
    snprintf(name, sizeof name, "%s", user && *user ? user : "0");
    char *group = strchr(name, ':');
    if (group) *group++ = 0;
    errno = EINVAL;
    if (!find_user(*name ? name : "0", account)) return -1;
    if (account->uid == 0 && strcmp(account->home, "/") == 0) strcpy(account->home, "/root");
    if (group && *group) {
        errno = EINVAL;
        account->group_count = 0;
        if (!find_group(group, &account->gid)) return -1;
    }
    return 0;
}

struct group_list {
    struct account *account;
    struct zygote_failure *failure;
};

static int add_group(const struct zygote_field *field, void *argument) {
    struct group_list *list = argument;
    const char *name = (const char *)(field + 1);
    gid_t gid;
    errno = EINVAL;
    if (!find_group(name, &gid)) return fail(list->failure, "find group", name);
    errno = E2BIG;
    if (list->account->group_count >= 64) return fail(list->failure, "add group", name);
    list->account->groups[list->account->group_count++] = gid;
    return 0;
}

int account_add_groups(const struct specification *specification, struct account *account, struct zygote_failure *failure) {
    if (!specification_has(specification, ZYGOTE_GROUP)) return 0;
    struct group_list list = {.account = account, .failure = failure};
    return specification_each(specification, ZYGOTE_GROUP, add_group, &list);
}

int credentials_drop(const struct specification *specification, const struct account *account,
                     struct zygote_failure *failure) {
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
        if (!(specification->capabilities >> capability & 1) && prctl(PR_CAPBSET_DROP, capability) < 0)
            return fail(failure, "drop capability", NULL);
    birth_step("prctl PR_CAPBSET_DROP");
    /* With a single id mapped, setgroups is denied and there are no others to have. */
    if (setgroups((size_t)account->group_count, account->groups) < 0 &&
        (errno != EPERM || specification_has(specification, ZYGOTE_GROUP)))
        return fail(failure, "set groups", NULL);
    if (setresgid(account->gid, account->gid, account->gid) < 0) return fail(failure, "set group", specification->user);
    if (setresuid(account->uid, account->uid, account->uid) < 0) return fail(failure, "set user", specification->user);
    birth_step("setgroups, setresgid, setresuid");
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[2] = {{0}, {0}};
    for (int i = 0; i < 2 && account->uid == 0; i++)
        sets[i].effective = sets[i].permitted = (uint32_t)(specification->capabilities >> (32 * i));
    if (syscall(SYS_capset, &header, sets) < 0) return fail(failure, "set capabilities", NULL);
    birth_step("capset");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return fail(failure, "set no_new_privs", NULL);
    birth_step("prctl PR_SET_NO_NEW_PRIVS");
    return 0;
}
