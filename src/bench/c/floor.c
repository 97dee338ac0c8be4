/*
 * The floor: the least a server can do to send one FLV stream to many viewers on Linux.
 *
 *   floor VIEWER_PORT PUBLISHER_PORT MERGE_MS
 *
 * One thread, one epoll. A publisher connects to PUBLISHER_PORT and sends an FLV file; its tags are kept in a ring.
 * A viewer sends anything that ends in an empty line to VIEWER_PORT, gets an HTTP head, the FLV header, the decoder
 * configurations, and then every tag from the newest keyframe on, by writev() straight from the ring: no copy, no
 * per-viewer memory but an index. With MERGE_MS above 0, tags are written to all viewers once per that many
 * milliseconds. A viewer that falls out of the ring is disconnected. It does no more than is needed to be compared with.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

enum { RING = 4096, MAX_FD = 65536, IOV = 64, FLV_HEAD = 13 };

struct tag {
    unsigned char *bytes;
    uint32_t length;
    int keyframe;
};

struct viewer {
    int fd;
    int started;    /* has sent its request */
    int armed;      /* waits for EPOLLOUT */
    uint32_t sent;  /* bytes of the next tag that are written already */
    uint64_t next;  /* position of the next tag */
};

static struct tag ring[RING];
static uint64_t head;           /* position after the newest tag */
static int64_t newest_keyframe = -1;
static unsigned char *config[2]; /* AVC and AAC sequence headers as whole tags */
static uint32_t config_length[2];
static struct viewer *viewers[MAX_FD];
static int order[MAX_FD], count;  /* file descriptors of the viewers, densely */
static int place[MAX_FD];
static int epoll_fd;

static unsigned char *input;
static size_t input_used, input_size;
static int input_in_tags;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void watch(int fd, uint32_t events, int op) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll_fd, op, fd, &event) < 0) die("epoll_ctl");
}

static int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1, size = 256 * 1024;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(fd, 4096) < 0) die("listen");
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    return fd;
}

static void drop(struct viewer *v) {
    int last = order[--count];
    order[place[v->fd]] = last;
    place[last] = place[v->fd];
    viewers[v->fd] = NULL;
    close(v->fd);
    free(v);
}

/* Writes what the viewer has not had yet; returns 0 if the viewer is gone. */
static int feed(struct viewer *v) {
    while (v->next < head) {
        if (head - v->next >= RING) {
            drop(v);
            return 0;
        }
        struct iovec iov[IOV];
        int n = 0;
        size_t want = 0;
        for (uint64_t at = v->next; at < head && n < IOV; at++, n++) {
            struct tag *t = &ring[at % RING];
            uint32_t skip = n == 0 ? v->sent : 0;
            iov[n].iov_base = t->bytes + skip;
            iov[n].iov_len = t->length - skip;
            want += iov[n].iov_len;
        }
        ssize_t wrote = writev(v->fd, iov, n);
        if (wrote < 0) {
            if (errno != EAGAIN) {
                drop(v);
                return 0;
            }
            wrote = 0;
        }
        size_t left = (size_t)wrote;
        for (int i = 0; i < n && left > 0; i++) {
            if (left >= iov[i].iov_len) {
                left -= iov[i].iov_len;
                v->next++;
                v->sent = 0;
            } else {
                v->sent += (uint32_t)left;
                left = 0;
            }
        }
        if ((size_t)wrote < want) {
            if (!v->armed) {
                v->armed = 1;
                watch(v->fd, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            }
            return 1;
        }
    }
    if (v->armed) {
        v->armed = 0;
        watch(v->fd, EPOLLIN, EPOLL_CTL_MOD);
    }
    return 1;
}

static void feed_all(void) {
    for (int i = count - 1; i >= 0; i--) {
        struct viewer *v = viewers[order[i]];
        if (v->started && !v->armed) feed(v);
    }
}

static void start(struct viewer *v) {
    static const char http[] = "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\nConnection: close\r\n\r\n";
    static const unsigned char flv[FLV_HEAD] = {'F', 'L', 'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0};
    struct iovec iov[4] = {{(void *)http, sizeof http - 1}, {(void *)flv, FLV_HEAD}, {config[0], config_length[0]}, {config[1], config_length[1]}};
    if (writev(v->fd, iov, 4) < 0) {
        drop(v);
        return;
    }
    v->started = 1;
    v->next = newest_keyframe >= 0 && head - (uint64_t)newest_keyframe < RING / 2 ? (uint64_t)newest_keyframe : head;
    feed(v);
}

static void add_tag(const unsigned char *bytes, uint32_t length) {
    int type = bytes[0];
    int header = length > 16 && bytes[12] == 0 && ((type == 9 && (bytes[11] & 15) == 7) || (type == 8 && bytes[11] >> 4 == 10));
    unsigned char *copy = malloc(length);
    memcpy(copy, bytes, length);
    if (header) {
        int which = type == 9 ? 0 : 1;
        free(config[which]);
        config[which] = copy;
        config_length[which] = length;
        return;
    }
    struct tag *slot = &ring[head % RING];
    free(slot->bytes);
    slot->bytes = copy;
    slot->length = length;
    slot->keyframe = type == 9 && bytes[11] >> 4 == 1;
    if (slot->keyframe) newest_keyframe = (int64_t)head;
    head++;
}

/* Takes whole tags out of what the publisher sent; returns 0 at its end. */
static int publisher(int fd) {
    for (;;) {
        if (input_size - input_used < 1 << 20) {
            input_size = input_size * 2 + (2 << 20);
            input = realloc(input, input_size);
        }
        ssize_t n = read(fd, input + input_used, input_size - input_used);
        if (n == 0 || (n < 0 && errno != EAGAIN)) return 0;
        if (n < 0) return 1;
        input_used += (size_t)n;
        size_t at = 0;
        if (!input_in_tags) {
            if (input_used < FLV_HEAD) continue;
            at = FLV_HEAD;
            input_in_tags = 1;
        }
        while (input_used - at >= 15) {
            uint32_t length = 11u + (((uint32_t)input[at + 1] << 16) | ((uint32_t)input[at + 2] << 8) | input[at + 3]) + 4u;
            if (input_used - at < length) break;
            add_tag(input + at, length);
            at += length;
        }
        memmove(input, input + at, input_used - at);
        input_used -= at;
    }
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: floor VIEWER_PORT PUBLISHER_PORT MERGE_MS\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    epoll_fd = epoll_create1(0);
    int merge = atoi(argv[3]);
    int viewer_listener = listen_on(atoi(argv[1])), publisher_listener = listen_on(atoi(argv[2])), publisher_fd = -1;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    if (merge > 0) {
        struct itimerspec every = {{merge / 1000, merge % 1000 * 1000000L}, {merge / 1000, merge % 1000 * 1000000L}};
        timerfd_settime(timer, 0, &every, NULL);
        watch(timer, EPOLLIN, EPOLL_CTL_ADD);
    }
    printf("ready\n");
    fflush(stdout);
    for (;;) {
        struct epoll_event events[1024];
        int n = epoll_wait(epoll_fd, events, 1024, -1), fresh = 0;
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == viewer_listener) {
                int c, on = 1;
                while ((c = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                    if (c >= MAX_FD) {
                        close(c);
                        continue;
                    }
                    setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    struct viewer *v = calloc(1, sizeof *v);
                    v->fd = c;
                    viewers[c] = v;
                    place[c] = count;
                    order[count++] = c;
                    watch(c, EPOLLIN, EPOLL_CTL_ADD);
                }
            } else if (fd == publisher_listener) {
                publisher_fd = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
                input_used = 0;
                input_in_tags = 0;
                watch(publisher_fd, EPOLLIN, EPOLL_CTL_ADD);
            } else if (fd == timer) {
                uint64_t ticks;
                if (read(timer, &ticks, sizeof ticks) > 0) feed_all();
            } else if (fd == publisher_fd) {
                if (!publisher(fd)) {
                    close(fd);
                    publisher_fd = -1;
                }
                fresh = 1;
            } else if (viewers[fd]) {
                struct viewer *v = viewers[fd];
                if (events[i].events & EPOLLIN) {
                    char request[4096];
                    ssize_t got = read(fd, request, sizeof request);
                    if (got == 0 || (got < 0 && errno != EAGAIN)) {
                        drop(v);
                        continue;
                    }
                    if (!v->started && got >= 4 && memcmp(request + got - 4, "\r\n\r\n", 4) == 0) {
                        start(v);
                        continue;
                    }
                }
                if (events[i].events & EPOLLOUT) feed(v);
            }
        }
        if (fresh && merge == 0) feed_all();
    }
}
