"""Runs CPython's own test_socket.py, as it is, over C's _socket or over Gatun's.

    referee.py RESULT plain [CLASS...]
    referee.py RESULT gatun CLASS_PATH PLAIN_RESULT [CLASS...]

Each run writes what became of every test to RESULT; that over Gatun is held against the plain one, and prints what
does not agree. It fails when a test fails, when one is skipped that the plain run did not skip, when CPython's C module
came to be loaded all the same, when a constant differs, or (with no CLASS) when there is a function that no test took
to Java, or when a probe (below) is answered otherwise. The tests in the file "excluded" are left out by both.
Environment: GATUN_JVM, the JDK's libjvm; GATUN_HANG, the seconds that a test may take.
"""

import faulthandler
import json
import os
import sys
import time
import unittest

HANG = float(os.environ.get("GATUN_HANG", "30"))
HERE = os.path.dirname(os.path.abspath(__file__))


class _NoC:
    """Stands before the importer of built-in modules, and refuses C's _socket."""

    def find_spec(self, name, path=None, target=None):
        if name == "_socket":
            raise ImportError("C's _socket is not to be loaded")
        return None


def start_gatun(class_path):
    sys.meta_path.insert(0, _NoC())
    import jpype

    jpype.startJVM(
        os.environ["GATUN_JVM"],
        "--enable-native-access=ALL-UNNAMED",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        classpath=class_path.split(":"),
    )
    import gatun_socket

    sys.modules["_socket"] = gatun_socket
    import socket

    socket.socket._sendfile_use_sendfile = gatun_socket._sendfile
    return gatun_socket


def c_module_loaded(ours):
    """Whether any module of C's made its way in: it is the only one with a capsule for ssl."""
    import gc
    import types

    for thing in gc.get_objects():
        if isinstance(thing, types.ModuleType) and thing is not ours and thing.__name__ == "_socket":
            return True
    return False


def excluded():
    with open(os.path.join(HERE, "excluded"), encoding="utf-8") as lines:
        return {line.split(":")[0] for line in lines if line.strip() and not line.startswith("#")}


def flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flat(test)
        else:
            yield test


def name(test):
    return ".".join(test.id().split(".")[-2:])


class Result(unittest.TextTestResult):
    """Keeps the outcome of each test by name."""

    def __init__(self, *args):
        super().__init__(*args)
        self.outcomes = {}
        self.began = 0.0

    def startTest(self, test):
        self.outcomes[name(test)] = "passed"
        self.began = time.monotonic()
        super().startTest(test)
        # No test takes that long: one that hangs ends the run, and the log says where.
        faulthandler.dump_traceback_later(HANG, exit=True)

    def stopTest(self, test):
        super().stopTest(test)
        took = time.monotonic() - self.began
        if took > 2:
            self.stream.writeln("    took %.1f s" % took)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcomes[name(test)] = "skipped: " + reason

    def addError(self, test, err):
        super().addError(test, err)
        # What failed outside of a test has no test to tell of it.
        self.outcomes[name(test)] = "failed"

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.outcomes[name(test)] = "failed"

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.outcomes[name(test)] = "failed"


def run(classes):
    import test.support

    # All that a test may ask for, but the Internet.
    test.support.use_resources = ["cpu", "largefile", "walltime"]
    # What the suite has for slow machines: two tests fill a connection by thousands of small messages, each through Java.
    test.support.LOOPBACK_TIMEOUT = max(test.support.LOOPBACK_TIMEOUT, HANG / 2)
    import test.test_socket as module

    loader = unittest.defaultTestLoader
    if classes:
        suite = loader.loadTestsFromNames(classes, module)
    else:
        suite = loader.loadTestsFromModule(module)
    left_out = excluded()
    tests = [t for t in flat(suite) if classes or name(t) not in left_out]
    if hasattr(module, "setUpModule"):
        module.setUpModule()
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result).run(unittest.TestSuite(tests))
    unittest.doModuleCleanups()
    return result.outcomes


# What no test asks, or not so closely: both have to answer the same, in the words of the exception too.
PROBES = """
gethostbyname_ex('localhost')
gethostbyname_ex('no.such.host.invalid')
gethostbyaddr('127.0.0.1')
gethostbyname('')
gethostbyname('<broadcast>')
gethostbyname('no.such.host.invalid')
gethostbyname('a\\0b')
gethostbyname(1)
getprotobyname('icmp'), getprotobyname('udp')
getprotobyname('no such protocol')
getservbyname('domain', 'udp'), getservbyport(53, 'tcp')
getservbyname('no such service')
getservbyport(1, 'udp')
getaddrinfo('localhost', 'http', 0, SOCK_STREAM)
getaddrinfo('127.0.0.1', None)
getaddrinfo(None, 80, AF_INET, SOCK_STREAM, 0, AI_PASSIVE)
getaddrinfo('localhost', 80, AF_INET, SOCK_STREAM, 0, AI_CANONNAME)
getaddrinfo('localhost', 'no such service')
getaddrinfo('localhost', 80, 77)
getaddrinfo('localhost', 1.5)
getaddrinfo('::1', 80, AF_INET)
getaddrinfo('fe80::1%lo', 80, AF_INET6, SOCK_DGRAM)
getnameinfo(('127.0.0.1', 80), 0)
getnameinfo(('127.0.0.1', 80), NI_NUMERICHOST | NI_NUMERICSERV)
getnameinfo(('::1', 80, 0, 0), NI_NUMERICHOST)
getnameinfo(('192.0.2.77', 80), NI_NAMEREQD | NI_NUMERICSERV)
[inet_aton(t) for t in ('1.2.3.4', '1.2', '0x7f.1', '010.1', '1', ' 1.2.3.4'[1:] + ' ', '255.255.65535')]
inet_aton('1.2.3.256')
inet_ntoa(b'12345')
inet_pton(AF_INET6, '::ffff:1.2.3.4')
inet_pton(AF_INET6, '1.2.3.4')
inet_pton(AF_UNIX, '1.2.3.4')
inet_ntop(AF_INET6, bytes(10) + b'\\xff\\xff\\1\\2\\3\\4')
inet_ntop(AF_INET6, bytes(14) + b'\\1\\2')
inet_ntop(AF_INET6, b'\\0\\1' * 8)
inet_ntop(AF_UNIX, b'1234')
if_nametoindex('no such one')
if_indextoname(99999)
[f(n) for f in (htons, ntohs) for n in (0, 1, 0x8000, 0xffff)], [f(n) for f in (htonl, ntohl) for n in (1, 1 << 31)]
[CMSG_LEN(n) - CMSG_SPACE(n) for n in range(20)]
socket(99, SOCK_STREAM)
socket(AF_INET, 77)
socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)
socket().connect_ex(('127.0.0.1', 1))
socket(AF_UNIX).connect_ex('/no/such/path')
socket().connect(('127.0.0.1', 1))
socket().bind('here')
socket().bind(('127.0.0.1',))
socket().bind(('127.0.0.1', 1 << 16))
socket().bind(('192.0.2.1', 0))
socket().bind(('no.such.host.invalid', 0))
socket(AF_INET6).bind(('::1', 0, -1))
socket(AF_UNIX).bind('x' * 108)
socket(AF_UNIX).bind(1)
socket(AF_UNIX).getsockname()
socketpair()[0].getpeername()
socket(AF_UNIX, SOCK_DGRAM).sendto(b'', '/no/such/path')
socket().getpeername()
socket().recv(1)
socket().recv(-1)
socket().send(b'')
socket().sendto(b'', ('127.0.0.1', 1))
socket().accept()
socket().shutdown(SHUT_RD)
socketpair()[0].shutdown(3)
socket().getsockopt(SOL_SOCKET, 9999)
socket().getsockopt(SOL_SOCKET, SO_LINGER, 8)
socket().getsockopt(SOL_SOCKET, SO_TYPE, 2000)
socket().setsockopt(SOL_SOCKET, SO_REUSEADDR, 'x')
socket().setsockopt(SOL_SOCKET, SO_REUSEADDR, None)
socket().setsockopt(SOL_SOCKET, 9999, 1)
socket().settimeout(-1)
socket().settimeout(1e20)
socket().settimeout('x')
(lambda s: (s.settimeout(0.25), s.gettimeout(), s.getblocking(), s.timeout))(socket())
(lambda s: (s.setblocking(False), s.gettimeout(), s.getblocking()))(socket())
(lambda s: s.settimeout(0) or s.accept())(create_server(('127.0.0.1', 0)))
(lambda s: s.settimeout(0.01) or s.accept())(create_server(('127.0.0.1', 0)))
(lambda s: (s.detach() > 0, s.detach(), s.fileno(), s.close()))(socket())
(lambda s: s.close() or s.recv(1))(socket())
(lambda p: (p[0].send(b'abc'), p[0].send(b'de'), p[1].recvmsg(2), p[1].recvfrom(5)))(socketpair(AF_UNIX, SOCK_SEQPACKET))
(lambda s: (s.bind((0, 0)), s.getsockname()[1]))(socket(AF_NETLINK, SOCK_RAW))
(lambda s: (s.bind(('lo', 0x800)), s.getsockname()))(socket(AF_PACKET, SOCK_DGRAM))
socket(AF_PACKET, SOCK_DGRAM).bind(('no such one', 0))
""".strip().splitlines()


def answers():
    """What becomes of each probe."""
    import socket
    import warnings

    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for probe in PROBES:
            try:
                found[probe] = repr(eval(probe, dict(vars(socket))))
            except Exception as e:
                found[probe] = "%s: %s" % (type(e).__qualname__, e)
    return found


def integers(module):
    return {n: int(v) for n, v in vars(module).items() if isinstance(v, int) and not n.startswith("_")}


def count(outcomes, what):
    return sum(outcome.startswith(what) for outcome in outcomes.values())


def summary(outcomes):
    return "%d passed, %d failed, %d skipped" % tuple(count(outcomes, w) for w in ("passed", "failed", "skipped"))


def compare(mine, plain, gatun, whole):
    """What is wrong with the run over Gatun, a line each."""
    for test, outcome in mine.items():
        other = plain["outcomes"].get(test, "not run")
        if outcome == "failed":
            yield test + " failed" + ("" if other == "passed" else ", and " + other + " in plain CPython")
        elif outcome.startswith("skipped") and not other.startswith("skipped"):
            yield test + " " + outcome + ", but " + other + " in plain CPython"
    for test in plain["outcomes"].keys() - mine.keys():
        yield test + " was not run"
    if c_module_loaded(gatun):
        yield "C's _socket was loaded"
    ours = integers(gatun)
    for constant, value in plain["constants"].items():
        if ours.get(constant) != value:
            yield "%s is %s, in C %s" % (constant, ours.get(constant, "missing"), value)
    for probe, answer in answers().items():
        if answer != plain["answers"][probe]:
            yield "%s gave %s, in C %s" % (probe, answer, plain["answers"][probe])
    if whole:
        # A kernel without AF_ALG cannot take this one.
        if all(mine[t].startswith("skipped") for t in mine if t.startswith("LinuxKernelCryptoAPI.")):
            gatun.functions.discard("sendmsg_afalg")
        for function in sorted(gatun.functions - {f for f, n in gatun.calls.items() if n}):
            yield "no test took " + function + " to Java"


def main(path, mode, *arguments):
    gatun, wrong = None, []
    if mode == "gatun":
        class_path, plain_path, *classes = arguments
        gatun = start_gatun(class_path)
        outcomes = run(classes)
        with open(plain_path, encoding="utf-8") as file:
            plain = json.load(file)
        wrong = list(compare(outcomes, plain, gatun, not classes))
        calls = sum(gatun.calls.values())
        report = {"outcomes": outcomes, "calls": gatun.calls, "wrong": wrong}
        text = "Gatun: %s; %s calls of %d functions through Java; %d constants as in C, %d probes" % (
            summary(outcomes),
            format(calls, ","),
            len(gatun.calls),
            sum(integers(gatun).get(c) == v for c, v in plain["constants"].items()),
            len(PROBES),
        )
    else:
        outcomes = run(arguments)
        import _socket

        report = {"outcomes": outcomes, "constants": integers(_socket), "answers": answers()}
        text = "plain CPython: " + summary(outcomes)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report | {"summary": text}, file, indent=1)
    sys.stdout.flush()
    # Not through the ends of two runtimes in one process: what has to be said is said.
    os._exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
