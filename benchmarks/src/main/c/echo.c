// The limit that the event loops are measured against: an echo server on one thread with epoll, edge-triggered,
// each connection added once, one recv and one send a message.
#include "peer.h"
#include <sys/epoll.h>

enum { EVENTS = 1024, BUFFER = 64 * 1024 };

// A connection is a descriptor, and what the kernel would not take yet.
struct connection {
  int fd;
  int sent, length;
  char *rest;
};

static char buffer[BUFFER];

static void end(struct connection *connection) {
  close(connection->fd);
  free(connection->rest);
  free(connection);
}

// Returns 0 when the kernel takes no more for now, and less when the connection is broken.
static int flush(struct connection *connection) {
  while (connection->sent < connection->length) {
    ssize_t count = send(connection->fd, connection->rest + connection->sent,
                         connection->length - connection->sent, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    connection->sent += count;
  }
  free(connection->rest);
  connection->rest = NULL;
  return 1;
}

static void echo(struct connection *connection) {
  int state = connection->rest ? flush(connection) : 1;
  while (state > 0) {
    ssize_t count = recv(connection->fd, buffer, BUFFER, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      state = -1;
      break;
    }
    ssize_t sent = send(connection->fd, buffer, count, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      state = -1;
    } else if (sent < count) {
      if (sent < 0) sent = 0;
      connection->rest = malloc(count - sent);
      memcpy(connection->rest, buffer + sent, count - sent);
      connection->sent = 0;
      connection->length = count - sent;
      state = flush(connection);
    } else if (count < BUFFER) {
      return;  // emptied: what comes now is a new edge
    }
  }
  if (state < 0) end(connection);
}

static void add(int epoll, int fd, void *data, int events) {
  struct epoll_event event = {.events = events, .data.ptr = data};
  check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

int main(void) {
  static struct epoll_event events[EVENTS];
  int epoll = check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  int listener = serve(SOCK_NONBLOCK);
  add(epoll, listener, &listener, EPOLLIN);
  add(epoll, STDIN_FILENO, NULL, EPOLLIN);
  for (;;) {
    int count = epoll_wait(epoll, events, EVENTS, -1);
    for (int i = 0; i < count; i++) {
      void *data = events[i].data.ptr;
      if (data == NULL) return 0;
      if (data != &listener) {
        echo(data);
        continue;
      }
      int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (fd < 0) continue;
      struct connection *connection = calloc(1, sizeof *connection);
      connection->fd = fd;
      add(epoll, fd, connection, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    }
  }
}
