package io.gatun.os;

/** OpenBSD: what it adds to {@link BsdAbi}, as data. */
final class OpenBsdAbi {
  private OpenBsdAbi() {}

  static Abi of(Arch arch) {
    return BsdAbi.common()
        .constants(CONSTANTS)
        .errnos(ERRNOS)
        .prototypes(PROTOTYPES)
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
        // struct sockaddr_storage: 256 bytes, aligned to 8
        .struct(
            Struct.of("struct sockaddr_storage", 256)
                .field("ss_len", 0, 1)
                .field("ss_family", 1, 1))
        // struct timeval { time_t tv_sec; suseconds_t tv_usec; };
        .struct(Struct.of("struct timeval", 16).field("tv_sec", 0, 8).field("tv_usec", 8, 8))
        // struct sigaction { void (*sa_handler)(int); sigset_t sa_mask; int sa_flags; };
        .struct(
            Struct.of("struct sigaction", 16)
                .field("sa_handler", 0, 8)
                .field("sa_mask", 8, 4)
                .field("sa_flags", 12, 4))
        // struct kevent {
        //   uintptr_t ident; short filter; u_short flags; u_int fflags; int64_t data; void *udata;
        // };
        .struct(
            Struct.of("struct kevent", 32)
                .field("ident", 0, 8)
                .field("filter", 8, 2)
                .field("flags", 10, 2)
                .field("fflags", 12, 4)
                .field("data", 16, 8)
                .field("udata", 24, 8))
        .struct(BsdAbi.sockaddrDl(24))
        // struct sockpeercred { uid_t uid; gid_t gid; pid_t pid; };
        .struct(
            Struct.of("struct sockpeercred", 12)
                .field("uid", 0, 4)
                .field("gid", 4, 4)
                .field("pid", 8, 4))
        .build(Os.OPENBSD, arch);
  }

  // sys/socket.h, netinet/tcp.h, sys/event.h …
  private static final String CONSTANTS =
      """
      AF_ROUTE 17
      AF_INET6 24
      AF_BLUETOOTH 32
      SOCK_NONBLOCK 0x4000
      SOCK_CLOEXEC 0x8000
      MSG_BCAST 0x100
      MSG_MCAST 0x200
      MSG_NOSIGNAL 0x400
      MSG_CMSG_CLOEXEC 0x800
      MSG_WAITFORONE 0x1000
      SO_TIMESTAMP 0x800
      SO_BINDANY 0x1000
      SO_SNDTIMEO 0x1005
      SO_RCVTIMEO 0x1006
      SO_RTABLE 0x1021
      SO_PEERCRED 0x1022
      SO_SPLICE 0x1023
      SO_DOMAIN 0x1024
      SO_PROTOCOL 0x1025
      SO_ZEROIZE 0x2000
      SCM_TIMESTAMP 4
      CMSG_LEN(0) 16
      CMSG_SPACE(1) 24
      IPPROTO_UDPLITE 136
      IPPROTO_DIVERT 258
      IP_SENDSRCADDR 7
      IP_RECVIF 30
      IP_RECVTTL 31
      IP_MINTTL 32
      IPV6_RTHDRDSTOPTS 35
      IPV6_RECVPKTINFO 36
      IPV6_RECVTCLASS 57
      IPV6_TCLASS 61
      TCP_MD5SIG 4
      TCP_SACK_ENABLE 8
      TCP_INFO 9
      TCP_NOPUSH 16
      F_DUPFD_CLOEXEC 10
      O_CLOEXEC 0x10000
      EVFILT_READ -1
      EVFILT_WRITE -2
      EVFILT_USER -10
      AI_EXT 8
      AI_NUMERICSERV 0x10
      AI_FQDN 0x20
      AI_ADDRCONFIG 0x40
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
      EAI_BADHINTS -12
      EAI_PROTOCOL -13
      EAI_OVERFLOW -14
      NI_NUMERICHOST 1
      NI_NUMERICSERV 2
      NI_MAXHOST 256
      NI_NOFQDN 4
      NI_NAMEREQD 8
      AF_KEY 30
      AI_MASK 119
      IP_MAX_MEMBERSHIPS 0xfff
      IPPORT_USERRESERVED 0xbfff
      IPPROTO_MOBILE 55
      """;

  // beside those of BsdAbi; the lines are long, as declarations are
  private static final String PROTOTYPES =
      """
      int kevent(int, const struct kevent *, int, struct kevent *, int, const struct timespec *)
      int getnameinfo(const struct sockaddr *, socklen_t, char *, size_t, char *, size_t, int)
      int sethostname(const char *, size_t)
      int accept4(int, struct sockaddr *, socklen_t *, int)
      int pipe2(int *, int)
      int dup3(int, int, int)
      int ppoll(struct pollfd *, unsigned int, const struct timespec *, const sigset_t *)
      """;

  // sys/errno.h
  private static final String ERRNOS =
      """
      EOPNOTSUPP 45
      EIPSEC 82
      ENOATTR 83
      EILSEQ 84
      ENOMEDIUM 85
      EMEDIUMTYPE 86
      EOVERFLOW 87
      ECANCELED 88
      EIDRM 89
      ENOMSG 90
      ENOTSUP 91
      EBADMSG 92
      ENOTRECOVERABLE 93
      EOWNERDEAD 94
      EPROTO 95
      """;
}
