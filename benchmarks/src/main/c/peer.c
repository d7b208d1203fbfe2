// peer echo|sink|source [PATH]: the other end of the benchmarks of sockets, on TCP or on a Unix socket. Blocking, one
// thread a connection: echoes what it receives, or only receives, or only sends.
#include "peer.h"
#include <pthread.h>

enum { BUFFER = 256 * 1024 };

static char mode;

static void *converse(void *argument) {
  int fd = (int)(long)argument;
  char *buffer = calloc(1, BUFFER);
  for (;;) {
    ssize_t count = mode == 'o' ? BUFFER : recv(fd, buffer, BUFFER, 0);
    for (ssize_t sent = mode == 'i' ? count : 0, part; sent < count; sent += part) {
      if ((part = send(fd, buffer + sent, count - sent, MSG_NOSIGNAL)) <= 0) count = 0;
    }
    if (count <= 0) break;
  }
  free(buffer);
  close(fd);
  return NULL;
}

static void *listen_on(void *argument) {
  for (;;) {
    pthread_t thread;
    long fd = check(accept((int)(long)argument, NULL, NULL), "accept");
    if (pthread_create(&thread, NULL, converse, (void *)fd) != 0) return NULL;
    pthread_detach(thread);
  }
}

static int serve_path(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  int fd = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
  check(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
  check(listen(fd, SOMAXCONN), "listen");
  puts("0");
  fflush(stdout);
  return fd;
}

int main(int count, char **arguments) {
  const char *name = count == 2 || count == 3 ? arguments[1] : "";
  if (strcmp(name, "echo") && strcmp(name, "sink") && strcmp(name, "source")) {
    fprintf(stderr, "usage: peer echo|sink|source [PATH]\n");
    return 2;
  }
  mode = name[1] == 'c' ? 'e' : name[1];  // e, i, o
  pthread_t thread;
  long listener = count == 3 ? serve_path(arguments[2]) : serve(0);
  if (pthread_create(&thread, NULL, listen_on, (void *)listener) != 0) return 1;
  while (getchar() != EOF) {
  }
  return 0;
}
