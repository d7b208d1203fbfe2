// load PORT CONNECTIONS BYTES INFLIGHT MILLIS PID: keeps INFLIGHT requests under way on each connection, and prints the
// requests that were answered, the nanoseconds it took and the CPU time in nanoseconds that the process PID spent.
#include "peer.h"
#include <sys/epoll.h>

enum { EVENTS = 1024 };

static int bytes;
static char *request, *response;

// Requests go out together. One that is larger than the socket's buffers waits here for room; the server is echoing
// meanwhile.
static void ask(int fd, int requests) {
  for (int sent = 0, length = requests * bytes; sent < length;) {
    sent += check(send(fd, request + sent, length - sent, MSG_NOSIGNAL), "send");
  }
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "usage: load PORT CONNECTIONS BYTES INFLIGHT MILLIS PID\n");
    return 2;
  }
  struct sockaddr_in server = loopback(atoi(arguments[1]));
  int connections = atoi(arguments[2]), one = 1;
  bytes = atoi(arguments[3]);
  int inflight = atoi(arguments[4]), window = bytes * inflight;
  long long duration = atoll(arguments[5]) * 1000000;
  request = calloc(2, window);
  response = request + window;

  clockid_t cpu;
  if (clock_getcpuclockid(atoi(arguments[6]), &cpu) != 0) {
    fprintf(stderr, "load: no process %s\n", arguments[6]);
    return 1;
  }
  int epoll = check(epoll_create1(0), "epoll_create1");
  int *fds = calloc(connections, sizeof *fds), *received = calloc(connections, sizeof *received);
  for (int i = 0; i < connections; i++) {
    fds[i] = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), "setsockopt");
    check(connect(fds[i], (struct sockaddr *)&server, sizeof server), "connect");
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u32 = i};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event), "epoll_ctl");
    // Once there and back, so that the server has accepted: no set-up is measured.
    ask(fds[i], 1);
    for (int at = 0; at < bytes;) {
      long part = check(recv(fds[i], response, bytes - at, 0), "recv");
      if (part == 0) return 1;
      at += part;
    }
  }

  long long answered = 0, start = nanos(CLOCK_MONOTONIC), used = nanos(cpu);
  int waiting = connections * inflight, over = 0;  // answers that are still to come
  for (int i = 0; i < connections; i++) ask(fds[i], inflight);
  while (waiting > 0) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, 5000);
    if (ready == 0) {
      fprintf(stderr, "load: no answer for five seconds\n");
      return 1;
    }
    for (int i = 0; i < ready; i++) {
      int which = events[i].data.u32;
      // Without EPOLLIN unread data would be forgotten: read until what is there is less than asked for.
      for (;;) {
        long want = window - received[which];
        long part = recv(fds[which], response, want, MSG_DONTWAIT);
        if (part < 0 && errno == EAGAIN) break;
        if (part <= 0) {
          fprintf(stderr, "load: the server closed a connection\n");
          return 1;
        }
        int answers = (received[which] + part) / bytes;
        received[which] = (received[which] + part) % bytes;
        answered += answers;
        if (over) {
          waiting -= answers;
        } else if (answers > 0) {
          ask(fds[which], answers);
        }
        if (part < want) break;
      }
    }
    over = nanos(CLOCK_MONOTONIC) - start >= duration;
  }
  printf("%lld %lld %lld\n", answered, nanos(CLOCK_MONOTONIC) - start, nanos(cpu) - used);
  for (int i = 0; i < connections; i++) {
    // The server's close is waited for, so that it is no part of the next measurement.
    shutdown(fds[i], SHUT_WR);
    check(recv(fds[i], response, bytes, 0), "recv");
  }
  return 0;
}
