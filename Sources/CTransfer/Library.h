/* The calls of libcurl that transfers need, found in the library once it is loaded. */
#ifndef KIJABI_CTRANSFER_LIBRARY_H
#define KIJABI_CTRANSFER_LIBRARY_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

/* The header makes macros of these for their type checks. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define KIJABI_CURL_CALLS(X)                                                                                              \
    X(global_init) X(easy_init) X(easy_cleanup) X(easy_reset) X(easy_setopt) X(easy_strerror) X(slist_append)            \
    X(slist_free_all) X(multi_init) X(multi_cleanup) X(multi_add_handle) X(multi_remove_handle) X(multi_perform)         \
    X(multi_poll) X(multi_wakeup) X(multi_info_read)

struct kijabi_curl {
#define X(name) __typeof__(curl_##name) *name;
    KIJABI_CURL_CALLS(X)
#undef X
};

/* Loads it at the first call; NULL where it is missing. From any thread. */
const struct kijabi_curl *kijabi_curl_library(void);

#endif
