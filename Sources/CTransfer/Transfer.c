#include "CTransfer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "Library.h"

struct kijabi_transfer {
    const struct kijabi_curl *curl;
    CURLM *multi;
    CURL *easy;
    atomic_bool is_cancelled;
};

struct kijabi_transfer *kijabi_transfer_make(void) {
    const struct kijabi_curl *curl = kijabi_curl_library();
    if (!curl) return NULL;
    struct kijabi_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) return NULL;
    transfer->curl = curl;
    transfer->multi = curl->multi_init();
    transfer->easy = curl->easy_init();
    if (!transfer->multi || !transfer->easy) {
        kijabi_transfer_free(transfer);
        return NULL;
    }
    return transfer;
}

void kijabi_transfer_free(struct kijabi_transfer *transfer) {
    if (transfer->easy) transfer->curl->easy_cleanup(transfer->easy);
    if (transfer->multi) transfer->curl->multi_cleanup(transfer->multi);
    free(transfer);
}

void kijabi_transfer_cancel(struct kijabi_transfer *transfer) {
    atomic_store(&transfer->is_cancelled, 1);
    transfer->curl->multi_wakeup(transfer->multi);
}

void kijabi_transfer_renew(struct kijabi_transfer *transfer) { atomic_store(&transfer->is_cancelled, 0); }

static size_t on_read(char *buffer, size_t size, size_t count, void *context) {
    const struct kijabi_transfer_request *request = context;
    size_t length = request->read(request->context, buffer, size * count);
    return length == SIZE_MAX ? CURL_READFUNC_ABORT : length;
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
    const struct kijabi_transfer_request *request = context;
    return request->header(request->context, line, size * count) ? size * count : 0;
}

static size_t on_data(char *bytes, size_t size, size_t count, void *context) {
    const struct kijabi_transfer_request *request = context;
    size_t length = size * count;
    return request->data(request->context, bytes, length) ? length : length + 1;
}

/* Fills in the request. Returns the list of headers, to be freed after the transfer. */
static struct curl_slist *prepare(struct kijabi_transfer *transfer, const struct kijabi_transfer_request *request,
                                  char *message) {
    const struct kijabi_curl *curl = transfer->curl;
    CURL *easy = transfer->easy;
    curl->easy_reset(easy);
    curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, message);
    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(easy, CURLOPT_URL, request->url);
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (strcmp(request->method, "HEAD") == 0) curl->easy_setopt(easy, CURLOPT_NOBODY, 1L);

    struct curl_slist *headers = NULL;
    for (size_t index = 0; index < request->header_count; index++)
        headers = curl->slist_append(headers, request->headers[index]);
    /* Waiting for "100 Continue" costs a second where nobody says it. */
    headers = curl->slist_append(headers, "Expect:");
    curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);

    curl->easy_setopt(easy, CURLOPT_PROXY, request->proxy);
    curl->easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (request->authorities) {
        struct curl_blob blob = {
            .data = (void *)request->authorities, .len = request->authorities_length, .flags = CURL_BLOB_COPY};
        curl->easy_setopt(easy, CURLOPT_CAINFO_BLOB, &blob);
    }
    if (request->client_certificate) curl->easy_setopt(easy, CURLOPT_SSLCERT, request->client_certificate);
    if (request->client_key) curl->easy_setopt(easy, CURLOPT_SSLKEY, request->client_key);

    curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, request->connect_seconds);
    curl->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, request->stall_seconds);
    curl->easy_setopt(easy, CURLOPT_TIMEOUT, request->total_seconds);

    if (request->body_length >= 0) {
        curl->easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl->easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body_length);
        curl->easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256 * 1024L);
        curl->easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
        curl->easy_setopt(easy, CURLOPT_READDATA, (void *)request);
    }
    curl->easy_setopt(easy, CURLOPT_BUFFERSIZE, 256 * 1024L);
    curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(easy, CURLOPT_HEADERDATA, (void *)request);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, (void *)request);
    return headers;
}

static enum kijabi_transfer_outcome outcome(CURLcode code) {
    switch (code) {
    case CURLE_OK: return KIJABI_TRANSFER_DONE;
    case CURLE_WRITE_ERROR:
    case CURLE_ABORTED_BY_CALLBACK: return KIJABI_TRANSFER_GIVEN_UP;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return KIJABI_TRANSFER_UNRESOLVED;
    case CURLE_COULDNT_CONNECT: return KIJABI_TRANSFER_UNCONNECTED;
    case CURLE_SSL_CONNECT_ERROR: return KIJABI_TRANSFER_NOT_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return KIJABI_TRANSFER_UNTRUSTED;
    case CURLE_OPERATION_TIMEDOUT: return KIJABI_TRANSFER_TIMED_OUT;
    default: return KIJABI_TRANSFER_BROKEN;
    }
}

struct kijabi_transfer_result kijabi_transfer_perform(struct kijabi_transfer *transfer,
                                                      const struct kijabi_transfer_request *request) {
    struct kijabi_transfer_result result = {.outcome = KIJABI_TRANSFER_CANCELLED};
    const struct kijabi_curl *curl = transfer->curl;
    char message[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = prepare(transfer, request, message);
    curl->multi_add_handle(transfer->multi, transfer->easy);
    int running = 1;
    while (running && !atomic_load(&transfer->is_cancelled)) {
        if (curl->multi_perform(transfer->multi, &running) != CURLM_OK) break;
        /* Woken by the network, a time-out of the library's own, or a cancellation. */
        if (running) curl->multi_poll(transfer->multi, NULL, 0, 1000, NULL);
    }
    if (!running) {
        int left;
        CURLMsg *note;
        while ((note = curl->multi_info_read(transfer->multi, &left))) {
            if (note->msg != CURLMSG_DONE) continue;
            CURLcode code = note->data.result;
            result.outcome = outcome(code);
            if (code != CURLE_OK)
                snprintf(result.message, sizeof result.message, "%s", message[0] ? message : curl->easy_strerror(code));
        }
    }
    curl->multi_remove_handle(transfer->multi, transfer->easy);
    curl->easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, NULL);
    curl->slist_free_all(headers);
    return result;
}
