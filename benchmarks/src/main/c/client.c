// client [timeout]: the limit of blocking sockets. Each line of its input, "pingpong|send|receive ADDRESS BYTES MILLIS",
// is done on a new connection and answered with the nanoseconds for a buffer (there and back, for a ping-pong). With
// "timeout" each recv waits in poll first, as a program with a timeout has to.
#include "peer.h"
#include <poll.h>

static int timeout;

static void send_all(int fd, char *buffer, long bytes) {
  for (long sent = 0; sent < bytes;) {
    sent += check(send(fd, buffer + sent, bytes - sent, MSG_NOSIGNAL), "send");
  }
}

static void receive_all(int fd, char *buffer, long bytes) {
  for (long at = 0; at < bytes;) {
    if (timeout) {
      struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
      check(poll(&poll_fd, 1, 60000), "poll");
    }
    long part = check(recv(fd, buffer + at, bytes - at, 0), "recv");
    if (part == 0) exit(1);
    at += part;
  }
}

int main(int count, char **arguments) {
  enum { BATCH = 32 };
  char what[16], address[100];
  long bytes, millis;
  timeout = count > 1 && !strcmp(arguments[1], "timeout");
  puts("0");
  fflush(stdout);
  while (scanf("%15s %99s %ld %ld", what, address, &bytes, &millis) == 4) {
    int fd = connect_to(address), sends = what[0] != 'r', receives = what[0] != 's';
    char *buffer = calloc(1, bytes);
    long long done = 0, start = nanos(CLOCK_MONOTONIC), now = start;
    while (now - start < millis * 1000000LL) {
      for (int i = 0; i < BATCH; i++) {
        if (sends) send_all(fd, buffer, bytes);
        if (receives) receive_all(fd, buffer, bytes);
      }
      done += BATCH;
      now = nanos(CLOCK_MONOTONIC);
    }
    close(fd);
    free(buffer);
    printf("%f\n", (double)(now - start) / done);
    fflush(stdout);
  }
  return 0;
}
