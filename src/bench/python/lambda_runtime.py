"""Lambda's runtime API as far as one function needs it, and one function that asks it for events."""

import http.server
import json
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
import uuid

VERSION = "/2018-06-01/runtime/"
LONGEST_START_SECONDS = 30


class Failed(Exception):
    """A function answered with an error, or did not answer."""


class RuntimeApi:
    """Delivers events to whoever polls, and keeps the answers. One function at a time."""

    def __init__(self):
        self.events, self.answers, self.polled = queue.Queue(), queue.Queue(), threading.Event()
        self.polled_at = 0.0
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if not api.polled.is_set():
                    api.polled_at = time.monotonic()
                    api.polled.set()
                request, event, seconds = api.events.get()
                body = json.dumps(event).encode()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", request)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + seconds) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:varve")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
                api.answers.put((self.path.rsplit("/", 1)[1], body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a function that is killed is gone in the middle of a request
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Function:
    """A process that is a function, in a control group if there is one. It starts at once."""

    def __init__(self, command, handler, environment, group=None):
        self.runtime = RuntimeApi()
        self.log = tempfile.TemporaryFile()
        self.started = time.monotonic()
        # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            env={**os.environ, **environment, "_HANDLER": handler, "AWS_LAMBDA_RUNTIME_API": self.runtime.address},
            preexec_fn=group.enter if group else None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.runtime.close()
        self.log.close()

    def seconds_to_first_poll(self):
        if not self.runtime.polled.wait(LONGEST_START_SECONDS):
            raise Failed("it does not poll: " + self.said())
        return self.runtime.polled_at - self.started

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))

    def cpu_seconds(self):
        """What it has taken until now; that others were at work makes little difference to it."""
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def call(self, event, seconds):
        """One call with so much time."""
        self.runtime.events.put((str(uuid.uuid4()), event, seconds))
        until = time.monotonic() + seconds + 5
        while True:
            try:
                kind, body = self.runtime.answers.get(timeout=0.2)
                break
            except queue.Empty:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise Failed(f"no answer (exit status {self.process.poll()}): {self.said()}") from None
        if kind != "response":
            raise Failed(json.dumps(body))
        return body

    def job(self, event, seconds):
        """Calls until the job is done, as a state machine does. Answers how many calls that took, and the last answer."""
        calls, token = 0, {}
        while True:
            calls += 1
            answer = self.call({**event, **token}, seconds)
            if answer["state"] == "DONE":
                return calls, answer
            token = {"token": answer["token"]}

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-2000:]
