"""Runs a state machine by moto's interpreter of Step Functions, with functions of the test's own behind it."""

import http.client
import json
import os
import re
import threading
import time
import urllib.parse
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import boto3
from moto.sns.models import sns_backends
from moto.server import ThreadedMotoServer
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

ACCOUNT = "123456789012"
REGION = "eu-central-1"
SIGNED = re.compile("Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/")
INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")


class FunctionError(Exception):
    """What a function says that has failed: the name of the error, as Lambda tells it."""

    def __init__(self, error_type, message="for the test"):
        super().__init__(error_type)
        self.body = {"errorType": error_type, "errorMessage": message}


class Refused(Exception):
    """What Lambda itself says that does not call a function."""

    def __init__(self, code, status=500):
        super().__init__(code)
        self.code, self.status = code, status


class Aws:
    """
    moto, and before it an endpoint that has calls of functions answered by `functions`, by their names in
    docs/functions.md. The pauses before retries are noted and not waited for.
    """

    def __init__(self, functions=None):
        self.lock = threading.Lock()
        self.moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.moto.start()
        self.moto_url = "http://%s:%d" % self.moto.get_host_and_port()
        self.front = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.front.serve_forever, daemon=True).start()
        os.environ["MOTO_PORT"] = str(self.front.server_port)  # where the interpreter looks for other services
        os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
        self.wait = retrier_decl.time
        retrier_decl.time = SimpleNamespace(sleep=self._pause)
        self.begin(functions)

    def begin(self, functions, away=()):
        """
        Forgets all that was.

        away: services that answer nothing but errors, sns or monitoring
        """
        self.functions, self.away = functions, set(away)
        self.calls, self.pauses = [], []
        self.passed = []  # to other services: user, service, method, path, If-None-Match
        self._post("/moto-api/reset", {})
        self._post("/moto-api/config", {"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}})
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        retrier_decl.time = self.wait
        self.front.shutdown()
        self.front.server_close()
        self.moto.stop()

    def client(self, service):
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.moto_url, aws_access_key_id="x", aws_secret_access_key="x"
        )

    def run(self, definition, event, name=None, most_seconds=120):
        """The execution once it has ended, as DescribeExecution tells it, with `answer`, `told` and `metrics`."""
        states = self.client("stepfunctions")
        machine = "m-" + uuid.uuid4().hex[:8]
        topic = self.client("sns").create_topic(Name="varve-jobs")["TopicArn"]
        if isinstance(definition, str):
            definition = json.loads(definition)
        arn = states.create_state_machine(
            name=machine, definition=json.dumps(definition), roleArn="arn:aws:iam::%s:role/r" % ACCOUNT
        )["stateMachineArn"]
        began = states.start_execution(stateMachineArn=arn, name=name or uuid.uuid4().hex, input=json.dumps(event))
        deadline = time.monotonic() + most_seconds
        while True:
            execution = states.describe_execution(executionArn=began["executionArn"])
            if execution["status"] != "RUNNING":
                break
            if time.monotonic() > deadline:
                raise AssertionError("the execution does not end; called: %s" % self.calls)
            time.sleep(0.05)
        execution["answer"] = json.loads(execution.get("output") or "null")
        sent = sns_backends[ACCOUNT][REGION].topics[topic].sent_notifications
        execution["told"] = [{"subject": each[2], **json.loads(each[1])} for each in sent]
        metrics = self.client("cloudwatch").list_metrics(Namespace="Varve")["Metrics"]
        execution["metrics"] = sorted(
            (m["MetricName"], *(d["Value"] for d in sorted(m["Dimensions"], key=lambda d: d["Name"]))) for m in metrics
        )
        return execution

    @property
    def endpoint(self):
        return "http://127.0.0.1:%d" % self.front.server_port

    def called(self):
        return [name for name, _ in self.calls]

    def _pause(self, seconds):
        with self.lock:
            self.pauses.append(seconds)

    def _post(self, path, body):
        request = urllib.request.Request(self.moto_url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).read()

    def _handler(self):
        aws = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                invoked = INVOKE.match(urllib.parse.unquote(self.path))
                if invoked:
                    self._invoke(invoked.group(1), json.loads(self._body()))
                else:
                    self._pass_on()

            def do_GET(self):
                self._pass_on()

            do_PUT = do_DELETE = do_HEAD = do_GET

            def _body(self):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))

            def _invoke(self, arn, event):
                name = arn.split(":")[-1].removeprefix("varve-")
                with aws.lock:
                    aws.calls.append((name, event))
                try:
                    self._send(200, aws.functions(name, event))
                except FunctionError as failed:
                    self._send(200, failed.body, {"X-Amz-Function-Error": "Unhandled"})
                except Refused as refused:
                    self._send(refused.status, {"Message": "for the test"}, {"x-amzn-ErrorType": refused.code, "x-amzn-RequestId": uuid.uuid4().hex})

            def _pass_on(self):
                body = self._body()
                signed = SIGNED.search(self.headers.get("Authorization", ""))
                user, service = signed.groups() if signed else ("", "")
                if service in aws.away:
                    return self._send(503, {"__type": "ServiceUnavailable", "message": "for the test"}, {"x-amzn-RequestId": "1"})
                with aws.lock:
                    aws.passed.append((user, service, self.command, self.path, self.headers.get("If-None-Match")))
                connection = http.client.HTTPConnection(*aws.moto.get_host_and_port(), timeout=30)
                connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                for name, value in self.headers.items():
                    if name.lower() not in ("connection", "expect"):
                        connection.putheader(name, value)
                connection.endheaders(body)
                answer = connection.getresponse()
                self._raw(answer.status, answer.read(), dict(answer.getheaders()), answer.getheader("Content-Length"))
                connection.close()

            def _send(self, status, body, headers=None):
                self._raw(status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

            def _raw(self, status, body, headers, length=None):
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                        self.send_header(name, value)
                self.send_header("Content-Length", (length if self.command == "HEAD" else None) or str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
