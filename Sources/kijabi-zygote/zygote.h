/* The zygote: a janitor outside the harbour, and the harbour's first process, which starts containers on request.
 *
 *     kijabi ──lifeline──▶ janitor (outside) ──parent of──▶ harbour (pid 1 of its pid namespace)
 *        └──────────control socket─────────────────────────────┘   └─ parent of every container and exec
 *
 * Both are single-threaded. When kijabi ends, the harbour sees its socket end and exits, the kernel kills what is in its
 * pid namespace, and the janitor removes the run directory and the cgroups. */
#ifndef KIJABI_ZYGOTE_H
#define KIJABI_ZYGOTE_H

#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "../CLinux/include/ZygoteProtocol.h"

/* ---- message.c */

struct message {
    struct zygote_header header;
    char *body; /* in `storage`, or a mapped memory file */
    size_t mapped;
    int descriptors[ZYGOTE_DESCRIPTOR_LIMIT];
    size_t descriptor_count;
    char storage[ZYGOTE_MESSAGE_LIMIT + sizeof(struct zygote_header)];
};

/* 1: a message; 0: the other side is gone; -1: not a message, errno says why. */
int message_receive(int socket, struct message *message);
/* Closes the descriptors that came with it and were not taken (set to -1). */
void message_release(struct message *message);
/* The next field at *position, or NULL at the end; its bytes follow it. */
const struct zygote_field *message_next(const struct message *message, size_t *position);
const char *message_string(const struct message *message, uint32_t tag);
int message_take(struct message *message, int32_t index);

/* The same with a body. */
int text_send(int socket, uint32_t request, const char *text, size_t length);
int reply_send(int socket, uint32_t request, const int32_t values[3], const int *descriptors, size_t count);
int failure_send(int socket, uint32_t request, const struct zygote_failure *failure);
void event_send(int socket, const int32_t values[4]);
/* Fills in a failure from errno; returns -1. */
int fail(struct zygote_failure *failure, const char *stage, const char *path);
ssize_t send_with(int socket, const void *bytes, size_t length, const int *descriptors, size_t count);

/* ---- identity.c */

struct identity {
    uid_t uid; /* of the harbour's root outside */
    gid_t gid;
    unsigned count; /* how many ids are mapped */
};

/* Writes the maps of a child that has just entered its first user namespace. */
int identity_map_harbour(pid_t child, struct identity *identity, struct zygote_failure *failure);
/* The same ids again, for a namespace below the harbour's: from `user` and `group` on, which are 0 unless there is one id. */
int identity_map_nested(pid_t child, uid_t user, gid_t group, unsigned count);

/* ---- harbour.c */

struct harbour {
    int control;
    int net;    /* its own network namespace */
    int mounts; /* its mounts without the machine's, which is what a container's process begins with */
    int run, data; /* detached mounts, or -1: then by path */
    const char *run_path, *data_path;
    unsigned id_count;
};

int harbour_set_up(struct harbour *harbour, struct zygote_failure *failure);
/* This machine has version 2 of control groups where containers may mount it. */
extern bool harbour_has_cgroup2;
/* Brings the loopback up and lets anybody use low ports and ping in the caller's network namespace, as docker does. */
int network_prepare(void);
_Noreturn void harbour_serve(struct harbour *harbour);

/* ---- sandbox.c */

struct sandbox {
    struct sandbox *next;
    int32_t number;
    int user, net, uts, ipc, pid; /* namespaces, or -1: the harbour's */
    pid_t pause;                  /* first process of a shared pid namespace, or 0 */
};

struct sandbox *sandbox_find(int32_t number);
struct sandbox *sandbox_make(struct harbour *harbour, struct message *message, struct zygote_failure *failure);
void sandbox_drop(int32_t number);
/* A user namespace for a single container, in which the one id there is is that user: files that are its root's elsewhere
 * are that user's. A descriptor, or -1. */
int sandbox_user_namespace(uid_t user, gid_t group, struct zygote_failure *failure);
/* Just the namespaces, with an own network or the harbour's. */
struct sandbox *sandbox_make_namespaces(struct harbour *harbour, bool with_net, struct zygote_failure *failure);
void sandbox_release(struct sandbox *sandbox);

/* ---- pool.c */

/* Begins to make namespaces ahead. */
void pool_start(struct harbour *harbour);
/* A set of them with an own network, or NULL: none is ready. */
struct sandbox *pool_take(void);

/* ---- process.c */

enum { NO_MOUNTS = -2 };

struct process {
    struct process *next;
    int32_t number;
    pid_t pid;
    int pidfd;
    uint32_t shared;  /* CLONE_NEW* that are the harbour's */
    int mounts;       /* its mount namespace, if it has no pid namespace of its own, else -1 */
    int held_mounts;  /* its mount namespace, taken down when its end has been told; NO_MOUNTS: it is another's */
    int report;       /* until it has executed, else -1 */
    int master;       /* of its terminal, until handed over */
    uint32_t request; /* to be answered when it has executed */
    struct birth *birth; /* its steps, for as long as they are kept */
    struct zygote_failure failure; /* why it has not */
};

extern struct process *processes;
struct process *process_find(int32_t number);
/* Starts RUN or EXEC; the answer is sent later, by process_report. */
int process_start(struct harbour *harbour, struct message *message, struct zygote_failure *failure);
/* Reads the report of a starting process and answers when it has executed or failed. True when that is settled. */
bool process_report(struct harbour *harbour, struct process *process);
void process_reap(struct harbour *harbour);
int filter_set(struct message *message, struct zygote_failure *failure);
struct sock_fprog *filter_get(int32_t slot);

/* ---- layer.c */

/* Answers ZYGOTE_LIMIT_LAYER. */
int layer_limit(struct harbour *harbour, struct message *message, struct zygote_failure *failure);
void layer_unmount(const char *path);

/* ---- mountsource.c */

/* Answers ZYGOTE_OPEN_MOUNT with a descriptor, or -1. */
int mount_source_open(struct message *message, struct zygote_failure *failure);

/* ---- child.c: what a new process does before it executes */

struct specification {
    bool is_exec;
    bool passes_mounts; /* reports its mount namespace: nobody else may look */
    bool wants_machine; /* has something of /host, by path */
    uint32_t flags, shared;
    uint32_t seen; /* bit n: a field with tag n is in the message */
    char **arguments, **environment, **lowers;
    size_t lower_count;
    const char *upper, *directory, *user;
    uint64_t capabilities, process_limit;
    uint32_t identity[2]; /* user and group; 0 and 0 unless there is one id */
    int32_t filter;
    uint16_t columns, rows;
    int stdio[3];
    int cgroups[16];
    size_t cgroup_count;
    struct {
        uint32_t kinds;
        int pidfd;
    } joins[4]; /* namespaces that are another container's */
    size_t join_count;
    int score_gate;          /* where to ask for the oom score, or -1 */
    int score;
    int shared_memory;       /* the other container's /dev/shm, a detached mount, or -1 */
    const char *shm_size;
    const struct message *message; /* for the mounts */
};

struct specification *specification_read(struct message *message, struct zygote_failure *failure);
void specification_free(struct specification *specification);
/* execvp(3) with the PATH of that environment. Returns on failure. */
void program_execute(char *const *arguments, char *const *environment);
/* Reports why the program could not be executed, and ends this process. */
_Noreturn void give_up(int report, const struct zygote_failure *failure);
_Noreturn void child_main(const struct specification *specification, int report);

static inline bool specification_has(const struct specification *specification, uint32_t tag) {
    return specification->seen >> tag & 1;
}
/* Calls `apply` with each field of that tag until one fails. */
int specification_each(const struct specification *specification, uint32_t tag,
                       int (*apply)(const struct zygote_field *field, void *argument), void *argument);

/* ---- init.c */

/* Executes this program as the first process of a container; it then executes the container's. Returns on failure. */
void init_execute(const struct specification *specification, int report);
bool init_is_wanted(int count, char **arguments);
_Noreturn void init_main(char **arguments, char **environment);

/* ---- settings.c: what a flag of docker run sets */

int process_limits_set(const struct specification *specification, struct zygote_failure *failure);
int kernel_parameters_set(const struct specification *specification, int root, struct zygote_failure *failure);
/* In the first child, whose score the process inherits; for those whose score is asked for, nothing. */
int oom_score_raise(const struct specification *specification, struct zygote_failure *failure);
/* In the process proper. */
int oom_score_ask(const struct specification *specification, struct zygote_failure *failure);

/* ---- devices.c */

extern const char *const standard_devices[], *const standard_device_links[][2], *const standard_device_directories[];
/* A /dev of the container's own, with the standard devices and those that were asked for. */
int devices_set_up(const struct specification *specification, int root, struct zygote_failure *failure);

/* ---- copyup.c */

/* Copies what is in a directory of the image into an empty directory, with owners and modes. */
int copy_up(int from, int to, struct zygote_failure *failure);

/* ---- root.c, mounts.c, credentials.c: the child's steps */

/* Mounts a container's root for this process alone. Returns a descriptor of it. */
int root_open(const struct specification *specification, struct zygote_failure *failure);
int root_set_up(const struct specification *specification, struct zygote_failure *failure);
int mounts_set_up(const struct specification *specification, int root, struct zygote_failure *failure);
int mount_detached(const char *type, unsigned attributes, const char *const options[][2]);
int mount_set_read_only(int mount, bool recursive);
/* Opens (O_PATH) a path below root as chroot would see it, making what is missing: a directory, or an empty file. */
int target_open(int root, const char *path, bool directory, bool make);
int mount_onto(int mount, int root, const char *path, bool directory, bool make);

struct account {
    uid_t uid;
    gid_t gid;
    gid_t groups[64];
    int group_count;
    char home[256];
};
int account_find(const char *user, struct account *account);
int account_add_groups(const struct specification *specification, struct account *account, struct zygote_failure *failure);
int credentials_drop(const struct specification *specification, const struct account *account,
                     struct zygote_failure *failure);
int directory_make(const char *path, mode_t mode);

/* ---- birth.c: how containers were built */

/* The steps from now on belong to the container whose first process gets this number. */
void birth_begin(int32_t number);
/* What follows is no container's birth. */
void birth_pause(void);
/* The system call, and what with, that was just made; a literal. */
void birth_step(const char *call);
/* The last step of that container, seen from the zygote. */
void birth_end(struct birth *birth, int32_t number, const char *call);
struct birth *birth_current(void);
/* Its steps as lines of text, each after the nanoseconds since the request; their length. */
size_t birth_tell(int32_t number, char *text, size_t size);

/* ---- tree.c */

/* Removes a directory with all that is in it, staying on its file system, but gives up after `budget` entries. Returns 0
 * or -1. */
int tree_remove(const char *path, int budget);

static inline int open_tree_at(int directory, const char *path, unsigned flags) {
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

static inline int move_mount_at(int from, const char *from_path, int to, const char *to_path, unsigned flags) {
    return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x00000004
#define MOVE_MOUNT_T_EMPTY_PATH 0x00000040
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

#endif
