/* kijabi-archive: turns tar streams into files and files into tar streams, one request a process.
 *
 *     stream ─▶ input.c: read, hash, decompress, hash ─▶ unpack.c: entries ─▶ place.c: files
 *     files ─▶ pack.c: entries ─▶ output.c: hash, compress, hash, write ─▶ stream
 *
 * It is a program of its own so that libarchive never burdens the start of kijabi, and so that archives of strangers are
 * read by a process that sees one directory and may do nothing but make files there (main.c, filter.c). */
#ifndef KIJABI_ARCHIVE_H
#define KIJABI_ARCHIVE_H

#define _GNU_SOURCE 1
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../CLinux/include/ArchiveProtocol.h"

/* The one job of this process. */
struct job {
    struct tar_request request;
    int root;   /* the directory; every path is resolved below it */
    int stream; /* to read, or to write */
    int copy;   /* or -1 */
    int lowers[TAR_DESCRIPTOR_LIMIT];
    size_t lower_count;
    uint64_t file_bytes, entries, skipped;
};

extern struct job job;

static inline bool has(uint32_t flag) { return (job.request.flags & flag) != 0; }

/* ---- main.c */

/* Tells why and ends the process. From any thread; the first one counts. */
_Noreturn void fail(int error, const char *stage, const char *path);
/* Tells how far it has come. Ends the process if nobody listens any more. */
void tell_progress(uint64_t stream_bytes, uint64_t blob_bytes);
/* Waits until the descriptor can be read or written; ends the process if kijabi goes meanwhile. */
void await(int descriptor, short events);

/* ---- filter.c */

/* No more system calls than the jobs need (seccomp(2)), for the rest of this process's life. */
void filter_install(void);

/* ---- input.c */

struct input;
/* Starts to read job.stream on a thread of its own. */
struct input *input_open(void);
/* The next bytes of the unpacked stream, valid until the next call; 0 at its end. */
ssize_t input_next(struct input *input, const void **bytes);
/* Reads what is left and gives the digests and sizes. */
void input_finish(struct input *input, struct tar_reply *reply);

/* ---- output.c */

struct output;
struct output *output_open(int descriptor, bool gzip);
void output_write(struct output *output, const void *bytes, size_t length);
void output_finish(struct output *output, struct tar_reply *reply);

/* ---- place.c: paths below the root */

/* A cleaned path: no "." or "..", no slash at an end; "" is the root. False if it leads out of the root, or is too long. */
bool place_clean(const char *name, char clean[TAR_PATH_LIMIT]);
/* The directory that `path` is in, as a descriptor that stays open until the next call; *name is the last component.
 * Missing directories are made. */
int place_parent(const char *path, const char **name);
/* The directory itself, made if missing. The caller closes it. */
int place_directory(const char *path, bool make);
int open_in_root(int root, const char *path, int flags);
void remove_tree(int parent, const char *name);

/* ---- whiteout.c */

bool is_whiteout(const struct stat *status);
/* Makes `name` hide what lower layers have there. */
void whiteout_make(int parent, const char *name, const char *path);
/* Hides what lower layers have in a directory. */
void opaque_make(int parent, const char *name, const char *path);
bool is_opaque(int directory);
/* Attributes that are the file system's business, never an archive's. */
bool is_private_attribute(const char *name);

void unpack(struct tar_reply *reply);
void pack(struct tar_reply *reply);
void list_changes(struct tar_reply *reply);
void look(struct tar_reply *reply);

#endif
