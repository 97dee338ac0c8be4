/*
 * Preloaded into nginx (LD_PRELOAD): its RTMP module has no setting for TCP_NODELAY, so the kernel holds small frames back
 * until the viewer acknowledged what was sent before, which is merging by another name. With this every frame goes out when
 * it comes, as from the other servers.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    int (*next)(int, struct sockaddr *, socklen_t *, int) =
        (int (*)(int, struct sockaddr *, socklen_t *, int)) dlsym(RTLD_NEXT, "accept4");
    int made = next(fd, address, length, flags);
    int on = 1;
    if (made >= 0) {
        setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return made;
}
