package io.gatun.os;

/** Linux: the same numbers on x86-64 and aarch64 for all that sockets need. */
final class LinuxAbi {
  private LinuxAbi() {}

  static Abi of(Arch arch) {
    return new Abi.Builder()
        .constants(CONSTANTS)
        .errnos(ERRNOS)
        .prototypes(Prototype.POSIX)
        .prototypes(PROTOTYPES)
        // struct sockaddr { sa_family_t sa_family; char sa_data[14]; };
        .struct(Struct.of("struct sockaddr", 16).field("sa_family", 0, 2).field("sa_data", 2, 14))
        // struct sockaddr_in {
        //   sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr; char sin_zero[8];
        // };
        .struct(
            Struct.of("struct sockaddr_in", 16)
                .field("sin_family", 0, 2)
                .field("sin_port", 2, 2)
                .field("sin_addr", 4, 4))
        // struct sockaddr_in6 {
        //   sa_family_t sin6_family; in_port_t sin6_port; uint32_t sin6_flowinfo;
        //   struct in6_addr sin6_addr; uint32_t sin6_scope_id;
        // };
        .struct(
            Struct.of("struct sockaddr_in6", 28)
                .field("sin6_family", 0, 2)
                .field("sin6_port", 2, 2)
                .field("sin6_flowinfo", 4, 4)
                .field("sin6_addr", 8, 16)
                .field("sin6_scope_id", 24, 4))
        // struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; };
        .struct(
            Struct.of("struct sockaddr_un", 110)
                .field("sun_family", 0, 2)
                .field("sun_path", 2, 108))
        // struct sockaddr_storage: 128 bytes, aligned to 8
        .struct(Struct.of("struct sockaddr_storage", 128).field("ss_family", 0, 2))
        // struct iovec { void *iov_base; size_t iov_len; };
        .struct(Struct.of("struct iovec", 16).field("iov_base", 0, 8).field("iov_len", 8, 8))
        // struct msghdr {
        //   void *msg_name; socklen_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        //   void *msg_control; size_t msg_controllen; int msg_flags;
        // };
        .struct(
            Struct.of("struct msghdr", 56)
                .field("msg_name", 0, 8)
                .field("msg_namelen", 8, 4)
                .field("msg_iov", 16, 8)
                .field("msg_iovlen", 24, 8)
                .field("msg_control", 32, 8)
                .field("msg_controllen", 40, 8)
                .field("msg_flags", 48, 4))
        // struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
        .struct(Struct.of("struct mmsghdr", 64).field("msg_hdr", 0, 56).field("msg_len", 56, 4))
        // struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; };  aligned to 8
        .struct(
            Struct.of("struct cmsghdr", 16)
                .field("cmsg_len", 0, 8)
                .field("cmsg_level", 8, 4)
                .field("cmsg_type", 12, 4))
        // struct pollfd { int fd; short events; short revents; };
        .struct(
            Struct.of("struct pollfd", 8)
                .field("fd", 0, 4)
                .field("events", 4, 2)
                .field("revents", 6, 2))
        // struct linger { int l_onoff; int l_linger; };
        .struct(Struct.of("struct linger", 8).field("l_onoff", 0, 4).field("l_linger", 4, 4))
        // struct timeval { time_t tv_sec; suseconds_t tv_usec; };
        .struct(Struct.of("struct timeval", 16).field("tv_sec", 0, 8).field("tv_usec", 8, 8))
        // struct timespec { time_t tv_sec; long tv_nsec; };
        .struct(Struct.of("struct timespec", 16).field("tv_sec", 0, 8).field("tv_nsec", 8, 8))
        // struct addrinfo {
        //   int ai_flags; int ai_family; int ai_socktype; int ai_protocol; socklen_t ai_addrlen;
        //   struct sockaddr *ai_addr; char *ai_canonname; struct addrinfo *ai_next;
        // };
        .struct(
            Struct.of("struct addrinfo", 48)
                .field("ai_flags", 0, 4)
                .field("ai_family", 4, 4)
                .field("ai_socktype", 8, 4)
                .field("ai_protocol", 12, 4)
                .field("ai_addrlen", 16, 4)
                .field("ai_addr", 24, 8)
                .field("ai_canonname", 32, 8)
                .field("ai_next", 40, 8))
        // struct sigaction (glibc and musl) {
        //   void (*sa_handler)(int); sigset_t sa_mask; int sa_flags; void (*sa_restorer)(void);
        // };
        .struct(
            Struct.of("struct sigaction", 152)
                .field("sa_handler", 0, 8)
                .field("sa_mask", 8, 128)
                .field("sa_flags", 136, 4))
        // struct epoll_event { uint32_t events; epoll_data_t data; };  packed on x86-64 alone
        .struct(
            arch == Arch.X86_64
                ? Struct.of("struct epoll_event", 12).field("events", 0, 4).field("data", 4, 8)
                : Struct.of("struct epoll_event", 16).field("events", 0, 4).field("data", 8, 8))
        .lacks("SO_EXCLUSIVEADDRUSE")
        .rest(LinuxFamilies::addTo)
        .build(Os.LINUX, arch);
  }

  // sys/socket.h, unistd.h, netdb.h …; the lines are long, as declarations are
  private static final String PROTOTYPES =
      """
      int poll(struct pollfd *, unsigned long, int)
      int ppoll(struct pollfd *, unsigned long, const struct timespec *, const sigset_t *)
      int getnameinfo(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int)
      int sethostname(const char *, size_t)
      ssize_t sendfile(int socket, int file, off_t *offset, size_t count)
      int accept4(int, struct sockaddr *, socklen_t *, int)
      int pipe2(int *, int)
      int dup3(int, int, int)
      int eventfd(unsigned int, int)
      int recvmmsg(int, struct mmsghdr *, unsigned int, int, struct timespec *)
      int sendmmsg(int, struct mmsghdr *, unsigned int, int)
      int epoll_create1(int)
      int epoll_ctl(int, int, int, struct epoll_event *)
      int epoll_wait(int, struct epoll_event *, int, int)
      int epoll_pwait2(int, struct epoll_event *, int, const struct timespec *, const sigset_t *)
      int gethostbyname_r(const char *, struct hostent *, char *, size_t, struct hostent **, int *)
      int gethostbyaddr_r(const void *, socklen_t, int, struct hostent *, char *, size_t, struct hostent **, int *)
      int getservbyname_r(const char *, const char *, struct servent *, char *, size_t, struct servent **)
      int getservbyport_r(int, const char *, struct servent *, char *, size_t, struct servent **)
      int getprotobyname_r(const char *, struct protoent *, char *, size_t, struct protoent **)
      """;

  // bits/socket.h, asm-generic/socket.h, netinet/in.h, netinet/tcp.h
  private static final String CONSTANTS =
      """
      AF_UNSPEC 0
      AF_UNIX 1
      AF_INET 2
      AF_INET6 10
      SOCK_STREAM 1
      SOCK_DGRAM 2
      SOCK_RAW 3
      SOCK_RDM 4
      SOCK_SEQPACKET 5
      SOCK_NONBLOCK 0x800
      SOCK_CLOEXEC 0x80000
      SOMAXCONN 4096
      SHUT_RD 0
      SHUT_WR 1
      SHUT_RDWR 2
      MSG_OOB 0x1
      MSG_PEEK 0x2
      MSG_DONTROUTE 0x4
      MSG_CTRUNC 0x8
      MSG_TRUNC 0x20
      MSG_DONTWAIT 0x40
      MSG_EOR 0x80
      MSG_WAITALL 0x100
      MSG_ERRQUEUE 0x2000
      MSG_NOSIGNAL 0x4000
      MSG_MORE 0x8000
      MSG_CMSG_CLOEXEC 0x40000000
      CMSG_LEN(0) 16
      CMSG_SPACE(1) 24
      SOL_SOCKET 1
      SO_DEBUG 1
      SO_REUSEADDR 2
      SO_TYPE 3
      SO_ERROR 4
      SO_DONTROUTE 5
      SO_BROADCAST 6
      SO_SNDBUF 7
      SO_RCVBUF 8
      SO_KEEPALIVE 9
      SO_OOBINLINE 10
      SO_PRIORITY 12
      SO_LINGER 13
      SO_REUSEPORT 15
      SO_PASSCRED 16
      SO_PEERCRED 17
      SO_RCVLOWAT 18
      SO_SNDLOWAT 19
      SO_RCVTIMEO 20
      SO_SNDTIMEO 21
      SO_BINDTODEVICE 25
      SO_ACCEPTCONN 30
      SO_PROTOCOL 38
      SO_DOMAIN 39
      SO_BUSY_POLL 46
      SO_INCOMING_CPU 49
      IPPROTO_IP 0
      IPPROTO_ICMP 1
      IPPROTO_TCP 6
      IPPROTO_UDP 17
      IPPROTO_IPV6 41
      IPPROTO_RAW 255
      IP_TOS 1
      IP_TTL 2
      IPV6_UNICAST_HOPS 16
      IPV6_V6ONLY 26
      IPV6_TCLASS 67
      TCP_NODELAY 1
      TCP_MAXSEG 2
      TCP_CORK 3
      TCP_KEEPIDLE 4
      TCP_KEEPINTVL 5
      TCP_KEEPCNT 6
      TCP_SYNCNT 7
      TCP_LINGER2 8
      TCP_DEFER_ACCEPT 9
      TCP_INFO 11
      TCP_QUICKACK 12
      TCP_CONGESTION 13
      TCP_USER_TIMEOUT 18
      TCP_FASTOPEN 23
      TCP_NOTSENT_LOWAT 25
      F_GETFD 1
      F_SETFD 2
      F_GETFL 3
      F_SETFL 4
      FD_CLOEXEC 1
      O_NONBLOCK 0x800
      O_CLOEXEC 0x80000
      FIONREAD 0x541B
      POLLIN 0x1
      POLLPRI 0x2
      POLLOUT 0x4
      POLLERR 0x8
      POLLHUP 0x10
      POLLNVAL 0x20
      POLLRDHUP 0x2000
      EFD_NONBLOCK 0x800
      EFD_CLOEXEC 0x80000
      EPOLL_CLOEXEC 0x80000
      EPOLL_CTL_ADD 1
      EPOLL_CTL_DEL 2
      EPOLL_CTL_MOD 3
      EPOLLIN 0x1
      EPOLLPRI 0x2
      EPOLLOUT 0x4
      EPOLLERR 0x8
      EPOLLHUP 0x10
      EPOLLRDHUP 0x2000
      EPOLLET 0x80000000
      AI_PASSIVE 0x1
      AI_CANONNAME 0x2
      AI_NUMERICHOST 0x4
      AI_V4MAPPED 0x8
      AI_ALL 0x10
      AI_ADDRCONFIG 0x20
      AI_NUMERICSERV 0x400
      EAI_BADFLAGS -1
      EAI_NONAME -2
      EAI_AGAIN -3
      EAI_FAIL -4
      EAI_NODATA -5
      EAI_FAMILY -6
      EAI_SOCKTYPE -7
      EAI_SERVICE -8
      EAI_ADDRFAMILY -9
      EAI_MEMORY -10
      EAI_SYSTEM -11
      EAI_OVERFLOW -12
      """;

  // asm-generic/errno-base.h, asm-generic/errno.h
  private static final String ERRNOS =
      """
      EPERM 1
      ENOENT 2
      ESRCH 3
      EINTR 4
      EIO 5
      ENXIO 6
      E2BIG 7
      ENOEXEC 8
      EBADF 9
      ECHILD 10
      EAGAIN 11
      ENOMEM 12
      EACCES 13
      EFAULT 14
      ENOTBLK 15
      EBUSY 16
      EEXIST 17
      EXDEV 18
      ENODEV 19
      ENOTDIR 20
      EISDIR 21
      EINVAL 22
      ENFILE 23
      EMFILE 24
      ENOTTY 25
      ETXTBSY 26
      EFBIG 27
      ENOSPC 28
      ESPIPE 29
      EROFS 30
      EMLINK 31
      EPIPE 32
      EDOM 33
      ERANGE 34
      EDEADLK 35
      ENAMETOOLONG 36
      ENOLCK 37
      ENOSYS 38
      ENOTEMPTY 39
      ELOOP 40
      ENOMSG 42
      EIDRM 43
      ECHRNG 44
      EL2NSYNC 45
      EL3HLT 46
      EL3RST 47
      ELNRNG 48
      EUNATCH 49
      ENOCSI 50
      EL2HLT 51
      EBADE 52
      EBADR 53
      EXFULL 54
      ENOANO 55
      EBADRQC 56
      EBADSLT 57
      EBFONT 59
      ENOSTR 60
      ENODATA 61
      ETIME 62
      ENOSR 63
      ENONET 64
      ENOPKG 65
      EREMOTE 66
      ENOLINK 67
      EADV 68
      ESRMNT 69
      ECOMM 70
      EPROTO 71
      EMULTIHOP 72
      EDOTDOT 73
      EBADMSG 74
      EOVERFLOW 75
      ENOTUNIQ 76
      EBADFD 77
      EREMCHG 78
      ELIBACC 79
      ELIBBAD 80
      ELIBSCN 81
      ELIBMAX 82
      ELIBEXEC 83
      EILSEQ 84
      ERESTART 85
      ESTRPIPE 86
      EUSERS 87
      ENOTSOCK 88
      EDESTADDRREQ 89
      EMSGSIZE 90
      EPROTOTYPE 91
      ENOPROTOOPT 92
      EPROTONOSUPPORT 93
      ESOCKTNOSUPPORT 94
      EOPNOTSUPP 95
      EPFNOSUPPORT 96
      EAFNOSUPPORT 97
      EADDRINUSE 98
      EADDRNOTAVAIL 99
      ENETDOWN 100
      ENETUNREACH 101
      ENETRESET 102
      ECONNABORTED 103
      ECONNRESET 104
      ENOBUFS 105
      EISCONN 106
      ENOTCONN 107
      ESHUTDOWN 108
      ETOOMANYREFS 109
      ETIMEDOUT 110
      ECONNREFUSED 111
      EHOSTDOWN 112
      EHOSTUNREACH 113
      EALREADY 114
      EINPROGRESS 115
      ESTALE 116
      EUCLEAN 117
      ENOTNAM 118
      ENAVAIL 119
      EISNAM 120
      EREMOTEIO 121
      EDQUOT 122
      ENOMEDIUM 123
      EMEDIUMTYPE 124
      ECANCELED 125
      ENOKEY 126
      EKEYEXPIRED 127
      EKEYREVOKED 128
      EKEYREJECTED 129
      EOWNERDEAD 130
      ENOTRECOVERABLE 131
      ERFKILL 132
      EHWPOISON 133
      """;
}
