"""A proxy before a store that counts requests by their kind, and changes none."""

import collections
import socket
import threading

CHUNK = 256 * 1024


class CountingStore:
    """Listens on a port of its own. Thread-safe."""

    def __init__(self, host, port):
        self.upstream = (host, port)
        self.counts, self.lock = collections.Counter(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.endpoint = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def take(self):
        """What was counted since the last time."""
        with self.lock:
            counted, self.counts = dict(sorted(self.counts.items())), collections.Counter()
        return counted

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(self.upstream)
            for connection in (client, server):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.requests, args=(client, server), daemon=True).start()
            threading.Thread(target=self.answers, args=(server, client), daemon=True).start()

    def requests(self, client, server):
        """Looks at the head of each request; the body is as long as it says."""
        received = b""
        try:
            while True:
                while b"\r\n\r\n" not in received:
                    more = client.recv(CHUNK)
                    if not more:
                        server.shutdown(socket.SHUT_WR)
                        return
                    received += more
                head, received = received.split(b"\r\n\r\n", 1)
                lines = head.decode("latin-1").split("\r\n")
                with self.lock:
                    self.counts[kind(lines[0])] += 1
                left = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
                server.sendall(head + b"\r\n\r\n" + received[:left])
                left, received = left - min(left, len(received)), received[left:]
                while left:
                    more = client.recv(min(left, CHUNK))
                    if not more:
                        raise OSError("ended in a body")
                    server.sendall(more)
                    left -= len(more)
        except OSError:
            client.close()
            server.close()

    @staticmethod
    def answers(server, client):
        try:
            while received := server.recv(CHUNK):
                client.sendall(received)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            client.close()


def kind(request_line):
    """As the store's price list has them: a listing costs as much as a PUT."""
    method, target, _ = request_line.split(" ")
    return "LIST" if method == "GET" and "list-type=" in target else method
