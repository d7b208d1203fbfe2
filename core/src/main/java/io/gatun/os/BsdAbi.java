package io.gatun.os;

/**
 * What macOS, FreeBSD, NetBSD and OpenBSD have in common, from the BSD of Berkeley; each of them
 * adds its own. A system's 64-bit architectures differ in next to nothing that sockets need.
 *
 * <p>An address begins with its length, in a byte. Numbers that differ between them are in none of
 * the tables here.
 */
final class BsdAbi {
  // struct addrinfo {
  //   int ai_flags; int ai_family; int ai_socktype; int ai_protocol; socklen_t ai_addrlen;
  //   char *ai_canonname; struct sockaddr *ai_addr; struct addrinfo *ai_next;
  // };
  // OpenBSD has the address before the name.
  static final Struct ADDRINFO =
      Struct.of("struct addrinfo", 48)
          .field("ai_flags", 0, 4)
          .field("ai_family", 4, 4)
          .field("ai_socktype", 8, 4)
          .field("ai_protocol", 12, 4)
          .field("ai_addrlen", 16, 4)
          .field("ai_canonname", 24, 8)
          .field("ai_addr", 32, 8)
          .field("ai_next", 40, 8);

  private BsdAbi() {}

  /**
   * The head of 8 bytes is the same everywhere; how much room follows, each system says, and an
   * address may be longer.
   *
   * <pre>{@code
   * struct sockaddr_dl {
   *   u_char sdl_len; u_char sdl_family; u_short sdl_index; u_char sdl_type; u_char sdl_nlen;
   *   u_char sdl_alen; u_char sdl_slen; char sdl_data[];
   * };
   * }</pre>
   */
  static Struct sockaddrDl(int room) {
    return Struct.of("struct sockaddr_dl", 8 + room)
        .field("sdl_len", 0, 1)
        .field("sdl_family", 1, 1)
        .field("sdl_index", 2, 2)
        .field("sdl_type", 4, 1)
        .field("sdl_nlen", 5, 1)
        .field("sdl_alen", 6, 1)
        .field("sdl_slen", 7, 1)
        .field("sdl_data", 8, room);
  }

  /** The common part, to which a system adds. */
  static Abi.Builder common() {
    return new Abi.Builder()
        .constants(CONSTANTS)
        .errnos(ERRNOS)
        .prototypes(Prototype.POSIX)
        .prototypes(PROTOTYPES)
        // struct sockaddr { uint8_t sa_len; sa_family_t sa_family; char sa_data[14]; };
        .struct(
            Struct.of("struct sockaddr", 16)
                .field("sa_len", 0, 1)
                .field("sa_family", 1, 1)
                .field("sa_data", 2, 14))
        // struct sockaddr_in {
        //   uint8_t sin_len; sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr;
        //   char sin_zero[8];
        // };
        .struct(
            Struct.of("struct sockaddr_in", 16)
                .field("sin_len", 0, 1)
                .field("sin_family", 1, 1)
                .field("sin_port", 2, 2)
                .field("sin_addr", 4, 4))
        // struct sockaddr_in6 {
        //   uint8_t sin6_len; sa_family_t sin6_family; in_port_t sin6_port; uint32_t sin6_flowinfo;
        //   struct in6_addr sin6_addr; uint32_t sin6_scope_id;
        // };
        .struct(
            Struct.of("struct sockaddr_in6", 28)
                .field("sin6_len", 0, 1)
                .field("sin6_family", 1, 1)
                .field("sin6_port", 2, 2)
                .field("sin6_flowinfo", 4, 4)
                .field("sin6_addr", 8, 16)
                .field("sin6_scope_id", 24, 4))
        // struct sockaddr_un { uint8_t sun_len; sa_family_t sun_family; char sun_path[104]; };
        .struct(
            Struct.of("struct sockaddr_un", 106)
                .field("sun_len", 0, 1)
                .field("sun_family", 1, 1)
                .field("sun_path", 2, 104))
        // struct iovec { void *iov_base; size_t iov_len; };
        .struct(Struct.of("struct iovec", 16).field("iov_base", 0, 8).field("iov_len", 8, 8))
        // struct msghdr {
        //   void *msg_name; socklen_t msg_namelen; struct iovec *msg_iov; int msg_iovlen;
        //   void *msg_control; socklen_t msg_controllen; int msg_flags;
        // };
        .struct(
            Struct.of("struct msghdr", 48)
                .field("msg_name", 0, 8)
                .field("msg_namelen", 8, 4)
                .field("msg_iov", 16, 8)
                .field("msg_iovlen", 24, 4)
                .field("msg_control", 32, 8)
                .field("msg_controllen", 40, 4)
                .field("msg_flags", 44, 4))
        // struct cmsghdr { socklen_t cmsg_len; int cmsg_level; int cmsg_type; };
        // Its data follows at CMSG_LEN(0), and the next one after CMSG_SPACE(n).
        .struct(
            Struct.of("struct cmsghdr", 12)
                .field("cmsg_len", 0, 4)
                .field("cmsg_level", 4, 4)
                .field("cmsg_type", 8, 4))
        // struct pollfd { int fd; short events; short revents; };
        .struct(
            Struct.of("struct pollfd", 8)
                .field("fd", 0, 4)
                .field("events", 4, 2)
                .field("revents", 6, 2))
        // struct linger { int l_onoff; int l_linger; };
        .struct(Struct.of("struct linger", 8).field("l_onoff", 0, 4).field("l_linger", 4, 4))
        // struct timespec { time_t tv_sec; long tv_nsec; };
        .struct(Struct.of("struct timespec", 16).field("tv_sec", 0, 8).field("tv_nsec", 8, 8));
  }

  // sys/socket.h, netinet/in.h, netinet6/in6.h, netinet/tcp.h, fcntl.h, poll.h, sys/event.h,
  // netdb.h
  private static final String CONSTANTS =
      """
      AF_UNSPEC 0
      AF_UNIX 1
      AF_INET 2
      AF_LINK 18
      SOCK_STREAM 1
      SOCK_DGRAM 2
      SOCK_RAW 3
      SOCK_RDM 4
      SOCK_SEQPACKET 5
      SOMAXCONN 128
      SHUT_RD 0
      SHUT_WR 1
      SHUT_RDWR 2
      MSG_OOB 1
      MSG_PEEK 2
      MSG_DONTROUTE 4
      MSG_EOR 8
      MSG_TRUNC 0x10
      MSG_CTRUNC 0x20
      MSG_WAITALL 0x40
      MSG_DONTWAIT 0x80
      SOL_SOCKET 0xffff
      SO_DEBUG 1
      SO_ACCEPTCONN 2
      SO_REUSEADDR 4
      SO_KEEPALIVE 8
      SO_DONTROUTE 0x10
      SO_BROADCAST 0x20
      SO_USELOOPBACK 0x40
      SO_LINGER 0x80
      SO_OOBINLINE 0x100
      SO_REUSEPORT 0x200
      SO_SNDBUF 0x1001
      SO_RCVBUF 0x1002
      SO_SNDLOWAT 0x1003
      SO_RCVLOWAT 0x1004
      SO_ERROR 0x1007
      SO_TYPE 0x1008
      SCM_RIGHTS 1
      IPPROTO_HOPOPTS 0
      IPPROTO_IP 0
      IPPROTO_ICMP 1
      IPPROTO_IGMP 2
      IPPROTO_IPV4 4
      IPPROTO_TCP 6
      IPPROTO_UDP 17
      IPPROTO_IPV6 41
      IPPROTO_ROUTING 43
      IPPROTO_FRAGMENT 44
      IPPROTO_GRE 47
      IPPROTO_ESP 50
      IPPROTO_AH 51
      IPPROTO_ICMPV6 58
      IPPROTO_NONE 59
      IPPROTO_DSTOPTS 60
      IPPROTO_PIM 103
      IPPROTO_SCTP 132
      IPPROTO_RAW 255
      IP_OPTIONS 1
      IP_HDRINCL 2
      IP_TOS 3
      IP_TTL 4
      IP_RECVOPTS 5
      IP_RECVRETOPTS 6
      IP_RECVDSTADDR 7
      IP_MULTICAST_IF 9
      IP_MULTICAST_TTL 10
      IP_MULTICAST_LOOP 11
      IP_ADD_MEMBERSHIP 12
      IP_DROP_MEMBERSHIP 13
      IP_PORTRANGE 19
      IPV6_UNICAST_HOPS 4
      IPV6_MULTICAST_IF 9
      IPV6_MULTICAST_HOPS 10
      IPV6_MULTICAST_LOOP 11
      IPV6_JOIN_GROUP 12
      IPV6_LEAVE_GROUP 13
      IPV6_CHECKSUM 26
      IPV6_V6ONLY 27
      IPV6_RECVHOPLIMIT 37
      IPV6_RECVRTHDR 38
      IPV6_RECVHOPOPTS 39
      IPV6_RECVDSTOPTS 40
      IPV6_USE_MIN_MTU 42
      IPV6_RECVPATHMTU 43
      IPV6_PATHMTU 44
      IPV6_PKTINFO 46
      IPV6_HOPLIMIT 47
      IPV6_NEXTHOP 48
      IPV6_HOPOPTS 49
      IPV6_DSTOPTS 50
      IPV6_RTHDR 51
      IPV6_DONTFRAG 62
      TCP_NODELAY 1
      TCP_MAXSEG 2
      F_DUPFD 0
      F_GETFD 1
      F_SETFD 2
      F_GETFL 3
      F_SETFL 4
      FD_CLOEXEC 1
      O_NONBLOCK 4
      FIONREAD 0x4004667f
      FIONBIO 0x8004667e
      SIOCATMARK 0x40047307
      POLLIN 1
      POLLPRI 2
      POLLOUT 4
      POLLWRNORM 4
      POLLERR 8
      POLLHUP 0x10
      POLLNVAL 0x20
      POLLRDNORM 0x40
      POLLRDBAND 0x80
      POLLWRBAND 0x100
      EV_ADD 1
      EV_DELETE 2
      EV_ENABLE 4
      EV_DISABLE 8
      EV_ONESHOT 0x10
      EV_CLEAR 0x20
      EV_RECEIPT 0x40
      EV_DISPATCH 0x80
      EV_ERROR 0x4000
      EV_EOF 0x8000
      NOTE_TRIGGER 0x1000000
      SIGURG 16
      AI_PASSIVE 1
      AI_CANONNAME 2
      AI_NUMERICHOST 4
      NI_DGRAM 0x10
      NI_MAXSERV 32
      AF_SNA 11
      AF_DECnet 12
      AF_APPLETALK 16
      AF_IPX 23
      ETHERTYPE_IP 0x800
      ETHERTYPE_ARP 0x806
      ETHERTYPE_VLAN 0x8100
      ETHERTYPE_IPV6 0x86dd
      INADDR_ANY 0
      INADDR_LOOPBACK 0x7f000001
      INADDR_UNSPEC_GROUP 0xe0000000
      INADDR_ALLHOSTS_GROUP 0xe0000001
      INADDR_MAX_LOCAL_GROUP 0xe00000ff
      INADDR_BROADCAST 0xffffffff
      INADDR_NONE 0xffffffff
      IP_DEFAULT_MULTICAST_LOOP 1
      IP_DEFAULT_MULTICAST_TTL 1
      IP_RETOPTS 8
      IPPORT_RESERVED 0x400
      IPPROTO_GGP 3
      IPPROTO_IPIP 4
      IPPROTO_EGP 8
      IPPROTO_PUP 12
      IPPROTO_IDP 22
      IPPROTO_TP 29
      IPPROTO_RSVP 46
      IPPROTO_EON 80
      IPPROTO_IPCOMP 108
      IPPROTO_MAX 0x100
      IPV6_RTHDR_TYPE_0 0
      """;

  // sys/event.h, poll.h
  private static final String PROTOTYPES =
      """
      int kqueue(void)
      int poll(struct pollfd *, unsigned int, int)
      """;

  // sys/errno.h
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
      EDEADLK 11
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
      EAGAIN 35
      EINPROGRESS 36
      EALREADY 37
      ENOTSOCK 38
      EDESTADDRREQ 39
      EMSGSIZE 40
      EPROTOTYPE 41
      ENOPROTOOPT 42
      EPROTONOSUPPORT 43
      ESOCKTNOSUPPORT 44
      EPFNOSUPPORT 46
      EAFNOSUPPORT 47
      EADDRINUSE 48
      EADDRNOTAVAIL 49
      ENETDOWN 50
      ENETUNREACH 51
      ENETRESET 52
      ECONNABORTED 53
      ECONNRESET 54
      ENOBUFS 55
      EISCONN 56
      ENOTCONN 57
      ESHUTDOWN 58
      ETOOMANYREFS 59
      ETIMEDOUT 60
      ECONNREFUSED 61
      ELOOP 62
      ENAMETOOLONG 63
      EHOSTDOWN 64
      EHOSTUNREACH 65
      ENOTEMPTY 66
      EPROCLIM 67
      EUSERS 68
      EDQUOT 69
      ESTALE 70
      EREMOTE 71
      EBADRPC 72
      ERPCMISMATCH 73
      EPROGUNAVAIL 74
      EPROGMISMATCH 75
      EPROCUNAVAIL 76
      ENOLCK 77
      ENOSYS 78
      EFTYPE 79
      EAUTH 80
      ENEEDAUTH 81
      """;
}
