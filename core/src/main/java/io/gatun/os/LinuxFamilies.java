package io.gatun.os;

/**
 * What Linux has beside {@link LinuxAbi}: the families that few programs use, and the options,
 * flags and protocols by name. A program that asks for none of them never reads this.
 */
final class LinuxFamilies {
  private LinuxFamilies() {}

  static void addTo(Abi.Builder abi) {
    for (String table : TABLES) {
      abi.constants(table);
    }
    // struct sockaddr_nl {
    //   __kernel_sa_family_t nl_family; unsigned short nl_pad; __u32 nl_pid; __u32 nl_groups;
    // };
    abi.struct(
        Struct.of("struct sockaddr_nl", 12)
            .field("nl_family", 0, 2)
            .field("nl_pid", 4, 4)
            .field("nl_groups", 8, 4));
    // struct sockaddr_tipc {
    //   unsigned short family; unsigned char addrtype; signed char scope;
    //   union {
    //     struct tipc_socket_addr { __u32 ref; __u32 node; } id;
    //     struct tipc_service_range { __u32 type; __u32 lower; __u32 upper; } nameseq;
    //     struct { struct tipc_service_addr { __u32 type; __u32 instance; } name; __u32 domain; }
    //       name;
    //   } addr;
    // };
    abi.struct(
        Struct.of("struct sockaddr_tipc", 16)
            .field("family", 0, 2)
            .field("addrtype", 2, 1)
            .field("scope", 3, 1)
            .field("addr.id.ref", 4, 4)
            .field("addr.id.node", 8, 4)
            .field("addr.nameseq.type", 4, 4)
            .field("addr.nameseq.lower", 8, 4)
            .field("addr.nameseq.upper", 12, 4)
            .field("addr.name.name.type", 4, 4)
            .field("addr.name.name.instance", 8, 4)
            .field("addr.name.domain", 12, 4));
    // struct sockaddr_can {
    //   __kernel_sa_family_t can_family; int can_ifindex;
    //   union {
    //     struct { canid_t rx_id, tx_id; } tp;
    //     struct { __u64 name; __u32 pgn; __u8 addr; } j1939;
    //   } can_addr;
    // };
    abi.struct(
        Struct.of("struct sockaddr_can", 24)
            .field("can_family", 0, 2)
            .field("can_ifindex", 4, 4)
            .field("can_addr.tp.rx_id", 8, 4)
            .field("can_addr.tp.tx_id", 12, 4)
            .field("can_addr.j1939.name", 8, 8)
            .field("can_addr.j1939.pgn", 16, 4)
            .field("can_addr.j1939.addr", 20, 1));
    // struct sockaddr_alg {
    //   __u16 salg_family; __u8 salg_type[14]; __u32 salg_feat; __u32 salg_mask;
    //   __u8 salg_name[64];
    // };
    abi.struct(
        Struct.of("struct sockaddr_alg", 88)
            .field("salg_family", 0, 2)
            .field("salg_type", 2, 14)
            .field("salg_feat", 16, 4)
            .field("salg_mask", 20, 4)
            .field("salg_name", 24, 64));
    // struct af_alg_iv { __u32 ivlen; __u8 iv[]; };
    abi.struct(Struct.of("struct af_alg_iv", 4).field("ivlen", 0, 4));
    // struct sockaddr_ll {
    //   unsigned short sll_family; __be16 sll_protocol; int sll_ifindex;
    //   unsigned short sll_hatype; unsigned char sll_pkttype; unsigned char sll_halen;
    //   unsigned char sll_addr[8];
    // };
    abi.struct(
        Struct.of("struct sockaddr_ll", 20)
            .field("sll_family", 0, 2)
            .field("sll_protocol", 2, 2)
            .field("sll_ifindex", 4, 4)
            .field("sll_hatype", 8, 2)
            .field("sll_pkttype", 10, 1)
            .field("sll_halen", 11, 1)
            .field("sll_addr", 12, 8));
    // struct sockaddr_vm {
    //   __kernel_sa_family_t svm_family; unsigned short svm_reserved1;
    //   unsigned int svm_port; unsigned int svm_cid; __u8 svm_flags; unsigned char svm_zero[3];
    // };
    abi.struct(
        Struct.of("struct sockaddr_vm", 16)
            .field("svm_family", 0, 2)
            .field("svm_port", 4, 4)
            .field("svm_cid", 8, 4));
    // struct sockaddr_qrtr { __kernel_sa_family_t sq_family; __u32 sq_node; __u32 sq_port; };
    abi.struct(
        Struct.of("struct sockaddr_qrtr", 12)
            .field("sq_family", 0, 2)
            .field("sq_node", 4, 4)
            .field("sq_port", 8, 4));
    // typedef struct { uint8_t b[6]; } bdaddr_t;  the last byte of the text first
    // struct sockaddr_l2 {
    //   sa_family_t l2_family; unsigned short l2_psm; bdaddr_t l2_bdaddr; unsigned short l2_cid;
    //   uint8_t l2_bdaddr_type;
    // };
    abi.struct(
        Struct.of("struct sockaddr_l2", 14)
            .field("l2_family", 0, 2)
            .field("l2_psm", 2, 2)
            .field("l2_bdaddr", 4, 6)
            .field("l2_cid", 10, 2)
            .field("l2_bdaddr_type", 12, 1));
    // struct sockaddr_rc { sa_family_t rc_family; bdaddr_t rc_bdaddr; uint8_t rc_channel; };
    abi.struct(
        Struct.of("struct sockaddr_rc", 10)
            .field("rc_family", 0, 2)
            .field("rc_bdaddr", 2, 6)
            .field("rc_channel", 8, 1));
    // struct sockaddr_hci {
    //   sa_family_t hci_family; unsigned short hci_dev; unsigned short hci_channel;
    // };
    abi.struct(
        Struct.of("struct sockaddr_hci", 6)
            .field("hci_family", 0, 2)
            .field("hci_dev", 2, 2)
            .field("hci_channel", 4, 2));
    // struct sockaddr_sco { sa_family_t sco_family; bdaddr_t sco_bdaddr; };
    abi.struct(
        Struct.of("struct sockaddr_sco", 8).field("sco_family", 0, 2).field("sco_bdaddr", 2, 6));
    // struct in_pktinfo { int ipi_ifindex; struct in_addr ipi_spec_dst; struct in_addr ipi_addr; };
    abi.struct(
        Struct.of("struct in_pktinfo", 12)
            .field("ipi_ifindex", 0, 4)
            .field("ipi_spec_dst", 4, 4)
            .field("ipi_addr", 8, 4));
    // struct group_req { uint32_t gr_interface; struct sockaddr_storage gr_group; };
    abi.struct(
        Struct.of("struct group_req", 136).field("gr_interface", 0, 4).field("gr_group", 8, 128));
    // struct group_source_req {
    //   uint32_t gsr_interface; struct sockaddr_storage gsr_group, gsr_source;
    // };
    abi.struct(
        Struct.of("struct group_source_req", 264)
            .field("gsr_interface", 0, 4)
            .field("gsr_group", 8, 128)
            .field("gsr_source", 136, 128));
    // struct ucred { pid_t pid; uid_t uid; gid_t gid; };
    abi.struct(
        Struct.of("struct ucred", 12).field("pid", 0, 4).field("uid", 4, 4).field("gid", 8, 4));
    // struct hostent {
    //   char *h_name; char **h_aliases; int h_addrtype; int h_length; char **h_addr_list;
    // };
    abi.struct(
        Struct.of("struct hostent", 32)
            .field("h_name", 0, 8)
            .field("h_aliases", 8, 8)
            .field("h_addrtype", 16, 4)
            .field("h_length", 20, 4)
            .field("h_addr_list", 24, 8));
    // struct servent { char *s_name; char **s_aliases; int s_port; char *s_proto; };
    abi.struct(
        Struct.of("struct servent", 32)
            .field("s_name", 0, 8)
            .field("s_aliases", 8, 8)
            .field("s_port", 16, 4)
            .field("s_proto", 24, 8));
    // struct protoent { char *p_name; char **p_aliases; int p_proto; };
    abi.struct(
        Struct.of("struct protoent", 24)
            .field("p_name", 0, 8)
            .field("p_aliases", 8, 8)
            .field("p_proto", 16, 4));
    // struct if_nameindex { unsigned int if_index; char *if_name; };
    abi.struct(Struct.of("struct if_nameindex", 16).field("if_index", 0, 4).field("if_name", 8, 8));
  }

  // bits/socket.h: families, some of which only a name
  private static final String AF =
      """
      AF_FILE 1
      AF_LOCAL 1
      AF_AX25 3
      AF_IPX 4
      AF_APPLETALK 5
      AF_NETROM 6
      AF_BRIDGE 7
      AF_ATMPVC 8
      AF_X25 9
      AF_ROSE 11
      AF_DECnet 12
      AF_NETBEUI 13
      AF_SECURITY 14
      AF_KEY 15
      AF_NETLINK 16
      AF_ROUTE 16
      AF_PACKET 17
      PF_PACKET 17
      AF_ASH 18
      AF_ECONET 19
      AF_ATMSVC 20
      AF_RDS 21
      PF_RDS 21
      AF_SNA 22
      AF_IRDA 23
      AF_PPPOX 24
      AF_WANPIPE 25
      AF_LLC 26
      AF_IB 27
      AF_MPLS 28
      AF_CAN 29
      PF_CAN 29
      AF_TIPC 30
      AF_BLUETOOTH 31
      AF_IUCV 32
      AF_RXRPC 33
      AF_ISDN 34
      AF_PHONET 35
      AF_IEEE802154 36
      AF_CAIF 37
      AF_ALG 38
      AF_NFC 39
      AF_VSOCK 40
      AF_KCM 41
      AF_QIPCRTR 42
      AF_SMC 43
      AF_XDP 44
      AF_MCTP 45
      """;

  // types
  private static final String SOCK =
      """
      SOCK_DCCP 6
      SOCK_PACKET 10
      SOCK_IOC_TYPE 137
      """;

  // levels of options; those of Bluetooth are BlueZ's
  private static final String SOL =
      """
      SOL_HCI 0
      SOL_IP 0
      SOL_L2CAP 6
      SOL_TCP 6
      SOL_SCO 17
      SOL_UDP 17
      SOL_RFCOMM 18
      SOL_IPV6 41
      SOL_ICMPV6 58
      SOL_CAN_BASE 100
      SOL_CAN_RAW 101
      SOL_CAN_ISOTP 106
      SOL_CAN_J1939 107
      SOL_RAW 255
      SOL_DECNET 261
      SOL_X25 262
      SOL_PACKET 263
      SOL_ATM 0x108
      SOL_AAL 265
      SOL_IRDA 266
      SOL_NETBEUI 267
      SOL_LLC 268
      SOL_DCCP 269
      SOL_NETLINK 270
      SOL_TIPC 271
      SOL_RXRPC 0x110
      SOL_PPPOL2TP 273
      SOL_BLUETOOTH 274
      SOL_PNPIPE 275
      SOL_RDS 276
      SOL_IUCV 277
      SOL_CAIF 278
      SOL_ALG 279
      SOL_NFC 280
      SOL_KCM 281
      SOL_TLS 282
      SOL_XDP 283
      SOL_MPTCP 284
      SOL_MCTP 285
      SOL_SMC 286
      SOL_VSOCK 287
      """;

  // asm-generic/socket.h
  private static final String SO =
      """
      SO_NO_CHECK 11
      SO_BSDCOMPAT 14
      SO_SECURITY_AUTHENTICATION 22
      SO_SECURITY_ENCRYPTION_TRANSPORT 23
      SO_SECURITY_ENCRYPTION_NETWORK 24
      SO_ATTACH_FILTER 26
      SO_GET_FILTER 26
      SO_DETACH_BPF 27
      SO_DETACH_FILTER 27
      SO_PEERNAME 28
      SO_TIMESTAMP 29
      SO_PEERSEC 31
      SO_SNDBUFFORCE 32
      SO_RCVBUFFORCE 33
      SO_PASSSEC 34
      SO_TIMESTAMPNS 35
      SO_MARK 36
      SO_TIMESTAMPING 37
      SO_RXQ_OVFL 40
      SO_WIFI_STATUS 41
      SO_PEEK_OFF 42
      SO_NOFCS 43
      SO_LOCK_FILTER 44
      SO_SELECT_ERR_QUEUE 45
      SO_MAX_PACING_RATE 47
      SO_BPF_EXTENSIONS 48
      SO_ATTACH_BPF 50
      SO_ATTACH_REUSEPORT_CBPF 51
      SO_ATTACH_REUSEPORT_EBPF 52
      SO_CNX_ADVICE 53
      SO_MEMINFO 55
      SO_INCOMING_NAPI_ID 56
      SO_COOKIE 57
      SO_PEERGROUPS 59
      SO_ZEROCOPY 60
      SO_TXTIME 61
      SO_BINDTOIFINDEX 62
      SO_DETACH_REUSEPORT_BPF 68
      SO_PREFER_BUSY_POLL 69
      SO_BUSY_POLL_BUDGET 70
      SO_NETNS_COOKIE 71
      SO_BUF_LOCK 72
      SO_RESERVE_MEM 73
      SO_TXREHASH 74
      SO_RCVMARK 75
      SO_ORIGINAL_DST 80
      """;

  // types of ancillary data
  private static final String SCM =
      """
      SCM_TSTAMP_SND 0
      SCM_CAN_RAW_ERRQUEUE 1
      SCM_RIGHTS 1
      SCM_TSTAMP_SCHED 1
      SCM_CREDENTIALS 2
      SCM_TSTAMP_ACK 2
      SCM_TIMESTAMP 29
      SCM_TIMESTAMPNS 35
      SCM_TIMESTAMPING 37
      SCM_WIFI_STATUS 41
      SCM_TIMESTAMPING_OPT_STATS 54
      SCM_TIMESTAMPING_PKTINFO 58
      SCM_TXTIME 61
      """;

  // flags of a call
  private static final String MSG =
      """
      MSG_TRYHARD 4
      MSG_PROXY 16
      MSG_FIN 0x200
      MSG_SYN 0x400
      MSG_CONFIRM 0x800
      MSG_RST 0x1000
      MSG_WAITFORONE 0x10000
      MSG_BATCH 0x40000
      MSG_ZEROCOPY 0x4000000
      MSG_FASTOPEN 0x20000000
      """;

  // netinet/in.h
  private static final String IPPROTO =
      """
      INADDR_UNSPEC_GROUP 0xE0000000
      INADDR_ALLHOSTS_GROUP 0xE0000001
      INADDR_MAX_LOCAL_GROUP 0xE00000FF
      INADDR_BROADCAST 0xFFFFFFFF
      INADDR_NONE 0xFFFFFFFF
      INADDR_ANY 0
      IPPROTO_HOPOPTS 0
      IPPROTO_IGMP 2
      IPPROTO_IPIP 4
      IPPROTO_EGP 8
      IPPROTO_PUP 12
      IPPROTO_IDP 22
      IPPROTO_TP 29
      IPPROTO_DCCP 33
      IPPROTO_ROUTING 43
      IPPROTO_FRAGMENT 44
      IPPROTO_RSVP 46
      IPPROTO_GRE 47
      IPPROTO_ESP 50
      IPPROTO_AH 51
      IPPROTO_ICMPV6 58
      IPPROTO_NONE 59
      IPPROTO_DSTOPTS 60
      IPPROTO_MTP 92
      IPPROTO_BEETPH 94
      IPPROTO_ENCAP 98
      IPPROTO_PIM 103
      IPPROTO_COMP 108
      IPPROTO_L2TP 115
      IPPROTO_SCTP 132
      IPPROTO_MH 135
      IPPROTO_UDPLITE 136
      IPPROTO_MPLS 137
      IPPROTO_ETHERNET 143
      IPPROTO_MPTCP 262
      IPPORT_RESERVED 0x400
      IPPORT_USERRESERVED 5000
      INADDR_LOOPBACK 0x7F000001
      """;

  // bits/in.h
  private static final String IP =
      """
      IP_PMTUDISC_DONT 0
      IP_DEFAULT_MULTICAST_LOOP 1
      IP_DEFAULT_MULTICAST_TTL 1
      IP_PMTUDISC_WANT 1
      IP_PMTUDISC_DO 2
      IP_HDRINCL 3
      IP_PMTUDISC_PROBE 3
      IP_OPTIONS 4
      IP_PMTUDISC_INTERFACE 4
      IP_PMTUDISC_OMIT 5
      IP_ROUTER_ALERT 5
      IP_RECVOPTS 6
      IP_RECVRETOPTS 7
      IP_RETOPTS 7
      IP_PKTINFO 8
      IP_PKTOPTIONS 9
      IP_MTU_DISCOVER 10
      IP_PMTUDISC 10
      IP_RECVERR 11
      IP_RECVTTL 12
      IP_RECVTOS 13
      IP_MTU 14
      IP_FREEBIND 15
      IP_IPSEC_POLICY 16
      IP_XFRM_POLICY 17
      IP_PASSSEC 18
      IP_TRANSPARENT 19
      IP_MAX_MEMBERSHIPS 20
      IP_ORIGDSTADDR 20
      IP_RECVORIGDSTADDR 20
      IP_MINTTL 21
      IP_NODEFRAG 22
      IP_CHECKSUM 23
      IP_BIND_ADDRESS_NO_PORT 24
      IP_RECVFRAGSIZE 25
      IP_RECVERR_RFC4884 26
      IP_MULTICAST_IF 32
      IP_MULTICAST_TTL 33
      IP_MULTICAST_LOOP 34
      IP_ADD_MEMBERSHIP 35
      IP_DROP_MEMBERSHIP 36
      IP_UNBLOCK_SOURCE 37
      IP_BLOCK_SOURCE 38
      IP_ADD_SOURCE_MEMBERSHIP 39
      IP_DROP_SOURCE_MEMBERSHIP 40
      IP_MSFILTER 41
      IP_MULTICAST_ALL 49
      IP_UNICAST_IF 50
      """;

  // bits/in.h
  private static final String IPV6 =
      """
      IPV6_FL_A_GET 0
      IPV6_FL_S_NONE 0
      IPV6_PMTUDISC_DONT 0
      IPV6_PRIORITY_UNCHARACTERIZED 0
      IPV6_RTHDR_LOOSE 0
      IPV6_RTHDR_TYPE_0 0
      IPV6_TLV_PAD1 0
      IPV6_ADDRFORM 1
      IPV6_FL_A_PUT 1
      IPV6_FL_F_CREATE 1
      IPV6_FL_S_EXCL 1
      IPV6_PMTUDISC_WANT 1
      IPV6_PREFER_SRC_TMP 1
      IPV6_RTHDR_STRICT 1
      IPV6_TLV_PADN 1
      IPV6_2292PKTINFO 2
      IPV6_FL_A_RENEW 2
      IPV6_FL_F_EXCL 2
      IPV6_FL_S_PROCESS 2
      IPV6_PMTUDISC_DO 2
      IPV6_PREFER_SRC_PUBLIC 2
      IPV6_2292HOPOPTS 3
      IPV6_FL_S_USER 3
      IPV6_PMTUDISC_PROBE 3
      IPV6_2292DSTOPTS 4
      IPV6_FL_F_REFLECT 4
      IPV6_PMTUDISC_INTERFACE 4
      IPV6_PREFER_SRC_COA 4
      IPV6_2292RTHDR 5
      IPV6_PMTUDISC_OMIT 5
      IPV6_TLV_ROUTERALERT 5
      IPV6_2292PKTOPTIONS 6
      IPV6_CHECKSUM 7
      IPV6_TLV_CALIPSO 7
      IPV6_2292HOPLIMIT 8
      IPV6_FL_F_REMOTE 8
      IPV6_PREFER_SRC_CGA 8
      IPV6_NEXTHOP 9
      IPV6_AUTHHDR 10
      IPV6_FLOWINFO 11
      IPV6_MULTICAST_IF 17
      IPV6_MULTICAST_HOPS 18
      IPV6_MULTICAST_LOOP 19
      IPV6_ADD_MEMBERSHIP 20
      IPV6_JOIN_GROUP 20
      IPV6_DROP_MEMBERSHIP 21
      IPV6_LEAVE_GROUP 21
      IPV6_ROUTER_ALERT 22
      IPV6_MTU_DISCOVER 23
      IPV6_MTU 24
      IPV6_RECVERR 25
      IPV6_JOIN_ANYCAST 27
      IPV6_LEAVE_ANYCAST 28
      IPV6_MULTICAST_ALL 29
      IPV6_ROUTER_ALERT_ISOLATE 30
      IPV6_RECVERR_RFC4884 31
      IPV6_FLOWLABEL_MGR 32
      IPV6_FLOWINFO_SEND 33
      IPV6_IPSEC_POLICY 34
      IPV6_XFRM_POLICY 35
      IPV6_HDRINCL 36
      IPV6_RECVPKTINFO 49
      IPV6_TLV_IOAM 49
      IPV6_PKTINFO 50
      IPV6_RECVHOPLIMIT 51
      IPV6_HOPLIMIT 52
      IPV6_RECVHOPOPTS 53
      IPV6_HOPOPTS 54
      IPV6_RXHOPOPTS 54
      IPV6_RTHDRDSTOPTS 55
      IPV6_RECVRTHDR 56
      IPV6_RTHDR 57
      IPV6_RECVDSTOPTS 58
      IPV6_DSTOPTS 59
      IPV6_RXDSTOPTS 59
      IPV6_RECVPATHMTU 60
      IPV6_PATHMTU 61
      IPV6_DONTFRAG 62
      IPV6_RECVTCLASS 66
      IPV6_AUTOFLOWLABEL 70
      IPV6_MINHOPCOUNT 73
      IPV6_ORIGDSTADDR 74
      IPV6_RECVORIGDSTADDR 74
      IPV6_TRANSPARENT 75
      IPV6_UNICAST_IF 76
      IPV6_RECVFRAGSIZE 77
      IPV6_FREEBIND 78
      IPV6_TLV_JUMBO 194
      IPV6_TLV_HAO 201
      IPV6_FL_S_ANY 255
      IPV6_PREFER_SRC_PUBTMP_DEFAULT 0x100
      IPV6_PRIORITY_FILLER 0x100
      IPV6_PRIORITY_UNATTENDED 0x200
      IPV6_PRIORITY_RESERVED1 0x300
      IPV6_PREFER_SRC_HOME 0x400
      IPV6_PRIORITY_BULK 0x400
      IPV6_PRIORITY_RESERVED2 0x500
      IPV6_PRIORITY_INTERACTIVE 0x600
      IPV6_PRIORITY_CONTROL 1792
      IPV6_PREFER_SRC_NONCGA 0x800
      IPV6_PRIORITY_8 0x800
      IPV6_PRIORITY_9 0x900
      IPV6_PRIORITY_10 0xA00
      IPV6_PRIORITY_11 2816
      IPV6_PRIORITY_12 0xC00
      IPV6_PRIORITY_13 3328
      IPV6_PRIORITY_14 3584
      IPV6_PRIORITY_15 3840
      IPV6_FLOWINFO_FLOWLABEL 0xFFFFF
      IPV6_FLOWINFO_PRIORITY 0xFF00000
      """;

  // netinet/tcp.h, linux/tcp.h
  private static final String TCP =
      """
      TCP_REPAIR_OFF_NO_WP -1
      TCP_NO_QUEUE 0
      TCP_REPAIR_OFF 0
      TCP_COOKIE_IN_ALWAYS 1
      TCP_MD5SIG_FLAG_PREFIX 1
      TCP_RECV_QUEUE 1
      TCP_REPAIR_ON 1
      TCP_CA_CWR 2
      TCP_COOKIE_OUT_NEVER 2
      TCP_SEND_QUEUE 2
      TCP_QUEUES_NR 3
      TCP_S_DATA_IN 4
      TCP_COOKIE_MIN 8
      TCP_S_DATA_OUT 8
      TCP_WINDOW_CLAMP 10
      TCP_MAX_WINSHIFT 14
      TCP_MD5SIG 14
      TCP_COOKIE_TRANSACTIONS 15
      TCP_THIN_LINEAR_TIMEOUTS 16
      TCP_THIN_DUPACK 17
      TCP_REPAIR 19
      TCP_REPAIR_QUEUE 20
      TCP_QUEUE_SEQ 21
      TCP_REPAIR_OPTIONS 22
      TCP_TIMESTAMP 24
      TCP_CC_INFO 26
      TCP_SAVE_SYN 27
      TCP_SAVED_SYN 28
      TCP_REPAIR_WINDOW 29
      TCP_FASTOPEN_CONNECT 30
      TCP_ULP 31
      TCP_COOKIE_PAIR_SIZE 32
      TCP_MD5SIG_EXT 32
      TCP_FASTOPEN_KEY 33
      TCP_FASTOPEN_NO_COOKIE 34
      TCP_ZEROCOPY_RECEIVE 35
      TCP_CM_INQ 36
      TCP_INQ 36
      TCP_TX_DELAY 37
      TCP_MSS 0x200
      TCP_MSS_DEFAULT 536
      TCP_MSS_DESIRED 1220
      TCP_MAXWIN 65535
      """;

  // netinet/udp.h, linux/udp.h
  private static final String UDP =
      """
      UDP_CORK 1
      UDP_ENCAP_ESPINUDP_NON_IKE 1
      UDP_ENCAP_ESPINUDP 2
      UDP_ENCAP_L2TPINUDP 3
      UDP_ENCAP_GTP0 4
      UDP_ENCAP_GTP1U 5
      UDPLITE_SEND_CSCOV 10
      UDPLITE_RECV_CSCOV 11
      UDP_ENCAP 100
      UDP_SEGMENT 103
      UDP_GRO 104
      """;

  // netdb.h
  private static final String NAMES =
      """
      HOST_NOT_FOUND 1
      NI_NUMERICHOST 1
      NI_NUMERICSERV 2
      TRY_AGAIN 2
      NO_RECOVERY 3
      NI_NOFQDN 4
      NO_DATA 4
      NI_NAMEREQD 8
      NI_DGRAM 16
      NI_IDN 32
      NI_MAXSERV 32
      AI_IDN 64
      NI_IDN_ALLOW_UNASSIGNED 64
      AI_CANONIDN 128
      NI_IDN_USE_STD3_ASCII_RULES 128
      AI_IDN_ALLOW_UNASSIGNED 0x100
      AI_IDN_USE_STD3_ASCII_RULES 0x200
      NI_MAXHOST 0x401
      """;

  // linux/net_tstamp.h, linux/errqueue.h
  private static final String STAMPS =
      """
      SO_EE_ORIGIN_NONE 0
      SOF_TIMESTAMPING_TX_HARDWARE 1
      SOF_TXTIME_DEADLINE_MODE 1
      SO_EE_CODE_TXTIME_INVALID_PARAM 1
      SO_EE_CODE_ZEROCOPY_COPIED 1
      SO_EE_ORIGIN_LOCAL 1
      SOF_TIMESTAMPING_TX_SOFTWARE 2
      SOF_TXTIME_FLAGS_LAST 2
      SOF_TXTIME_REPORT_ERRORS 2
      SO_EE_CODE_TXTIME_MISSED 2
      SO_EE_ORIGIN_ICMP 2
      SOF_TXTIME_FLAGS_MASK 3
      SO_EE_ORIGIN_ICMP6 3
      SOF_TIMESTAMPING_RX_HARDWARE 4
      SO_EE_ORIGIN_TIMESTAMPING 4
      SO_EE_ORIGIN_TXSTATUS 4
      SO_EE_ORIGIN_ZEROCOPY 5
      SO_EE_ORIGIN_TXTIME 6
      SOF_TIMESTAMPING_RX_SOFTWARE 8
      SOF_TIMESTAMPING_SOFTWARE 16
      SOF_TIMESTAMPING_SYS_HARDWARE 32
      SOF_TIMESTAMPING_RAW_HARDWARE 64
      SOF_TIMESTAMPING_OPT_ID 128
      SOF_TIMESTAMPING_TX_SCHED 0x100
      SOF_TIMESTAMPING_TX_ACK 0x200
      SOF_TIMESTAMPING_TX_RECORD_MASK 771
      SOF_TIMESTAMPING_OPT_CMSG 0x400
      SOF_TIMESTAMPING_OPT_TSONLY 0x800
      SOF_TIMESTAMPING_OPT_STATS 0x1000
      SOF_TIMESTAMPING_OPT_PKTINFO 0x2000
      SOF_TIMESTAMPING_OPT_TX_SWHW 0x4000
      SOF_TIMESTAMPING_BIND_PHC 0x8000
      SOF_TIMESTAMPING_LAST 0x8000
      SOF_TIMESTAMPING_MASK 65535
      """;

  // linux/if_packet.h, linux/if_ether.h, net/ethernet.h, net/if.h
  private static final String PACKET =
      """
      PACKET_FANOUT_HASH 0
      PACKET_HOST 0
      PACKET_MR_MULTICAST 0
      IFF_UP 1
      PACKET_ADD_MEMBERSHIP 1
      PACKET_BROADCAST 1
      PACKET_FANOUT_LB 1
      PACKET_MR_PROMISC 1
      IFF_BROADCAST 2
      PACKET_DROP_MEMBERSHIP 2
      PACKET_FANOUT_CPU 2
      PACKET_MR_ALLMULTI 2
      PACKET_MULTICAST 2
      ETH_P_ALL 3
      PACKET_FANOUT_ROLLOVER 3
      PACKET_MR_UNICAST 3
      PACKET_OTHERHOST 3
      PACKET_RECV_OUTPUT 3
      PACKET_FANOUT_RND 4
      PACKET_OUTGOING 4
      PACKET_FANOUT_QM 5
      PACKET_LOOPBACK 5
      PACKET_RX_RING 5
      PACKET_FANOUT_CBPF 6
      PACKET_FASTROUTE 6
      PACKET_STATISTICS 6
      PACKET_USER 6
      PACKET_COPY_THRESH 7
      PACKET_FANOUT_EBPF 7
      PACKET_KERNEL 7
      IFF_LOOPBACK 8
      PACKET_AUXDATA 8
      PACKET_ORIGDEV 9
      PACKET_VERSION 10
      PACKET_HDRLEN 11
      ETH_P_CAN 12
      PACKET_RESERVE 12
      ETH_P_CANFD 13
      PACKET_TX_RING 13
      PACKET_LOSS 14
      PACKET_VNET_HDR 15
      PACKET_TX_TIMESTAMP 16
      PACKET_TIMESTAMP 17
      PACKET_FANOUT 18
      PACKET_TX_HAS_OFF 19
      PACKET_QDISC_BYPASS 20
      PACKET_ROLLOVER_STATS 21
      PACKET_FANOUT_DATA 22
      PACKET_IGNORE_OUTGOING 23
      IFF_RUNNING 64
      ETH_P_LOOP 96
      IFF_PROMISC 0x100
      IFF_ALLMULTI 0x200
      ETHERTYPE_IP 0x800
      ETH_P_IP 0x800
      ETHERTYPE_ARP 2054
      ETH_P_ARP 2054
      IFF_MULTICAST 0x1000
      PACKET_FANOUT_FLAG_ROLLOVER 0x1000
      PACKET_FANOUT_FLAG_UNIQUEID 0x2000
      PACKET_FANOUT_FLAG_DEFRAG 0x8000
      ETHERTYPE_VLAN 0x8100
      ETH_P_8021Q 0x8100
      ETHERTYPE_IPV6 34525
      ETH_P_IPV6 34525
      ETH_P_PAE 34958
      ETH_P_LLDP 35020
      """;

  // linux/netlink.h, linux/rtnetlink.h
  private static final String NETLINK =
      """
      NETLINK_ROUTE 0
      NETLINK_UNCONNECTED 0
      IFA_ADDRESS 1
      IFLA_ADDRESS 1
      NETLINK_ADD_MEMBERSHIP 1
      NETLINK_CONNECTED 1
      NETLINK_UNUSED 1
      NLMSG_NOOP 1
      NLM_F_REQUEST 1
      RTMGRP_LINK 1
      IFA_LOCAL 2
      IFLA_BROADCAST 2
      NETLINK_DROP_MEMBERSHIP 2
      NETLINK_USERSOCK 2
      NLMSG_ERROR 2
      NLM_F_MULTI 2
      RTMGRP_NOTIFY 2
      IFA_LABEL 3
      IFLA_IFNAME 3
      NETLINK_FIREWALL 3
      NETLINK_PKTINFO 3
      NLMSG_DONE 3
      IFLA_MTU 4
      NETLINK_BROADCAST_ERROR 4
      NETLINK_INET_DIAG 4
      NETLINK_SOCK_DIAG 4
      NLMSG_ALIGNTO 4
      NLMSG_OVERRUN 4
      NLM_F_ACK 4
      RTMGRP_NEIGH 4
      IFLA_LINK 5
      NETLINK_NFLOG 5
      NETLINK_NO_ENOBUFS 5
      IFLA_QDISC 6
      NETLINK_RX_RING 6
      NETLINK_XFRM 6
      IFLA_STATS 7
      NETLINK_SELINUX 7
      NETLINK_TX_RING 7
      NETLINK_ISCSI 8
      NETLINK_LISTEN_ALL_NSID 8
      NLM_F_ECHO 8
      RTMGRP_TC 8
      NETLINK_AUDIT 9
      NETLINK_LIST_MEMBERSHIPS 9
      IFLA_MASTER 10
      NETLINK_CAP_ACK 10
      NETLINK_FIB_LOOKUP 10
      NETLINK_CONNECTOR 11
      NETLINK_EXT_ACK 11
      NETLINK_GET_STRICT_CHK 12
      NETLINK_NETFILTER 12
      NETLINK_IP6_FW 13
      NETLINK_DNRTMSG 14
      NETLINK_KOBJECT_UEVENT 15
      IFLA_OPERSTATE 16
      NETLINK_GENERIC 16
      NLMSG_HDRLEN 16
      NLMSG_MIN_TYPE 16
      RTMGRP_IPV4_IFADDR 16
      RTM_NEWLINK 16
      RTM_DELLINK 17
      IFLA_LINKINFO 18
      NETLINK_SCSITRANSPORT 18
      RTM_GETLINK 18
      NETLINK_ECRYPTFS 19
      RTM_SETLINK 19
      NETLINK_RDMA 20
      RTM_NEWADDR 20
      NETLINK_CRYPTO 21
      RTM_DELADDR 21
      NETLINK_SMC 22
      RTM_GETADDR 22
      RTM_NEWROUTE 24
      RTM_DELROUTE 25
      RTM_GETROUTE 26
      RTM_NEWNEIGH 28
      RTM_DELNEIGH 29
      RTM_GETNEIGH 30
      RTMGRP_IPV4_MROUTE 32
      RTMGRP_IPV4_ROUTE 64
      RTMGRP_IPV4_RULE 128
      NLM_F_CAPPED 0x100
      NLM_F_NONREC 0x100
      NLM_F_REPLACE 0x100
      NLM_F_ROOT 0x100
      RTMGRP_IPV6_IFADDR 0x100
      NLM_F_ACK_TLVS 0x200
      NLM_F_BULK 0x200
      NLM_F_EXCL 0x200
      NLM_F_MATCH 0x200
      RTMGRP_IPV6_MROUTE 0x200
      NLM_F_DUMP 0x300
      NLM_F_ATOMIC 0x400
      NLM_F_CREATE 0x400
      RTMGRP_IPV6_ROUTE 0x400
      NLM_F_APPEND 0x800
      RTMGRP_IPV6_IFINFO 0x800
      RTMGRP_DECnet_IFADDR 0x1000
      RTMGRP_DECnet_ROUTE 0x4000
      RTMGRP_IPV6_PREFIX 0x20000
      """;

  // linux/can.h and linux/can/; the names of bcm.h with a prefix, as in Python
  private static final String CAN =
      """
      CAN_EFF_FLAG 0x80000000
      CAN_ISOTP_FRAME_TXTIME_ZERO 0xFFFFFFFF
      CAN_ERR_CRTL_UNSPEC 0
      CAN_ERR_LOSTARB_UNSPEC 0
      CAN_ERR_PROT_LOC_UNSPEC 0
      CAN_ERR_PROT_UNSPEC 0
      CAN_ERR_TRX_UNSPEC 0
      CAN_ISOTP_DEFAULT_EXT_ADDRESS 0
      CAN_ISOTP_DEFAULT_FLAGS 0
      CAN_ISOTP_DEFAULT_LL_TX_FLAGS 0
      CAN_ISOTP_DEFAULT_RECV_BS 0
      CAN_ISOTP_DEFAULT_RECV_STMIN 0
      CAN_ISOTP_DEFAULT_RECV_WFTMAX 0
      CAN_BCM_SETTIMER 1
      CAN_BCM_TX_SETUP 1
      CAN_ERR_CRTL_RX_OVERFLOW 1
      CAN_ERR_PROT_BIT 1
      CAN_ERR_TX_TIMEOUT 1
      CAN_ISOTP_LISTEN_MODE 1
      CAN_ISOTP_OPTS 1
      CAN_RAW 1
      CAN_RAW_FILTER 1
      CAN_BCM 2
      CAN_BCM_STARTTIMER 2
      CAN_BCM_TX_DELETE 2
      CAN_ERR_CRTL_TX_OVERFLOW 2
      CAN_ERR_LOSTARB 2
      CAN_ERR_PROT_FORM 2
      CAN_ERR_PROT_LOC_ID28_21 2
      CAN_ISOTP_EXTEND_ADDR 2
      CAN_ISOTP_RECV_FC 2
      CAN_RAW_ERR_FILTER 2
      CAN_BCM_TX_READ 3
      CAN_ERR_PROT_LOC_SOF 3
      CAN_ISOTP_TX_STMIN 3
      CAN_RAW_LOOPBACK 3
      CAN_TP16 3
      CAN_BCM_TX_COUNTEVT 4
      CAN_BCM_TX_SEND 4
      CAN_ERR_CRTL 4
      CAN_ERR_CRTL_RX_WARNING 4
      CAN_ERR_PROT_LOC_SRTR 4
      CAN_ERR_PROT_STUFF 4
      CAN_ERR_TRX_CANH_NO_WIRE 4
      CAN_ISOTP_RX_STMIN 4
      CAN_ISOTP_TX_PADDING 4
      CAN_RAW_RECV_OWN_MSGS 4
      CAN_TP20 4
      CAN_BCM_RX_SETUP 5
      CAN_ERR_PROT_LOC_IDE 5
      CAN_ERR_TRX_CANH_SHORT_TO_BAT 5
      CAN_ISOTP_LL_OPTS 5
      CAN_MCNET 5
      CAN_RAW_FD_FRAMES 5
      CAN_BCM_RX_DELETE 6
      CAN_ERR_PROT_LOC_ID20_18 6
      CAN_ERR_TRX_CANH_SHORT_TO_VCC 6
      CAN_ISOTP 6
      CAN_RAW_JOIN_FILTERS 6
      CAN_BCM_RX_READ 7
      CAN_ERR_PROT_LOC_ID17_13 7
      CAN_ERR_TRX_CANH_SHORT_TO_GND 7
      CAN_J1939 7
      CAN_RAW_XL_FRAMES 7
      CAN_BCM_TX_ANNOUNCE 8
      CAN_BCM_TX_STATUS 8
      CAN_ERR_CRTL_TX_WARNING 8
      CAN_ERR_DLC 8
      CAN_ERR_PROT 8
      CAN_ERR_PROT_BIT0 8
      CAN_ERR_PROT_LOC_CRC_SEQ 8
      CAN_ISOTP_DEFAULT_LL_TX_DL 8
      CAN_ISOTP_RX_PADDING 8
      CAN_MAX_DLC 8
      CAN_MAX_DLEN 8
      CAN_NPROTO 8
      CAN_BCM_TX_EXPIRED 9
      CAN_ERR_PROT_LOC_RES0 9
      CAN_BCM_RX_STATUS 10
      CAN_ERR_PROT_LOC_DATA 10
      CAN_BCM_RX_TIMEOUT 11
      CAN_ERR_PROT_LOC_DLC 11
      CAN_SFF_ID_BITS 11
      CAN_BCM_RX_CHANGED 12
      CAN_ERR_PROT_LOC_RTR 12
      CAN_ERR_PROT_LOC_RES1 13
      CAN_ERR_PROT_LOC_ID04_00 14
      CAN_ERR_PROT_LOC_ID12_05 15
      CAN_MAX_RAW_DLC 15
      CAN_BCM_TX_CP_CAN_ID 16
      CAN_ERR_CRTL_RX_PASSIVE 16
      CAN_ERR_PROT_BIT1 16
      CAN_ERR_TRX 16
      CAN_ISOTP_CHK_PAD_LEN 16
      CAN_ISOTP_DEFAULT_LL_MTU 16
      CAN_MTU 16
      CAN_ERR_PROT_LOC_INTERM 18
      CAN_ERR_PROT_LOC_CRC_DEL 24
      CAN_ERR_PROT_LOC_ACK 25
      CAN_ERR_PROT_LOC_EOF 26
      CAN_ERR_PROT_LOC_ACK_DEL 27
      CAN_EFF_ID_BITS 29
      CAN_BCM_RX_FILTER_ID 32
      CAN_ERR_ACK 32
      CAN_ERR_CRTL_TX_PASSIVE 32
      CAN_ERR_PROT_OVERLOAD 32
      CAN_ISOTP_CHK_PAD_DATA 32
      CAN_BCM_RX_CHECK_DLC 64
      CAN_ERR_BUSOFF 64
      CAN_ERR_CRTL_ACTIVE 64
      CAN_ERR_PROT_ACTIVE 64
      CAN_ERR_TRX_CANL_NO_WIRE 64
      CAN_ISOTP_HALF_DUPLEX 64
      CAN_ERR_TRX_CANL_SHORT_TO_BAT 80
      CAN_ERROR_WARNING_THRESHOLD 96
      CAN_ERR_TRX_CANL_SHORT_TO_VCC 96
      CAN_ERR_TRX_CANL_SHORT_TO_GND 112
      CAN_BCM_RX_NO_AUTOTIMER 128
      CAN_ERROR_PASSIVE_THRESHOLD 128
      CAN_ERR_BUSERROR 128
      CAN_ERR_PROT_TX 128
      CAN_ERR_TRX_CANL_SHORT_TO_CANH 128
      CAN_ISOTP_FORCE_TXSTMIN 128
      CAN_ISOTP_DEFAULT_PAD_CONTENT 204
      CAN_BCM_RX_ANNOUNCE_RESUME 0x100
      CAN_BUS_OFF_THRESHOLD 0x100
      CAN_ERR_RESTARTED 0x100
      CAN_ISOTP_FORCE_RXSTMIN 0x100
      CAN_BCM_TX_RESET_MULTI_IDX 0x200
      CAN_ERR_CNT 0x200
      CAN_ISOTP_RX_EXT_ADDR 0x200
      CAN_BCM_RX_RTR_FRAME 0x400
      CAN_ISOTP_WAIT_TX_DONE 0x400
      CAN_SFF_MASK 2047
      CAN_BCM_CAN_FD_FRAME 0x800
      CAN_FD_FRAME 0x800
      CAN_ISOTP_SF_BROADCAST 0x800
      CAN_ISOTP_CF_BROADCAST 0x1000
      CAN_ISOTP_DEFAULT_FRAME_TXTIME 50000
      CAN_EFF_MASK 0x1FFFFFFF
      CAN_ERR_MASK 0x1FFFFFFF
      CAN_ERR_FLAG 0x20000000
      CAN_INV_FILTER 0x20000000
      CAN_RTR_FLAG 0x40000000
      """;

  // linux/can/j1939.h
  private static final String J1939 =
      """
      J1939_EE_INFO_NONE 0
      J1939_NLA_PAD 0
      J1939_NO_NAME 0
      J1939_EE_INFO_TX_ABORT 1
      J1939_NLA_BYTES_ACKED 1
      SCM_J1939_DEST_ADDR 1
      SO_J1939_FILTER 1
      J1939_EE_INFO_RX_RTS 2
      J1939_NLA_TOTAL_SIZE 2
      SCM_J1939_DEST_NAME 2
      SO_J1939_PROMISC 2
      J1939_EE_INFO_RX_DPO 3
      J1939_NLA_PGN 3
      SCM_J1939_PRIO 3
      SO_J1939_SEND_PRIO 3
      J1939_EE_INFO_RX_ABORT 4
      J1939_NLA_SRC_NAME 4
      SCM_J1939_ERRQUEUE 4
      SO_J1939_ERRQUEUE 4
      J1939_NLA_DEST_NAME 5
      J1939_NLA_SRC_ADDR 6
      J1939_NLA_DEST_ADDR 7
      J1939_MAX_UNICAST_ADDR 253
      J1939_IDLE_ADDR 254
      J1939_NO_ADDR 255
      J1939_FILTER_MAX 0x200
      J1939_PGN_REQUEST 59904
      J1939_PGN_ADDRESS_CLAIMED 60928
      J1939_PGN_ADDRESS_COMMANDED 65240
      J1939_PGN_PDU1_MAX 0x3FF00
      J1939_PGN_MAX 0x3FFFF
      J1939_NO_PGN 0x40000
      """;

  // linux/if_alg.h; SIGN, VERIFY and PUBKEY are of a patch that Python names
  private static final String ALG =
      """
      ALG_OP_DECRYPT 0
      ALG_OP_ENCRYPT 1
      ALG_SET_KEY 1
      ALG_OP_SIGN 2
      ALG_SET_IV 2
      ALG_OP_VERIFY 3
      ALG_SET_OP 3
      ALG_SET_AEAD_ASSOCLEN 4
      ALG_SET_AEAD_AUTHSIZE 5
      ALG_SET_DRBG_ENTROPY 6
      ALG_SET_PUBKEY 6
      """;

  // linux/tipc.h
  private static final String TIPC =
      """
      TIPC_ZONE_MASK 0xFF000000
      TIPC_ZONE_CLUSTER_MASK 0xFFFFF000
      TIPC_WAIT_FOREVER -1
      TIPC_CFG_SRV 0
      TIPC_LOW_IMPORTANCE 0
      TIPC_NODE_OFFSET 0
      TIPC_NODE_STATE 0
      TIPC_OK 0
      TIPC_ADDR_MCAST 1
      TIPC_ADDR_NAMESEQ 1
      TIPC_ERRINFO 1
      TIPC_ERR_NO_NAME 1
      TIPC_GROUP_LOOPBACK 1
      TIPC_MEDIUM_IMPORTANCE 1
      TIPC_PUBLISHED 1
      TIPC_SERVICE_RANGE 1
      TIPC_SUB_PORTS 1
      TIPC_TOP_SRV 1
      TIPC_ZONE_SCOPE 1
      TIPC_ADDR_NAME 2
      TIPC_CLUSTER_SCOPE 2
      TIPC_ERR_NO_PORT 2
      TIPC_GROUP_MEMBER_EVTS 2
      TIPC_HIGH_IMPORTANCE 2
      TIPC_RETDATA 2
      TIPC_SERVICE_ADDR 2
      TIPC_SUB_SERVICE 2
      TIPC_WITHDRAWN 2
      TIPC_ADDR_ID 3
      TIPC_CRITICAL_IMPORTANCE 3
      TIPC_DESTNAME 3
      TIPC_ERR_NO_NODE 3
      TIPC_NODE_SCOPE 3
      TIPC_SOCKET_ADDR 3
      TIPC_SUBSCR_TIMEOUT 3
      TIPC_ERR_OVERLOAD 4
      TIPC_SUB_CANCEL 4
      TIPC_CONN_SHUTDOWN 5
      TIPC_ZONE_BITS 8
      TIPC_CLUSTER_BITS 12
      TIPC_CLUSTER_OFFSET 12
      TIPC_NODE_BITS 12
      TIPC_NODEID_LEN 16
      TIPC_ZONE_OFFSET 24
      TIPC_RESERVED_TYPES 64
      TIPC_IMPORTANCE 127
      TIPC_SRC_DROPPABLE 128
      TIPC_DEST_DROPPABLE 129
      TIPC_CONN_TIMEOUT 130
      TIPC_NODE_RECVQ_DEPTH 131
      TIPC_SOCK_RECVQ_DEPTH 132
      TIPC_MCAST_BROADCAST 133
      TIPC_MCAST_REPLICAST 134
      TIPC_GROUP_JOIN 135
      TIPC_GROUP_LEAVE 136
      TIPC_SOCK_RECVQ_USED 137
      TIPC_NODELAY 138
      TIPC_ZONE_SIZE 255
      TIPC_CLUSTER_SIZE 4095
      TIPC_NODE_MASK 4095
      TIPC_NODE_SIZE 4095
      TIPC_CLUSTER_MASK 0xFFF000
      """;

  // linux/vm_sockets.h
  private static final String VSOCK =
      """
      VMADDR_CID_ANY 0xFFFFFFFF
      VMADDR_PORT_ANY 0xFFFFFFFF
      VM_SOCKETS_INVALID_VERSION 0xFFFFFFFF
      SO_VM_SOCKETS_BUFFER_SIZE 0
      VMADDR_CID_HYPERVISOR 0
      SO_VM_SOCKETS_BUFFER_MIN_SIZE 1
      VMADDR_CID_LOCAL 1
      VMADDR_FLAG_TO_HOST 1
      SO_VM_SOCKETS_BUFFER_MAX_SIZE 2
      VMADDR_CID_HOST 2
      SO_VM_SOCKETS_PEER_HOST_VM_ID 3
      SO_VM_SOCKETS_TRUSTED 5
      SO_VM_SOCKETS_CONNECT_TIMEOUT 6
      SO_VM_SOCKETS_NONBLOCK_TXRX 7
      SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW 8
      IOCTL_VM_SOCKETS_GET_LOCAL_CID 1977
      """;

  // linux/qrtr.h
  private static final String QRTR =
      """
      QRTR_PORT_CTRL 0xFFFFFFFE
      QRTR_NODE_BCAST 0xFFFFFFFF
      QRTR_TYPE_DATA 1
      QRTR_TYPE_HELLO 2
      QRTR_TYPE_BYE 3
      QRTR_TYPE_NEW_SERVER 4
      QRTR_TYPE_DEL_SERVER 5
      QRTR_TYPE_DEL_CLIENT 6
      QRTR_TYPE_RESUME_TX 7
      QRTR_TYPE_EXIT 8
      QRTR_TYPE_PING 9
      QRTR_TYPE_NEW_LOOKUP 10
      QRTR_TYPE_DEL_LOOKUP 11
      """;

  // linux/rds.h
  private static final String RDS =
      """
      RDS_TRANS_NONE -1
      RDS_RDMA_SUCCESS 0
      RDS_TRANS_IB 0
      RDS_CANCEL_SENT_TO 1
      RDS_CMSG_RDMA_ARGS 1
      RDS_RDMA_READWRITE 1
      RDS_RDMA_REMOTE_ERROR 1
      RDS_TRANS_GAP 1
      RDS_TRANS_IWARP 1
      RDS_CMSG_RDMA_DEST 2
      RDS_GET_MR 2
      RDS_RDMA_CANCELED 2
      RDS_RDMA_FENCE 2
      RDS_TRANS_TCP 2
      RDS_CMSG_RDMA_MAP 3
      RDS_FREE_MR 3
      RDS_RDMA_DROPPED 3
      RDS_CMSG_RDMA_STATUS 4
      RDS_RDMA_INVALIDATE 4
      RDS_RDMA_OTHER_ERROR 4
      RDS_CMSG_CONG_UPDATE 5
      RDS_RECVERR 5
      RDS_CMSG_ATOMIC_FADD 6
      RDS_CONG_MONITOR 6
      RDS_CMSG_ATOMIC_CSWP 7
      RDS_GET_MR_FOR_DEST 7
      RDS_CMSG_MASKED_ATOMIC_FADD 8
      RDS_RDMA_USE_ONCE 8
      SO_RDS_TRANSPORT 8
      RDS_CMSG_MASKED_ATOMIC_CSWP 9
      SO_RDS_MSG_RXPATH_LATENCY 10
      RDS_CMSG_RXPATH_LATENCY 11
      RDS_CMSG_ZCOPY_COOKIE 12
      RDS_CMSG_ZCOPY_COMPLETION 13
      RDS_RDMA_DONTWAIT 16
      RDS_RDMA_NOTIFY_ME 32
      RDS_CONG_MONITOR_SIZE 64
      RDS_RDMA_SILENT 64
      """;

  // BlueZ: bluetooth/bluetooth.h, hci.h, l2cap.h, rfcomm.h, sco.h
  private static final String BT =
      """
      BDADDR_BREDR 0
      BTPROTO_L2CAP 0
      BT_CHANNEL_POLICY_BREDR_ONLY 0
      BT_FLUSHABLE_OFF 0
      BT_MODE_BASIC 0
      BT_POWER_FORCE_ACTIVE_OFF 0
      BT_SECURITY_SDP 0
      HCI_CHANNEL_RAW 0
      BDADDR_LE_PUBLIC 1
      BTPROTO_HCI 1
      BT_CHANNEL_POLICY_BREDR_PREFERRED 1
      BT_FLUSHABLE_ON 1
      BT_MODE_ERTM 1
      BT_PHY_BR_1M_1SLOT 1
      BT_POWER_FORCE_ACTIVE_ON 1
      BT_SECURITY_LOW 1
      HCI_CHANNEL_USER 1
      HCI_DATA_DIR 1
      L2CAP_LM_MASTER 1
      L2CAP_OPTIONS 1
      RFCOMM_LM_MASTER 1
      SCO_OPTIONS 1
      BDADDR_LE_RANDOM 2
      BTPROTO_SCO 2
      BT_CHANNEL_POLICY_AMP_PREFERRED 2
      BT_MODE_STREAMING 2
      BT_PHY_BR_1M_3SLOT 2
      BT_SECURITY_MEDIUM 2
      HCI_CHANNEL_MONITOR 2
      HCI_FILTER 2
      L2CAP_LM_AUTH 2
      RFCOMM_LM_AUTH 2
      BTPROTO_RFCOMM 3
      BT_MODE_LE_FLOWCTL 3
      BT_SECURITY_HIGH 3
      BT_VOICE_TRANSPARENT 3
      HCI_CHANNEL_CONTROL 3
      HCI_TIME_STAMP 3
      L2CAP_LM 3
      RFCOMM_LM 3
      BT_MODE_EXT_FLOWCTL 4
      BT_PHY_BR_1M_5SLOT 4
      BT_SECURITY 4
      BT_SECURITY_FIPS 4
      HCI_CHANNEL_LOGGING 4
      L2CAP_LM_ENCRYPT 4
      RFCOMM_LM_ENCRYPT 4
      BT_DEFER_SETUP 7
      BT_FLUSHABLE 8
      BT_PHY_EDR_2M_1SLOT 8
      L2CAP_LM_TRUSTED 8
      RFCOMM_LM_TRUSTED 8
      BT_POWER 9
      BT_CHANNEL_POLICY 10
      BT_VOICE 11
      BT_SNDMTU 12
      BT_RCVMTU 13
      BT_PHY 14
      BT_MODE 15
      BT_PHY_EDR_2M_3SLOT 16
      BT_PKT_STATUS 16
      L2CAP_LM_RELIABLE 16
      RFCOMM_LM_RELIABLE 16
      BT_ISO_QOS 17
      BT_CODEC 19
      BT_PHY_EDR_2M_5SLOT 32
      L2CAP_LM_SECURE 32
      RFCOMM_LM_SECURE 32
      BT_PHY_EDR_3M_1SLOT 64
      BT_VOICE_CVSD_16BIT 96
      BT_VOICE_TRANSPARENT_16BIT 99
      BT_PHY_EDR_3M_3SLOT 128
      BT_PHY_EDR_3M_5SLOT 0x100
      BT_PHY_LE_1M_TX 0x200
      BT_PHY_LE_1M_RX 0x400
      BT_PHY_LE_2M_TX 0x800
      BT_PHY_LE_2M_RX 0x1000
      BT_PHY_LE_CODED_TX 0x2000
      BT_PHY_LE_CODED_RX 0x4000
      HCI_DEV_NONE 65535
      """;

  // linux/sockios.h, fcntl.h
  private static final String IO =
      """
      F_DUPFD_CLOEXEC 1030
      SIOCOUTQ 21521
      SIOCATMARK 35077
      SIOCGIFNAME 35088
      SIOCGIFFLAGS 35091
      SIOCGIFMTU 35105
      SIOCGIFHWADDR 35111
      SIOCGIFINDEX 35123
      """;

  // netipx/ipx.h, netax25/ax25.h, netatalk/at.h, netrom/netrom.h, netrose/rose.h
  private static final String LEVELS =
      """
      SOL_IPX 256
      SOL_AX25 257
      SOL_ATALK 258
      SOL_NETROM 259
      SOL_ROSE 260
      """;

  // netinet/in.h: RFC 3678
  private static final String MCAST =
      """
      MCAST_INCLUDE 1
      MCAST_EXCLUDE 0
      MCAST_JOIN_GROUP 42
      MCAST_BLOCK_SOURCE 43
      MCAST_UNBLOCK_SOURCE 44
      MCAST_LEAVE_GROUP 45
      MCAST_JOIN_SOURCE_GROUP 46
      MCAST_LEAVE_SOURCE_GROUP 47
      MCAST_MSFILTER 48
      """;

  // linux/in.h, linux/in6.h, linux/udp.h: newer than some of the C library's headers
  private static final String NEWER =
      """
      IP_LOCAL_PORT_RANGE 51
      IP_PROTOCOL 52
      IPV6_ADDR_PREFERENCES 72
      UDP_NO_CHECK6_TX 101
      UDP_NO_CHECK6_RX 102
      UDP_ENCAP_RXRPC 6
      TCP_ENCAP_ESPINTCP 7
      """;

  // linux/mptcp.h
  private static final String MPTCP =
      """
      MPTCP_INFO 1
      MPTCP_TCPINFO 2
      MPTCP_SUBFLOW_ADDRS 3
      MPTCP_FULL_INFO 4
      """;

  // linux/can.h, linux/can/raw.h
  private static final String CAN_FRAMES =
      """
      CANFD_BRS 1
      CANFD_ESI 2
      CANFD_FDF 4
      CANFD_MAX_DLC 15
      CANFD_MAX_DLEN 64
      CANXL_XLF 128
      CANXL_SEC 1
      CANXL_MIN_DLEN 1
      CANXL_MAX_DLEN 2048
      CANXL_PRIO_MASK 2047
      CAN_RAW_FILTER_MAX 512
      """;

  // linux/if_ether.h
  private static final String ETH =
      """
      ETH_P_1588 35063
      ETH_P_8021AD 34984
      ETH_P_8021AH 35047
      ETH_P_80221 35095
      ETH_P_802_2 4
      ETH_P_802_3 1
      ETH_P_802_3_MIN 1536
      ETH_P_802_EX1 34997
      ETH_P_AARP 33011
      ETH_P_AF_IUCV 64507
      ETH_P_AOE 34978
      ETH_P_ARCNET 26
      ETH_P_ATALK 32923
      ETH_P_ATMFATE 34948
      ETH_P_ATMMPOA 34892
      ETH_P_AX25 2
      ETH_P_BATMAN 17157
      ETH_P_BPQ 2303
      ETH_P_CAIF 247
      ETH_P_CANXL 14
      ETH_P_CFM 35074
      ETH_P_CONTROL 22
      ETH_P_CUST 24582
      ETH_P_DDCMP 6
      ETH_P_DEC 24576
      ETH_P_DIAG 24581
      ETH_P_DNA_DL 24577
      ETH_P_DNA_RC 24578
      ETH_P_DNA_RT 24579
      ETH_P_DSA 27
      ETH_P_DSA_8021Q 56027
      ETH_P_DSA_A5PSW 57345
      ETH_P_ECONET 24
      ETH_P_EDSA 56026
      ETH_P_ERSPAN 35006
      ETH_P_ERSPAN2 8939
      ETH_P_ETHERCAT 34980
      ETH_P_FCOE 35078
      ETH_P_FIP 35092
      ETH_P_HDLC 25
      ETH_P_HSR 35119
      ETH_P_IBOE 35093
      ETH_P_IEEE802154 246
      ETH_P_IEEEPUP 2560
      ETH_P_IEEEPUPAT 2561
      ETH_P_IFE 60734
      ETH_P_IPX 33079
      ETH_P_IRDA 23
      ETH_P_LAT 24580
      ETH_P_LINK_CTL 34924
      ETH_P_LOCALTALK 9
      ETH_P_LOOPBACK 36864
      ETH_P_MACSEC 35045
      ETH_P_MAP 249
      ETH_P_MCTP 250
      ETH_P_MOBITEX 21
      ETH_P_MPLS_MC 34888
      ETH_P_MPLS_UC 34887
      ETH_P_MRP 35043
      ETH_P_MVRP 35061
      ETH_P_NCSI 35064
      ETH_P_NSH 35151
      ETH_P_PAUSE 34824
      ETH_P_PHONET 245
      ETH_P_PPPTALK 16
      ETH_P_PPP_DISC 34915
      ETH_P_PPP_MP 8
      ETH_P_PPP_SES 34916
      ETH_P_PREAUTH 35015
      ETH_P_PROFINET 34962
      ETH_P_PRP 35067
      ETH_P_PUP 512
      ETH_P_PUPAT 513
      ETH_P_QINQ1 37120
      ETH_P_QINQ2 37376
      ETH_P_QINQ3 37632
      ETH_P_RARP 32821
      ETH_P_REALTEK 34969
      ETH_P_SCA 24583
      ETH_P_SLOW 34825
      ETH_P_SNAP 5
      ETH_P_TDLS 35085
      ETH_P_TEB 25944
      ETH_P_TIPC 35018
      ETH_P_TRAILER 28
      ETH_P_TR_802_2 17
      ETH_P_TSN 8944
      ETH_P_WAN_PPP 7
      ETH_P_WCCP 34878
      ETH_P_X25 2053
      ETH_P_XDSA 248
      """;

  private static final String[] TABLES = {
    AF,
    SOCK,
    SOL,
    SO,
    SCM,
    MSG,
    IPPROTO,
    IP,
    IPV6,
    TCP,
    UDP,
    NAMES,
    STAMPS,
    PACKET,
    NETLINK,
    CAN,
    J1939,
    ALG,
    TIPC,
    VSOCK,
    QRTR,
    RDS,
    BT,
    IO,
    LEVELS,
    MCAST,
    NEWER,
    MPTCP,
    CAN_FRAMES,
    ETH
  };
}
