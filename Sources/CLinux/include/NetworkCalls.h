/* Socket calls that Glibc's Swift module hides behind _GNU_SOURCE. Both descriptors of a pair are close-on-exec. */
#ifndef KIJABI_NETWORK_CALLS_H
#define KIJABI_NETWORK_CALLS_H

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

/* accept4(2): the new socket is close-on-exec and non-blocking. */
int kijabi_accept(int listener);
/* pipe2(2), non-blocking. */
int kijabi_relay_pipe(int ends[2]);
/* eventfd(2), non-blocking. */
int kijabi_eventfd(void);
/* splice(2) that moves and never waits. */
ssize_t kijabi_splice(int from, int to, size_t length);
/* recvmsg(2) on a socket with IP_RECVORIGDSTADDR: who sent the datagram, and to whom, each a struct sockaddr_in. The
 * destination's port is 0 where the kernel did not tell. */
ssize_t kijabi_receive_redirected(int socket, void *bytes, size_t length, void *client, void *destination);

#endif
