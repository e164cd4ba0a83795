/* Starting a program that ends with this one. */
#ifndef KIJABI_PROGRAM_SPAWN_H
#define KIJABI_PROGRAM_SPAWN_H

#include <sys/types.h>

struct kijabi_program {
    const char *path;
    char *const *arguments, *const *environment;
    /* What it gets as 0, 1, 2, …, and it gets nothing else. Each must be above all of these numbers. */
    const int *descriptors;
    int descriptor_count;
    int has_identity; /* it runs as uid and gid, without further groups */
    uid_t uid;
    gid_t gid;
};

/* Starts it in a session of its own. The kernel kills it when the calling thread ends (PR_SET_PDEATHSIG): the caller waits
 * for it on that very thread. Returns its pid or -errno. C, because the child shares the memory of its parent until it
 * executes. */
pid_t kijabi_spawn_program(const struct kijabi_program *program);

#endif
