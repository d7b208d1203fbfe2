// The limit of datagrams: 64 bytes each, 16 in a call.
//   udp receive              prints its port; to each line of its input it answers with the datagrams received so far
//   udp send                 to each line "PORT MILLIS" it answers with the datagrams sent and the CPU time in nanoseconds it took
//   udp blast PORT MILLIS PID   sends so long, faster than anybody receives, and prints the CPU time in nanoseconds that
//                               the process PID spent
#include "peer.h"
#include <netinet/udp.h>
#include <sys/epoll.h>

enum { BATCH = 16, BYTES = 64, ROOM = 2048 };

static struct mmsghdr messages[BATCH];
static struct iovec parts[BATCH];
static char memory[BATCH][ROOM];
static struct sockaddr_storage senders[BATCH];

static void prepare(int bytes) {
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){.iov_base = memory[i], .iov_len = bytes};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
}

static int receive(void) {
  struct sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), "socket"), epoll = check(epoll_create1(0), "epoll");
  check(bind(fd, (struct sockaddr *)&address, length), "bind");
  check(getsockname(fd, (struct sockaddr *)&address, &length), "getsockname");
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = fd};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  event = (struct epoll_event){.events = EPOLLIN, .data.fd = STDIN_FILENO};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event), "epoll_ctl");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  prepare(ROOM);
  long long received = 0;
  for (;;) {
    struct epoll_event ready;
    if (epoll_wait(epoll, &ready, 1, -1) <= 0) continue;
    if (ready.data.fd == STDIN_FILENO) {
      char line[16];
      if (read(STDIN_FILENO, line, sizeof line) <= 0) return 0;
      printf("%lld\n", received);
      fflush(stdout);
      continue;
    }
    for (int count = BATCH; count == BATCH;) {
      for (int i = 0; i < BATCH; i++) {  // whom to answer, as everybody else asks, too
        messages[i].msg_hdr.msg_name = &senders[i];
        messages[i].msg_hdr.msg_namelen = sizeof senders[i];
      }
      count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
      received += count > 0 ? count : 0;
    }
  }
}

// Sends for a while; returns the datagrams, and in *took the CPU time in nanoseconds. Many at once are cut into
// datagrams by the kernel where they arrive: so the sender is not what a receiver waits for.
static long long send_for(int port, long millis, int at_once, long long *took) {
  struct sockaddr_in address = loopback(port);
  int fd = check(socket(AF_INET, SOCK_DGRAM, 0), "socket");
  check(connect(fd, (struct sockaddr *)&address, sizeof address), "connect");
  int bytes = BYTES;
  if (at_once > 1) check(setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &bytes, sizeof bytes), "setsockopt");
  prepare(BYTES * at_once);
  long long sent = 0, used = nanos(CLOCK_PROCESS_CPUTIME_ID), start = nanos(CLOCK_MONOTONIC), now = start;
  while (now - start < millis * 1000000LL) {
    for (int i = 0; i < 16; i++) sent += at_once * check(sendmmsg(fd, messages, BATCH, MSG_NOSIGNAL), "sendmmsg");
    now = nanos(CLOCK_MONOTONIC);
  }
  close(fd);
  *took = nanos(CLOCK_PROCESS_CPUTIME_ID) - used;
  return sent;
}

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  long long took;
  if (!strcmp(what, "receive")) return receive();
  if (!strcmp(what, "blast") && count == 5) {
    clockid_t cpu;
    if (clock_getcpuclockid(atoi(arguments[4]), &cpu) != 0) return 1;
    long long used = nanos(cpu);
    send_for(atoi(arguments[2]), atol(arguments[3]), ROOM / BYTES, &took);
    printf("%lld\n", nanos(cpu) - used);
    return 0;
  }
  if (strcmp(what, "send")) {
    fprintf(stderr, "usage: udp receive|send|blast\n");
    return 2;
  }
  puts("0");
  fflush(stdout);
  int port;
  long millis;
  while (scanf("%d %ld", &port, &millis) == 2) {
    long long sent = send_for(port, millis, 1, &took);
    printf("%lld %lld\n", sent, took);
    fflush(stdout);
  }
  return 0;
}
