// churn PORT MILLIS PID: opens and closes connections, 64 at a time, and prints their number, the nanoseconds it took
// and the CPU time in nanoseconds that the process PID spent meanwhile. The server closes what the client has ended.
#include "peer.h"

enum { ROUND = 64 };

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: churn PORT MILLIS PID\n");
    return 2;
  }
  struct sockaddr_in server = loopback(atoi(arguments[1]));
  long long duration = atoll(arguments[2]) * 1000000;
  clockid_t cpu;
  if (clock_getcpuclockid(atoi(arguments[3]), &cpu) != 0) {
    fprintf(stderr, "churn: no process %s\n", arguments[3]);
    return 1;
  }
  long long done = 0, start = nanos(CLOCK_MONOTONIC), used = nanos(cpu), now = start;
  int fds[ROUND];
  char byte;
  for (int round = 0; now - start < duration; round++) {
    // Another address each round: ended connections keep their ports for a while.
    for (int i = 0; i < ROUND; i++) fds[i] = connect_from(round, &server);
    for (int i = 0; i < ROUND; i++) check(shutdown(fds[i], SHUT_WR), "shutdown");
    for (int i = 0; i < ROUND; i++) {
      check(recv(fds[i], &byte, 1, 0), "recv");
      close(fds[i]);
    }
    done += ROUND;
    now = nanos(CLOCK_MONOTONIC);
  }
  printf("%lld %lld %lld\n", done, now - start, nanos(cpu) - used);
  return 0;
}
