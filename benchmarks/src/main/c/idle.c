// idle PORT CONNECTIONS BYTES: opens connections and keeps them. With BYTES above 0 each has sent and received so many
// once. Prints 0 when all are there; when its input ends they are closed, and it ends once the server has closed too.
#include "peer.h"
#include <sys/resource.h>

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: idle PORT CONNECTIONS BYTES\n");
    return 2;
  }
  struct rlimit limit;
  check(getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
  limit.rlim_cur = limit.rlim_max;
  check(setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
  struct sockaddr_in server = loopback(atoi(arguments[1]));
  int connections = atoi(arguments[2]), bytes = atoi(arguments[3]);
  int *fds = calloc(connections, sizeof *fds);
  char *buffer = calloc(1, bytes + 1);
  for (int i = 0; i < connections; i++) {
    fds[i] = connect_from(i, &server);
    if (bytes > 0) {
      check(send(fds[i], buffer, bytes, MSG_NOSIGNAL), "send");
      check(recv(fds[i], buffer, bytes, MSG_WAITALL), "recv");
    }
  }
  puts("0");
  fflush(stdout);
  while (getchar() != EOF) {
  }
  for (int i = 0; i < connections; i++) shutdown(fds[i], SHUT_WR);
  for (int i = 0; i < connections; i++) {
    if (recv(fds[i], buffer, 1, 0) != 0) return 1;
    close(fds[i]);
  }
  return 0;
}
