package io.gatun.os;

/** The headers behind {@link LinuxFamilies}. */
final class LinuxHeaders {
  private LinuxHeaders() {}

  /**
   * BlueZ's headers are no part of the kernel's, and Debian has them (libbluetooth-dev) where only
   * the host's compiler looks: for the others, and where they are not installed, what they say is
   * written down here. So are the few names that Python has and no header of Linux: bcm.h's with a
   * prefix, and the cryptography's signatures, which never came into the kernel.
   */
  static final String FAMILIES =
      """
      #include <net/ethernet.h>
      #include <net/if.h>
      #include <netinet/udp.h>
      #include <linux/can.h>
      #include <linux/can/bcm.h>
      #include <linux/can/error.h>
      #include <linux/can/isotp.h>
      #include <linux/can/j1939.h>
      #include <linux/can/raw.h>
      #include <linux/errqueue.h>
      #include <linux/if_ether.h>
      #include <linux/if_addr.h>
      #include <linux/if_alg.h>
      #include <linux/if_link.h>
      #include <linux/if_packet.h>
      #include <linux/net_tstamp.h>
      #include <linux/netfilter_ipv4.h>
      #include <linux/netlink.h>
      #include <linux/qrtr.h>
      #include <linux/rds.h>
      #include <linux/rtnetlink.h>
      #include <linux/sockios.h>
      #include <linux/tipc.h>
      #include <linux/vm_sockets.h>
      #define UDPLITE_SEND_CSCOV 10 // net/udplite.h, which is the kernel's own
      #define UDPLITE_RECV_CSCOV 11
      #ifndef IPV6_FLOWINFO // linux/in6.h, which does not go with netinet/in.h
      #define IPV6_FLOWINFO 11
      #define IPV6_FLOWLABEL_MGR 32
      #define IPV6_FLOWINFO_SEND 33
      #endif
      #ifndef SOL_VSOCK // linux/socket.h, the kernel's own, before glibc had it
      #define SOL_VSOCK 287
      #endif
      // linux/in.h, in6.h and mptcp.h do not go with netinet/in.h; the rest is newer than some headers.
      #if __has_include(<netipx/ipx.h>)
      #include <netipx/ipx.h>
      #else
      #define SOL_IPX 256
      #endif
      #if __has_include(<netax25/ax25.h>)
      #include <netax25/ax25.h>
      #else
      #define SOL_AX25 257
      #endif
      #if __has_include(<netatalk/at.h>)
      #include <netatalk/at.h>
      #else
      #define SOL_ATALK 258
      #endif
      #if __has_include(<netrom/netrom.h>)
      #include <netrom/netrom.h>
      #else
      #define SOL_NETROM 259
      #endif
      #if __has_include(<netrose/rose.h>)
      #include <netrose/rose.h>
      #else
      #define SOL_ROSE 260
      #endif
      #ifndef IP_LOCAL_PORT_RANGE
      #define IP_LOCAL_PORT_RANGE 51
      #endif
      #ifndef IP_PROTOCOL
      #define IP_PROTOCOL 52
      #endif
      #ifndef IPV6_ADDR_PREFERENCES
      #define IPV6_ADDR_PREFERENCES 72
      #endif
      #ifndef UDP_NO_CHECK6_TX
      #define UDP_NO_CHECK6_TX 101
      #endif
      #ifndef UDP_NO_CHECK6_RX
      #define UDP_NO_CHECK6_RX 102
      #endif
      #ifndef UDP_ENCAP_RXRPC
      #define UDP_ENCAP_RXRPC 6
      #endif
      #ifndef TCP_ENCAP_ESPINTCP
      #define TCP_ENCAP_ESPINTCP 7
      #endif
      #ifndef IPPROTO_L2TP
      #define IPPROTO_L2TP 115
      #endif
      #ifndef MPTCP_INFO
      #define MPTCP_INFO 1
      #endif
      #ifndef MPTCP_TCPINFO
      #define MPTCP_TCPINFO 2
      #endif
      #ifndef MPTCP_SUBFLOW_ADDRS
      #define MPTCP_SUBFLOW_ADDRS 3
      #endif
      #ifndef MPTCP_FULL_INFO
      #define MPTCP_FULL_INFO 4
      #endif
      #ifndef CANFD_BRS
      #define CANFD_BRS 1
      #endif
      #ifndef CANFD_ESI
      #define CANFD_ESI 2
      #endif
      #ifndef CANFD_FDF
      #define CANFD_FDF 4
      #endif
      #ifndef CANFD_MAX_DLC
      #define CANFD_MAX_DLC 15
      #endif
      #ifndef CANFD_MAX_DLEN
      #define CANFD_MAX_DLEN 64
      #endif
      #ifndef CANXL_XLF
      #define CANXL_XLF 128
      #endif
      #ifndef CANXL_SEC
      #define CANXL_SEC 1
      #endif
      #ifndef CANXL_MIN_DLEN
      #define CANXL_MIN_DLEN 1
      #endif
      #ifndef CANXL_MAX_DLEN
      #define CANXL_MAX_DLEN 2048
      #endif
      #ifndef CANXL_PRIO_MASK
      #define CANXL_PRIO_MASK 2047
      #endif
      #ifndef CAN_RAW_FILTER_MAX
      #define CAN_RAW_FILTER_MAX 512
      #endif
      #define ALG_SET_PUBKEY 6
      #define ALG_OP_SIGN 2
      #define ALG_OP_VERIFY 3
      #define CAN_BCM_TX_SETUP TX_SETUP
      #define CAN_BCM_TX_DELETE TX_DELETE
      #define CAN_BCM_TX_READ TX_READ
      #define CAN_BCM_TX_SEND TX_SEND
      #define CAN_BCM_RX_SETUP RX_SETUP
      #define CAN_BCM_RX_DELETE RX_DELETE
      #define CAN_BCM_RX_READ RX_READ
      #define CAN_BCM_TX_STATUS TX_STATUS
      #define CAN_BCM_TX_EXPIRED TX_EXPIRED
      #define CAN_BCM_RX_STATUS RX_STATUS
      #define CAN_BCM_RX_TIMEOUT RX_TIMEOUT
      #define CAN_BCM_RX_CHANGED RX_CHANGED
      #define CAN_BCM_SETTIMER SETTIMER
      #define CAN_BCM_STARTTIMER STARTTIMER
      #define CAN_BCM_TX_COUNTEVT TX_COUNTEVT
      #define CAN_BCM_TX_ANNOUNCE TX_ANNOUNCE
      #define CAN_BCM_TX_CP_CAN_ID TX_CP_CAN_ID
      #define CAN_BCM_RX_FILTER_ID RX_FILTER_ID
      #define CAN_BCM_RX_CHECK_DLC RX_CHECK_DLC
      #define CAN_BCM_RX_NO_AUTOTIMER RX_NO_AUTOTIMER
      #define CAN_BCM_RX_ANNOUNCE_RESUME RX_ANNOUNCE_RESUME
      #define CAN_BCM_TX_RESET_MULTI_IDX TX_RESET_MULTI_IDX
      #define CAN_BCM_RX_RTR_FRAME RX_RTR_FRAME
      #define CAN_BCM_CAN_FD_FRAME CAN_FD_FRAME
      #if __has_include(<bluetooth/bluetooth.h>)
      #include <bluetooth/bluetooth.h>
      #include <bluetooth/hci.h>
      #include <bluetooth/l2cap.h>
      #include <bluetooth/rfcomm.h>
      #include <bluetooth/sco.h>
      #else
      typedef struct { unsigned char b[6]; } __attribute__((packed)) bdaddr_t;
      struct sockaddr_l2 {
        sa_family_t l2_family; unsigned short l2_psm; bdaddr_t l2_bdaddr; unsigned short l2_cid;
        unsigned char l2_bdaddr_type;
      };
      struct sockaddr_rc { sa_family_t rc_family; bdaddr_t rc_bdaddr; unsigned char rc_channel; };
      struct sockaddr_hci {
        sa_family_t hci_family; unsigned short hci_dev; unsigned short hci_channel;
      };
      struct sockaddr_sco { sa_family_t sco_family; bdaddr_t sco_bdaddr; };
      #define SOL_HCI 0
      #define SOL_L2CAP 6
      #define SOL_SCO 17
      #define SOL_RFCOMM 18
      #define SOL_BLUETOOTH 274
      #define BDADDR_BREDR 0
      #define BTPROTO_L2CAP 0
      #define BT_CHANNEL_POLICY_BREDR_ONLY 0
      #define BT_FLUSHABLE_OFF 0
      #define BT_MODE_BASIC 0
      #define BT_POWER_FORCE_ACTIVE_OFF 0
      #define BT_SECURITY_SDP 0
      #define HCI_CHANNEL_RAW 0
      #define BDADDR_LE_PUBLIC 1
      #define BTPROTO_HCI 1
      #define BT_CHANNEL_POLICY_BREDR_PREFERRED 1
      #define BT_FLUSHABLE_ON 1
      #define BT_MODE_ERTM 1
      #define BT_PHY_BR_1M_1SLOT 1
      #define BT_POWER_FORCE_ACTIVE_ON 1
      #define BT_SECURITY_LOW 1
      #define HCI_CHANNEL_USER 1
      #define HCI_DATA_DIR 1
      #define L2CAP_LM_MASTER 1
      #define L2CAP_OPTIONS 1
      #define RFCOMM_LM_MASTER 1
      #define SCO_OPTIONS 1
      #define BDADDR_LE_RANDOM 2
      #define BTPROTO_SCO 2
      #define BT_CHANNEL_POLICY_AMP_PREFERRED 2
      #define BT_MODE_STREAMING 2
      #define BT_PHY_BR_1M_3SLOT 2
      #define BT_SECURITY_MEDIUM 2
      #define HCI_CHANNEL_MONITOR 2
      #define HCI_FILTER 2
      #define L2CAP_LM_AUTH 2
      #define RFCOMM_LM_AUTH 2
      #define BTPROTO_RFCOMM 3
      #define BT_MODE_LE_FLOWCTL 3
      #define BT_SECURITY_HIGH 3
      #define BT_VOICE_TRANSPARENT 3
      #define HCI_CHANNEL_CONTROL 3
      #define HCI_TIME_STAMP 3
      #define L2CAP_LM 3
      #define RFCOMM_LM 3
      #define BT_MODE_EXT_FLOWCTL 4
      #define BT_PHY_BR_1M_5SLOT 4
      #define BT_SECURITY 4
      #define BT_SECURITY_FIPS 4
      #define HCI_CHANNEL_LOGGING 4
      #define L2CAP_LM_ENCRYPT 4
      #define RFCOMM_LM_ENCRYPT 4
      #define BT_DEFER_SETUP 7
      #define BT_FLUSHABLE 8
      #define BT_PHY_EDR_2M_1SLOT 8
      #define L2CAP_LM_TRUSTED 8
      #define RFCOMM_LM_TRUSTED 8
      #define BT_POWER 9
      #define BT_CHANNEL_POLICY 10
      #define BT_VOICE 11
      #define BT_SNDMTU 12
      #define BT_RCVMTU 13
      #define BT_PHY 14
      #define BT_MODE 15
      #define BT_PHY_EDR_2M_3SLOT 16
      #define BT_PKT_STATUS 16
      #define L2CAP_LM_RELIABLE 16
      #define RFCOMM_LM_RELIABLE 16
      #define BT_ISO_QOS 17
      #define BT_CODEC 19
      #define BT_PHY_EDR_2M_5SLOT 32
      #define L2CAP_LM_SECURE 32
      #define RFCOMM_LM_SECURE 32
      #define BT_PHY_EDR_3M_1SLOT 64
      #define BT_VOICE_CVSD_16BIT 96
      #define BT_PHY_EDR_3M_3SLOT 128
      #define BT_PHY_EDR_3M_5SLOT 0x100
      #define BT_PHY_LE_1M_TX 0x200
      #define BT_PHY_LE_1M_RX 0x400
      #define BT_PHY_LE_2M_TX 0x800
      #define BT_PHY_LE_2M_RX 0x1000
      #define BT_PHY_LE_CODED_TX 0x2000
      #define BT_PHY_LE_CODED_RX 0x4000
      #define HCI_DEV_NONE 65535
      #endif
      #ifndef BT_VOICE_TRANSPARENT_16BIT // of newer ones
      #define BT_VOICE_TRANSPARENT_16BIT 0x0063
      #endif
      """;
}
