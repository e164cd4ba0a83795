/* What kijabi and its zygote say to each other: SOCK_SEQPACKET messages of a header and fields, descriptors beside them
 * (SCM_RIGHTS, unix(7)). Both ends are built together, so the layout is the machine's own. */
#ifndef KIJABI_ZYGOTE_PROTOCOL_H
#define KIJABI_ZYGOTE_PROTOCOL_H

#include <stdint.h>

enum {
    /* Where the zygote finds its two sockets after exec. */
    ZYGOTE_CONTROL_DESCRIPTOR = 3,
    ZYGOTE_LIFELINE_DESCRIPTOR = 4,
    /* Bytes of one message; a longer body travels in a memory file, the last descriptor (ZYGOTE_BODY_IN_FILE). */
    ZYGOTE_MESSAGE_LIMIT = 65536,
    ZYGOTE_DESCRIPTOR_LIMIT = 160,
    ZYGOTE_FILTER_LIMIT = 256,
    ZYGOTE_FIELD_LIMIT = 8192,
    /* Bytes of an answer that is a text. */
    ZYGOTE_TEXT_LIMIT = 4000,
};

enum zygote_operation {
    ZYGOTE_REPLY = 0,        /* arguments[0] is an errno; the payload of a failure is its stage and its path */
    ZYGOTE_EXITED = 1,       /* event: arguments are process number, CLD_* code, status */
    ZYGOTE_PING = 2,
    ZYGOTE_SOCKET = 3,       /* domain, type, protocol; descriptor 0: a network namespace, or none for the harbour's */
    ZYGOTE_MAKE_SANDBOX = 4, /* sandbox number, ZYGOTE_SANDBOX_* flags; a HOSTNAME field; answers the netns */
    ZYGOTE_DROP_SANDBOX = 5, /* sandbox number */
    ZYGOTE_RUN = 6,          /* process number, sandbox number; answers pid, pidfd and the pty's master, if any */
    ZYGOTE_EXEC = 7,         /* process number, number of the container's first process; answers as RUN does */
    ZYGOTE_SET_FILTER = 8,   /* slot; descriptor 0 holds an array of struct sock_filter */
    ZYGOTE_REMOVE_TREE = 9,  /* 1 if it is a file system of its own (LIMIT_LAYER); a SOURCE field, a path of the harbour */
    ZYGOTE_START_AGENT = 10, /* descriptor 0: a program to run in the harbour, on descriptor 1 as its standard input */
    ZYGOTE_MAKE_TREE = 11,   /* a SOURCE field: a directory to make, with its parents */
    ZYGOTE_OPEN_NAMESPACE = 12, /* answers the harbour's network namespace */
    ZYGOTE_OPEN_TREE = 13,   /* a SOURCE field, a directory of the harbour; answers a descriptor of it */
    ZYGOTE_TELL_BIRTH = 14,  /* process number; answers lines of text: nanoseconds since the request, a system call */
    ZYGOTE_OPEN_ROOT = 15,   /* LOWER and UPPER fields of a container that does not run; answers a mount of its root */
    ZYGOTE_OPEN_MOUNT = 16,  /* number of a container's first process, 1: make a directory if nothing is there; a SOURCE field,
                                a path of that container; answers a mount of it */
    ZYGOTE_LIMIT_LAYER = 17, /* a SOURCE field, a directory to make below /layers; an OPTION field, `size=BYTES` */

    /* On the lifeline, whose other end is the janitor outside the harbour. */
    ZYGOTE_CONFIGURE = 20,     /* two SOURCE fields: the run and the data directory; answers harbour pid (outside), root's
                                  uid and gid outside, the number of ids */
    ZYGOTE_REMOVE_AT_END = 21, /* a SOURCE field: a tree of files, or of cgroups, to remove when kijabi is gone */
};

enum {
    ZYGOTE_BODY_IN_FILE = 1 << 0, /* header flags */

    ZYGOTE_SANDBOX_SHARES_PIDS = 1 << 0,   /* one pid namespace for all of its containers */
    ZYGOTE_SANDBOX_HARBOUR_NET = 1 << 1,   /* the harbour's network */
    ZYGOTE_SANDBOX_NET_GIVEN = 1 << 2,     /* descriptor 0 is its network namespace */

    ZYGOTE_PROCESS_TERMINAL = 1 << 0,
    ZYGOTE_PROCESS_READ_ONLY_ROOT = 1 << 1,
    ZYGOTE_PROCESS_INIT = 1 << 2,      /* process 1 reaps and passes signals on, the program is its child */
    ZYGOTE_PROCESS_ALL_PATHS = 1 << 3, /* nothing of /proc and /sys is hidden or read-only */
    ZYGOTE_PROCESS_OWN_DEVICES = 1 << 4, /* a /dev of its own, for further devices */

    ZYGOTE_MOUNT_READ_ONLY = 1 << 0,
    ZYGOTE_MOUNT_EXECUTABLE = 1 << 1, /* of a tmpfs */
    ZYGOTE_MOUNT_COPY_UP = 1 << 2,    /* an empty directory gets what the image has at the target */
};

struct zygote_header {
    uint32_t operation;
    uint32_t request; /* chosen by the asker, repeated in the reply; 0 wants none */
    uint32_t flags;
    uint32_t length; /* of the body, in bytes */
    int32_t arguments[4];
};

/* A body is a sequence of fields. Strings carry their terminating zero. */
struct zygote_field {
    uint32_t tag;
    uint32_t length;
};

enum zygote_tag {
    ZYGOTE_ARGUMENT = 1,     /* string, one for each */
    ZYGOTE_ENVIRONMENT = 2,  /* string, one for each */
    ZYGOTE_LOWER = 3,        /* string: a layer's directory, top first */
    ZYGOTE_UPPER = 4,        /* string: the directory that holds upper/ and work/ */
    ZYGOTE_HOSTNAME = 5,     /* string */
    ZYGOTE_DIRECTORY = 6,    /* string: working directory */
    ZYGOTE_USER = 7,         /* string: user[:group], names or numbers */
    ZYGOTE_CAPABILITIES = 8, /* uint64_t, bit n is capability n */
    ZYGOTE_FILTER = 9,       /* int32_t: slot of the seccomp filter */
    ZYGOTE_FLAGS = 10,       /* uint32_t: ZYGOTE_PROCESS_* */
    ZYGOTE_SIZE = 11,        /* uint16_t columns, rows */
    ZYGOTE_SHARED = 12,      /* uint32_t: CLONE_NEW* of namespaces that are the harbour's */
    ZYGOTE_MOUNT = 13,       /* struct zygote_mount; its SOURCE, TARGET and FILE fields follow */
    ZYGOTE_SOURCE = 14,      /* string */
    ZYGOTE_TARGET = 15,      /* string */
    ZYGOTE_FILE = 16,        /* string (relative path), then the content */
    ZYGOTE_CGROUP = 17,      /* int32_t: index of a descriptor of a cgroup.procs file */
    ZYGOTE_STDIO = 18,       /* int32_t: index of a descriptor, one for each of 0, 1, 2; -1 is /dev/null */
    ZYGOTE_PROCESS_LIMIT = 19, /* uint64_t: RLIMIT_NPROC */
    ZYGOTE_GROUP = 20,         /* string: a further group, name or number */
    ZYGOTE_RLIMIT = 21,        /* struct zygote_rlimit */
    ZYGOTE_SYSCTL = 22,        /* string (path below /proc/sys), then the value as a string */
    ZYGOTE_SHM_SIZE = 23,      /* string: bytes of /dev/shm */
    ZYGOTE_JOIN = 24,          /* struct zygote_join: namespaces of another container */
    ZYGOTE_DEVICE = 25,        /* string (path of the machine's), then the target as a string */
    ZYGOTE_OPTION = 26,        /* string: `name=value` for the tmpfs before it */
    ZYGOTE_DOMAINNAME = 27,    /* string */
    ZYGOTE_IDENTITY = 28,      /* uint32_t user, group: whom the harbour's root is in the container, where it is the one id
                                  there is */
    ZYGOTE_OOM_SCORE = 29,     /* struct zygote_oom_score */
};

enum zygote_mount_kind {
    ZYGOTE_MOUNT_BIND = 1,  /* of a path of the harbour (SOURCE), or of a detached mount (descriptor) */
    ZYGOTE_MOUNT_TMPFS = 2,
    ZYGOTE_MOUNT_FILES = 3,
    ZYGOTE_MOUNT_COPY_ON_WRITE = 4,
};

struct zygote_mount {
    uint32_t kind;
    uint32_t flags;
    int32_t descriptor; /* index, or -1 */
    int32_t reserved;
    uint64_t size; /* of a tmpfs, in bytes; 0 leaves the kernel's default */
};

struct zygote_rlimit {
    int32_t resource; /* RLIMIT_* */
    int32_t reserved;
    uint64_t soft, hard;
};

/* proc_pid_oom_score_adj(5). Only who is privileged on the machine may lower it, so there the child asks at a socket of
 * kijabi's, which knows it by SCM_CREDENTIALS and answers with an errno; else (descriptor -1) it is raised from here. */
struct zygote_oom_score {
    int32_t score;
    int32_t descriptor;
};

struct zygote_join {
    uint32_t kinds;  /* CLONE_NEW* */
    int32_t process; /* number of the other container's first process */
};

/* The steps that can fail, named as people read them. */
struct zygote_failure {
    int32_t error;
    char stage[60];
    char path[192];
};

#endif
