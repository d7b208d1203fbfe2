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
#include <unistd.h>

static inline long check(long result, const char *call) {
  if (result < 0) {
    perror(call);
    exit(1);
  }
  return result;
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
