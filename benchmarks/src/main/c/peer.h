// What the C programs share. A program that serves prints its port as its first line, and ends when its
// standard input does: so it never outlives whoever started it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static inline long check(long result, const char *call) {
  if (result < 0) {
    perror(call);
    exit(1);
  }
  return result;
}

static inline long long nanos(clockid_t clock) {
  struct timespec now;
  check(clock_gettime(clock, &now), "clock_gettime");
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return address;
}

// Listens on a port of the system's choice. Accepted sockets have TCP_NODELAY from the listener.
static inline int serve(int flags) {
  int one = 1;
  struct sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  int fd = check(socket(AF_INET, SOCK_STREAM | flags, 0), "socket");
  check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "setsockopt");
  check(bind(fd, (struct sockaddr *)&address, length), "bind");
  check(listen(fd, SOMAXCONN), "listen");
  check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

// Connects from one of 250 addresses, so that the ports of none run out: the kernel looks for a free one at length.
static inline int connect_from(int which, const struct sockaddr_in *server) {
  int fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket"), one = 1;
  struct sockaddr_in source = loopback(0);
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + which % 250);
  check(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one), "setsockopt");
  check(bind(fd, (struct sockaddr *)&source, sizeof source), "bind");
  check(connect(fd, (const struct sockaddr *)server, sizeof *server), "connect");
  return fd;
}

// Connects to an address: a port of the loopback, or the path of a Unix socket.
static inline int connect_to(const char *address) {
  int fd, one = 1;
  if (address[0] == '/') {
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    snprintf(path.sun_path, sizeof path.sun_path, "%s", address);
    fd = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    check(connect(fd, (struct sockaddr *)&path, sizeof path), "connect");
  } else {
    struct sockaddr_in port = loopback(atoi(address));
    fd = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "setsockopt");
    check(connect(fd, (struct sockaddr *)&port, sizeof port), "connect");
  }
  return fd;
}
