// The limit on Windows: an echo server on one thread with a completion port, each connection with one overlapped receive
// into a buffer of its own and one overlapped send at a time. It prints its port as its first line, and ends when its
// standard input does.
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 256, BUFFER = 64 * 1024 };

struct connection {
  OVERLAPPED receive, send;
  SOCKET socket;
  char buffer[BUFFER];
};

static HANDLE port;

static void check(int fine, const char *call) {
  if (fine) return;
  fprintf(stderr, "%s: %d\n", call, WSAGetLastError());
  exit(1);
}

static void end(struct connection *connection) {
  closesocket(connection->socket);
  free(connection);  // nothing is under way: a receive and a send take turns
}

// Both return the number of bytes, or -1 when the operation is under way (WSA_IO_PENDING) or the connection broken.
static int receive(struct connection *connection) {
  WSABUF buffer = {BUFFER, connection->buffer};
  DWORD count, flags = 0;
  memset(&connection->receive, 0, sizeof connection->receive);
  return WSARecv(connection->socket, &buffer, 1, &count, &flags, &connection->receive, NULL) == 0 ? (int)count : -1;
}

static int send_back(struct connection *connection, int length) {
  WSABUF buffer = {length, connection->buffer};
  DWORD count;
  memset(&connection->send, 0, sizeof connection->send);
  return WSASend(connection->socket, &buffer, 1, &count, 0, &connection->send, NULL) == 0 ? (int)count : -1;
}

// Goes on until an operation is under way; received is what one has brought, or -1 where a receive is to begin.
static void echo(struct connection *connection, int received) {
  for (;;) {
    int count = received >= 0 ? received : receive(connection);
    received = -1;
    if (count > 0) count = send_back(connection, count);
    if (count < 0 && WSAGetLastError() == WSA_IO_PENDING) return;
    if (count <= 0) {
      end(connection);
      return;
    }
  }
}

// A thread of its own, so that the loop is measured alone; what it accepts it posts.
static DWORD WINAPI accept_all(void *argument) {
  for (;;) {
    SOCKET socket = accept((SOCKET)argument, NULL, NULL);
    if (socket == INVALID_SOCKET) return 0;
    struct connection *connection = calloc(1, sizeof *connection);
    BOOL one = TRUE;
    connection->socket = socket;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof one);
    CreateIoCompletionPort((HANDLE)socket, port, (ULONG_PTR)connection, 0);
    SetFileCompletionNotificationModes(
        (HANDLE)socket, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE);
    PostQueuedCompletionStatus(port, 0, (ULONG_PTR)connection, NULL);
  }
}

static DWORD WINAPI end_with_input(void *argument) {
  while (getchar() != EOF) {
  }
  exit(0);
}

int main(void) {
  static OVERLAPPED_ENTRY events[EVENTS];
  WSADATA data;
  check(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
  SOCKET listener = WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int length = sizeof address;
  check(bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
  check(listen(listener, SOMAXCONN) == 0, "listen");
  check(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
  CreateThread(NULL, 0, accept_all, (void *)listener, 0, NULL);
  CreateThread(NULL, 0, end_with_input, NULL, 0, NULL);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    ULONG count;
    check(GetQueuedCompletionStatusEx(port, events, EVENTS, &count, INFINITE, FALSE), "GetQueuedCompletionStatusEx");
    for (ULONG i = 0; i < count; i++) {
      struct connection *connection = (struct connection *)events[i].lpCompletionKey;
      if (events[i].lpOverlapped == &connection->receive) {
        echo(connection, events[i].dwNumberOfBytesTransferred);
      } else {
        echo(connection, -1);  // sent, or new
      }
    }
  }
}
