/* To be preloaded into programs that QEMU runs for a processor of the other byte order: a system that neither takes nor
 * gives datagrams in pieces. QEMU hands over what is told of their size without turning its bytes around, so that
 * datagrams would come glued together. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <sys/socket.h>

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    ssize_t (*real)(int, const struct msghdr *, int);
    const struct cmsghdr *header = message->msg_controllen > 0 ? CMSG_FIRSTHDR(message) : NULL;
    if (header != NULL && header->cmsg_level == IPPROTO_UDP && header->cmsg_type == UDP_SEGMENT) {
        errno = EIO;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "sendmsg");
    return real(descriptor, message, flags);
}

int setsockopt(int descriptor, int level, int name, const void *value, socklen_t length) {
    int (*real)(int, int, int, const void *, socklen_t);
    if (level == IPPROTO_UDP && name == UDP_GRO) {
        errno = ENOPROTOOPT;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "setsockopt");
    return real(descriptor, level, name, value, length);
}
