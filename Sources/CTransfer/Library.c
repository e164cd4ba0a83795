#include "Library.h"

#include <dlfcn.h>
#include <pthread.h>

static struct kijabi_curl library;
static int is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    /* Debian builds it over OpenSSL and, under the other name, over GnuTLS; either will do. */
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) handle = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
#define X(name)                                                        \
    library.name = (__typeof__(library.name))dlsym(handle, "curl_" #name); \
    if (!library.name) return;
    KIJABI_CURL_CALLS(X)
#undef X
    is_loaded = library.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

const struct kijabi_curl *kijabi_curl_library(void) {
    pthread_once(&once, load);
    return is_loaded ? &library : NULL;
}
