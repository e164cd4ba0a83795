#define _GNU_SOURCE 1
#include "CLinux.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

ssize_t kijabi_send(int socket, const void *bytes, size_t length, const int *descriptors, size_t count, int flags) {
    char control[CMSG_SPACE(sizeof(int) * ZYGOTE_DESCRIPTOR_LIMIT)] = {0};
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > ZYGOTE_DESCRIPTOR_LIMIT) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(rights), descriptors, sizeof(int) * count);
    }
    return sendmsg(socket, &message, flags | MSG_NOSIGNAL);
}

ssize_t kijabi_receive(int socket, void *bytes, size_t length, int *descriptors, size_t *count, int flags) {
    char control[CMSG_SPACE(sizeof(int) * ZYGOTE_DESCRIPTOR_LIMIT)];
    struct iovec part = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    size_t room = *count;
    *count = 0;
    ssize_t got = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    if (got < 0) return -1;
    for (struct cmsghdr *rights = CMSG_FIRSTHDR(&message); rights; rights = CMSG_NXTHDR(&message, rights)) {
        if (rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) continue;
        size_t received = (rights->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (received > room - *count) received = room - *count;
        memcpy(descriptors + *count, CMSG_DATA(rights), received * sizeof(int));
        *count += received;
    }
    return got;
}

pid_t kijabi_receive_sender(int socket) {
    char control[CMSG_SPACE(sizeof(struct ucred))], byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *sender = got > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (!sender || sender->cmsg_level != SOL_SOCKET || sender->cmsg_type != SCM_CREDENTIALS) return got < 0 ? -1 : 0;
    struct ucred credentials;
    memcpy(&credentials, CMSG_DATA(sender), sizeof credentials);
    return credentials.pid;
}
