/* The stream on its way out: hashed, compressed if wanted, hashed again, written. */
#include "job.h"

#include <poll.h>

enum { BLOCK_SIZE = 256 * 1024, PROGRESS_STEP = 4 << 20 };

struct output {
    int descriptor;
    bool waits;
    struct archive *compressor; /* or NULL */
    struct sha256_ctx stream_hash, blob_hash;
    uint64_t stream_bytes, blob_bytes, told;
};

static void write_blob(struct output *output, const uint8_t *bytes, size_t length) {
    sha256_update(&output->blob_hash, length, bytes);
    output->blob_bytes += length;
    while (length > 0) {
        if (output->waits) await(output->descriptor, POLLOUT);
        ssize_t count = write(output->descriptor, bytes, length);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) fail(errno, "write", NULL);
        bytes += count;
        length -= (size_t)count;
    }
    if (output->stream_bytes - output->told >= PROGRESS_STEP) {
        output->told = output->stream_bytes;
        tell_progress(output->stream_bytes, output->blob_bytes);
    }
}

static la_ssize_t write_compressed(struct archive *archive, void *context, const void *bytes, size_t length) {
    (void)archive;
    write_blob(context, bytes, length);
    return (la_ssize_t)length;
}

struct output *output_open(int descriptor, bool gzip) {
    struct output *output = calloc(1, sizeof *output);
    if (!output || descriptor < 0) fail(EBADF, "open the stream", NULL);
    struct stat status;
    output->descriptor = descriptor;
    output->waits = fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode);
    sha256_init(&output->stream_hash);
    sha256_init(&output->blob_hash);
    if (!gzip) return output;
    struct archive *archive = output->compressor = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    if (!archive || !entry) fail(ENOMEM, "compress", NULL);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_pathname(entry, "stream");
    /* The same bytes from the same bytes: no time in the header. */
    if (archive_write_set_format_raw(archive) != ARCHIVE_OK || archive_write_add_filter_gzip(archive) != ARCHIVE_OK ||
        archive_write_set_filter_option(archive, "gzip", "timestamp", NULL) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(archive, BLOCK_SIZE) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK ||
        archive_write_open(archive, output, NULL, write_compressed, NULL) != ARCHIVE_OK ||
        archive_write_header(archive, entry) != ARCHIVE_OK)
        fail(EIO, "compress", archive_error_string(archive));
    archive_entry_free(entry);
    return output;
}

void output_write(struct output *output, const void *bytes, size_t length) {
    sha256_update(&output->stream_hash, length, bytes);
    output->stream_bytes += length;
    if (!output->compressor) {
        write_blob(output, bytes, length);
    } else if (archive_write_data(output->compressor, bytes, length) < 0) {
        fail(EIO, "compress", archive_error_string(output->compressor));
    }
}

void output_finish(struct output *output, struct tar_reply *reply) {
    if (output->compressor && archive_write_close(output->compressor) != ARCHIVE_OK)
        fail(EIO, "compress", archive_error_string(output->compressor));
    reply->stream_bytes = output->stream_bytes;
    reply->blob_bytes = output->blob_bytes;
    sha256_digest(&output->stream_hash, TAR_DIGEST_SIZE, reply->stream_digest);
    sha256_digest(&output->blob_hash, TAR_DIGEST_SIZE, reply->blob_digest);
}
