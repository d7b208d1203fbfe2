"""Takes the place of CPython's _socket: every operation is a call of Gatun's Socket and Sockets, in Java.

What is here is what C does around the system calls there: arguments are taken apart and checked with CPython's texts,
addresses turn from tuples into records and back, exceptions of Java into those of Python. No call of the system is made
here, and no constant written down: both are Gatun's. Only what must be CPython's own object stays so (OSError, the
buffers of bytes and bytearray, whose memory is handed to Java as it is).

Each call is counted in `calls`, by the name of the function or method that made it; `functions` are all that there are.
"""

import collections
import ctypes
import math
import operator
import os
import sys
import warnings

import jpype
import jpype.nio

_JClass = jpype.JClass


def _gatun(name):
    return _JClass("io.gatun." + name)


_Abi = _gatun("os.Abi")
_Errno = _gatun("os.Errno")
_Socket = _gatun("socket.Socket")
_Sockets = _gatun("socket.Sockets")
_SocketError = _gatun("error.SocketError")
_ResolveException = _gatun("error.ResolveException")
_HostException = _gatun("error.HostException")
_TimedOutException = _gatun("error.TimedOutException")
_AddressFamily = _gatun("address.AddressFamily")
_SocketType = _gatun("address.SocketType")
_Protocol = _gatun("address.Protocol")
_ByteBuffer = _JClass("java.nio.ByteBuffer")
_Duration = _JClass("java.time.Duration")
_IllegalArgument = _JClass("java.lang.IllegalArgumentException")

calls = collections.Counter()
functions = set()

# ---- Constants

error = OSError
timeout = TimeoutError


class herror(OSError):
    __module__ = "socket"


class gaierror(OSError):
    __module__ = "socket"


def _signed(value):
    return value - (1 << 32) if value >= 1 << 31 else value


def _unsigned(value):
    return int(value) & 0xFFFFFFFF


def _constants():
    for entry in _Abi.HOST.constants().entrySet():
        name, value = str(entry.getKey()), int(entry.getValue())
        # A mask of 32 bits is a negative int in Java; these alone are meant to be negative.
        negative = name.startswith("EAI_") or name == "TIPC_WAIT_FOREVER"
        yield name, value if negative else _unsigned(value)


# Other names of AF_UNIX, which Python does not have and which would come before it.
globals().update((name, value) for name, value in _constants() if name not in ("AF_FILE", "AF_LOCAL"))
has_ipv6 = bool(_Sockets.hasIpv6())
BDADDR_ANY = str(_gatun("address.BluetoothAddress").ANY).upper()
BDADDR_LOCAL = str(_gatun("address.BluetoothAddress").LOCAL).upper()

_Shutdown = _gatun("socket.Shutdown")
_HALVES = {SHUT_RD: _Shutdown.RD, SHUT_WR: _Shutdown.WR, SHUT_RDWR: _Shutdown.RDWR}

# ---- Calling Java


def _error(e):
    """What Python raises for an exception of Gatun's; any other is a mistake, and stays what it is."""
    if isinstance(e, _TimedOutException):
        return timeout("timed out")
    if isinstance(e, (_ResolveException, _HostException)):
        kind = gaierror if isinstance(e, _ResolveException) else herror
        # "getaddrinfo name:port: EAI_NONAME (-2) Name or service not known"
        number = int(e.errno())
        return kind(number, str(e.getMessage()).rpartition("(%d) " % number)[2])
    if isinstance(e, _SocketError):
        return OSError(int(e.errno()), str(_Errno.message(e.errno())))
    return e


def _os_error(name):
    number = int(_Abi.HOST.errno(name))
    return OSError(number, str(_Errno.message(number)))


def _java(name, method, *arguments):
    calls[name] += 1
    try:
        return method(*arguments)
    except jpype.JException as e:
        raise _error(e) from None


def _function(function):
    """A function or method that has to reach Java."""
    functions.add(function.__name__)
    return function


@jpype.JImplements("io.gatun.socket.InterruptHook")
class _SignalHandlers:
    @jpype.JOverride
    def interrupted(self):
        # Being called is enough: the interpreter runs the handlers of signals between its own instructions. What
        # they raise goes through Java, ends the call there, and comes out of it here.
        pass


_Socket.setInterruptHook(_SignalHandlers())

# ---- Arguments


def _int(value):
    """A C int."""
    number = operator.index(value)
    if not -(1 << 31) <= number < 1 << 31:
        size = "greater than maximum" if number > 0 else "less than minimum"
        raise OverflowError("signed integer is " + size)
    return number


def _uint(value):
    """A C unsigned int, unchecked as in PyArg_Parse; Java has it as an int."""
    return _signed(operator.index(value) & 0xFFFFFFFF)


def _port(call, value):
    port = operator.index(value)
    if not 0 <= port <= 0xFFFF:
        raise OverflowError(call + "(): port must be 0-65535.")
    return port


def _nanoseconds(value):
    """A timeout; None for none. Rounded up, so that it is never over too soon."""
    if value is None:
        return None
    if isinstance(value, float):
        if math.isnan(value):
            raise ValueError("Invalid value NaN (not a number)")
        number = value * 1e9
        number = math.ceil(number) if abs(number) < 1 << 63 else 1 << 63
    else:
        number = operator.index(value) * 10**9
    if not -(1 << 63) <= number < 1 << 63:
        raise OverflowError("timestamp too large to convert to C _PyTime_t")
    if number < 0:
        raise ValueError("Timeout value out of range")
    return number


def _duration(value):
    nanos = _nanoseconds(value)
    return None if nanos is None else _Duration.ofNanos(nanos)


def _seconds(duration):
    return None if duration is None else int(duration.toNanos()) / 1e9


class _PyBuffer(ctypes.Structure):
    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_PyBUF_SIMPLE = 0
_PyBUF_WRITABLE = 1
_get_buffer = ctypes.pythonapi.PyObject_GetBuffer
_get_buffer.argtypes = [ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int]
_release_buffer = ctypes.pythonapi.PyBuffer_Release
_release_buffer.argtypes = [ctypes.POINTER(_PyBuffer)]
_release_buffer.restype = None


class _buffer:
    """The memory of a bytes-like object, for Java; not to be moved or freed until the end of the with statement."""

    def __init__(self, data, writable=False):
        self._view = _PyBuffer()
        try:
            _get_buffer(data, self._view, _PyBUF_WRITABLE if writable else _PyBUF_SIMPLE)
        except BufferError:
            kind = "a read-write bytes-like object" if writable else "a contiguous buffer"
            raise TypeError(f"{kind} is required, not '{type(data).__name__}'") from None
        self.length = self._view.len

    def __enter__(self):
        return self

    def java(self, length=None):
        """The memory, or its beginning, as a ByteBuffer."""
        length = self.length if length is None else length
        if length == 0:
            return _ByteBuffer.allocateDirect(0)
        # By its address, since a buffer of Java's may live on for long and must not hold the object.
        return jpype.nio.convertToDirectBuffer((ctypes.c_char * length).from_address(self._view.buf))

    def __exit__(self, *_):
        _release_buffer(self._view)


class _buffers:
    """The memory of several bytes-like objects."""

    def __init__(self, items, writable=False):
        self._all = []
        try:
            for item in items:
                self._all.append(_buffer(item, writable))
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return jpype.java.util.ArrayList([buffer.java() for buffer in self._all])

    def __exit__(self, *_):
        for buffer in self._all:
            buffer.__exit__()


def _iterable(items, message):
    try:
        return list(items)
    except TypeError:
        raise TypeError(message) from None


# ---- Addresses: the tuples of Python's documentation, and Gatun's records

_Ipv4 = _gatun("address.Ipv4Address")
_Ipv6 = _gatun("address.Ipv6Address")
_Unix = _gatun("address.UnixAddress")
_Raw = _gatun("address.RawAddress")
_Netlink = _gatun("address.NetlinkAddress")
_Packet = _gatun("address.PacketAddress")
_Can = _gatun("address.CanAddress")
_Tipc = _gatun("address.TipcAddress")
_Vsock = _gatun("address.VsockAddress")
_Alg = _gatun("address.AlgAddress")
_Qipcrtr = _gatun("address.QipcrtrAddress")
_Hardware = _gatun("address.HardwareAddress")
_L2cap, _Rfcomm, _Hci, _Sco = (
    _gatun("address.BluetoothAddress$" + name) for name in ("L2cap", "Rfcomm", "Hci", "Sco")
)
_CanRaw, _IsoTp, _J1939 = (_gatun("address.CanAddress$" + name) for name in ("Raw", "IsoTp", "J1939"))


def _host_name(host, call=None):
    """The bytes of a host's name as a string of Java; a call names whose argument it is."""
    argument = call and call + "() argument 1 must be "
    if isinstance(host, str):
        name = host if host.isascii() else host.encode("idna").decode()
    elif isinstance(host, (bytes, bytearray)):
        name = host.decode("latin-1")
    elif argument:
        raise TypeError(argument + "str, bytes or bytearray, not " + type(host).__name__)
    else:
        raise TypeError("str, bytes or bytearray expected, not " + type(host).__name__)
    if "\0" not in name:
        return name
    if argument:
        raise TypeError(argument + "encoded string without null bytes, not " + type(host).__name__)
    raise TypeError("host name must not contain null character")


def _ip(call, family, host, port=0):
    """The IP address of a host: a name is looked up."""
    return _java(call, _Sockets.address, _AddressFamily(family), _host_name(host), port)


def _bdaddr(call, text):
    try:
        parsed = _Hardware.parse(text)
    except jpype.JException:
        parsed = None
    if parsed is None or int(parsed.length()) != 6:
        raise OSError("bad bluetooth address")
    return parsed


def _interface(call, name):
    """An interface's index by its name, which os.fsencode may have made; 0 for none."""
    raw = os.fsencode(name)
    if not raw:
        return 0
    return _interface_index(call, raw)


def _interface_index(call, raw):
    return int(_java(call, _Sockets.ifNameToIndex, os.fsdecode(raw)))


def _interface_name(index):
    try:
        return str(_java("if_indextoname", _Sockets.ifIndexToName, index)) if index else ""
    except OSError:
        return ""


def _tuple(call, family, address, least, most, form):
    if not isinstance(address, tuple):
        raise TypeError(f"{call}(): {family} address must be tuple, not {type(address).__name__}")
    if not least <= len(address) <= most:
        raise TypeError(f"{family} address must be a {form}")
    return address


def _from_inet(call, sock, address):
    host, port = _tuple(call, "AF_INET", address, 2, 2, "pair (host, port)")
    resolved = _ip(call, AF_INET, host)
    return resolved.withPort(_port(call, port))


def _from_inet6(call, sock, address):
    parts = _tuple(call, "AF_INET6", address, 2, 4, "tuple (host, port[, flowinfo[, scopeid]])")
    flow = operator.index(parts[2]) & 0xFFFFFFFF if len(parts) > 2 else 0
    scope = _uint(parts[3]) if len(parts) > 3 else 0
    resolved = _ip(call, AF_INET6, parts[0])
    port = _port(call, parts[1])
    if flow > 0xFFFFF:
        raise OverflowError(call + "(): flowinfo must be 0-1048575.")
    return _Ipv6(resolved.high(), resolved.low(), port, flow, scope)


def _from_unix(call, sock, address):
    if isinstance(address, str):
        name = os.fsencode(address)
    elif isinstance(address, (bytes, bytearray, memoryview)):
        name = bytes(address)
    else:
        raise TypeError(f"a bytes-like object is required, not '{type(address).__name__}'")
    # The room is Gatun's to know: a path and its NUL, or an abstract name, in sun_path.
    room = int(_Abi.HOST.struct("sockaddr_un").size()) - 2
    if len(name) > (room if name[:1] in (b"", b"\0") else room - 1):
        raise OSError("AF_UNIX path too long")
    if name[:1] != b"\0" and b"\0" in name:
        name = name[: name.index(b"\0")]
    return _Unix.of(name)


def _from_netlink(call, sock, address):
    pid, groups = _tuple(call, "AF_NETLINK", address, 2, 2, "pair (pid, groups)")
    return _Netlink(_uint(pid), _uint(groups))


def _from_vsock(call, sock, address):
    cid, port = _tuple(call, "AF_VSOCK", address, 2, 2, "pair (CID, port)")
    return _Vsock(_uint(cid), _uint(port))


def _from_qipcrtr(call, sock, address):
    node, port = _tuple(call, "AF_QIPCRTR", address, 2, 2, "pair (node, port)")
    return _Qipcrtr(_uint(node), _uint(port))


def _from_tipc(call, sock, address):
    parts = _tuple(call, "AF_TIPC", address, 4, 5, "tuple (addr_type, v1, v2, v3[, scope])")
    kind = operator.index(parts[0])
    v1, v2, v3 = (_uint(v) for v in parts[1:4])
    scope = operator.index(parts[4]) if len(parts) > 4 else TIPC_CLUSTER_SCOPE
    if kind == TIPC_ADDR_NAME:
        # Python repeats the instance where Gatun has the domain; and takes it as the domain, which is then unused.
        return _Tipc(kind, v1, v2, 0 if v3 == v2 else v3, scope)
    if kind not in (TIPC_ADDR_NAMESEQ, TIPC_ADDR_ID):
        raise TypeError("Invalid address type")
    return _Tipc(kind, v1, v2, 0 if kind == TIPC_ADDR_ID else v3, scope)


def _from_packet(call, sock, address):
    parts = _tuple(call, "AF_PACKET", address, 2, 5, "tuple (ifname, proto[, pkttype[, hatype[, addr]]])")
    protocol, kind, hardware = (operator.index(v) for v in (parts[1:4] + (0, 0))[:3])
    if not 0 <= protocol <= 0xFFFF:
        raise OverflowError(call + "(): proto must be 0-65535.")
    device = bytes(memoryview(parts[4])) if len(parts) > 4 else b""
    if len(device) > 8:
        raise ValueError("Hardware address must be 8 bytes or less")
    return _Packet(_interface(call, parts[0]), protocol, kind, hardware, _Hardware.of(device))


def _from_can(call, sock, address):
    fields = {CAN_ISOTP: 2, CAN_J1939: 3}.get(sock.proto, 0)
    parts = _tuple(call, "AF_CAN", address, 1, 1 + fields, "tuple (interface, …)")
    if len(os.fsencode(parts[0])) >= 16:  # IFNAMSIZ, which Gatun leaves to if_nametoindex(3)
        raise OSError("AF_CAN interface name too long")
    index = _interface(call, parts[0])
    if fields == 2:
        return _IsoTp(index, _uint(parts[1]), _uint(parts[2]))
    if fields == 3:
        unit = operator.index(parts[1]) & 0xFFFFFFFFFFFFFFFF
        unit -= (unit >> 63) << 64
        return _J1939(index, unit, _uint(parts[2]), operator.index(parts[3]) & 0xFF)
    return _CanRaw(index)


def _from_alg(call, sock, address):
    parts = _tuple(call, "AF_ALG", address, 2, 4, "tuple (type, name[, feat[, mask]])")
    kind, name = (part.encode().decode("latin-1") for part in parts[:2])
    if len(kind) > 13:
        raise ValueError("AF_ALG type too long.")
    if len(name) > 63:
        raise ValueError("AF_ALG name too long.")
    return _Alg(kind, name, *(_uint(part) for part in (parts[2:] + (0, 0))[:2]))


def _from_bluetooth(call, sock, address):
    if sock.proto == BTPROTO_L2CAP:
        device, psm = _tuple(call, "AF_BLUETOOTH", address, 2, 2, "pair (bdaddr, psm)")
        return _L2cap(_bdaddr(call, device), operator.index(psm))
    if sock.proto == BTPROTO_RFCOMM:
        device, channel = _tuple(call, "AF_BLUETOOTH", address, 2, 2, "pair (bdaddr, channel)")
        return _Rfcomm(_bdaddr(call, device), operator.index(channel))
    if sock.proto == BTPROTO_HCI:
        (adapter,) = _tuple(call, "AF_BLUETOOTH", address, 1, 1, "tuple (device_id,)")
        return _Hci(operator.index(adapter) & 0xFFFF, 0)
    if sock.proto == BTPROTO_SCO:
        if not isinstance(address, bytes):
            raise OSError(call + "(): wrong format")
        return _Sco(_bdaddr(call, address.decode()))
    raise OSError(call + "(): unknown Bluetooth protocol")


_encoders = {
    AF_INET: _from_inet,
    AF_RDS: _from_inet,
    AF_INET6: _from_inet6,
    AF_UNIX: _from_unix,
    AF_NETLINK: _from_netlink,
    AF_VSOCK: _from_vsock,
    AF_QIPCRTR: _from_qipcrtr,
    AF_TIPC: _from_tipc,
    AF_PACKET: _from_packet,
    AF_CAN: _from_can,
    AF_ALG: _from_alg,
    AF_BLUETOOTH: _from_bluetooth,
}


def _to_unix(a):
    name = bytes(a.name())
    return name if name[:1] == b"\0" else os.fsdecode(name)


def _to_raw(a):
    return None if a.equals(_Raw.NONE) else (int(a.family().number()), bytes(a.data()))


def _to_tipc(a):
    third = a.v2() if int(a.type()) == TIPC_ADDR_NAME else a.v3()
    return (int(a.type()), _unsigned(a.v1()), _unsigned(a.v2()), _unsigned(third), int(a.scope()))


_decoders = {
    _Ipv4: lambda a: (str(a.host()), int(a.port())),
    _Ipv6: lambda a: (str(a.host()), int(a.port()), _unsigned(a.flowInfo()), _unsigned(a.scopeId())),
    _Unix: _to_unix,
    _Raw: _to_raw,
    _Netlink: lambda a: (_unsigned(a.pid()), _unsigned(a.groups())),
    _Vsock: lambda a: (_unsigned(a.cid()), _unsigned(a.port())),
    _Qipcrtr: lambda a: (_unsigned(a.node()), _unsigned(a.port())),
    _Tipc: _to_tipc,
    _Packet: lambda a: (
        _interface_name(a.interfaceIndex()),
        int(a.protocol()),
        int(a.packetType()),
        int(a.hardwareType()),
        bytes(a.address().toByteArray()),
    ),
    _CanRaw: lambda a: (_interface_name(a.interfaceIndex()),),
    _IsoTp: lambda a: (_interface_name(a.interfaceIndex()), _unsigned(a.rxId()), _unsigned(a.txId())),
    _J1939: lambda a: (
        _interface_name(a.interfaceIndex()),
        int(a.name()) & 0xFFFFFFFFFFFFFFFF,
        _unsigned(a.pgn()),
        int(a.address()),
    ),
    _Alg: lambda a: (str(a.type()), str(a.name()), _unsigned(a.features()), _unsigned(a.mask())),
    _L2cap: lambda a: (str(a.device()).upper(), int(a.psm())),
    _Rfcomm: lambda a: (str(a.device()).upper(), int(a.channel())),
    _Hci: lambda a: int(a.adapter()),
    _Sco: lambda a: str(a.device()).upper(),
}


def _to_python(address):
    return None if address is None else _decoders[type(address)](address)


# ---- Sockets

_unset = object()


class socket:
    """_socket.socket: the base of socket.socket, which adds __weakref__ and no __dict__."""

    __slots__ = ("_java", "_family", "_type", "_proto")

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        self._java = None
        self._family = self._type = self._proto = 0
        return self

    @_function
    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        if fileno is not None:
            if isinstance(fileno, float):
                raise TypeError("integer argument expected, got float")
            fd = operator.index(fileno)
            if fd < 0:
                raise ValueError("negative file descriptor")
            fd = _int(fd)
            made = _java("__init__", _Socket.ofDescriptor, fd)
            told = [int(n.number()) for n in (made.family(), made.type(), made.protocol())]
            family, type, proto = (t if v == -1 else operator.index(v) for t, v in zip(told, (family, type, proto)))
            if told != [family, type, proto]:
                made.detach()
                kinds = _AddressFamily(family), _SocketType(type), _Protocol(proto)
                made = _java("__init__", _Socket.ofDescriptor, fd, *kinds)
        else:
            family = AF_INET if family == -1 else operator.index(family)
            type = SOCK_STREAM if type == -1 else operator.index(type)
            proto = 0 if proto == -1 else operator.index(proto)
            made = _java("__init__", _Socket.open, _AddressFamily(family), _SocketType(type), _Protocol(proto))
        self._java = made
        self._family = family
        self._type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)
        self._proto = proto

    family = property(lambda self: self._family)
    type = property(lambda self: self._type)
    proto = property(lambda self: self._proto)
    timeout = property(lambda self: self.gettimeout())

    def __repr__(self):
        return (
            f"<socket object, fd={self.fileno()}, family={self._family}, type={self._type}, proto={self._proto}>"
        )

    def __del__(self, _warn=warnings.warn):
        if self._java is not None and self.fileno() != -1:
            _warn(f"unclosed {self!r}", ResourceWarning, source=self)
            socket.close(self)

    def _address(self, call, address):
        encoder = _encoders.get(self._family)
        if encoder is None:
            raise OSError(call + "(): bad family")
        return encoder(call, self, address)

    @_function
    def fileno(self):
        return -1 if self._java is None else int(_java("fileno", self._java.fileno))

    @_function
    def detach(self):
        return -1 if self._java.isClosed() else int(_java("detach", self._java.detach))

    @_function
    def close(self):
        if self._java is None or self._java.isClosed():
            return
        try:
            # Gatun's close tells of no failure; CPython's says when the descriptor was not there any more.
            if self.fileno() != -1:
                _java("close", self._java.getSockOpt, SOL_SOCKET, SO_TYPE)
        except OSError:
            # Another thread may have closed it meanwhile (some tests do so in a clean-up), which is no failure.
            if not self._java.isClosed():
                raise
        finally:
            _java("close", self._java.close)

    @_function
    def settimeout(self, value):
        _java("settimeout", self._java.setTimeout, _duration(value))

    @_function
    def gettimeout(self):
        return _seconds(_java("gettimeout", self._java.getTimeout))

    @_function
    def setblocking(self, flag):
        _java("setblocking", self._java.setBlocking, bool(operator.index(flag)))

    @_function
    def getblocking(self):
        return bool(_java("getblocking", self._java.getBlocking))

    @_function
    def bind(self, address):
        _java("bind", self._java.bind, self._address("bind", address))

    @_function
    def listen(self, backlog=None):
        if backlog is None:
            _java("listen", self._java.listen)
        else:
            _java("listen", self._java.listen, _int(backlog))

    @_function
    def _accept(self):
        accepted = _java("_accept", self._java.accept)
        return int(accepted.detach()), _to_python(accepted.peer())

    @_function
    def connect(self, address):
        _java("connect", self._java.connect, self._address("connect", address))

    @_function
    def connect_ex(self, address):
        return int(_java("connect_ex", self._java.connectEx, self._address("connect_ex", address)))

    @_function
    def shutdown(self, how):
        how = _int(how)
        if how not in _HALVES:
            raise _os_error("EINVAL")
        _java("shutdown", self._java.shutdown, _HALVES[how])

    @_function
    def getsockname(self):
        return _to_python(_java("getsockname", self._java.getSockName))

    @_function
    def getpeername(self):
        return _to_python(_java("getpeername", self._java.getPeerName))

    @_function
    def getsockopt(self, level, option, length=0):
        level, option, length = _int(level), _int(option), _int(length)
        if length == 0:
            return int(_java("getsockopt", self._java.getSockOpt, level, option))
        if not 0 <= length <= 1024:
            raise OSError("getsockopt buflen out of range")
        return bytes(_java("getsockopt", self._java.getSockOpt, level, option, length))

    @_function
    def setsockopt(self, level, option, value, length=None):
        level, option = _int(level), _int(option)
        if length is not None:
            if value is not None:
                raise TypeError(f"socket.setsockopt() argument 3 must be None, not {type(value).__name__}")
            _java("setsockopt", self._java.setSockOptNull, level, option, _uint(length))
        elif isinstance(value, int) and -(1 << 31) <= value < 1 << 31:
            _java("setsockopt", self._java.setSockOpt, level, option, value)
        else:
            with _buffer(value):
                pass
            _java("setsockopt", self._java.setSockOpt, level, option, bytes(value))

    # Receiving

    @_function
    def recv(self, bufsize, flags=0):
        size, flags = operator.index(bufsize), _int(flags)
        if size < 0:
            raise ValueError("negative buffersize in recv")
        data = bytearray(size)
        with _buffer(data, True) as buffer:
            count = int(_java("recv", self._java.recvInto, buffer.java(), flags))
        return bytes(memoryview(data)[:count])

    @_function
    def recv_into(self, data, nbytes=0, flags=0):
        size, flags = operator.index(nbytes), _int(flags)
        with _buffer(data, True) as buffer:
            if size < 0:
                raise ValueError("negative buffersize in recv_into")
            if size > buffer.length:
                raise ValueError("buffer too small for requested bytes")
            return int(_java("recv_into", self._java.recvInto, buffer.java(size or buffer.length), flags))

    @_function
    def recvfrom(self, bufsize, flags=0):
        size, flags = operator.index(bufsize), _int(flags)
        if size < 0:
            raise ValueError("negative buffersize in recvfrom")
        data = bytearray(size)
        with _buffer(data, True) as buffer:
            received = _java("recvfrom", self._java.recvFromInto, buffer.java(), flags)
        return bytes(memoryview(data)[: int(received.length())]), _to_python(received.address())

    @_function
    def recvfrom_into(self, data, nbytes=0, flags=0):
        size, flags = operator.index(nbytes), _int(flags)
        with _buffer(data, True) as buffer:
            if size < 0:
                raise ValueError("negative buffersize in recvfrom_into")
            if size > buffer.length:
                raise ValueError("nbytes is greater than the length of the buffer")
            received = _java("recvfrom_into", self._java.recvFromInto, buffer.java(size or buffer.length), flags)
        return int(received.length()), _to_python(received.address())

    @_function
    def recvmsg(self, bufsize, ancbufsize=0, flags=0):
        size, ancillary, flags = operator.index(bufsize), operator.index(ancbufsize), _int(flags)
        if size < 0:
            raise ValueError("negative buffer size in recvmsg()")
        if not 0 <= ancillary <= 0x7FFFFFFF:
            raise ValueError("invalid ancillary data buffer length")
        data = bytearray(size)
        with _buffers([data], True) as buffers:
            message = _java("recvmsg", self._java.recvMsgInto, buffers, ancillary, flags)
        length, *rest = _message(message)
        return bytes(memoryview(data)[:length]), *rest

    @_function
    def recvmsg_into(self, data, ancbufsize=0, flags=0):
        ancillary, flags = operator.index(ancbufsize), _int(flags)
        items = _iterable(data, "recvmsg_into() argument 1 must be an iterable")
        with _buffers(items, True) as buffers:
            if not 0 <= ancillary <= 0x7FFFFFFF:
                raise ValueError("invalid ancillary data buffer length")
            message = _java("recvmsg_into", self._java.recvMsgInto, buffers, ancillary, flags)
        return _message(message)

    # Sending

    @_function
    def send(self, data, flags=0):
        with _buffer(data) as buffer:
            return int(_java("send", self._java.send, buffer.java(), _int(flags)))

    @_function
    def sendall(self, data, flags=0):
        with _buffer(data) as buffer:
            _java("sendall", self._java.sendAll, buffer.java(), _int(flags))

    @_function
    def sendto(self, *args):
        if not 2 <= len(args) <= 3:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({len(args)} given)")
        flags = args[1] if len(args) == 3 else 0
        with _buffer(args[0]) as buffer:
            flags = _int(flags)
            address = self._address("sendto", args[-1])
            return int(_java("sendto", self._java.sendTo, buffer.java(), flags, address))

    @_function
    def sendmsg(self, data, ancdata=(), flags=0, address=None):
        items = _iterable(data, "sendmsg() argument 1 must be an iterable")
        pieces = []
        for piece in _iterable(ancdata, "sendmsg() argument 2 must be an iterable"):
            if not isinstance(piece, (tuple, list)) or len(piece) != 3:
                raise TypeError("[sendmsg() ancillary data items] must be sequence of length 3")
            with _buffer(piece[2]):
                pieces.append(_Ancillary(_int(piece[0]), _int(piece[1]), bytes(piece[2])))
        with _buffers(items) as buffers:
            flags = _int(flags)
            to = None if address is None else self._address("sendmsg", address)
            return int(
                _java("sendmsg", self._java.sendMsg, buffers, jpype.java.util.ArrayList(pieces), flags, to)
            )

    @_function
    def sendmsg_afalg(self, msg=(), *, op, iv=None, assoclen=_unset, flags=0):
        if self._family != AF_ALG:
            raise OSError("algset is only supported for AF_ALG")
        operation = _int(op)
        if operation < 0:
            raise TypeError("Invalid or missing argument 'op'")
        if assoclen is not _unset and operator.index(assoclen) < 0:
            raise TypeError("assoclen must be positive")
        items = _iterable(msg, "sendmsg_afalg() argument 1 must be an iterable")
        vector = None if iv is None else bytes(iv)
        with _buffers(items) as buffers:
            return int(
                _java(
                    "sendmsg_afalg",
                    self._java.sendMsgAfalg,
                    buffers,
                    operation,
                    vector,
                    -1 if assoclen is _unset else assoclen,
                    _int(flags),
                )
            )


_Ancillary = _gatun("message.AncillaryData")


def _message(message):
    """(length, ancdata, flags, address); descriptors that came are the caller's."""
    message.takeDescriptors()
    ancillary = [(int(a.level()), int(a.type()), bytes(a.data())) for a in message.ancillary()]
    return int(message.length()), ancillary, int(message.flags()), _to_python(message.address())


SocketType = socket

# ---- The module's functions


@_function
def socketpair(family=None, type=SOCK_STREAM, proto=0):
    family = AF_UNIX if family is None else operator.index(family)
    pair = _java(
        "socketpair",
        _Sockets.socketpair,
        _AddressFamily(family),
        _SocketType(operator.index(type)),
        _Protocol(operator.index(proto)),
    )
    return tuple(socket(family, type, proto, fileno=int(end.detach())) for end in (pair.first(), pair.second()))


functions.add("close(fd)")  # beside the method of the same name


def close(fd):
    _java("close(fd)", _Sockets.close, _int(fd))


@_function
def dup(fd):
    copy = _java("dup", _Sockets.fromFd, _int(fd), _AddressFamily(0), _SocketType(0), _Protocol(0))
    return int(copy.detach())


@_function
def getdefaulttimeout():
    return _seconds(_java("getdefaulttimeout", _Sockets.getDefaultTimeout))


@_function
def setdefaulttimeout(value):
    _java("setdefaulttimeout", _Sockets.setDefaultTimeout, _duration(value))


@_function
def gethostname():
    return str(_java("gethostname", _Sockets.getHostName))


@_function
def sethostname(name):
    _java("sethostname", _Sockets.setHostName, os.fsdecode(name))


@_function
def gethostbyname(name):
    _host_name(name, "gethostbyname")
    return str(_ip("gethostbyname", AF_INET, name).host())


def _host_entry(entry):
    return (
        str(entry.name()),
        [str(alias) for alias in entry.aliases()],
        [str(address.host()) for address in entry.addresses()],
    )


@_function
def gethostbyname_ex(name):
    _ip("gethostbyname_ex", AF_INET, name)  # whose error comes first in CPython too
    return _host_entry(_java("gethostbyname_ex", _Sockets.getHostByNameEx, _host_name(name)))


@_function
def gethostbyaddr(name):
    return _host_entry(_java("gethostbyaddr", _Sockets.getHostByAddr, _host_name(name)))


def _found(optional, message):
    if optional.isEmpty():
        raise OSError(message)
    return optional


@_function
def getservbyname(name, proto=None):
    port = _java("getservbyname", _Sockets.getServByName, name, proto)
    return int(_found(port, "service/proto not found").getAsInt())


@_function
def getservbyport(port, proto=None):
    port = operator.index(port)
    if not 0 <= port <= 0xFFFF:
        raise OverflowError("getservbyport: port must be 0-65535.")
    return str(_found(_java("getservbyport", _Sockets.getServByPort, port, proto), "port/proto not found").get())


@_function
def getprotobyname(name):
    return int(_found(_java("getprotobyname", _Sockets.getProtoByName, name), "protocol not found").getAsInt())


@_function
def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if host is not None:
        if not isinstance(host, (str, bytes)):
            raise TypeError("getaddrinfo() argument 1 must be string or None")
        host = host.encode("idna").decode() if isinstance(host, str) else host.decode("latin-1")
    if isinstance(port, int):
        port = str(port)
    elif isinstance(port, bytes):
        port = port.decode("latin-1")
    elif isinstance(port, str):
        port.encode()
    elif port is not None:
        raise OSError("Int or String expected")
    found = _java(
        "getaddrinfo",
        _Sockets.getAddrInfo,
        host,
        port,
        _AddressFamily(_int(family)),
        _SocketType(_int(type)),
        _Protocol(_int(proto)),
        _int(flags),
    )
    return [
        (
            int(info.family().number()),
            int(info.type().number()),
            int(info.protocol().number()),
            str(info.canonicalName() or ""),
            _to_python(info.address()),
        )
        for info in found
    ]


@_function
def getnameinfo(sockaddr, flags):
    if not isinstance(sockaddr, tuple):
        del sockaddr  # which the exception's traceback would hold, and a test counts the references
        raise TypeError("getnameinfo() argument 1 must be a tuple")
    if not 2 <= len(sockaddr) <= 4 or not isinstance(sockaddr[0], str):
        raise TypeError("getnameinfo(): illegal sockaddr argument")
    host, port, flow, scope = (sockaddr + (0, 0))[:4]
    port = _int(port)
    if not 0 <= flow <= 0xFFFFF:
        raise OverflowError("getnameinfo(): flowinfo must be 0-1048575.")
    found = getaddrinfo(host, str(port), AF_UNSPEC, SOCK_DGRAM, 0, AI_NUMERICHOST)
    if len(found) > 1:
        raise OSError("sockaddr resolved to multiple addresses")
    family, _, _, _, address = found[0]
    if family == AF_INET:
        if len(sockaddr) != 2:
            raise OSError("IPv4 sockaddr must be 2 tuple")
        java = _from_inet("getnameinfo", None, address)
    else:
        java = _from_inet6("getnameinfo", None, (address[0], address[1], flow, scope))
    name = _java("getnameinfo", _Sockets.getNameInfo, java, _int(flags))
    return str(name.host()), str(name.service())


@_function
def _sendfile(self, file, offset=0, count=None):
    """For socket.py's socket, whose own would call os.sendfile: the only call of the system that it makes itself."""
    self._check_sendfile_params(file, offset, count)
    give_up = sys.modules["socket"]._GiveupOnSendfile
    try:
        fd = file.fileno()
        size = os.fstat(fd).st_size
    except (AttributeError, OSError) as e:  # io.UnsupportedOperation is an OSError
        raise give_up(e)
    if not size:
        return 0
    if self.gettimeout() == 0:
        raise ValueError("non-blocking sockets are not supported")
    try:
        sent = int(_java("_sendfile", self._java.sendFile, fd, offset, -1 if count is None else count))
    except OSError as e:
        if isinstance(e, timeout):
            raise
        raise give_up(e)
    file.seek(offset + sent)
    return sent


def _swapped(name, method, bits):
    def swap(value):
        number = operator.index(value)
        if not 0 <= number < 1 << bits:
            raise OverflowError(f"{name}: Python int does not fit into {bits} bits")
        return _unsigned(_java(name, method, _signed(number)))

    functions.add(name)
    swap.__name__ = swap.__qualname__ = name
    return swap


htons = _swapped("htons", _Sockets.htons, 16)
ntohs = _swapped("ntohs", _Sockets.ntohs, 16)
htonl = _swapped("htonl", _Sockets.htonl, 32)
ntohl = _swapped("ntohl", _Sockets.ntohl, 32)


def _text_of_address(name, message, kind, *arguments):
    """Calls a function that tells by IllegalArgumentException what is no address."""
    try:
        return _java(name, *arguments)
    except _IllegalArgument:
        raise kind(message) from None


@_function
def inet_aton(text):
    message = "illegal IP address string passed to inet_aton"
    return bytes(_text_of_address("inet_aton", message, OSError, _Sockets.inetAton, text))


@_function
def inet_ntoa(packed):
    message = "packed IP wrong length for inet_ntoa"
    return str(_text_of_address("inet_ntoa", message, OSError, _Sockets.inetNtoa, bytes(packed)))


@_function
def inet_pton(family, text):
    family = _int(family)
    if family not in (AF_INET, AF_INET6):
        raise _os_error("EAFNOSUPPORT")
    message = "illegal IP address string passed to inet_pton"
    return bytes(_text_of_address("inet_pton", message, OSError, _Sockets.inetPton, _AddressFamily(family), text))


@_function
def inet_ntop(family, packed):
    family, packed = _int(family), bytes(packed)
    if family not in (AF_INET, AF_INET6):
        raise ValueError("unknown address family %d" % family)
    message = "invalid length of packed IP address string"
    family = _AddressFamily(family)
    return str(_text_of_address("inet_ntop", message, ValueError, _Sockets.inetNtop, family, packed))


@_function
def if_nameindex():
    return [(int(i.index()), str(i.name())) for i in _java("if_nameindex", _Sockets.ifNameIndex)]


@_function
def if_nametoindex(name):
    try:
        return _interface_index("if_nametoindex", os.fsencode(name))
    except OSError:
        raise OSError("no interface with this name") from None


@_function
def if_indextoname(index):
    return str(_java("if_indextoname", _Sockets.ifIndexToName, _int(index)))


def _cmsg(name, method, length, least):
    # CPython refuses what might not fit into socklen_t, an int to it, whatever the length is rounded up to.
    number = operator.index(length)
    if not 0 <= number <= 0x7FFFFFFF - int(method(least)):
        raise OverflowError(name + "() argument out of range")
    return int(_java(name, method, number))


@_function
def CMSG_LEN(length):
    return _cmsg("CMSG_LEN", _Sockets.cmsgLen, length, 0)


@_function
def CMSG_SPACE(length):
    return _cmsg("CMSG_SPACE", _Sockets.cmsgSpace, length, 1)


__all__ = [name for name in globals() if not name.startswith("_") and name not in (
    "calls", "functions", "collections", "ctypes", "math", "operator", "os", "sys", "warnings", "jpype")]
