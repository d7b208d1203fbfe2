package io.gatun.os;

/**
 * macOS: what it adds to {@link BsdAbi}, the same on x86-64 and aarch64.
 *
 * <p>There is no MSG_NOSIGNAL here: only the newest systems know it, and all know SO_NOSIGPIPE. A
 * call takes no more than 2^31 − 1 bytes and fails with EINVAL for more; lengths are ints here.
 */
final class MacAbi {
  private MacAbi() {}

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
        .struct(Struct.of("struct timeval", 16).field("tv_sec", 0, 8).field("tv_usec", 8, 4))
        // struct sigaction { void (*sa_handler)(int); sigset_t sa_mask; int sa_flags; };
        .struct(
            Struct.of("struct sigaction", 16)
                .field("sa_handler", 0, 8)
                .field("sa_mask", 8, 4)
                .field("sa_flags", 12, 4))
        // struct kevent {
        //   uintptr_t ident; int16_t filter; uint16_t flags; uint32_t fflags; intptr_t data;
        //   void *udata;
        // };
        .struct(
            Struct.of("struct kevent", 32)
                .field("ident", 0, 8)
                .field("filter", 8, 2)
                .field("flags", 10, 2)
                .field("fflags", 12, 4)
                .field("data", 16, 8)
                .field("udata", 24, 8))
        // struct in_pktinfo { unsigned ipi_ifindex; struct in_addr ipi_spec_dst, ipi_addr; };
        .struct(
            Struct.of("struct in_pktinfo", 12)
                .field("ipi_ifindex", 0, 4)
                .field("ipi_spec_dst", 4, 4)
                .field("ipi_addr", 8, 4))
        // #pragma pack(4)
        // struct group_req { uint32_t gr_interface; struct sockaddr_storage gr_group; };
        .struct(
            Struct.of("struct group_req", 132)
                .field("gr_interface", 0, 4)
                .field("gr_group", 4, 128))
        // struct group_source_req {
        //   uint32_t gsr_interface; struct sockaddr_storage gsr_group, gsr_source;
        // };
        .struct(
            Struct.of("struct group_source_req", 260)
                .field("gsr_interface", 0, 4)
                .field("gsr_group", 4, 128)
                .field("gsr_source", 132, 128))
        // struct xucred {
        //   u_int cr_version; uid_t cr_uid; short cr_ngroups; gid_t cr_groups[16];
        // };
        .struct(
            Struct.of("struct xucred", 76)
                .field("cr_version", 0, 4)
                .field("cr_uid", 4, 4)
                .field("cr_ngroups", 8, 2)
                .field("cr_groups", 12, 64))
        .struct(BsdAbi.sockaddrDl(12))
        // struct sockaddr_ctl {
        //   u_char sc_len; u_char sc_family; u_int16_t ss_sysaddr; u_int32_t sc_id;
        //   u_int32_t sc_unit; u_int32_t sc_reserved[5];
        // };
        .struct(
            Struct.of("struct sockaddr_ctl", 32)
                .field("sc_len", 0, 1)
                .field("sc_family", 1, 1)
                .field("ss_sysaddr", 2, 2)
                .field("sc_id", 4, 4)
                .field("sc_unit", 8, 4)
                .field("sc_reserved", 12, 20))
        // struct ctl_info { u_int32_t ctl_id; char ctl_name[96]; };
        .struct(Struct.of("struct ctl_info", 100).field("ctl_id", 0, 4).field("ctl_name", 4, 96))
        .build(Os.MACOS, arch);
  }

  // MSG_NOSIGNAL, which newer headers have, is left out: kernels before take no notice of it.
  // sys/socket.h, sys/un.h, sys/sys_domain.h, sys/kern_control.h, netinet/tcp.h, sys/event.h …
  private static final String CONSTANTS =
      """
      AF_SYS_CONTROL 2
      AF_ROUTE 17
      AF_NDRV 27
      AF_INET6 30
      AF_SYSTEM 32
      AF_VSOCK 40
      PF_SYSTEM 32
      SYSPROTO_EVENT 1
      SYSPROTO_CONTROL 2
      MSG_EOF 0x100
      SOL_LOCAL 0
      SO_TIMESTAMP 0x400
      SO_TIMESTAMP_MONOTONIC 0x800
      SO_SNDTIMEO 0x1005
      SO_RCVTIMEO 0x1006
      SO_NREAD 0x1020
      SO_NOSIGPIPE 0x1022
      SO_NWRITE 0x1024
      SO_LINGER_SEC 0x1080
      SO_RANDOMPORT 0x1082
      SO_BINDTODEVICE 0x1134
      SO_DONTTRUNC 0x2000
      SO_WANTMORE 0x4000
      SO_WANTOOBFLAG 0x8000
      SCM_TIMESTAMP 2
      SCM_CREDS 3
      SCM_TIMESTAMP_MONOTONIC 4
      CMSG_LEN(0) 12
      CMSG_SPACE(1) 16
      LOCAL_PEERCRED 1
      LOCAL_PEERPID 2
      LOCAL_PEEREPID 3
      LOCAL_PEERUUID 4
      LOCAL_PEERTOKEN 6
      XUCRED_VERSION 0
      IPPROTO_DIVERT 254
      IP_RECVIF 20
      IP_RECVTTL 24
      IP_BOUND_IF 25
      IP_PKTINFO 26
      IP_RECVPKTINFO 26
      IP_RECVTOS 27
      IP_DONTFRAG 28
      IP_ADD_SOURCE_MEMBERSHIP 70
      MCAST_JOIN_GROUP 80
      MCAST_LEAVE_GROUP 81
      MCAST_JOIN_SOURCE_GROUP 82
      MCAST_LEAVE_SOURCE_GROUP 83
      IP_DROP_SOURCE_MEMBERSHIP 71
      IP_BLOCK_SOURCE 72
      IP_UNBLOCK_SOURCE 73
      IPV6_RECVTCLASS 35
      IPV6_TCLASS 36
      IPV6_RTHDRDSTOPTS 57
      IPV6_RECVPKTINFO 61
      IPV6_BOUND_IF 125
      TCP_NOPUSH 4
      TCP_NOOPT 8
      TCP_KEEPALIVE 16
      TCP_CONNECTIONTIMEOUT 32
      TCP_RXT_CONNDROPTIME 128
      TCP_RXT_FINDROP 256
      TCP_KEEPINTVL 257
      TCP_KEEPCNT 258
      TCP_SENDMOREACKS 259
      TCP_ENABLE_ECN 260
      TCP_FASTOPEN 261
      TCP_CONNECTION_INFO 262
      TCP_NOTSENT_LOWAT 513
      F_DUPFD_CLOEXEC 67
      F_SETNOSIGPIPE 73
      F_GETNOSIGPIPE 74
      O_CLOEXEC 0x1000000
      CTLIOCGINFO 0xc0644e03
      EVFILT_READ -1
      EVFILT_WRITE -2
      EVFILT_USER -10
      EV_OOBAND 0x2000
      AI_ALL 0x100
      AI_ADDRCONFIG 0x400
      AI_V4MAPPED 0x800
      AI_NUMERICSERV 0x1000
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
      NI_NUMERICSCOPE 0x100
      AI_V4MAPPED_CFG 0x200
      AI_DEFAULT 0x600
      AI_MASK 0x1407
      EAI_MAX 15
      IP_MAX_MEMBERSHIPS 0xfff
      IPPORT_USERRESERVED 0x1388
      IPPROTO_ST 7
      IPPROTO_RDP 27
      IPPROTO_XTP 36
      IPPROTO_HELLO 63
      IPPROTO_ND 77
      IPPROTO_IGP 85
      IPPROTO_PGM 113
      """;

  // beside those of BsdAbi; the lines are long, as declarations are
  private static final String PROTOTYPES =
      """
      int kevent(int, const struct kevent *, int, struct kevent *, int, const struct timespec *)
      int getnameinfo(const struct sockaddr *, socklen_t, char *, socklen_t, char *, socklen_t, int)
      int sethostname(const char *, int)
      int sendfile(int file, int socket, off_t offset, off_t *count, struct sf_hdtr *extra, int flags)
      """;

  // sys/errno.h
  private static final String ERRNOS =
      """
      ENOTSUP 45
      EPWROFF 82
      EDEVERR 83
      EOVERFLOW 84
      EBADEXEC 85
      EBADARCH 86
      ESHLIBVERS 87
      EBADMACHO 88
      ECANCELED 89
      EIDRM 90
      ENOMSG 91
      EILSEQ 92
      ENOATTR 93
      EBADMSG 94
      EMULTIHOP 95
      ENODATA 96
      ENOLINK 97
      ENOSR 98
      ENOSTR 99
      EPROTO 100
      ETIME 101
      EOPNOTSUPP 102
      ENOPOLICY 103
      ENOTRECOVERABLE 104
      EOWNERDEAD 105
      EQFULL 106
      ENOTCAPABLE 107
      """;
}
