/* HTTP transfers by libcurl, each to its end on the calling thread. It is C because curl_easy_setopt is variadic, and because
 * the library is loaded at the first transfer: linked into the program it would cost every start several milliseconds. */
#ifndef KIJABI_CTRANSFER_H
#define KIJABI_CTRANSFER_H

#include <stddef.h>
#include <stdint.h>

/* A connection cache that serves one transfer at a time. */
struct kijabi_transfer;

struct kijabi_transfer_request {
    const char *method;
    const char *url;           /* http or https; redirects are not followed */
    const char *const *headers; /* lines without their end */
    size_t header_count;
    const char *proxy;       /* a URL, or "" for none */
    const char *authorities; /* PEM certificates to trust beside the system's, or NULL */
    size_t authorities_length;
    const char *client_certificate; /* paths of PEM files, or NULL */
    const char *client_key;
    int64_t body_length;  /* -1: the request has no body */
    long connect_seconds; /* to resolve, connect and shake hands */
    long stall_seconds;   /* without a single byte in either direction */
    long total_seconds;   /* 0: as long as bytes come */
    void *context;        /* of the calls below, which happen on the calling thread */
    size_t (*read)(void *context, char *buffer, size_t size);                /* SIZE_MAX: give up */
    int (*header)(void *context, const char *line, size_t length);           /* 0: give up */
    int (*data)(void *context, const char *bytes, size_t length);            /* 0: give up */
};

/* How a transfer went, as far as callers tell the cases apart. */
enum kijabi_transfer_outcome {
    KIJABI_TRANSFER_DONE,
    KIJABI_TRANSFER_CANCELLED,
    KIJABI_TRANSFER_GIVEN_UP,    /* by one of the calls */
    KIJABI_TRANSFER_NO_LIBRARY,
    KIJABI_TRANSFER_UNRESOLVED,  /* the name has no address */
    KIJABI_TRANSFER_UNCONNECTED, /* nobody answers there */
    KIJABI_TRANSFER_NOT_TLS,     /* what answers does not speak TLS */
    KIJABI_TRANSFER_UNTRUSTED,   /* its certificate is not one to trust */
    KIJABI_TRANSFER_TIMED_OUT,
    KIJABI_TRANSFER_BROKEN       /* the connection ended too early, or what came is no HTTP */
};

struct kijabi_transfer_result {
    enum kijabi_transfer_outcome outcome;
    char message[256]; /* libcurl's words for what went wrong */
};

/* NULL where libcurl cannot be loaded, or there is no memory. */
struct kijabi_transfer *kijabi_transfer_make(void);
void kijabi_transfer_free(struct kijabi_transfer *transfer);

struct kijabi_transfer_result kijabi_transfer_perform(
    struct kijabi_transfer *transfer, const struct kijabi_transfer_request *request);

/* Ends the transfer that runs, or will, with KIJABI_TRANSFER_CANCELLED. From any thread. */
void kijabi_transfer_cancel(struct kijabi_transfer *transfer);
/* Takes an earlier cancellation back. */
void kijabi_transfer_renew(struct kijabi_transfer *transfer);

#endif
