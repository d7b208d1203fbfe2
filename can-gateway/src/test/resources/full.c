// What a program in C needs for an interface that is full: full IFACE MILLIS
// Sends for so long, and waits a hundredth of a second where there is no room, as poll(2) never says when there is some.
// Prints the frames that were taken, the waits, and the nanoseconds on a processor.
#include <linux/can.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long nanos(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  struct sockaddr_can address = {.can_family = AF_CAN, .can_ifindex = if_nametoindex(arguments[1])};
  struct can_frame frame = {.can_id = 0x556, .len = 2};
  int fd = socket(AF_CAN, SOCK_RAW, CAN_RAW);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) return 1;
  long long end = nanos(CLOCK_MONOTONIC) + atol(arguments[2]) * 1000000LL, sent = 0, waits = 0;
  long long used = nanos(CLOCK_PROCESS_CPUTIME_ID);
  while (nanos(CLOCK_MONOTONIC) < end) {
    if (write(fd, &frame, sizeof frame) == sizeof frame) {
      sent++;
    } else {
      poll(NULL, 0, 10);
      waits++;
    }
  }
  printf("%lld %lld %lld\n", sent, waits, nanos(CLOCK_PROCESS_CPUTIME_ID) - used);
  return 0;
}
