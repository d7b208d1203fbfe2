// churn PORT AT_A_TIME MILLIS PID: opens and closes connections, some at a time, and prints their number, the nanoseconds
// it took and the CPU time in nanoseconds that the process PID spent meanwhile. The server closes what the client has
// ended.
#include "peer.h"

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "usage: churn PORT AT_A_TIME MILLIS PID\n");
    return 2;
  }
  struct sockaddr_in server = loopback(atoi(arguments[1]));
  int at_a_time = atoi(arguments[2]);
  long long duration = atoll(arguments[3]) * 1000000;
  clockid_t cpu;
  if (clock_getcpuclockid(atoi(arguments[4]), &cpu) != 0) {
    fprintf(stderr, "churn: no process %s\n", arguments[4]);
    return 1;
  }
  long long done = 0, start = nanos(CLOCK_MONOTONIC), used = nanos(cpu), now = start;
  int *fds = calloc(at_a_time, sizeof *fds);
  char byte;
  for (int round = 0; now - start < duration; round++) {
    // Another address each round: ended connections keep their ports for a while.
    for (int i = 0; i < at_a_time; i++) fds[i] = connect_from(round, &server);
    for (int i = 0; i < at_a_time; i++) check(shutdown(fds[i], SHUT_WR), "shutdown");
    for (int i = 0; i < at_a_time; i++) {
      check(recv(fds[i], &byte, 1, 0), "recv");
      close(fds[i]);
    }
    done += at_a_time;
    now = nanos(CLOCK_MONOTONIC);
  }
  printf("%lld %lld %lld\n", done, now - start, nanos(cpu) - used);
  return 0;
}
