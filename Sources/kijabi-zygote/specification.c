/* Reads what a process is made of from a message; the strings stay in the message. */
#include "zygote.h"

struct specification *specification_read(struct message *message, struct zygote_failure *failure) {
    size_t counts[32] = {0}, position = 0;
    for (const struct zygote_field *field; (field = message_next(message, &position));)
        if (field->tag < 32) counts[field->tag]++;
    if (counts[ZYGOTE_ARGUMENT] == 0 || counts[ZYGOTE_ARGUMENT] + counts[ZYGOTE_ENVIRONMENT] > 100000) {
        errno = EINVAL;
        fail(failure, "read specification", NULL);
        return NULL;
    }
    struct specification *made = calloc(1, sizeof *made);
    if (made) {
        made->arguments = calloc(counts[ZYGOTE_ARGUMENT] + 1, sizeof(char *));
        made->environment = calloc(counts[ZYGOTE_ENVIRONMENT] + 2, sizeof(char *)); /* room for HOME */
        made->lowers = calloc(counts[ZYGOTE_LOWER] + 1, sizeof(char *));
    }
    if (!made || !made->arguments || !made->environment || !made->lowers) {
        fail(failure, "read specification", NULL);
        specification_free(made);
        return NULL;
    }
    made->filter = made->shared_memory = made->score_gate = -1;
    made->message = message;
    for (int i = 0; i < 3; i++) made->stdio[i] = -1;
    size_t arguments = 0, environment = 0, stdio = 0;
    position = 0;
    for (const struct zygote_field *field; (field = message_next(message, &position));) {
        char *bytes = (char *)(field + 1);
        if (field->tag < 32) made->seen |= 1u << field->tag;
        int32_t number = field->length >= sizeof number ? *(const int32_t *)(const void *)bytes : 0;
        int descriptor = number >= 0 && (size_t)number < message->descriptor_count ? message->descriptors[number] : -1;
        switch (field->tag) {
        case ZYGOTE_ARGUMENT: made->arguments[arguments++] = bytes; break;
        case ZYGOTE_ENVIRONMENT: made->environment[environment++] = bytes; break;
        case ZYGOTE_LOWER: made->lowers[made->lower_count++] = bytes; break;
        case ZYGOTE_UPPER: made->upper = bytes; break;
        case ZYGOTE_DIRECTORY: made->directory = bytes; break;
        case ZYGOTE_USER: made->user = bytes; break;
        case ZYGOTE_CAPABILITIES: memcpy(&made->capabilities, bytes, sizeof made->capabilities); break;
        case ZYGOTE_PROCESS_LIMIT: memcpy(&made->process_limit, bytes, sizeof made->process_limit); break;
        case ZYGOTE_IDENTITY: memcpy(made->identity, bytes, sizeof made->identity); break;
        case ZYGOTE_FILTER: made->filter = number; break;
        case ZYGOTE_FLAGS: made->flags = (uint32_t)number; break;
        case ZYGOTE_SHARED: made->shared = (uint32_t)number; break;
        case ZYGOTE_SIZE:
            memcpy(&made->columns, bytes, sizeof made->columns);
            memcpy(&made->rows, bytes + sizeof made->columns, sizeof made->rows);
            break;
        case ZYGOTE_STDIO:
            if (stdio < 3) made->stdio[stdio++] = descriptor;
            break;
        case ZYGOTE_CGROUP:
            if (made->cgroup_count < sizeof made->cgroups / sizeof *made->cgroups)
                made->cgroups[made->cgroup_count++] = descriptor;
            break;
        case ZYGOTE_OOM_SCORE: {
            const struct zygote_oom_score *wanted = (const void *)bytes;
            made->score = wanted->score;
            if (wanted->descriptor >= 0 && (size_t)wanted->descriptor < message->descriptor_count)
                made->score_gate = message->descriptors[wanted->descriptor];
            break;
        }
        case ZYGOTE_SHM_SIZE: made->shm_size = bytes; break;
        case ZYGOTE_SOURCE: made->wants_machine |= strncmp(bytes, "/host", 5) == 0; break;
        default: break;
        }
    }
    made->wants_machine |= !!(made->flags & ZYGOTE_PROCESS_OWN_DEVICES);
    return made;
}

void specification_free(struct specification *specification) {
    if (!specification) return;
    free(specification->arguments);
    free(specification->environment);
    free(specification->lowers);
    free(specification);
}

int specification_each(const struct specification *specification, uint32_t tag,
                       int (*apply)(const struct zygote_field *field, void *argument), void *argument) {
    size_t position = 0;
    for (const struct zygote_field *field; (field = message_next(specification->message, &position));)
        if (field->tag == tag && apply(field, argument) < 0) return -1;
    return 0;
}
