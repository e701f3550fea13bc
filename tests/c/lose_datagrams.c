/* A network that loses datagrams, for one process only: preloaded, it sends two of three system calls with datagrams, and
 * says of the third that it was sent. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_lost(int descriptor) {
    static unsigned calls;
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_DGRAM &&
           __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) % 3 == 2;
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    if (!is_lost(descriptor)) {
        return syscall(SYS_sendmsg, descriptor, message, flags);
    }
    size_t length = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        length += message->msg_iov[i].iov_len;
    }
    return (ssize_t)length;
}

int sendmmsg(int descriptor, struct mmsghdr *messages, unsigned count, int flags) {
    if (!is_lost(descriptor)) {
        return (int)syscall(SYS_sendmmsg, descriptor, messages, count, flags);
    }
    return (int)count;
}
