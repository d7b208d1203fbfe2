"""can.c for python-can: see there. FROM ROUTE TO ID"""

import sys
import threading
import time

sys.path.pop(0)  # this folder, which has a module of that name: this one
import can  # noqa: E402

source, middle, target, first = *sys.argv[1:4], int(sys.argv[4])
received = 0


def bus(name, *ids):
    filters = [{"can_id": id, "can_mask": 0x7FF, "extended": False} for id in ids]
    return can.Bus(interface="socketcan", channel=name, can_filters=filters)


def receive():
    global received
    while True:
        incoming.recv()
        received += 1


def forward():
    while True:
        outgoing.send(route.recv())


incoming, route, outgoing = bus(source, first), bus(middle, first), bus(target, 0x7FF)
for task in receive, forward:
    threading.Thread(target=task, daemon=True).start()
print(0, flush=True)
for line in sys.stdin:
    words = line.split()
    if words[0] == "count":
        print(received, flush=True)
        continue
    frame = can.Message(arbitration_id=first + 2, is_extended_id=False, data=bytes(8))
    send = bus(source, 0x7FF)
    sent, used = 0, time.process_time_ns()
    start = now = time.perf_counter_ns()
    while now - start < int(words[1]) * 1_000_000:
        for _ in range(64):
            send.send(frame)
        sent += 64
        now = time.perf_counter_ns()
    print(sent, now - start, time.process_time_ns() - used, flush=True)
    send.shutdown()
