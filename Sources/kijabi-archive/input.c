/* The stream as it comes: read, copied and hashed, decompressed, and hashed again.
 *
 * Three threads share a ring of buffers: one reads and decompresses, one hashes, and the caller makes files. The last two
 * never wait for each other, only the first for both. */
#include "job.h"

#include <poll.h>
#include <pthread.h>

enum { BUFFER_COUNT = 16, BUFFER_SIZE = 256 * 1024, PROGRESS_STEP = 4 << 20 };

struct input {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t reader, hasher;
    uint64_t filled, hashed, taken; /* buffers since the start */
    bool ended;
    size_t lengths[BUFFER_COUNT];
    uint8_t *buffers[BUFFER_COUNT];
    uint8_t raw[BUFFER_SIZE];
    struct sha256_ctx stream_hash, blob_hash;
    uint64_t stream_bytes, blob_bytes, told;
    bool copies_stream; /* what is kept is the stream unpacked */
    bool is_plain; /* nothing is compressed: the blob is the stream */
    bool waits; /* job.stream may have nothing to read for a while */
};

static void write_all(int descriptor, const uint8_t *bytes, size_t length) {
    while (length > 0) {
        ssize_t count = write(descriptor, bytes, length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail(errno, "write", NULL);
        bytes += count;
        length -= (size_t)count;
    }
}

/* xz and bzip2, which no media type of a layer stands for. */
static bool is_unnamed(const uint8_t *start, ssize_t length) {
    return (length >= 6 && memcmp(start, "\xFD" "7zXZ", 6) == 0) || (length >= 3 && memcmp(start, "BZh", 3) == 0);
}

/* libarchive's reader: the bytes as they came. */
static la_ssize_t read_raw(struct archive *archive, void *context, const void **bytes) {
    (void)archive;
    struct input *input = context;
    ssize_t count;
    do {
        if (input->waits) await(job.stream, POLLIN);
        count = read(job.stream, input->raw, sizeof input->raw);
    } while (count < 0 && (errno == EINTR || errno == EAGAIN));
    if (count < 0) fail(errno, "read", NULL);
    if (input->blob_bytes == 0) input->copies_stream = is_unnamed(input->raw, count);
    if (job.copy >= 0 && !input->copies_stream) write_all(job.copy, input->raw, (size_t)count);
    if (!input->is_plain) sha256_update(&input->blob_hash, (size_t)count, input->raw);
    input->blob_bytes += (uint64_t)count;
    if (input->blob_bytes - input->told >= PROGRESS_STEP) {
        input->told = input->blob_bytes;
        tell_progress(input->stream_bytes, input->blob_bytes);
    }
    *bytes = input->raw;
    return count;
}

static uint8_t *await_room(struct input *input) {
    pthread_mutex_lock(&input->lock);
    while (input->filled - input->hashed == BUFFER_COUNT || input->filled - input->taken == BUFFER_COUNT)
        pthread_cond_wait(&input->changed, &input->lock);
    pthread_mutex_unlock(&input->lock);
    return input->buffers[input->filled % BUFFER_COUNT];
}

static void publish(struct input *input, size_t length) {
    pthread_mutex_lock(&input->lock);
    input->lengths[input->filled % BUFFER_COUNT] = length;
    input->filled++;
    pthread_cond_broadcast(&input->changed);
    pthread_mutex_unlock(&input->lock);
}

static void *read_stream(void *context) {
    struct input *input = context;
    struct archive *archive = archive_read_new();
    if (!archive) fail(ENOMEM, "read archive", NULL);
    /* What layers are compressed with (OCI image-spec, layer.md), and xz and bzip2, which docker load takes too. */
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_zstd(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_format_raw(archive);
    archive_read_support_format_empty(archive);
    struct archive_entry *entry;
    if (archive_read_open(archive, input, NULL, read_raw, NULL) != ARCHIVE_OK)
        fail(EBADMSG, "read archive", archive_error_string(archive));
    int result = archive_read_next_header(archive, &entry);
    if (result < ARCHIVE_WARN) fail(EBADMSG, "read archive", archive_error_string(archive));
    input->is_plain = archive_filter_code(archive, 0) == ARCHIVE_FILTER_NONE && archive_format(archive) == ARCHIVE_FORMAT_RAW;
    while (result != ARCHIVE_EOF) {
        uint8_t *buffer = await_room(input);
        size_t length = 0;
        while (length < BUFFER_SIZE) {
            la_ssize_t count = archive_read_data(archive, buffer + length, BUFFER_SIZE - length);
            if (count < 0) fail(EBADMSG, "decompress", archive_error_string(archive));
            if (count == 0) break;
            length += (size_t)count;
        }
        if (length == 0) break;
        input->stream_bytes += length;
        if (job.request.byte_limit && input->stream_bytes > job.request.byte_limit)
            fail(EFBIG, "archive is larger than allowed", NULL);
        publish(input, length);
    }
    /* A member of another kind may follow a gzip stream; its bytes belong to the blob all the same. */
    const void *rest;
    while (read_raw(archive, input, &rest) > 0) continue;
    archive_read_free(archive);
    pthread_mutex_lock(&input->lock);
    input->ended = true;
    pthread_cond_broadcast(&input->changed);
    pthread_mutex_unlock(&input->lock);
    return NULL;
}

/* Waits for the buffer after `position`. False at the end of the stream. */
static bool await_buffer(struct input *input, uint64_t position) {
    pthread_mutex_lock(&input->lock);
    while (input->filled == position && !input->ended) pthread_cond_wait(&input->changed, &input->lock);
    bool found = input->filled > position;
    pthread_mutex_unlock(&input->lock);
    return found;
}

static void advance(struct input *input, uint64_t *position) {
    pthread_mutex_lock(&input->lock);
    ++*position;
    pthread_cond_broadcast(&input->changed);
    pthread_mutex_unlock(&input->lock);
}

static void *hash_stream(void *context) {
    struct input *input = context;
    while (await_buffer(input, input->hashed)) {
        size_t slot = input->hashed % BUFFER_COUNT;
        sha256_update(&input->stream_hash, input->lengths[slot], input->buffers[slot]);
        if (job.copy >= 0 && input->copies_stream) write_all(job.copy, input->buffers[slot], input->lengths[slot]);
        advance(input, &input->hashed);
    }
    return NULL;
}

struct input *input_open(void) {
    struct input *input = calloc(1, sizeof *input);
    if (!input) fail(ENOMEM, "read archive", NULL);
    for (size_t i = 0; i < BUFFER_COUNT; i++)
        if (!(input->buffers[i] = malloc(BUFFER_SIZE))) fail(ENOMEM, "read archive", NULL);
    struct stat status;
    input->waits = fstat(job.stream, &status) < 0 || !S_ISREG(status.st_mode);
    sha256_init(&input->stream_hash);
    sha256_init(&input->blob_hash);
    pthread_mutex_init(&input->lock, NULL);
    pthread_cond_init(&input->changed, NULL);
    if (pthread_create(&input->reader, NULL, read_stream, input) != 0 ||
        pthread_create(&input->hasher, NULL, hash_stream, input) != 0)
        fail(EAGAIN, "start a thread", NULL);
    return input;
}

ssize_t input_next(struct input *input, const void **bytes) {
    /* The buffer before has been used. */
    static bool holds;
    if (holds) advance(input, &input->taken);
    holds = await_buffer(input, input->taken);
    if (!holds) return 0;
    size_t slot = input->taken % BUFFER_COUNT;
    *bytes = input->buffers[slot];
    return (ssize_t)input->lengths[slot];
}

void input_finish(struct input *input, struct tar_reply *reply) {
    const void *rest;
    while (input_next(input, &rest) > 0) continue;
    pthread_join(input->reader, NULL);
    pthread_join(input->hasher, NULL);
    reply->stream_bytes = input->stream_bytes;
    reply->blob_bytes = input->blob_bytes;
    sha256_digest(&input->stream_hash, TAR_DIGEST_SIZE, reply->stream_digest);
    sha256_digest(&input->blob_hash, TAR_DIGEST_SIZE, reply->blob_digest);
    if (input->is_plain || (job.copy >= 0 && input->copies_stream)) {
        reply->blob_bytes = reply->stream_bytes;
        memcpy(reply->blob_digest, reply->stream_digest, TAR_DIGEST_SIZE);
    }
}
