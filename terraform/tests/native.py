"""The program of function.zip behind an endpoint that calls it as Lambda does: by the runtime API that AWS documents."""

import json
import os
import queue
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from interpreter import ACCOUNT, REGION, FunctionError


class Function:
    """One process of one handler, which takes one event after another; a new process where it has died."""

    def __init__(self, handler, program, environment):
        self.handler, self.program, self.environment = handler, program, environment
        self.events, self.outcomes, self.process, self.log = queue.Queue(), {}, None, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def call(self, event, seconds):
        """What Lambda answers that gives the call that many seconds, from when the function has taken it."""
        if self.process is None or self.process.poll() is not None:
            self._start()
        request, outcome = str(uuid.uuid4()), queue.Queue()
        self.outcomes[request] = outcome
        self.events.put((request, event, seconds))
        while True:
            try:
                failed, body = outcome.get(timeout=0.1)
                break
            except queue.Empty:
                if self.process.poll() is not None:
                    raise FunctionError("Runtime.ExitError", "RequestId: %s Error: Runtime exited" % request) from None
        if failed:
            raise FunctionError(body["errorType"], body["errorMessage"])
        return body

    def kill(self):
        self.process.kill()

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.reader.join()
            self.process.stdout.close()
        self.server.shutdown()
        self.server.server_close()

    def _start(self):
        self.events = queue.Queue()
        self.process = subprocess.Popen(
            [self.program, "-Xmx410m"],
            env={**self.environment, "_HANDLER": self.handler, "AWS_ACCESS_KEY_ID": self.handler, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.server.server_port},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.reader = threading.Thread(target=self.log.extend, args=[self.process.stdout], daemon=True)
        self.reader.start()

    def _handler(self):
        function = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                request, event, seconds = function.events.get()
                body = json.dumps(event).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Lambda-Runtime-Aws-Request-Id", request)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int((time.time() + seconds) * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:%s:%s:function:varve-%s" % (REGION, ACCOUNT, function.handler))
                self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700")
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                length = self.headers.get("Content-Length")
                raw = self.rfile.read(int(length)) if length else self._chunks()
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()
                request, what = self.path.split("/")[-2:]
                outcome = function.outcomes.pop(request, None)
                if outcome:
                    outcome.put((what == "error", json.loads(raw)))

            def _chunks(self):
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

        return Handler


class Functions:
    """All of them, by their names: what `interpreter.Aws` asks."""

    def __init__(self, program, environment):
        self.program, self.environment, self.running, self.lock = program, environment, {}, threading.Lock()
        self.seconds, self.later_seconds = 60, 60  # of the first call of each, and of those that go on
        self.errors = []

    def __call__(self, name, event):
        key = (name, event.get("worker"))  # workers are side by side, each in a process of its own
        with self.lock:
            if key not in self.running:
                self.running[key] = Function(name, self.program, {**os.environ, **self.environment})
            function = self.running[key]
        try:
            return function.call(event, self.later_seconds if "token" in event else self.seconds)
        except FunctionError as failed:
            self.errors.append(failed.body["errorType"])
            raise

    def close(self):
        for function in self.running.values():
            function.close()
