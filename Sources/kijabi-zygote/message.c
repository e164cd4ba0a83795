#include "zygote.h"

#include <sys/mman.h>
#include <sys/socket.h>

int message_receive(int socket, struct message *message) {
    char control[CMSG_SPACE(sizeof(int) * ZYGOTE_DESCRIPTOR_LIMIT)];
    struct iovec part = {.iov_base = message->storage, .iov_len = sizeof message->storage};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    message->descriptor_count = 0;
    message->mapped = 0;
    ssize_t got = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
    if (got == 0) return 0;
    if (got < 0) return errno == ECONNRESET ? 0 : -1;
    for (struct cmsghdr *rights = CMSG_FIRSTHDR(&header); rights; rights = CMSG_NXTHDR(&header, rights)) {
        if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) continue;
        message->descriptor_count = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(message->descriptors, CMSG_DATA(rights), message->descriptor_count * sizeof(int));
    }
    if ((size_t)got < sizeof message->header) {
        message_release(message);
        errno = EBADMSG;
        return -1;
    }
    memcpy(&message->header, message->storage, sizeof message->header);
    message->body = message->storage + sizeof message->header;
    size_t length = message->header.length;
    if (message->header.flags & ZYGOTE_BODY_IN_FILE) {
        int file = message->descriptor_count > 0 ? message->descriptors[message->descriptor_count - 1] : -1;
        void *body = mmap(NULL, length, PROT_READ, MAP_PRIVATE, file, 0);
        if (body == MAP_FAILED) {
            message_release(message);
            return -1;
        }
        message->body = body;
        message->mapped = length;
    } else if ((size_t)got != sizeof message->header + length) {
        message_release(message);
        errno = EBADMSG;
        return -1;
    }
    return 1;
}

void message_release(struct message *message) {
    for (size_t i = 0; i < message->descriptor_count; i++)
        if (message->descriptors[i] >= 0) close(message->descriptors[i]);
    message->descriptor_count = 0;
    if (message->mapped > 0) munmap(message->body, message->mapped);
    message->mapped = 0;
}

const struct zygote_field *message_next(const struct message *message, size_t *position) {
    const struct zygote_field *field = (const void *)(message->body + *position);
    size_t left = message->header.length - *position;
    if (left < sizeof *field || field->length > left - sizeof *field) return NULL;
    /* Fields are padded to eight bytes so that numbers in them are aligned. */
    *position += sizeof *field + ((field->length + 7u) & ~7u);
    if (*position > message->header.length) *position = message->header.length;
    return field;
}

const char *message_string(const struct message *message, uint32_t tag) {
    size_t position = 0;
    for (const struct zygote_field *field; (field = message_next(message, &position));)
        if (field->tag == tag) return (const char *)(field + 1);
    return NULL;
}

int message_take(struct message *message, int32_t index) {
    if (index < 0 || (size_t)index >= message->descriptor_count) return -1;
    int descriptor = message->descriptors[index];
    message->descriptors[index] = -1;
    return descriptor;
}

ssize_t send_with(int socket, const void *bytes, size_t length, const int *descriptors, size_t count) {
    char control[CMSG_SPACE(sizeof(int) * 8)] = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(rights), descriptors, sizeof(int) * count);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

int reply_send(int socket, uint32_t request, const int32_t values[3], const int *descriptors, size_t count) {
    if (request == 0) return 0; /* nobody waits */
    struct zygote_header header = {.operation = ZYGOTE_REPLY, .request = request};
    if (values) memcpy(header.arguments + 1, values, 3 * sizeof *values);
    return send_with(socket, &header, sizeof header, descriptors, count) < 0 ? -1 : 0;
}

int text_send(int socket, uint32_t request, const char *text, size_t length) {
    struct {
        struct zygote_header header;
        char text[ZYGOTE_TEXT_LIMIT];
    } reply = {.header = {.operation = ZYGOTE_REPLY, .request = request}};
    if (length > sizeof reply.text) length = sizeof reply.text;
    memcpy(reply.text, text, length);
    reply.header.length = (uint32_t)length;
    return send_with(socket, &reply, sizeof reply.header + length, NULL, 0) < 0 ? -1 : 0;
}

int failure_send(int socket, uint32_t request, const struct zygote_failure *failure) {
    if (request == 0) return 0;
    struct {
        struct zygote_header header;
        char texts[sizeof failure->stage + sizeof failure->path];
    } reply = {.header = {.operation = ZYGOTE_REPLY, .request = request}};
    reply.header.arguments[0] = failure->error ? failure->error : EIO;
    size_t stage = strnlen(failure->stage, sizeof failure->stage - 1);
    size_t path = strnlen(failure->path, sizeof failure->path - 1);
    memcpy(reply.texts, failure->stage, stage);
    memcpy(reply.texts + stage + 1, failure->path, path);
    reply.header.length = (uint32_t)(stage + path + 2);
    return send_with(socket, &reply, sizeof reply.header + reply.header.length, NULL, 0) < 0 ? -1 : 0;
}

void event_send(int socket, const int32_t values[4]) {
    struct zygote_header header = {.operation = ZYGOTE_EXITED};
    memcpy(header.arguments, values, sizeof header.arguments);
    send_with(socket, &header, sizeof header, NULL, 0);
}

int fail(struct zygote_failure *failure, const char *stage, const char *path) {
    failure->error = errno;
    snprintf(failure->stage, sizeof failure->stage, "%s", stage);
    snprintf(failure->path, sizeof failure->path, "%s", path ? path : "");
    return -1;
}
