/* To be preloaded into Wine: a port can be bound again while connections of an earlier socket are remembered there, as on
 * Windows. Linux wants an option for that, which Wine 8 does not set. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>

int bind(int descriptor, const struct sockaddr *address, socklen_t length) {
    int (*real)(int, const struct sockaddr *, socklen_t);
    int type = 0;
    int yes = 1;
    socklen_t size = sizeof type;
    *(void **)&real = dlsym(RTLD_NEXT, "bind");
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM) {
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    return real(descriptor, address, length);
}
