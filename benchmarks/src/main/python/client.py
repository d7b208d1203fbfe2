"""client.c for CPython's socket: see there. With "first PORT" it sends and receives one byte, and says so."""

import socket
import sys
import time


def connect(address):
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(address)
    else:
        connection = socket.create_connection(("127.0.0.1", int(address)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def converse(what, address, size, millis):
    connection = connect(address)
    if "timeout" in sys.argv:
        connection.settimeout(60)
    data = bytes(size)
    memory = memoryview(bytearray(size))
    send, receive = connection.sendall, connection.recv_into
    done = 0
    start = now = time.perf_counter_ns()
    while now - start < millis * 1_000_000:
        for _ in range(32):
            if what != "receive":
                send(data)
            if what != "send":
                at = 0
                while at < size:
                    at += receive(memory[at:] if at else memory)
        done += 32
        now = time.perf_counter_ns()
    connection.close()
    return (now - start) / done


if sys.argv[1:2] == ["first"]:
    with connect(sys.argv[2]) as connection:
        connection.sendall(b"x")
        print(len(connection.recv(1)), flush=True)
else:
    print(0, flush=True)
    for line in sys.stdin:
        what, address, size, millis = line.split()
        print(converse(what, address, int(size), int(millis)), flush=True)
