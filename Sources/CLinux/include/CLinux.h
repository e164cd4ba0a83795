/* The little C that must be C: calls that are variadic, macros, or must not run Swift code. */
#ifndef KIJABI_CLINUX_H
#define KIJABI_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h> /* not in Swift's Glibc */
#include <sys/types.h>

#include "ArchiveProtocol.h"
#include "GuestProtocol.h"
#include "NetworkCalls.h"
#include "ProgramSpawn.h"
#include "ZygoteProtocol.h"

/* A zygote that has been started: its pid and this side's ends of its sockets; on failure pid is -errno. */
struct kijabi_zygote {
    pid_t pid;
    int control;
    int lifeline;
};

/* Starts the zygote program. It is C so that it can be the first statement of a program, before any thread exists; the
 * child shares the memory of its parent until it executes (vfork), so nothing but system calls may happen there. */
struct kijabi_zygote kijabi_zygote_spawn(const char *program);

/* sendmsg(2) and recvmsg(2) with SCM_RIGHTS: the CMSG_* macros are not visible from Swift. Received descriptors are
 * close-on-exec; *count is the room on the way in and the number received on the way out. */
ssize_t kijabi_send(int socket, const void *bytes, size_t length, const int *descriptors, size_t count, int flags);
ssize_t kijabi_receive(int socket, void *bytes, size_t length, int *descriptors, size_t *count, int flags);
/* Receives one byte. Returns the process that sent it, as this process counts (the socket has SO_PASSCRED); 0 at the end
 * of the connection. */
pid_t kijabi_receive_sender(int socket);

/* Variadic calls and calls without a wrapper in the C library. All return -1 and set errno. */
int kijabi_open(const char *path, int flags, mode_t mode);
int kijabi_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int kijabi_open_tree(int directory, const char *path, unsigned flags);
/* Makes the ids of a detached mount's files those of a user namespace: 0 on disk becomes its 0 (MOUNT_ATTR_IDMAP). */
int kijabi_map_mount(int mount, int user_namespace);
int kijabi_pidfd_open(pid_t pid, unsigned flags);
int kijabi_pidfd_send_signal(int pidfd, int signal);
/* As whom the calling thread, and no other, opens files: setfsuid(2), setfsgid(2). */
void kijabi_open_files_as(uid_t user, gid_t group);
/* The kind of the file system a file is on, statfs(2), as linux/magic.h counts; -1 if it cannot be told. */
long kijabi_file_system(int descriptor);
/* Whether a directory of an overlay's layer hides what lower layers have there: getxattr(2) is not in Swift's Glibc. */
int kijabi_is_opaque(const char *directory);
/* Waits until all that was written to the file system of an open file is on its disk. */
int kijabi_syncfs(int descriptor);
int kijabi_memfd_create(const char *name, unsigned flags);
/* Whether files there can have user attributes (xattr(7)); 1 too where that cannot be found out. */
int kijabi_takes_user_attributes(const char *directory);
/* 1 if the file itself, not what a link leads to, has the attribute: xattr(7). */
int kijabi_has_attribute(const char *path, const char *name);
int kijabi_pipe(int ends[2]); /* close-on-exec */
int kijabi_set_nonblocking(int descriptor, int enabled);
int kijabi_set_window_size(int terminal, uint16_t columns, uint16_t rows);
int kijabi_get_window_size(int terminal, uint16_t *columns, uint16_t *rows);

/* Names the calling thread, as `ps -L` shows it. */
void kijabi_name_thread(const char *name);

/* docker's default seccomp profile (moby profiles/seccomp) for a process with these capabilities, as a program of
 * struct sock_filter written to the descriptor. Returns 0 or -errno. C because libseccomp's calls are variadic. */
int kijabi_write_seccomp_filter(int descriptor, uint64_t capabilities);

/* The same for any profile: begin with what happens to calls without a rule, add rules, finish (or abandon). Actions are
 * SECCOMP_RET_*, operations those of enum scmp_compare. Results are 0 or -errno; a call that this architecture does not
 * have, and a rule that repeats the default, are no mistakes. */
struct kijabi_seccomp_argument {
    uint32_t index;
    uint32_t operation;
    uint64_t value;
    uint64_t second;
};
void *kijabi_seccomp_begin(uint32_t action);
int kijabi_seccomp_add(void *context, uint32_t action, const char *name, const struct kijabi_seccomp_argument *arguments,
                       uint32_t count);
int kijabi_seccomp_finish(void *context, int descriptor);
void kijabi_seccomp_abandon(void *context);

/* As seccomp_data.arch of this machine's own programs has it. */
uint32_t kijabi_native_architecture(void);
/* 1 and the name of the system call with this number, or 0 where there is none. */
int kijabi_system_call_name(int number, char *name, size_t size);

#endif
