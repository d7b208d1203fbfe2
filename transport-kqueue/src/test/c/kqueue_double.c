// A double of kqueue(2) for Linux, for tests alone: the calls, numbers and struct kevent of macOS over epoll(7), so that
// the kqueue driver can be run where no kqueue is. It has what the driver uses, and is no port of anything:
//
//   EVFILT_READ, EVFILT_WRITE   edge (EV_CLEAR) and level; EV_ONESHOT, EV_DISPATCH, EV_ENABLE, EV_DISABLE, EV_DELETE
//   EVFILT_USER                 one for each queue
//   EV_RECEIPT, EV_ERROR        as kevent(2) says; a change is made though the wait is interrupted
//   EV_EOF                      with data that is still to be read, and an error in fflags
//   EPIPE                       of a pipe's write filter when nobody reads it any more, as macOS 10.11 refuses it
//   EINVAL                      of a time that is negative or has a second of nanoseconds or more; macOS has a limit
//                               of 100 million seconds, too
//   ENOMEM                      of the change that kqueue_double_refuse(nth) names
//   EINTR                       once for each kqueue_double_interrupt(times), after the changes were made: a test's
//
// What it cannot do: Linux tells a socket's error only by taking it away, so fflags is always ECONNRESET where there is
// any. A driver that believes fflags fails its tests here. And close(2) tells it nothing: notes of a descriptor that was
// closed are found when its number is added anew.
//
// A queue is one descriptor, which the program closes: the epoll of the read filters. Write filters have an epoll of
// their own within it, since epoll knows a descriptor once only, and would mix the edges of both. These are made when
// the library is loaded, and taken back from queues that were closed.
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct kevent {
  uintptr_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  intptr_t data;
  void *udata;
};

enum { EVFILT_READ = -1, EVFILT_WRITE = -2, EVFILT_USER = -10 };
enum {
  EV_ADD = 0x1, EV_DELETE = 0x2, EV_ENABLE = 0x4, EV_DISABLE = 0x8, EV_ONESHOT = 0x10, EV_CLEAR = 0x20,
  EV_RECEIPT = 0x40, EV_DISPATCH = 0x80, EV_OOBAND = 0x2000, EV_ERROR = 0x4000, EV_EOF = 0x8000,
};
enum { NOTE_TRIGGER = 0x1000000 };
enum { QUEUES = 256, BATCH = 512 };

struct note {
  int there, disabled;
  uint16_t flags;
  uint32_t serial;  // tells this note's events from those of an earlier one of the same number
  void *udata;
};

struct queue {
  pthread_mutex_t lock;
  int fd, writes;
  struct note *notes[2];  // of reading, of writing; by descriptor
  int capacity[2];
  struct note user;
  uintptr_t user_ident;
  int triggered;
};

// What epoll gives back for the two descriptors of a queue that are no program's.
static const uint64_t WRITES = UINT64_MAX, USER = UINT64_MAX - 1;

static struct queue queues[QUEUES];
static pthread_mutex_t all = PTHREAD_MUTEX_INITIALIZER;
static int always_ready;
static uint32_t serials;

__attribute__((constructor)) static void load(void) {
  always_ready = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
  for (int i = 0; i < QUEUES; i++) {
    pthread_mutex_init(&queues[i].lock, NULL);
    queues[i].fd = -1;
    queues[i].writes = epoll_create1(EPOLL_CLOEXEC);
  }
}

static int is_open(struct queue *q) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = WRITES};
  return q->fd >= 0 && epoll_ctl(q->fd, EPOLL_CTL_MOD, q->writes, &event) == 0;
}

static void forget(struct queue *q) {
  for (int fd = 0; fd < q->capacity[1]; fd++) {
    if (q->notes[1][fd].there) epoll_ctl(q->writes, EPOLL_CTL_DEL, fd, NULL);
  }
  for (int i = 0; i < 2; i++) {
    free(q->notes[i]);
    q->notes[i] = NULL;
    q->capacity[i] = 0;
  }
  memset(&q->user, 0, sizeof q->user);
  q->triggered = 0;
  q->fd = -1;
}

int kqueue(void) {
  int fd = epoll_create1(0);
  if (fd < 0) return -1;
  pthread_mutex_lock(&all);
  struct queue *q = NULL;
  for (int i = 0; i < QUEUES; i++) {
    if (queues[i].fd == fd || (queues[i].fd >= 0 && !is_open(&queues[i]))) forget(&queues[i]);
    if (q == NULL && queues[i].fd < 0) q = &queues[i];
  }
  struct epoll_event writes = {.events = EPOLLIN, .data.u64 = WRITES};
  if (q == NULL || epoll_ctl(fd, EPOLL_CTL_ADD, q->writes, &writes) < 0) {
    pthread_mutex_unlock(&all);
    close(fd);
    errno = EMFILE;
    return -1;
  }
  q->fd = fd;
  pthread_mutex_unlock(&all);
  return fd;
}

static struct queue *find(int fd) {
  for (int i = 0; i < QUEUES; i++) {
    if (queues[i].fd == fd) return &queues[i];
  }
  return NULL;
}

// Arms a note. Returns 0 or an errno.
static int arm(struct queue *q, int fd, int writing, struct note *note) {
  struct epoll_event event = {
      .events = writing ? EPOLLOUT : EPOLLIN | EPOLLPRI | EPOLLRDHUP,
      .data.u64 = (uint64_t)note->serial << 32 | (uint32_t)fd,
  };
  if (note->flags & EV_CLEAR) event.events |= EPOLLET;
  if (note->flags & (EV_ONESHOT | EV_DISPATCH)) event.events |= EPOLLONESHOT;
  int epoll = writing ? q->writes : q->fd;
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0) return 0;  // tells the present state anew, as kqueue does
  if (errno != ENOENT) return errno;
  // Never added, or closed and the number reused: whatever an earlier descriptor has left behind has another serial.
  note->serial = __atomic_add_fetch(&serials, 1, __ATOMIC_RELAXED) & INT32_MAX;
  event.data.u64 = (uint64_t)note->serial << 32 | (uint32_t)fd;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

static int change_user(struct queue *q, const struct kevent *c) {
  struct epoll_event event = {.events = 0, .data.u64 = USER};
  if (c->flags & EV_ADD) {
    if (!q->user.there && epoll_ctl(q->fd, EPOLL_CTL_ADD, always_ready, &event) < 0) return errno;
    q->user = (struct note){.there = 1, .flags = c->flags, .udata = c->udata};
    q->user_ident = c->ident;
  }
  if (!q->user.there || c->ident != q->user_ident) return ENOENT;
  if (c->flags & EV_DELETE) {
    q->user.there = 0;
    return epoll_ctl(q->fd, EPOLL_CTL_DEL, always_ready, NULL) < 0 ? errno : 0;
  }
  if (c->fflags & NOTE_TRIGGER) {
    q->triggered = 1;
    event.events = EPOLLIN | EPOLLONESHOT;
    return epoll_ctl(q->fd, EPOLL_CTL_MOD, always_ready, &event) < 0 ? errno : 0;
  }
  return 0;
}

// Whether a pipe has nobody left who reads it.
static int is_broken_pipe(int fd) {
  struct stat file;
  struct pollfd end = {.fd = fd, .events = POLLOUT};
  return fstat(fd, &file) == 0 && S_ISFIFO(file.st_mode) && poll(&end, 1, 0) == 1 && (end.revents & POLLERR);
}

// Makes one change. Returns 0 or an errno.
static int change(struct queue *q, const struct kevent *c) {
  if (c->filter == EVFILT_USER) return change_user(q, c);
  if (c->filter != EVFILT_READ && c->filter != EVFILT_WRITE) return EINVAL;
  int writing = c->filter == EVFILT_WRITE, fd = (int)c->ident;
  if (fd < 0) return EBADF;
  if (writing && (c->flags & EV_ADD) && is_broken_pipe(fd)) return EPIPE;
  if (fd >= q->capacity[writing]) {
    if (!(c->flags & EV_ADD)) return ENOENT;
    int capacity = fd * 2 + 64;
    struct note *more = realloc(q->notes[writing], capacity * sizeof *more);
    if (more == NULL) return ENOMEM;
    memset(more + q->capacity[writing], 0, (capacity - q->capacity[writing]) * sizeof *more);
    q->notes[writing] = more;
    q->capacity[writing] = capacity;
  }
  struct note *note = &q->notes[writing][fd];
  if (!note->there && !(c->flags & EV_ADD)) return ENOENT;
  if (c->flags & EV_DELETE) {
    note->there = 0;
    int disabled = note->disabled;
    return epoll_ctl(writing ? q->writes : q->fd, EPOLL_CTL_DEL, fd, NULL) < 0 && !disabled ? errno : 0;
  }
  if (c->flags & EV_ADD) {
    if (!note->there) note->disabled = 0;
    note->flags = c->flags & (EV_CLEAR | EV_ONESHOT | EV_DISPATCH);
    note->udata = c->udata;
  }
  if (c->flags & EV_ENABLE) note->disabled = 0;
  if (c->flags & EV_DISABLE) {
    note->disabled = 1;
    note->there = 1;
    epoll_ctl(writing ? q->writes : q->fd, EPOLL_CTL_DEL, fd, NULL);
    return 0;
  }
  if (note->disabled) return 0;
  int error = arm(q, fd, writing, note);
  note->there = error == 0;
  return error;
}

// Turns what an epoll tells into an event. Returns 1, or 0 where there is nobody to tell.
static int tell(struct queue *q, int writing, const struct epoll_event *told, struct kevent *event) {
  if (told->data.u64 == USER) {
    if (!q->user.there || !q->triggered) return 0;
    *event = (struct kevent){.ident = q->user_ident, .filter = EVFILT_USER, .flags = q->user.flags & EV_CLEAR,
                             .udata = q->user.udata};
    if (q->user.flags & EV_CLEAR) {
      q->triggered = 0;
    } else {
      struct epoll_event again = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = USER};
      epoll_ctl(q->fd, EPOLL_CTL_MOD, always_ready, &again);
    }
    return 1;
  }
  int fd = (int)(uint32_t)told->data.u64;
  if (fd >= q->capacity[writing]) return 0;
  struct note *note = &q->notes[writing][fd];
  if (!note->there || note->disabled || note->serial != (uint32_t)(told->data.u64 >> 32)) return 0;
  *event = (struct kevent){
      .ident = fd, .filter = writing ? EVFILT_WRITE : EVFILT_READ, .flags = note->flags, .udata = note->udata};
  if (told->events & (writing ? EPOLLHUP | EPOLLERR : EPOLLHUP | EPOLLRDHUP)) {
    event->flags |= EV_EOF;
    if (told->events & EPOLLERR) event->fflags = ECONNRESET;
  }
  // EV_OOBAND is never told: macOS's kernel does not, whatever its manual page says.
  int bytes = 0;
  if (!writing) event->data = ioctl(fd, FIONREAD, &bytes) == 0 ? bytes : 1;
  if (note->flags & EV_ONESHOT) {
    note->there = 0;
    epoll_ctl(writing ? q->writes : q->fd, EPOLL_CTL_DEL, fd, NULL);
  } else if (note->flags & EV_DISPATCH) {
    note->disabled = 1;
    epoll_ctl(writing ? q->writes : q->fd, EPOLL_CTL_DEL, fd, NULL);
  }
  return 1;
}

static int interruptions;

// The next waits of any queue end with EINTR.
void kqueue_double_interrupt(int times) { __atomic_store_n(&interruptions, times, __ATOMIC_SEQ_CST); }

static int is_interrupted(void) {
  int left = __atomic_load_n(&interruptions, __ATOMIC_SEQ_CST);
  return left > 0 && __atomic_compare_exchange_n(&interruptions, &left, left - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static int refused;

// The so-many-th change of the next call that has as many is refused with ENOMEM.
void kqueue_double_refuse(int nth) { __atomic_store_n(&refused, nth, __ATOMIC_SEQ_CST); }

static int is_refused(int nth) {
  return __atomic_compare_exchange_n(&refused, &nth, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

// Waits once, at most until the deadline; negative for no end. Returns the number of events, −1 with errno.
static int wait_once(struct queue *q, struct kevent *events, int room, int64_t deadline) {
  struct epoll_event told[BATCH], written[BATCH];
  int64_t left = deadline < 0 ? -1 : deadline - now();
  struct timespec timeout = {.tv_sec = left > 0 ? left / 1000000000 : 0, .tv_nsec = left > 0 ? left % 1000000000 : 0};
  int count = syscall(SYS_epoll_pwait2, q->fd, told, room < BATCH ? room : BATCH, left < 0 && deadline < 0 ? NULL : &timeout,
                      NULL, 0);
  if (count < 0) return -1;
  pthread_mutex_lock(&q->lock);
  int filled = 0, writes = 0;
  for (int i = 0; i < count; i++) {
    if (told[i].data.u64 == WRITES) {
      writes = 1;
    } else {
      filled += tell(q, 0, &told[i], &events[filled]);
    }
  }
  if (writes && filled < room) {  // with no room left, it is told again: that epoll is watched by level
    int limit = room - filled < BATCH ? room - filled : BATCH;
    int more = epoll_wait(q->writes, written, limit, 0);
    for (int i = 0; i < more; i++) filled += tell(q, 1, &written[i], &events[filled]);
  }
  pthread_mutex_unlock(&q->lock);
  return filled;
}

int kevent(int kq, const struct kevent *changes, int nchanges, struct kevent *events, int nevents,
           const struct timespec *timeout) {
  struct queue *q = find(kq);
  if (q == NULL) {
    errno = EBADF;
    return -1;
  }
  if (timeout != NULL && (timeout->tv_sec < 0 || timeout->tv_sec > 100000000 || timeout->tv_nsec < 0 ||
                          timeout->tv_nsec >= 1000000000)) {
    errno = EINVAL;
    return -1;
  }
  int filled = 0;
  pthread_mutex_lock(&q->lock);
  for (int i = 0; i < nchanges; i++) {
    struct kevent c = changes[i];  // the events may take the changes' place
    int error = is_refused(i + 1) ? ENOMEM : change(q, &c);
    if (error == 0 && !(c.flags & EV_RECEIPT)) continue;
    if (filled == nevents) {
      if (error == 0) continue;
      pthread_mutex_unlock(&q->lock);
      errno = error;
      return -1;
    }
    c.flags = EV_ERROR;
    c.data = error;
    events[filled++] = c;
  }
  pthread_mutex_unlock(&q->lock);
  if (nevents > 0 && is_interrupted()) {
    errno = EINTR;
    return -1;
  }
  if (filled > 0 || nevents == 0) return filled;
  int64_t deadline = timeout == NULL ? -1 : now() + timeout->tv_sec * INT64_C(1000000000) + timeout->tv_nsec;
  do {
    filled = wait_once(q, events, nevents, deadline);
  } while (filled == 0 && (deadline < 0 || now() < deadline));
  return filled;
}
