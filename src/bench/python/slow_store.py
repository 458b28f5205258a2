"""A proxy that makes a store slow: a delay before each answer, and a rate for each connection."""

import queue
import socket
import threading
import time

DELAY_SECONDS = 0.05
BYTES_PER_SECOND = 20_000_000
CHUNK = 128 * 1024


def serve(port, host, upstream_port):
    with socket.create_server(("127.0.0.1", port), backlog=64) as listener:
        while True:
            client, _ = listener.accept()
            upstream = socket.create_connection((host, upstream_port))
            for socket_ in (client, upstream):
                socket_.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * CHUNK)
            threading.Thread(target=at_rate, args=(client, upstream), daemon=True).start()
            threading.Thread(target=delayed, args=(upstream, client), daemon=True).start()


def at_rate(source, sink):
    """Passes on no faster than the rate; time that nothing came in cannot be caught up."""
    next_at = time.monotonic()
    try:
        while received := source.recv(CHUNK):
            next_at = max(next_at, time.monotonic() - CHUNK / BYTES_PER_SECOND)
            sink.sendall(received)
            next_at += len(received) / BYTES_PER_SECOND
            time.sleep(max(0, next_at - time.monotonic()))
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        sink.close()


def delayed(source, sink):
    """Passes on what comes, each piece so long after it came."""
    waiting = queue.Queue()

    def pass_on():
        try:
            while True:
                due, received = waiting.get()
                time.sleep(max(0, due - time.monotonic()))
                if not received:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(received)
        except OSError:
            sink.close()

    threading.Thread(target=pass_on, daemon=True).start()
    try:
        while True:
            received = source.recv(CHUNK)
            waiting.put((time.monotonic() + DELAY_SECONDS, received))
            if not received:
                return
    except OSError:
        waiting.put((0, b""))
