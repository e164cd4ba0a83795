/* The harbour's packet filter: runs nftables transactions that kijabi sends over the socket that is its standard input,
 * one after the other, and exits at its end.
 *
 * It is a program of its own because a netlink socket of nftables speaks for the network namespace it was made in, and
 * libnftables makes its own; and because nothing else then has to load libnftables.
 *
 *     request:  length (uint32_t), then as many bytes of nft(8) text
 *     reply:    errno, 0 if it worked (uint32_t); length (uint32_t), then as many bytes of nftables' own error text
 *
 * Both ends are built together, so numbers are in the machine's byte order. */
#include <errno.h>
#include <nftables/libnftables.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LENGTH_LIMIT = 64 << 20 };

/* 1: all of it; 0: the other side is gone. */
static int transfer(ssize_t (*move)(int, void *, size_t), void *bytes, size_t length) {
    char *position = bytes;
    while (length > 0) {
        ssize_t count = move(STDIN_FILENO, position, length);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return 0;
        position += count;
        length -= (size_t)count;
    }
    return 1;
}

static ssize_t write_from(int descriptor, void *bytes, size_t length) { return write(descriptor, bytes, length); }

static int reply(uint32_t error, const char *text) {
    uint32_t head[2] = {error, (uint32_t)strlen(text)};
    return transfer(write_from, head, sizeof head) && transfer(write_from, (void *)(uintptr_t)text, head[1]);
}

int main(void) {
    /* A container that sees the harbour's processes (--pid host) finds nothing of the machine at its /proc directory. */
    prctl(PR_SET_DUMPABLE, 0);
    struct nft_ctx *context = nft_ctx_new(NFT_CTX_DEFAULT);
    if (!context || nft_ctx_buffer_error(context) != 0 || nft_ctx_buffer_output(context) != 0) return 1;
    uint32_t length;
    while (transfer(read, &length, sizeof length)) {
        if (length > LENGTH_LIMIT) return 1;
        char *text = malloc(length + 1);
        if (!text || !transfer(read, text, length)) return 1;
        text[length] = 0;
        errno = 0;
        int failed = nft_run_cmd_from_buffer(context, text);
        uint32_t error = failed ? (errno ? (uint32_t)errno : EINVAL) : 0;
        const char *explanation = nft_ctx_get_error_buffer(context);
        free(text);
        nft_ctx_get_output_buffer(context);
        if (!reply(error, failed && explanation ? explanation : "")) return 1;
    }
    nft_ctx_free(context);
    return 0;
}
