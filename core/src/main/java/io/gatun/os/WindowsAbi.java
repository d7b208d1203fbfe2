package io.gatun.os;

/**
 * Windows on 64-bit processors, the same on each. Structs and their fields have POSIX's names where
 * they have a counterpart there; error numbers are those of Winsock, and of Microsoft's errno.h
 * where Winsock has none of that name.
 */
final class WindowsAbi {
  private WindowsAbi() {}

  static Abi of(Arch arch) {
    return new Abi.Builder()
        .constants(CONSTANTS)
        .errnos(ERRNOS)
        .symbols(SYMBOLS)
        // struct sockaddr { u_short sa_family; CHAR sa_data[14]; };
        .struct(Struct.of("struct sockaddr", 16).field("sa_family", 0, 2).field("sa_data", 2, 14))
        // struct sockaddr_in {
        //   ADDRESS_FAMILY sin_family; USHORT sin_port; IN_ADDR sin_addr; CHAR sin_zero[8];
        // };
        .struct(
            Struct.of("struct sockaddr_in", 16)
                .field("sin_family", 0, 2)
                .field("sin_port", 2, 2)
                .field("sin_addr", 4, 4))
        // struct sockaddr_in6 {
        //   ADDRESS_FAMILY sin6_family; USHORT sin6_port; ULONG sin6_flowinfo;
        //   IN6_ADDR sin6_addr; ULONG sin6_scope_id;
        // };
        .struct(
            Struct.of("struct sockaddr_in6", 28)
                .field("sin6_family", 0, 2)
                .field("sin6_port", 2, 2)
                .field("sin6_flowinfo", 4, 4)
                .field("sin6_addr", 8, 16)
                .field("sin6_scope_id", 24, 4))
        // struct sockaddr_un { ADDRESS_FAMILY sun_family; char sun_path[108]; };
        .struct(
            Struct.of("struct sockaddr_un", 110)
                .field("sun_family", 0, 2)
                .field("sun_path", 2, 108))
        // struct SOCKADDR_HV { ADDRESS_FAMILY Family; USHORT Reserved; GUID VmId; GUID ServiceId;
        // };
        .struct(
            Struct.of("struct sockaddr_hv", 36)
                .field("Family", 0, 2)
                .field("VmId", 4, 16)
                .field("ServiceId", 20, 16))
        // struct sockaddr_storage: 128 bytes, aligned to 8
        .struct(Struct.of("struct sockaddr_storage", 128).field("ss_family", 0, 2))
        // struct WSABUF { ULONG len; CHAR *buf; };
        .struct(Struct.of("struct iovec", 16).field("iov_len", 0, 4).field("iov_base", 8, 8))
        // struct WSAMSG {
        //   LPSOCKADDR name; INT namelen; LPWSABUF lpBuffers; ULONG dwBufferCount;
        //   WSABUF Control; ULONG dwFlags;
        // };
        .struct(
            Struct.of("struct msghdr", 56)
                .field("msg_name", 0, 8)
                .field("msg_namelen", 8, 4)
                .field("msg_iov", 16, 8)
                .field("msg_iovlen", 24, 4)
                .field("msg_controllen", 32, 4)
                .field("msg_control", 40, 8)
                .field("msg_flags", 48, 4))
        // struct WSACMSGHDR { SIZE_T cmsg_len; INT cmsg_level; INT cmsg_type; };  aligned to 8
        .struct(
            Struct.of("struct cmsghdr", 16)
                .field("cmsg_len", 0, 8)
                .field("cmsg_level", 8, 4)
                .field("cmsg_type", 12, 4))
        // struct WSAPOLLFD { SOCKET fd; SHORT events; SHORT revents; };
        .struct(
            Struct.of("struct pollfd", 16)
                .field("fd", 0, 8)
                .field("events", 8, 2)
                .field("revents", 10, 2))
        // struct linger { u_short l_onoff; u_short l_linger; };
        .struct(Struct.of("struct linger", 4).field("l_onoff", 0, 2).field("l_linger", 2, 2))
        // struct timeval { long tv_sec; long tv_usec; };  a long has 4 bytes
        .struct(Struct.of("struct timeval", 8).field("tv_sec", 0, 4).field("tv_usec", 4, 4))
        // struct fd_set { u_int fd_count; SOCKET fd_array[FD_SETSIZE]; };
        .struct(Struct.of("struct fd_set", 520).field("fd_count", 0, 4).field("fd_array", 8, 512))
        // struct addrinfo {
        //   INT ai_flags; INT ai_family; INT ai_socktype; INT ai_protocol; size_t ai_addrlen;
        //   char *ai_canonname; struct sockaddr *ai_addr; struct addrinfo *ai_next;
        // };
        .struct(
            Struct.of("struct addrinfo", 48)
                .field("ai_flags", 0, 4)
                .field("ai_family", 4, 4)
                .field("ai_socktype", 8, 4)
                .field("ai_protocol", 12, 4)
                .field("ai_addrlen", 16, 8)
                .field("ai_canonname", 24, 8)
                .field("ai_addr", 32, 8)
                .field("ai_next", 40, 8))
        // struct WSAData { WORD wVersion; WORD wHighVersion; … };
        .struct(Struct.of("struct WSAData", 408).field("wVersion", 0, 2))
        // struct WSAPROTOCOL_INFOW {
        //   DWORD dwServiceFlags1; … int iAddressFamily; … int iSocketType; int iProtocol; …
        // };
        .struct(
            Struct.of("struct _WSAPROTOCOL_INFOW", 628)
                .field("dwServiceFlags1", 0, 4)
                .field("iAddressFamily", 76, 4)
                .field("iSocketType", 88, 4)
                .field("iProtocol", 92, 4))
        // struct in_pktinfo { IN_ADDR ipi_addr; ULONG ipi_ifindex; };
        .struct(
            Struct.of("struct in_pktinfo", 8).field("ipi_addr", 0, 4).field("ipi_ifindex", 4, 4))
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
        // struct MIB_IF_ROW2 { NET_LUID InterfaceLuid; NET_IFINDEX InterfaceIndex; … };
        .struct(Struct.of("struct _MIB_IF_ROW2", 1352).field("InterfaceIndex", 8, 4))
        // struct MIB_IF_TABLE2 { ULONG NumEntries; MIB_IF_ROW2 Table[ANY_SIZE]; };  one, by its
        // size
        .struct(
            Struct.of("struct _MIB_IF_TABLE2", 1360)
                .field("NumEntries", 0, 4)
                .field("Table", 8, 1352))
        // struct OVERLAPPED {
        //   ULONG_PTR Internal; ULONG_PTR InternalHigh; DWORD Offset; DWORD OffsetHigh; HANDLE
        // hEvent;
        // };
        .struct(
            Struct.of("struct _OVERLAPPED", 32)
                .field("Internal", 0, 8)
                .field("InternalHigh", 8, 8)
                .field("Offset", 16, 4)
                .field("OffsetHigh", 20, 4)
                .field("hEvent", 24, 8))
        // struct OVERLAPPED_ENTRY {
        //   ULONG_PTR lpCompletionKey; LPOVERLAPPED lpOverlapped; ULONG_PTR Internal;
        //   DWORD dwNumberOfBytesTransferred;
        // };
        .struct(
            Struct.of("struct _OVERLAPPED_ENTRY", 32)
                .field("lpCompletionKey", 0, 8)
                .field("lpOverlapped", 8, 8)
                .field("dwNumberOfBytesTransferred", 24, 4))
        .build(Os.WINDOWS, arch);
  }

  // winsock2.h, ws2def.h, ws2ipdef.h, ws2tcpip.h, mswsock.h, mstcpip.h, winbase.h
  private static final String CONSTANTS =
      """
      CMSG_LEN(0) 16
      CMSG_SPACE(1) 24
      AF_UNSPEC 0
      AF_UNIX 1
      AF_INET 2
      AF_INET6 23
      AF_BTH 32
      SOCK_STREAM 1
      SOCK_DGRAM 2
      SOCK_RAW 3
      SOCK_RDM 4
      SOCK_SEQPACKET 5
      SOMAXCONN 0x7fffffff
      SHUT_RD 0
      SHUT_WR 1
      SHUT_RDWR 2
      MSG_OOB 0x1
      MSG_PEEK 0x2
      MSG_DONTROUTE 0x4
      MSG_WAITALL 0x8
      MSG_PUSH_IMMEDIATE 0x20
      MSG_TRUNC 0x100
      MSG_CTRUNC 0x200
      MSG_BCAST 0x400
      MSG_MCAST 0x800
      MSG_PARTIAL 0x8000
      SOL_SOCKET 0xffff
      SO_DEBUG 0x1
      SO_ACCEPTCONN 0x2
      SO_REUSEADDR 0x4
      SO_EXCLUSIVEADDRUSE -5
      SO_KEEPALIVE 0x8
      SO_DONTROUTE 0x10
      SO_BROADCAST 0x20
      SO_USELOOPBACK 0x40
      SO_LINGER 0x80
      SO_OOBINLINE 0x100
      SO_SNDBUF 0x1001
      SO_RCVBUF 0x1002
      SO_SNDLOWAT 0x1003
      SO_RCVLOWAT 0x1004
      SO_SNDTIMEO 0x1005
      SO_RCVTIMEO 0x1006
      SO_ERROR 0x1007
      SO_TYPE 0x1008
      SO_PROTOCOL_INFOW 0x2005
      SO_UPDATE_ACCEPT_CONTEXT 0x700B
      SO_CONNECT_TIME 0x700C
      SO_UPDATE_CONNECT_CONTEXT 0x7010
      IPPROTO_IP 0
      IPPROTO_ICMP 1
      IPPROTO_TCP 6
      IPPROTO_UDP 17
      IPPROTO_IPV6 41
      IPPROTO_ICMPV6 58
      IPPROTO_RAW 255
      IP_TOS 3
      IP_TTL 4
      IP_MULTICAST_IF 9
      IP_MULTICAST_TTL 10
      IP_MULTICAST_LOOP 11
      IP_ADD_MEMBERSHIP 12
      IP_DROP_MEMBERSHIP 13
      IP_DONTFRAGMENT 14
      IP_PKTINFO 19
      MCAST_JOIN_GROUP 41
      MCAST_LEAVE_GROUP 42
      MCAST_JOIN_SOURCE_GROUP 45
      MCAST_LEAVE_SOURCE_GROUP 46
      IPV6_UNICAST_HOPS 4
      IPV6_MULTICAST_IF 9
      IPV6_MULTICAST_HOPS 10
      IPV6_MULTICAST_LOOP 11
      IPV6_ADD_MEMBERSHIP 12
      IPV6_DROP_MEMBERSHIP 13
      IPV6_PKTINFO 19
      IPV6_V6ONLY 27
      IPV6_TCLASS 39
      TCP_NODELAY 1
      TCP_KEEPIDLE 3
      TCP_MAXSEG 4
      TCP_FASTOPEN 15
      TCP_KEEPCNT 16
      TCP_KEEPINTVL 17
      FIONREAD 0x4004667F
      FIONBIO 0x8004667E
      SIO_GET_EXTENSION_FUNCTION_POINTER 0xC8000006
      SIO_RCVALL 0x98000001
      SIO_KEEPALIVE_VALS 0x98000004
      SIO_LOOPBACK_FAST_PATH 0x98000010
      RCVALL_OFF 0
      RCVALL_ON 1
      RCVALL_SOCKETLEVELONLY 2
      RCVALL_IPLEVEL 3
      SIO_UDP_CONNRESET 0x9800000C
      SIO_UDP_NETRESET 0x9800000F
      POLLERR 0x1
      POLLHUP 0x2
      POLLNVAL 0x4
      POLLOUT 0x10
      POLLRDNORM 0x100
      POLLRDBAND 0x200
      POLLIN 0x300
      POLLPRI 0x400
      AI_PASSIVE 0x1
      AI_CANONNAME 0x2
      AI_NUMERICHOST 0x4
      AI_NUMERICSERV 0x8
      AI_ALL 0x100
      AI_ADDRCONFIG 0x400
      AI_V4MAPPED 0x800
      NI_NOFQDN 0x1
      NI_NUMERICHOST 0x2
      NI_NAMEREQD 0x4
      NI_NUMERICSERV 0x8
      NI_DGRAM 0x10
      NI_MAXHOST 1025
      NI_MAXSERV 32
      EAI_MEMORY 8
      EAI_BADFLAGS 10022
      EAI_SOCKTYPE 10044
      EAI_FAMILY 10047
      EAI_SERVICE 10109
      EAI_NONAME 11001
      EAI_AGAIN 11002
      EAI_FAIL 11003
      WSA_FLAG_OVERLAPPED 0x1
      WSA_FLAG_NO_HANDLE_INHERIT 0x80
      WSA_IO_PENDING 997
      WAIT_TIMEOUT 258
      HANDLE_FLAG_INHERIT 0x1
      XP1_IFS_HANDLES 0x20000
      GENERIC_READ 0x80000000
      FILE_SHARE_READ 0x1
      FILE_SHARE_WRITE 0x2
      FILE_SHARE_DELETE 0x4
      OPEN_EXISTING 3
      FILE_FLAG_OVERLAPPED 0x40000000
      FILE_FLAG_SEQUENTIAL_SCAN 0x8000000
      FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
      FILE_SKIP_SET_EVENT_ON_HANDLE 0x2
      AF_IPX 6
      AF_SNA 11
      AF_DECnet 12
      AF_APPLETALK 16
      AF_IRDA 26
      AF_HYPERV 34
      EAI_NODATA 0x2afc
      HV_PROTOCOL_RAW 1
      HVSOCKET_ADDRESS_FLAG_PASSTHRU 1
      HVSOCKET_CONNECT_TIMEOUT 1
      HVSOCKET_CONNECTED_SUSPEND 4
      HVSOCKET_CONNECT_TIMEOUT_MAX 0x493e0
      INADDR_ANY 0
      INADDR_LOOPBACK 0x7f000001
      INADDR_BROADCAST 0xffffffff
      INADDR_NONE 0xffffffff
      IP_OPTIONS 1
      IP_HDRINCL 2
      IP_ADD_SOURCE_MEMBERSHIP 15
      IP_DROP_SOURCE_MEMBERSHIP 16
      IP_BLOCK_SOURCE 17
      IP_UNBLOCK_SOURCE 18
      IP_RECVDSTADDR 25
      IP_RECVERR 75
      IPPORT_RESERVED 0x400
      IPPROTO_HOPOPTS 0
      IPPROTO_IGMP 2
      IPPROTO_GGP 3
      IPPROTO_IPV4 4
      IPPROTO_ST 5
      IPPROTO_CBT 7
      IPPROTO_EGP 8
      IPPROTO_IGP 9
      IPPROTO_PUP 12
      IPPROTO_IDP 22
      IPPROTO_RDP 27
      IPPROTO_ROUTING 43
      IPPROTO_FRAGMENT 44
      IPPROTO_ESP 50
      IPPROTO_AH 51
      IPPROTO_NONE 59
      IPPROTO_DSTOPTS 60
      IPPROTO_ND 77
      IPPROTO_ICLFXBM 78
      IPPROTO_PIM 103
      IPPROTO_PGM 113
      IPPROTO_L2TP 115
      IPPROTO_SCTP 132
      IPPROTO_MAX 0x100
      IPV6_HOPOPTS 1
      IPV6_JOIN_GROUP 12
      IPV6_LEAVE_GROUP 13
      IPV6_DONTFRAG 14
      IPV6_CHECKSUM 26
      IPV6_RTHDR 32
      IPV6_RECVRTHDR 38
      IPV6_RECVTCLASS 40
      IPV6_RECVERR 75
      RCVALL_MAX 3
      SO_BTH_ENCRYPT 2
      SO_BTH_MTU 0x80000007
      SO_BTH_MTU_MAX 0x80000008
      SO_BTH_MTU_MIN 0x8000000a
      SOL_RFCOMM 3
      SOL_L2CAP 0x100
      TCP_KEEPALIVE 3
      """;

  // winsock2.h; from errno.h what stands below 10000, but for ENOMEM and ECANCELED: those are
  // WSA_NOT_ENOUGH_MEMORY and WSA_OPERATION_ABORTED, which Winsock's calls return.
  private static final String ERRNOS =
      """
      EPERM 1
      ENOENT 2
      ESRCH 3
      EIO 5
      ENXIO 6
      ENOMEM 8
      EEXIST 17
      ENODEV 19
      EISDIR 21
      ENFILE 23
      ENOSPC 28
      ESPIPE 29
      EPIPE 32
      ERANGE 34
      ENOSYS 40
      EPROTO 134
      ECANCELED 995
      EINTR 10004
      EBADF 10009
      EACCES 10013
      EFAULT 10014
      EINVAL 10022
      EMFILE 10024
      EAGAIN 10035
      EINPROGRESS 10036
      EALREADY 10037
      ENOTSOCK 10038
      EDESTADDRREQ 10039
      EMSGSIZE 10040
      EPROTOTYPE 10041
      ENOPROTOOPT 10042
      EPROTONOSUPPORT 10043
      ESOCKTNOSUPPORT 10044
      EOPNOTSUPP 10045
      EPFNOSUPPORT 10046
      EAFNOSUPPORT 10047
      EADDRINUSE 10048
      EADDRNOTAVAIL 10049
      ENETDOWN 10050
      ENETUNREACH 10051
      ENETRESET 10052
      ECONNABORTED 10053
      ECONNRESET 10054
      ENOBUFS 10055
      EISCONN 10056
      ENOTCONN 10057
      ESHUTDOWN 10058
      ETOOMANYREFS 10059
      ETIMEDOUT 10060
      ECONNREFUSED 10061
      ELOOP 10062
      ENAMETOOLONG 10063
      EHOSTDOWN 10064
      EHOSTUNREACH 10065
      ENOTEMPTY 10066
      EUSERS 10068
      EDQUOT 10069
      ESTALE 10070
      EREMOTE 10071
      """;

  /** What Winsock's provider hands out is asked for by a GUID: the WSAID_… of mswsock.h. */
  private static final String SYMBOLS =
      """
      AcceptEx b5367df1-cbac-11cf-95ca-00805f48a192
      ConnectEx 25a207b9-ddf3-4660-8ee9-76e58c74063e
      TransmitFile b5367df0-cbac-11cf-95ca-00805f48a192
      WSARecvMsg f689d7c8-6f1f-436b-8a53-e54fe351c322
      """;
}
