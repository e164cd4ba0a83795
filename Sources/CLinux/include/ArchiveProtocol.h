/* What kijabi asks of kijabi-archive, one request a process: a SOCK_SEQPACKET message with descriptors beside it, answered
 * by any number of progress messages and one result. Both ends are built together, so the layout is the machine's own. */
#ifndef KIJABI_ARCHIVE_PROTOCOL_H
#define KIJABI_ARCHIVE_PROTOCOL_H

#include <stdint.h>

enum tar_operation {
    /* A tar stream, plain or compressed, becomes files below the directory. */
    TAR_UNPACK = 1,
    /* Files below the directory become a tar stream. */
    TAR_PACK = 2,
    /* A stream becomes a gzip stream; no directory. */
    TAR_COMPRESS = 3,
    /* A stream is only read and hashed, unpacked on the way; no directory. */
    TAR_DIGEST = 4,
    /* What an overlay's upper directory changes: written to the stream as a letter (A, C, D), a path, and a zero each.
     * The lower directories, top first, follow the stream. */
    TAR_CHANGES = 5,
    /* What is at `path` below the directory: the reply's entries is st_mode, file_bytes its size, stream_bytes its time,
     * path the target of a symbolic link. */
    TAR_LOOK = 6,
};

enum {
    /* Enter the directory with chroot(2) and give up all rights but those over files. */
    TAR_CONFINED = 1 << 0,
    /* Translate between the whiteouts of image layers (.wh.NAME) and those of overlayfs(5). */
    TAR_WHITEOUTS = 1 << 1,
    /* PACK: the stream is gzip. */
    TAR_GZIP = 1 << 2,
    /* UNPACK: files belong to whoever runs this, as `cp` makes them, unless KEEP_OWNERS. */
    TAR_KEEP_OWNERS = 1 << 3,
    /* UNPACK: owners that cannot be given are no error: there is only one id. */
    TAR_ONE_OWNER = 1 << 4,
    /* UNPACK: a directory is not replaced by something else, nor the other way round: docker cp. */
    TAR_KEEP_KINDS = 1 << 5,
    /* PACK: a symbolic link that `path` ends in is followed. */
    TAR_FOLLOW = 1 << 6,
    /* PACK: all files are root's, and of no time. */
    TAR_ANONYMOUS = 1 << 7,
    /* PACK: what is mounted below the directory is left out, but for the place it is mounted on. */
    TAR_ONE_MOUNT = 1 << 8,

    TAR_PATH_LIMIT = 4096,
    TAR_DIGEST_SIZE = 32,
    TAR_DESCRIPTOR_LIMIT = 130,
};

/* Beside it travel: the directory (if the operation has one), then the stream to read, or to write; then, for UNPACK, if
 * has_copy is set, a file that gets the bytes of the stream as they came (unpacked if they are xz or bzip2, which layers
 * are not kept as). COMPRESS: the stream to read, that to write. */
struct tar_request {
    uint32_t operation;
    uint32_t flags;
    uint64_t byte_limit;  /* of the unpacked stream and of all files; 0 is none */
    uint64_t entry_limit; /* 0 is none */
    uint32_t has_copy;
    uint32_t reserved;
    /* UNPACK: the directory below the root to unpack into. PACK: the file or directory to pack. Relative to the
     * directory; empty is the directory itself. */
    char path[TAR_PATH_LIMIT];
    /* What the first component of names in the stream is (PACK) or becomes (UNPACK). Empty: PACK has names relative to
     * `path`, UNPACK leaves them. */
    char name[TAR_PATH_LIMIT];
};

enum tar_reply_kind { TAR_PROGRESS = 1, TAR_DONE = 2, TAR_FAILED = 3 };

struct tar_reply {
    uint32_t kind;
    int32_t error; /* errno */
    uint64_t stream_bytes; /* of the tar stream */
    uint64_t blob_bytes;   /* of the stream as it is stored or sent */
    uint64_t file_bytes;
    uint64_t entries;
    uint64_t skipped; /* device nodes that were not made, sockets that were not packed */
    uint8_t stream_digest[TAR_DIGEST_SIZE]; /* sha256 */
    uint8_t blob_digest[TAR_DIGEST_SIZE];
    char stage[120]; /* of a failure, in words */
    char path[256];
};

#endif
