#define _GNU_SOURCE 1
#include "NetworkCalls.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

int kijabi_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int kijabi_relay_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC | O_NONBLOCK); }

int kijabi_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

ssize_t kijabi_splice(int from, int to, size_t length) {
    return splice(from, NULL, to, NULL, length, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

ssize_t kijabi_receive_redirected(int socket, void *bytes, size_t length, void *client, void *destination) {
    char control[CMSG_SPACE(sizeof(struct sockaddr_in))];
    struct iovec piece = {.iov_base = bytes, .iov_len = length};
    struct msghdr message = {.msg_name = client,
                             .msg_namelen = sizeof(struct sockaddr_in),
                             .msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t count = recvmsg(socket, &message, 0);
    if (count < 0) return -1;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_level == SOL_IP && header->cmsg_type == IP_ORIGDSTADDR) {
            memcpy(destination, CMSG_DATA(header), sizeof(struct sockaddr_in));
            return count;
        }
    ((struct sockaddr_in *)destination)->sin_port = 0;
    return count;
}
