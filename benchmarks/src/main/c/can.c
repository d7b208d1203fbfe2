// The limit of CAN: frames of 8 bytes.
//   can serve BATCH FROM ROUTE TO ID   receives ID from the interface FROM, and forwards it from ROUTE to TO, with so many
//                          frames in a call; with 1, by read and write, as the can-utils do. To each line it answers:
//                          "count" with the frames received so far, "send MILLIS" with the frames of ID + 2 that it has
//                          sent to FROM for so long, the nanoseconds that took, and those on a processor
//   can count IFACE ID     receives, and answers each line with the frames so far
//   can blast IFACE ID MILLIS PID   sends so long, and prints the frames, the nanoseconds that took, and those that PID
//                          was on a processor; 0 for the program itself
#include "peer.h"
#include <linux/can.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <sys/epoll.h>

enum { MOST = 16 };

static int batch = MOST;
static struct mmsghdr messages[MOST];
static struct iovec parts[MOST];
static struct can_frame frames[MOST];

// A socket that is given the frames of one identifier, or of none.
static int open_bus(const char *name, int id) {
  struct can_filter filter = {.can_id = id, .can_mask = CAN_EFF_FLAG | CAN_RTR_FLAG | CAN_SFF_MASK};
  struct sockaddr_can address = {.can_family = AF_CAN, .can_ifindex = if_nametoindex(name)};
  if (!address.can_ifindex) {
    printf("unavailable: there is no interface %s\n", name);
    exit(1);
  }
  int fd = check(socket(AF_CAN, SOCK_RAW | SOCK_NONBLOCK, CAN_RAW), "socket");
  check(setsockopt(fd, SOL_CAN_RAW, CAN_RAW_FILTER, &filter, id < 0 ? 0 : sizeof filter), "setsockopt");
  check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
  return fd;
}

static void prepare(int id) {
  for (int i = 0; i < batch; i++) {
    frames[i] = (struct can_frame){.can_id = id, .len = 8};
    parts[i] = (struct iovec){.iov_base = &frames[i], .iov_len = sizeof frames[i]};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
}

// Sends all; the interface may be full for a while.
static void send_all(int fd, int count) {
  for (int sent = 0; sent < count;) {
    int done = batch == 1 ? write(fd, frames, sizeof *frames) > 0 ? 1 : -1 : sendmmsg(fd, messages + sent, count - sent, 0);
    if (done < 0 && errno != ENOBUFS && errno != EAGAIN) check(done, "send");
    if (done > 0) sent += done;
  }
}

static long long send_for(int fd, int id, long millis) {
  prepare(id);
  long long sent = 0, end = nanos(CLOCK_MONOTONIC) + millis * 1000000LL;
  while (nanos(CLOCK_MONOTONIC) < end) {
    for (int i = 0; i < 64; i += batch) send_all(fd, batch);
    sent += 64;
  }
  return sent;
}

static void watch(int epoll, int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static int run(const char *from, const char *middle, const char *to, int id) {
  int epoll = check(epoll_create1(0), "epoll"), in = open_bus(from, id);
  int route = to ? open_bus(middle, id) : -1, out = to ? open_bus(to, -1) : -1;
  long long received = 0;
  watch(epoll, STDIN_FILENO);
  watch(epoll, in);
  if (to) watch(epoll, route);
  puts("0");
  fflush(stdout);
  for (;;) {
    struct epoll_event ready;
    if (epoll_wait(epoll, &ready, 1, -1) <= 0) continue;
    if (ready.data.fd == STDIN_FILENO) {
      char line[64];
      int length = read(STDIN_FILENO, line, sizeof line - 1);
      if (length <= 0) return 0;
      line[length] = 0;
      if (strncmp(line, "send ", 5)) {
        printf("%lld\n", received);
      } else {
        long long start = nanos(CLOCK_MONOTONIC), used = nanos(CLOCK_PROCESS_CPUTIME_ID);
        long long sent = send_for(in, id + 2, atol(line + 5));
        printf("%lld %lld %lld\n", sent, nanos(CLOCK_MONOTONIC) - start, nanos(CLOCK_PROCESS_CPUTIME_ID) - used);
      }
      fflush(stdout);
      continue;
    }
    prepare(0);
    int count = batch == 1 ? read(ready.data.fd, frames, sizeof *frames) > 0
                           : recvmmsg(ready.data.fd, messages, batch, MSG_DONTWAIT, NULL);
    if (count <= 0) continue;
    if (ready.data.fd == in) received += count;
    else send_all(out, count);
  }
}

static int blast(const char *name, int id, long millis, int process) {
  clockid_t cpu;
  if (clock_getcpuclockid(process, &cpu) != 0) return 1;
  int fd = open_bus(name, -1);
  long long start = nanos(CLOCK_MONOTONIC), used = nanos(cpu), sent = send_for(fd, id, millis);
  printf("%lld %lld %lld\n", sent, nanos(CLOCK_MONOTONIC) - start, nanos(cpu) - used);
  return 0;
}

int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  if (!strcmp(what, "serve") && count == 7) {
    batch = atoi(arguments[2]) == 1 ? 1 : MOST;
    return run(arguments[3], arguments[4], arguments[5], atoi(arguments[6]));
  }
  if (!strcmp(what, "count") && count == 4) return run(arguments[2], NULL, NULL, atoi(arguments[3]));
  if (!strcmp(what, "blast") && count == 6)
    return blast(arguments[2], atoi(arguments[3]), atol(arguments[4]), atoi(arguments[5]));
  fprintf(stderr, "usage: can serve|count|blast\n");
  return 2;
}
