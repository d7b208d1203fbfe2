package io.gatun.os;

/** FreeBSD: what it adds to {@link BsdAbi}, the same on x86-64 and aarch64. */
final class FreeBsdAbi {
  private FreeBsdAbi() {}

  static Abi of(Arch arch) {
    return BsdAbi.common()
        .constants(CONSTANTS)
        .errnos(ERRNOS)
        .prototypes(PROTOTYPES)
        .struct(BsdAbi.ADDRINFO)
        // struct sockaddr_storage: 128 bytes, aligned to 8
        .struct(
            Struct.of("struct sockaddr_storage", 128)
                .field("ss_len", 0, 1)
                .field("ss_family", 1, 1))
        // struct timeval { time_t tv_sec; suseconds_t tv_usec; };
        .struct(Struct.of("struct timeval", 16).field("tv_sec", 0, 8).field("tv_usec", 8, 8))
        // struct sigaction { void (*sa_handler)(int); int sa_flags; sigset_t sa_mask; };
        .struct(
            Struct.of("struct sigaction", 32)
                .field("sa_handler", 0, 8)
                .field("sa_flags", 8, 4)
                .field("sa_mask", 12, 16))
        // struct kevent {
        //   uintptr_t ident; short filter; u_short flags; u_int fflags; int64_t data; void *udata;
        //   uint64_t ext[4];
        // };
        .struct(
            Struct.of("struct kevent", 64)
                .field("ident", 0, 8)
                .field("filter", 8, 2)
                .field("flags", 10, 2)
                .field("fflags", 12, 4)
                .field("data", 16, 8)
                .field("udata", 24, 8)
                .field("ext", 32, 32))
        // struct group_req { uint32_t gr_interface; struct sockaddr_storage gr_group; };
        .struct(
            Struct.of("struct group_req", 136)
                .field("gr_interface", 0, 4)
                .field("gr_group", 8, 128))
        // struct group_source_req {
        //   uint32_t gsr_interface; struct sockaddr_storage gsr_group, gsr_source;
        // };
        .struct(
            Struct.of("struct group_source_req", 264)
                .field("gsr_interface", 0, 4)
                .field("gsr_group", 8, 128)
                .field("gsr_source", 136, 128))
        .struct(BsdAbi.sockaddrDl(46))
        // struct xucred {
        //   u_int cr_version; uid_t cr_uid; short cr_ngroups; gid_t cr_groups[16];
        //   union { void *_cr_unused1; pid_t cr_pid; };
        // };
        .struct(
            Struct.of("struct xucred", 88)
                .field("cr_version", 0, 4)
                .field("cr_uid", 4, 4)
                .field("cr_ngroups", 8, 2)
                .field("cr_groups", 12, 64)
                .field("cr_pid", 80, 4))
        .build(Os.FREEBSD, arch);
  }

  // sys/socket.h, sys/un.h, netinet/tcp.h, sys/event.h, sys/eventfd.h …
  private static final String CONSTANTS =
      """
      AF_ROUTE 17
      AF_INET6 28
      AF_BLUETOOTH 36
      SOCK_CLOEXEC 0x10000000
      SOCK_NONBLOCK 0x20000000
      MSG_EOF 0x100
      MSG_NOSIGNAL 0x20000
      MSG_CMSG_CLOEXEC 0x40000
      MSG_WAITFORONE 0x80000
      SOL_LOCAL 0
      SO_TIMESTAMP 0x400
      SO_NOSIGPIPE 0x800
      SO_ACCEPTFILTER 0x1000
      SO_SNDTIMEO 0x1005
      SO_RCVTIMEO 0x1006
      SO_LISTENQLIMIT 0x1011
      SO_LISTENQLEN 0x1012
      SO_LISTENINCQLEN 0x1013
      SO_SETFIB 0x1014
      SO_USER_COOKIE 0x1015
      SO_PROTOCOL 0x1016
      SO_TS_CLOCK 0x1017
      SO_DOMAIN 0x1019
      SO_SPLICE 0x1023
      SO_BINTIME 0x2000
      SO_NO_OFFLOAD 0x4000
      SO_NO_DDP 0x8000
      SO_REUSEPORT_LB 0x10000
      SO_RERROR 0x20000
      SCM_TIMESTAMP 2
      SCM_CREDS 3
      SCM_BINTIME 4
      SCM_REALTIME 5
      SCM_MONOTONIC 6
      SCM_TIME_INFO 7
      SCM_CREDS2 8
      CMSG_LEN(0) 16
      CMSG_SPACE(1) 24
      LOCAL_PEERCRED 1
      LOCAL_CREDS 2
      LOCAL_CREDS_PERSISTENT 3
      XUCRED_VERSION 0
      IPPROTO_UDPLITE 136
      IPPROTO_DIVERT 258
      IP_SENDSRCADDR 7
      IP_RECVIF 20
      IP_BINDANY 24
      IP_RECVTTL 65
      IP_MINTTL 66
      IP_DONTFRAG 67
      IP_RECVTOS 68
      IP_ADD_SOURCE_MEMBERSHIP 70
      MCAST_JOIN_GROUP 80
      MCAST_LEAVE_GROUP 81
      MCAST_JOIN_SOURCE_GROUP 82
      MCAST_LEAVE_SOURCE_GROUP 83
      IP_DROP_SOURCE_MEMBERSHIP 71
      IP_BLOCK_SOURCE 72
      IP_UNBLOCK_SOURCE 73
      IPV6_RTHDRDSTOPTS 35
      IPV6_RECVPKTINFO 36
      IPV6_RECVTCLASS 57
      IPV6_TCLASS 61
      TCP_NOPUSH 4
      TCP_NOOPT 8
      TCP_MD5SIG 16
      TCP_INFO 32
      TCP_CONGESTION 64
      TCP_MAXUNACKTIME 68
      TCP_KEEPINIT 128
      TCP_KEEPIDLE 256
      TCP_KEEPINTVL 512
      TCP_KEEPCNT 1024
      TCP_FASTOPEN 1025
      F_DUPFD_CLOEXEC 17
      O_CLOEXEC 0x100000
      FIONSPACE 0x40046676
      FIONWRITE 0x40046677
      POLLRDHUP 0x4000
      EFD_NONBLOCK 4
      EFD_CLOEXEC 0x100000
      EVFILT_READ -1
      EVFILT_WRITE -2
      EVFILT_USER -11
      AI_NUMERICSERV 8
      AI_ALL 0x100
      AI_ADDRCONFIG 0x400
      AI_V4MAPPED 0x800
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
      NI_NUMERICSCOPE 0x20
      AF_NETLINK 38
      AF_HYPERV 43
      AF_DIVERT 44
      AI_V4MAPPED_CFG 0x200
      AI_DEFAULT 0x600
      AI_MASK 0xd0f
      EAI_MAX 15
      IP_RECVORIGDSTADDR 27
      IP_MAX_MEMBERSHIPS 0xfff
      IPPROTO_ST 7
      IPPROTO_RDP 27
      IPPROTO_XTP 36
      IPPROTO_MOBILE 55
      IPPROTO_HELLO 63
      IPPROTO_ND 77
      IPPROTO_IGP 85
      IPPROTO_PGM 113
      MSG_NOTIFICATION 0x2000
      PF_DIVERT 44
      SO_L2CAP_IMTU 1
      SO_RFCOMM_MTU 1
      SO_SCO_MTU 1
      SO_L2CAP_OMTU 2
      SO_RFCOMM_FC_INFO 2
      SO_SCO_CONNINFO 2
      SO_L2CAP_FLUSH 5
      SO_L2CAP_ENCRYPTED 6
      SOL_SCO 0x209
      SOL_RFCOMM 0x816
      SOL_L2CAP 0x1609
      """;

  // beside those of BsdAbi; the lines are long, as declarations are
  private static final String PROTOTYPES =
      """
      int kevent(int, const struct kevent *, int, struct kevent *, int, const struct timespec *)
      int getnameinfo(const struct sockaddr *, socklen_t, char *, size_t, char *, size_t, int)
      int sethostname(const char *, int)
      int sendfile(int file, int socket, off_t offset, size_t count, struct sf_hdtr *extra, off_t *sent, int flags)
      int accept4(int, struct sockaddr *, socklen_t *, int)
      int pipe2(int *, int)
      int dup3(int, int, int)
      int ppoll(struct pollfd *, unsigned int, const struct timespec *, const sigset_t *)
      int eventfd(unsigned int, int)
      int gethostbyname_r(const char *, struct hostent *, char *, size_t, struct hostent **, int *)
      int gethostbyaddr_r(const void *, socklen_t, int, struct hostent *, char *, size_t, struct hostent **, int *)
      int getservbyname_r(const char *, const char *, struct servent *, char *, size_t, struct servent **)
      int getservbyport_r(int, const char *, struct servent *, char *, size_t, struct servent **)
      int getprotobyname_r(const char *, struct protoent *, char *, size_t, struct protoent **)
      """;

  // sys/errno.h
  private static final String ERRNOS =
      """
      EOPNOTSUPP 45
      ENOTSUP 45
      EIDRM 82
      ENOMSG 83
      EOVERFLOW 84
      ECANCELED 85
      EILSEQ 86
      ENOATTR 87
      EDOOFUS 88
      EBADMSG 89
      EMULTIHOP 90
      ENOLINK 91
      EPROTO 92
      ENOTCAPABLE 93
      ECAPMODE 94
      ENOTRECOVERABLE 95
      EOWNERDEAD 96
      EINTEGRITY 97
      """;
}
