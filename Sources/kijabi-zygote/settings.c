/* Limits of processes and kernel parameters of namespaces: --ulimit, --sysctl, --oom-score-adj. */
#include "zygote.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static int set_limit(const struct zygote_field *field, void *failure) {
    const struct zygote_rlimit *wanted = (const void *)(field + 1);
    struct rlimit limit = {.rlim_cur = wanted->soft, .rlim_max = wanted->hard}, now;
    if (field->length < sizeof *wanted) return (errno = EINVAL, fail(failure, "set limit", NULL));
    if (setrlimit((__rlimit_resource_t)wanted->resource, &limit) == 0) return 0;
    int error = errno;
    static char text[64];
    if (getrlimit((__rlimit_resource_t)wanted->resource, &now) == 0)
        snprintf(text, sizeof text, "%d (at most %llu here)", wanted->resource, (unsigned long long)now.rlim_max);
    errno = error;
    return fail(failure, "set resource limit", text);
}

int process_limits_set(const struct specification *specification, struct zygote_failure *failure) {
    if (!specification_has(specification, ZYGOTE_RLIMIT)) return 0;
    return specification_each(specification, ZYGOTE_RLIMIT, set_limit, failure);
}

struct parameters {
    int root;
    struct zygote_failure *failure;
};

static int set_parameter(const struct zygote_field *field, void *argument) {
    const struct parameters *parameters = argument;
    const char *name = (const char *)(field + 1);
    size_t length = strnlen(name, field->length);
    if (length + 1 >= field->length) return (errno = EINVAL, fail(parameters->failure, "set kernel parameter", NULL));
    const char *value = name + length + 1;
    char path[300];
    snprintf(path, sizeof path, "/proc/sys/%s", name);
    int target = target_open(parameters->root, path, false, false);
    if (target < 0) return fail(parameters->failure, "set kernel parameter", name);
    snprintf(path, sizeof path, "/proc/self/fd/%d", target);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t written = file < 0 ? -1 : write(file, value, strlen(value));
    int error = errno;
    if (file >= 0) close(file);
    close(target);
    errno = error;
    return written < 0 ? fail(parameters->failure, "set kernel parameter", name) : 0;
}

int kernel_parameters_set(const struct specification *specification, int root, struct zygote_failure *failure) {
    if (!specification_has(specification, ZYGOTE_SYSCTL)) return 0;
    struct parameters parameters = {.root = root, .failure = failure};
    return specification_each(specification, ZYGOTE_SYSCTL, set_parameter, &parameters);
}

int oom_score_raise(const struct specification *specification, struct zygote_failure *failure) {
    if (!specification_has(specification, ZYGOTE_OOM_SCORE) || specification->score_gate >= 0) return 0;
    char text[16];
    int length = snprintf(text, sizeof text, "%d", specification->score);
    /* An undumpable process's files are not its own. Nothing of a container is here yet that could look. */
    prctl(PR_SET_DUMPABLE, 1);
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    ssize_t written = file < 0 ? -1 : write(file, text, (size_t)length);
    int error = errno;
    prctl(PR_SET_DUMPABLE, 0);
    if (file >= 0) close(file);
    errno = error;
    return written < 0 ? fail(failure, "set oom score adjustment", text) : 0;
}

int oom_score_ask(const struct specification *specification, struct zygote_failure *failure) {
    if (specification->score_gate < 0) return 0;
    int error = ECANCELED;
    char mark = 'o';
    if (send(specification->score_gate, &mark, 1, MSG_NOSIGNAL) < 0) error = errno;
    else if (recv(specification->score_gate, &error, sizeof error, 0) != sizeof error) error = ECANCELED;
    errno = error;
    return error != 0 ? fail(failure, "set oom score adjustment", NULL) : 0;
}
