#!/usr/bin/env python3
"""Measures functions, and jobs that several processes do: what a call costs, and what many of them bring.

functions.py run --server mysql://root@127.0.0.1:3306 --s3 http://127.0.0.1:9000 [--only TEXT] [--out FILE]
functions.py page FILE      writes the figures into docs/performance.md

The server has to be MariaDB, for this alone: it makes and drops schemas named varve_bench_*, and a user. The store is S3 by
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Memory and CPU are bounded by control groups, which takes root.
It needs Python 3.11, mariadb and curl.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import secrets
import shlex
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
import zipfile

import data
from control_group import ControlGroup
from counting_store import CountingStore
from lambda_runtime import Function
from measuring import Server

HOME = pathlib.Path(__file__).resolve().parents[3]
BUCKET = "varve-bench-functions"
TARGET = data.PREFIX + "target"
MEETING = data.PREFIX + "meeting"
USER = f"varve_bench_{os.getpid()}"  # functions log in with a password
MEBIBYTE = 1 << 20
START, END = "<!-- function figures: written by make bench-functions -->", "<!-- end of function figures -->"
LARGEST_ZIP_BYTES = 40_000_000
LONGEST_CALL_SECONDS = 900
SHORT_CALL_SECONDS = 40  # so that a job takes some of them
MIB_OF_ONE_CPU = 1769  # Lambda gives CPU by memory: one at so much
STARTS = 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    run_ = commands.add_parser("run")
    run_.add_argument("--server", required=True, metavar="URL", help="mysql://user@host:port")
    run_.add_argument("--s3", required=True, metavar="ENDPOINT")
    run_.add_argument("--varve", default=str(HOME / "target/native/varve"))
    run_.add_argument("--zip", default=str(HOME / "target/native/function.zip"))
    run_.add_argument("--bootstrap", metavar="COMMAND", help="another function than that of --zip")
    run_.add_argument("--rows", type=int, default=2_500_000, help="of each of two OLTP tables")
    run_.add_argument("--runs", type=int, default=3, help="of each job")
    run_.add_argument("--meeting", default="4,16,64,100", metavar="NUMBERS", help="of workers that open one snapshot")
    run_.add_argument("--only", default="", metavar="TEXT", help="start, memory, workers, meeting, requests; several by commas")
    run_.add_argument("--out", default=str(HOME / "target/functions.json"))
    run_.add_argument("--add", action="store_true", help="add to the results that --out has")
    page_ = commands.add_parser("page")
    page_.add_argument("results")
    return parser.parse_args()


class Bench:
    """One run: what is measured with, and what was found."""

    def __init__(self, options, scratch):
        self.options, self.scratch = options, scratch
        self.server = Server(options.server)
        self.results = {}
        self.number = int(time.time())
        self.password = secrets.token_hex(16)
        self.server.query(f"SET SESSION sql_log_bin=0; CREATE OR REPLACE USER {USER}@'%' IDENTIFIED BY '{self.password}';"
                          f" GRANT ALL ON *.* TO {USER}@'%'")
        self.bootstrap = shlex.split(options.bootstrap) if options.bootstrap else [self.unpacked()]
        self.make_bucket()

    def unpacked(self):
        """As Lambda does it."""
        folder = self.scratch / "function"
        with zipfile.ZipFile(self.options.zip) as archive:
            archive.extractall(folder)
        (folder / "bootstrap").chmod(0o755)
        return str(folder / "bootstrap")

    def make_bucket(self):
        login = f"{os.environ['AWS_ACCESS_KEY_ID']}:{os.environ['AWS_SECRET_ACCESS_KEY']}"
        subprocess.run(["curl", "--silent", "--show-error", "--config", "-", "--request", "PUT", f"{self.options.s3}/{BUCKET}"],
                       input=f'aws-sigv4 = "aws:amz:us-east-1:s3"\nuser = "{login}"\n', text=True, check=True, stdout=subprocess.DEVNULL)

    def wants(self, word):
        return not self.options.only or word in self.options.only.split(",")

    def fresh(self, word):
        """A name that nothing has yet."""
        self.number += 1
        return f"{word}-{self.number}"

    def environment(self, endpoint=None):
        return {"AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": endpoint or self.options.s3}

    def start(self, words, endpoint=None):
        out = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [*shlex.split(self.options.varve), *words, "--json", "--quiet"], stdin=subprocess.DEVNULL,
            stdout=out, stderr=out, env={**os.environ, **self.environment(endpoint)})
        return process, out, words

    @staticmethod
    def end(started):
        process, out, words = started
        with out:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status = os.waitstatus_to_exitcode(status)
            out.seek(0)
            said = out.read().decode(errors="replace")
            if status != 0:
                raise RuntimeError(f"varve {' '.join(words)} ended with {status}: {said[-2000:]}")
            report = json.loads(next(line for line in said.splitlines() if line.startswith("{")))  # beside it may be warnings
            return {**report, "cpuSeconds": usage.ru_utime + usage.ru_stime}

    def timed(self, *commands, endpoint=None):
        """Seconds that these take side by side, and what they said and took."""
        began = time.monotonic()
        started = [self.start(words, endpoint) for words in commands]
        reports = [self.end(one) for one in started]
        return round(time.monotonic() - began, 3), reports

    def drop(self):
        self.server.query(f"SET SESSION sql_log_bin=0; DROP DATABASE IF EXISTS {TARGET}")
        rest(self.server)

    def save(self):
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "?")
        out = pathlib.Path(self.options.out)
        if self.options.add and out.exists():
            self.results = {**json.loads(out.read_text())["results"], **self.results}
        version = subprocess.run([*shlex.split(self.options.varve), "--version"], capture_output=True, text=True, check=False).stdout.strip()
        out.write_text(json.dumps({
            "date": datetime.date.today().isoformat(),
            "machine": {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release().split("-")[0],
                        "memoryBytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")},
            "versions": {"server": self.server.version, "varve": version},
            "rows": self.options.rows, "runs": self.options.runs, "results": self.results}, indent=1) + "\n")


def rest(server):
    """Waits until the server has cleaned up."""
    for _ in range(120):
        length = server.query("SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'")
        if int(length or 0) < 100:
            break
        time.sleep(0.25)


def load_of_others():
    """What the machine does beside: the load of the last minute, which has this program's last command in it."""
    return round(os.getloadavg()[0], 2)


# --- functions

def configuration(bench, prefix, endpoint=None):
    address = f"mysql://{bench.server.host}:{bench.server.port}"
    login = {"user": USER, "passwordVariable": "BENCH_PASSWORD"}
    return {
        "VARVE_CONFIG": json.dumps({
            "store": {"location": f"s3://{BUCKET}/{prefix}", "endpoint": endpoint or bench.options.s3, "pathStyle": True, "region": "us-east-1"},
            "sources": {"bench": {"address": address, "credentials": login, "include": [data.OLTP + ".*"], "parallel": 2}},
            "targets": {"bench": {"address": address, "credentials": login, "parallel": 2}}}),
        "BENCH_PASSWORD": bench.password, "AWS_REGION": "us-east-1"}


def start_up(bench):
    seconds, resident = [], []
    for _ in range(STARTS):
        with Function(bench.bootstrap, "backup", configuration(bench, "start")) as function:
            seconds.append(function.seconds_to_first_poll())
            resident.append(function.resident_bytes())
    result = {"starts": STARTS, "medianMilliseconds": round(statistics.median(seconds) * 1000, 1),
              "fromMilliseconds": round(min(seconds) * 1000, 1), "toMilliseconds": round(max(seconds) * 1000, 1),
              "idleRssBytes": round(statistics.median(resident))}
    if not bench.options.bootstrap:
        result["zipBytes"] = os.path.getsize(bench.options.zip)
        assert result["zipBytes"] < LARGEST_ZIP_BYTES, f"function.zip has {result['zipBytes']} bytes"
    bench.results["start"] = result
    print(f"start: {result}", flush=True)


def in_memory_of_a_function(bench, mebibytes, seconds):
    """A backup and a restore in the memory, and with the CPU, that Lambda gives; calls have so many seconds."""
    data.oltp(bench.server, bench.options.rows)
    prefix, cpus = bench.fresh("function"), mebibytes / MIB_OF_ONE_CPU
    environment = {**configuration(bench, prefix), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(mebibytes)}
    rows = []
    bench.drop()
    for handler, event in (("backup", {"source": "bench", "kind": "full"}),
                           ("backup", {"source": "bench"}),
                           ("restore", {"source": "bench", "target": "bench", "renames": {data.OLTP: TARGET}})):
        name = handler if len(event) != 1 else "backup, incremental, nothing changed"
        with ControlGroup(f"varve-bench-{bench.fresh('g')}", mebibytes * MEBIBYTE, cpus) as group:
            load = load_of_others()
            with Function(bench.bootstrap, handler, environment, group) as function:
                function.seconds_to_first_poll()
                began = time.monotonic()
                calls, answer = function.job({**event, "job": bench.fresh("job")}, seconds)
                took = time.monotonic() - began
                peak, kills, cpu = group.peak_bytes(), group.oom_kills(), function.cpu_seconds()
        rows.append({"name": name, "memoryMebibytes": mebibytes, "cpus": round(cpus, 3), "callSeconds": seconds, "calls": calls,
                     "seconds": round(took, 2), "cpuSeconds": round(cpu, 2), "peakBytes": peak, "oomKills": kills, "loadBefore": load,
                     "bytes": answer.get("rawBytes") or answer.get("bytes")})
        print(f"memory: {rows[-1]}", flush=True)
        assert kills == 0
    bench.drop()
    bench.results[f"memory-{mebibytes}-{seconds}"] = rows


def in_memory(bench):
    for mebibytes in (512, MIB_OF_ONE_CPU):
        in_memory_of_a_function(bench, mebibytes, LONGEST_CALL_SECONDS)
    in_memory_of_a_function(bench, 512, SHORT_CALL_SECONDS)


# --- jobs of several processes

def common(bench, name):
    return ["--store", f"s3://{BUCKET}/jobs", "--name", name, "--s3-region", "us-east-1"]


def cpu(reports):
    """Seconds that these processes took of the CPU, without the server's and the store's."""
    return round(sum(report["cpuSeconds"] for report in reports), 2)


def many_backup(bench, workers, shared, schema=data.OLTP, endpoint=None, during=None):
    """One backup by so many workers of one connection each. Answers what it took, and whose it is."""
    name, job = bench.fresh("source"), bench.fresh("job")
    server = ["--source", bench.server.url, "--parallel", "1"]
    plan, _ = bench.timed(["backup", *common(bench, name), *server, "--include", f"{schema}.*", "--workers", str(workers), "--job", job,
                           *(["--share-snapshot"] if shared else [])], endpoint=endpoint)
    words = [["work", job, *common(bench, name), *server, "--worker", str(worker)] for worker in range(workers)]
    with during or contextlib.nullcontext():
        work, reports = bench.timed(*words, endpoint=endpoint)
    if shared and not all(report["inSharedSnapshot"] for report in reports):
        raise RuntimeError(f"no common snapshot: {reports}")
    finish, [report] = bench.timed(["finish", job, *common(bench, name), *server], endpoint=endpoint)
    return {"plan": plan, "work": work, "finish": finish, "cpu": cpu([*reports, report])}, name


def many_restore(bench, workers, name, endpoint=None):
    bench.drop()
    job = bench.fresh("job")
    server = ["--target", bench.server.url, "--parallel", "1"]
    plan, _ = bench.timed(["restore", *common(bench, name), *server, "--rename", f"{data.OLTP}={TARGET}", "--workers", str(workers), "--job", job],
                          endpoint=endpoint)
    words = [["work", job, *common(bench, name), *server, "--worker", str(worker)] for worker in range(workers)]
    work, reports = bench.timed(*words, endpoint=endpoint)
    finish, [report] = bench.timed(["finish", job, *common(bench, name), *server], endpoint=endpoint)
    bench.drop()
    return {"plan": plan, "work": work, "finish": finish, "cpu": cpu([*reports, report])}


def alone(bench, connections):
    name = bench.fresh("source")
    backup, of_backup = bench.timed(["backup", *common(bench, name), "--source", bench.server.url, "--parallel", str(connections), "--include", f"{data.OLTP}.*"])
    bench.drop()
    restore, of_restore = bench.timed(["restore", *common(bench, name), "--target", bench.server.url, "--parallel", str(connections),
                              "--rename", f"{data.OLTP}={TARGET}"])
    bench.drop()
    return {"work": backup, "cpu": cpu(of_backup)}, {"work": restore, "cpu": cpu(of_restore)}


def ways(workers):
    """One alone has nobody to share with."""
    return [(shared, words) for shared, words in ((True, "shared snapshot"), (False, "own snapshots")) if workers > 1 or not shared]


def by_workers(bench):
    data.oltp(bench.server, bench.options.rows)
    many_backup(bench, 1, shared=False)  # makes the repository
    found = {}
    for _ in range(bench.options.runs):  # in turns, so that what disturbs one disturbs the others
        for connections in (1, 2):
            backup, restore = alone(bench, connections)
            found.setdefault(f"varve backup --parallel {connections}", []).append(backup)
            found.setdefault(f"varve restore --parallel {connections}", []).append(restore)
        for workers in (1, 2, 4):
            for shared, words in ways(workers):
                taken, name = many_backup(bench, workers, shared)
                found.setdefault(f"backup, {words}, workers: {workers}", []).append(taken)
            found.setdefault(f"restore, workers: {workers}", []).append(many_restore(bench, workers, name))
    rows = []
    for name, runs in found.items():
        phases = {phase: round(statistics.median(run[phase] for run in runs), 2) for phase in runs[0]}
        whole = [sum(value for phase, value in run.items() if phase != "cpu") for run in runs]
        rows.append({"name": name, **phases, "whole": round(statistics.median(whole), 2), "wholes": [round(one, 2) for one in whole]})
        print(f"workers: {rows[-1]}", flush=True)
    bench.results["workers"] = {"rows": rows, "load": load_of_others()}


class Writer:
    """Someone who writes a row again and again, and notes how long the longest write took."""

    def __init__(self, server, schema):
        self.client = subprocess.Popen(
            f"{server.client} --unbuffered --batch --skip-column-names {schema}".split(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ended, self.took = False, []
        self.thread = threading.Thread(target=self.write)

    def write(self):
        while not self.ended:
            began = time.monotonic()
            self.client.stdin.write("UPDATE busy SET v = v + 1; SELECT 1;\n")
            self.client.stdin.flush()
            self.client.stdout.readline()
            self.took.append(time.monotonic() - began)
            time.sleep(0.001)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        self.thread.join()
        self.client.stdin.close()
        self.client.wait()


def meetings(bench):
    """How long a writer waits while so many workers open one snapshot, and while they open their own, on as many cores as there are."""
    data.make(bench.server, MEETING, [
        "CREATE TABLE busy (id INT PRIMARY KEY, v INT)", "INSERT INTO busy VALUES (1, 0)",
        "CREATE TABLE idle (id INT PRIMARY KEY, v VARCHAR(100))",
        f"INSERT INTO idle SELECT n, SHA2(n, 256) FROM {data.numbers(bench.server, 100_000)}", "ANALYZE TABLE busy, idle"])
    many_backup(bench, 1, shared=False, schema=MEETING)
    bench.server.query("SET GLOBAL max_connections=1000")
    rows = []
    for workers in map(int, bench.options.meeting.split(",")):
        row = {"workers": workers}
        for shared, word in ((False, "Own"), (True, "Shared")):
            longest, seconds = [], []
            for _ in range(bench.options.runs):
                bench.server.query("FLUSH STATUS")
                writer = Writer(bench.server, MEETING)
                taken, _ = many_backup(bench, workers, shared, schema=MEETING, during=writer)
                longest.append(max(writer.took))
                seconds.append(taken["work"])
            row[f"longestWrite{word}"] = [round(one * 1000, 1) for one in longest]
            used = bench.server.query("SHOW GLOBAL STATUS LIKE 'Max_used_connections'").split()[1]
            row[f"connections{word}"] = int(used)  # the writer's and this one's too
            row[f"workSeconds{word}"] = round(statistics.median(seconds), 2)
        rows.append(row)
        print(f"meeting: {row}", flush=True)
    bench.results["meeting"] = rows


# --- requests

def requests(bench):
    data.oltp(bench.server, bench.options.rows)
    upstream = urllib.parse.urlsplit(bench.options.s3)
    store = CountingStore(upstream.hostname, upstream.port)
    rows = []

    def note(name):
        rows.append({"name": name, **store.take()})
        print(f"requests: {rows[-1]}", flush=True)

    name = bench.fresh("source")
    server = ["--source", bench.server.url, "--parallel", "1"]
    backup = ["backup", *common(bench, name), *server, "--include", f"{data.OLTP}.*"]
    many_backup(bench, 1, shared=False)  # makes the repository
    bench.timed(backup, endpoint=store.endpoint)
    note("varve backup")
    bench.timed([*backup, "--incremental"], endpoint=store.endpoint)
    note("varve backup --incremental, nothing changed")
    bench.drop()
    bench.timed(["restore", *common(bench, name), "--target", bench.server.url, "--parallel", "1", "--rename", f"{data.OLTP}={TARGET}"], endpoint=store.endpoint)
    note("varve restore")
    for workers in (1, 4):
        for shared, words in ways(workers):
            _, name = many_backup(bench, workers, shared, endpoint=store.endpoint)
            note(f"backup, {words}, workers: {workers}")
        many_restore(bench, workers, name, endpoint=store.endpoint)
        note(f"restore, workers: {workers}")
    bench.drop()
    with Function(bench.bootstrap, "backup", configuration(bench, bench.fresh("function"), store.endpoint)) as function:
        for kind in ("full", "incremental"):
            function.job({"source": "bench", "kind": kind, "job": bench.fresh("job")}, LONGEST_CALL_SECONDS)
            note(f"function backup, {kind}" + (", and a new repository" if kind == "full" else ", nothing changed"))
    bench.results["requests"] = rows


# --- the page

def figures(results):
    machine, found = results["machine"], results["results"]
    lines = [f"{results['date']}, {machine['cores']} cores ({machine['cpu']}), {machine['memoryBytes'] / 2**30:.0f} GB, Linux {machine['kernel']};"
             f" {results['versions']['server']}; two OLTP tables of {results['rows']:,} rows."]
    if start := found.get("start"):
        lines += ["", "| what | measured | command |", "| --- | ---: | --- |",
                  f"| start to first poll, median of {start['starts']} | {start['medianMilliseconds']:.0f} ms"
                  f" ({start['fromMilliseconds']:.0f} to {start['toMilliseconds']:.0f}) | `ONLY=start` |",
                  f"| memory of an idle function (RSS) | {start['idleRssBytes'] / 2**20:.0f} MiB | `ONLY=start` |"]
        if "zipBytes" in start:
            lines += [f"| `function.zip` (at most {LARGEST_ZIP_BYTES // 10**6} MB) | {start['zipBytes'] / 1e6:.1f} MB | `ONLY=start` |"]
    memory = [row for key, rows in found.items() if key.startswith("memory-") for row in rows]
    if memory:
        lines += ["", "In a control group with the memory and the CPU of a function (`ONLY=memory`):", "",
                  "| function | memory | CPU | time of a call | calls | seconds | of CPU | peak memory with page cache | killed for memory | load before |",
                  "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
        lines += [f"| {row['name']} | {row['memoryMebibytes']} MiB | {row['cpus']:.2f} | {row['callSeconds']} s | {row['calls']} |"
                  f" {row['seconds']:.1f} | {row['cpuSeconds']:.1f} | {row['peakBytes'] / 2**20:.0f} MiB | {row['oomKills']} | {row['loadBefore']:.1f} |" for row in memory]
    if workers := found.get("workers"):
        lines += ["", f"By several processes, one connection each, on the same cores as server and store; median of {results['runs']};"
                  f" load of the machine at the end: {workers['load']} (`ONLY=workers`):", "",
                  "| | plan | work | finish | whole | CPU of Varve |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
        for row in workers["rows"]:
            cells = [f"{row[phase]:.2f} s" if phase in row and "plan" in row else "" for phase in ("plan", "work", "finish")]
            lines += [f"| {row['name']} | " + " | ".join(cells) + f" | {row['whole']:.2f} s | {row['cpu']:.2f} s |"]
    if meeting := found.get("meeting"):
        lines += ["", "The longest that a writer waited, in milliseconds, while workers began (`ONLY=meeting`):", "",
                  "| workers | one snapshot | snapshots of their own | work, one snapshot | work, their own | connections, one snapshot |",
                  "| ---: | ---: | ---: | ---: | ---: | ---: |"]
        lines += [f"| {row['workers']} | {', '.join(map(str, row['longestWriteShared']))} | {', '.join(map(str, row['longestWriteOwn']))} |"
                  f" {row['workSecondsShared']:.2f} s | {row['workSecondsOwn']:.2f} s | {row['connectionsShared']} |" for row in meeting]
    if counted := found.get("requests"):
        kinds = [kind for kind in ("PUT", "GET", "LIST", "HEAD", "POST", "DELETE") if any(kind in row for row in counted)]
        lines += ["", "Requests to the store, counted by a proxy before it (`ONLY=requests`):", "",
                  "| | " + " | ".join(kinds) + " |", "| --- |" + " ---: |" * len(kinds)]
        lines += [f"| {row['name']} | " + " | ".join(str(row.get(kind, 0)) for kind in kinds) + " |" for row in counted]
    return lines


def page(results):
    document = HOME / "docs/performance.md"
    before, rest_ = document.read_text().split(START)
    document.write_text(before + START + "\n\n" + "\n".join(figures(results)) + "\n" + END + rest_.split(END)[1])
    (HOME / "docs/performance-functions.json").write_text(json.dumps(results, indent=1) + "\n")
    print("wrote docs/performance.md and docs/performance-functions.json")


STEPS = {"start": start_up, "memory": in_memory, "workers": by_workers, "meeting": meetings, "requests": requests}


def run(options):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="varve-bench-functions-"))
    bench = Bench(options, scratch)
    try:
        for word, measure in STEPS.items():
            if bench.wants(word):
                measure(bench)
                bench.save()
    finally:
        bench.server.query(f"SET SESSION sql_log_bin=0; DROP USER {USER}@'%'")
        shutil.rmtree(scratch, ignore_errors=True)


def main():
    options = arguments()
    if options.command == "page":
        page(json.loads(pathlib.Path(options.results).read_text()))
    else:
        run(options)


if __name__ == "__main__":
    main()
