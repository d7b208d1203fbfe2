package io.gatun.os;

/**
 * NetBSD 11 and newer: what it adds to {@link BsdAbi}, as data. Its C library has the calls of
 * today under names of their own beside those of older releases.
 */
final class NetBsdAbi {
  private NetBsdAbi() {}

  static Abi of(Arch arch) {
    return BsdAbi.common()
        .constants(CONSTANTS)
        .constants("CMSG_SPACE(1) " + (arch == Arch.X86_64 ? 24 : 32)) // aligned to 8, to 16
        .errnos(ERRNOS)
        .prototypes(PROTOTYPES)
        .symbols(SYMBOLS)
        .struct(BsdAbi.ADDRINFO)
        // struct sockaddr_storage: 128 bytes, aligned to 8
        .struct(
            Struct.of("struct sockaddr_storage", 128)
                .field("ss_len", 0, 1)
                .field("ss_family", 1, 1))
        // struct timeval { time_t tv_sec; suseconds_t tv_usec; };
        .struct(Struct.of("struct timeval", 16).field("tv_sec", 0, 8).field("tv_usec", 8, 4))
        // struct sigaction { void (*sa_handler)(int); sigset_t sa_mask; int sa_flags; };
        .struct(
            Struct.of("struct sigaction", 32)
                .field("sa_handler", 0, 8)
                .field("sa_mask", 8, 16)
                .field("sa_flags", 24, 4))
        // struct kevent {
        //   uintptr_t ident; uint32_t filter; uint32_t flags; uint32_t fflags; int64_t data;
        //   void *udata; uint64_t ext[4];
        // };
        .struct(
            Struct.of("struct kevent", 72)
                .field("ident", 0, 8)
                .field("filter", 8, 4)
                .field("flags", 12, 4)
                .field("fflags", 16, 4)
                .field("data", 24, 8)
                .field("udata", 32, 8)
                .field("ext", 40, 32))
        .struct(BsdAbi.sockaddrDl(24))
        // struct unpcbid { pid_t unp_pid; uid_t unp_euid; gid_t unp_egid; };
        .struct(
            Struct.of("struct unpcbid", 12)
                .field("unp_pid", 0, 4)
                .field("unp_euid", 4, 4)
                .field("unp_egid", 8, 4))
        .build(Os.NETBSD, arch);
  }

  // sys/socket.h, sys/un.h, netinet/tcp.h, sys/event.h, sys/eventfd.h …
  private static final String CONSTANTS =
      """
      AF_INET6 24
      AF_BLUETOOTH 31
      AF_ROUTE 34
      SOCK_CLOEXEC 0x10000000
      SOCK_NONBLOCK 0x20000000
      SOCK_NOSIGPIPE 0x40000000
      MSG_BCAST 0x100
      MSG_MCAST 0x200
      MSG_NOSIGNAL 0x400
      MSG_CMSG_CLOEXEC 0x800
      MSG_WAITFORONE 0x2000
      SOL_LOCAL 0
      SO_NOSIGPIPE 0x800
      SO_ACCEPTFILTER 0x1000
      SO_OVERFLOWED 0x1009
      SO_NOHEADER 0x100a
      SO_SNDTIMEO 0x100b
      SO_RCVTIMEO 0x100c
      SO_TIMESTAMP 0x2000
      SO_RERROR 0x4000
      SCM_TIMESTAMP 8
      SCM_CREDS 16
      CMSG_LEN(0) 16
      LOCAL_CONNWAIT 2
      LOCAL_PEEREID 3
      LOCAL_CREDS 4
      IP_SENDSRCADDR 7
      IP_RECVIF 20
      IP_RECVTTL 23
      IP_MINTTL 24
      IP_PKTINFO 25
      IP_RECVPKTINFO 26
      IP_BINDANY 27
      IPV6_RTHDRDSTOPTS 35
      IPV6_RECVPKTINFO 36
      IPV6_RECVTCLASS 57
      IPV6_TCLASS 61
      TCP_KEEPIDLE 3
      TCP_KEEPINTVL 5
      TCP_KEEPCNT 6
      TCP_KEEPINIT 7
      TCP_INFO 9
      TCP_MD5SIG 16
      F_DUPFD_CLOEXEC 12
      F_GETNOSIGPIPE 13
      F_SETNOSIGPIPE 14
      O_CLOEXEC 0x400000
      FIONSPACE 0x40046678
      FIONWRITE 0x40046679
      EFD_NONBLOCK 4
      EFD_CLOEXEC 0x400000
      EVFILT_READ 0
      EVFILT_WRITE 1
      EVFILT_USER 8
      AI_NUMERICSERV 8
      AI_ADDRCONFIG 0x400
      AI_SRV 0x800
      EAI_ADDRFAMILY 1
      EAI_AGAIN 2
      EAI_BADFLAGS 3
      EAI_FAIL 4
      EAI_FAMILY 5
      EAI_MEMORY 6
      EAI_NODATA 7
      EAI_NONAME 8
      EAI_SERVICE 9
      EAI_SOCKTYPE 10
      EAI_SYSTEM 11
      EAI_BADHINTS 12
      EAI_PROTOCOL 13
      EAI_OVERFLOW 14
      NI_NOFQDN 1
      NI_NUMERICHOST 2
      NI_NAMEREQD 4
      NI_NUMERICSERV 8
      NI_MAXHOST 1025
      NI_NUMERICSCOPE 0x40
      AF_CAN 35
      AI_MASK 0xc0f
      BTPROTO_HCI 1
      BTPROTO_L2CAP 2
      BTPROTO_RFCOMM 3
      BTPROTO_SCO 4
      EAI_MAX 15
      IP_MAX_MEMBERSHIPS 20
      IPPROTO_MOBILE 55
      IPPROTO_VRRP 112
      IPPROTO_L2TP 115
      L2CAP_LM_AUTH 1
      L2CAP_LM_ENCRYPT 2
      L2CAP_LM_SECURE 4
      MSG_NOTIFICATION 0x4000
      PF_CAN 35
      RFCOMM_LM_AUTH 1
      RFCOMM_LM_ENCRYPT 2
      RFCOMM_LM_SECURE 4
      SO_HCI_EVT_FILTER 1
      SO_L2CAP_IMTU 1
      SO_RFCOMM_MTU 1
      SO_SCO_MTU 1
      SO_HCI_PKT_FILTER 2
      SO_L2CAP_OMTU 2
      SO_RFCOMM_FC_INFO 2
      SO_SCO_HANDLE 2
      SO_L2CAP_IQOS 3
      SO_RFCOMM_LM 3
      SO_L2CAP_OQOS 4
      SO_L2CAP_FLUSH 5
      SO_L2CAP_LM 6
      """;

  // beside those of BsdAbi; the lines are long, as declarations are
  private static final String PROTOTYPES =
      """
      int kevent(int, const struct kevent *, size_t, struct kevent *, size_t, const struct timespec *)
      int getnameinfo(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int)
      int sethostname(const char *, size_t)
      int accept4(int, struct sockaddr *, socklen_t *, int)
      int pipe2(int *, int)
      int dup3(int, int, int)
      int ppoll(struct pollfd *, unsigned int, const struct timespec *, const sigset_t *)
      int eventfd(unsigned int, int)
      """;

  // __RENAME in sys/socket.h, sys/event.h, signal.h and unistd.h. NetBSD 10 has neither __kevent100
  // nor __dup3100; its events have no ext.
  private static final String SYMBOLS =
      """
      socket __socket30
      kevent __kevent100
      sigaction __sigaction_siginfo
      dup3 __dup3100
      """;

  // sys/errno.h
  private static final String ERRNOS =
      """
      EOPNOTSUPP 45
      EIDRM 82
      ENOMSG 83
      EOVERFLOW 84
      EILSEQ 85
      ENOTSUP 86
      ECANCELED 87
      EBADMSG 88
      ENODATA 89
      ENOSR 90
      ENOSTR 91
      ETIME 92
      ENOATTR 93
      EMULTIHOP 94
      ENOLINK 95
      EPROTO 96
      EOWNERDEAD 97
      ENOTRECOVERABLE 98
      """;
}
