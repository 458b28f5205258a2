"""Runs commands in turns and keeps what each took."""

import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.parse


class Server:
    """A database server for this alone."""

    def __init__(self, url, mysqldump="mysqldump"):
        parts = urllib.parse.urlsplit(url)
        self.url = url
        self.host = parts.hostname
        self.port = parts.port or 3306
        self.user = parts.username or "root"
        self.login = f"--host={self.host} --port={self.port} --user={self.user}"
        self.client = f"mariadb --no-defaults {self.login}"
        self.version = self.query("SELECT VERSION()").strip()
        self.is_mariadb = "mariadb" in self.version.lower()
        self.name = ("MariaDB " if self.is_mariadb else "MySQL ") + ".".join(self.version.split("-")[0].split(".")[:2])
        self.id = "mariadb" if self.is_mariadb else "mysql"
        dump = "mariadb-dump --no-defaults" if self.is_mariadb else f"{mysqldump} --no-defaults --set-gtid-purged=OFF"
        self.dump = f"{dump} {self.login} --single-transaction --no-tablespaces"

    def query(self, sql, schema=""):
        command = f"{self.client} --batch --skip-column-names {schema}".split()
        done = subprocess.run(command, input=sql, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{self.url}: {done.stderr.strip()} in: {sql[:500]}")
        return done.stdout

    def tune(self):
        """So that the tools are measured, not the disk: as on a server that is meant for its data."""
        self.query("SET GLOBAL innodb_buffer_pool_size=4294967296; SET GLOBAL max_allowed_packet=134217728;")
        if self.is_mariadb:
            self.query("SET GLOBAL innodb_log_file_size=2147483648;")
        else:
            self.query("SET GLOBAL innodb_redo_log_capacity=2147483648; SET GLOBAL local_infile=ON;")


class CommandFailed(Exception):
    """A command ended with another status than 0."""


class Contestant:
    """One command in a scenario; before and after each run something may have to be made or removed."""

    def __init__(self, name, command, before=None, after=None, note="", env=None, optional=False):
        self.name, self.command, self.before, self.after, self.note = name, command, before, after, note
        self.env, self.optional = env or {}, optional
        self.seconds, self.rss, self.reports = [], [], []

    def once(self, counted):
        if self.before:
            self.before()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            started = time.monotonic()
            process = subprocess.Popen(
                ["bash", "-c", "set -o pipefail; " + self.command],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **self.env})
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            if process.returncode != 0:
                raise CommandFailed(f"{self.name} ended with {process.returncode}: {err.read().decode(errors='replace')[-2000:]}")
            if counted:
                self.seconds.append(round(seconds, 3))
                self.rss.append(usage.ru_maxrss * 1024)
                first = out.readline()
                if first.startswith(b"{"):
                    self.reports.append(json.loads(first))
        if self.after:
            self.after()

    def result(self):
        result = {"name": self.name, "seconds": self.seconds, "median": round(statistics.median(self.seconds), 3)}
        if self.note:
            result["note"] = self.note
        if self.rss:
            result["peakRssBytes"] = max(self.rss)
        for field in ("seconds", "loadSeconds", "indexSeconds", "verifySeconds", "storedBytes", "rawBytes"):
            values = [report[field] for report in self.reports if field in report]
            if values:
                result["report" + field[0].upper() + field[1:]] = round(statistics.median(values), 3)
        changes = [report["changes"] for report in self.reports if "changes" in report]
        for field in ("partsKept", "partsStored", "bytesStored"):
            if changes:
                result["report" + field[0].upper() + field[1:]] = statistics.median(change[field] for change in changes)
        return result


class Bench:
    """All scenarios of one run, and the machine that they ran on."""

    def __init__(self, options):
        self.options = options
        self.scratch = pathlib.Path(options.scratch)
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.results = {}
        self.only = [text for text in options.only.split(",") if text]
        self.missing = [name for name in ("mydumper", "myloader", "mc") if not shutil.which(name) or name == options.without]
        for name in self.missing:
            print(f"### NOT MEASURED: {name} is not there, or left out")

    def has(self, program):
        return program not in self.missing

    def wants(self, scenario):
        return not self.only or any(text in scenario for text in self.only)

    def race(self, scenario, title, contestants, runs=None):
        """All in turns, so that what disturbs one disturbs the others."""
        print(f"\n{scenario}: {title}", flush=True)
        for number in range(runs or self.options.runs):
            for contestant in list(contestants):
                try:
                    contestant.once(counted=True)
                except CommandFailed as failed:
                    if number > 0 or not contestant.optional:
                        raise
                    print(f"### NOT MEASURED: {failed}")
                    contestants.remove(contestant)
        results = [contestant.result() for contestant in contestants]
        for result in results:
            spread = f"{min(result['seconds']):.2f} to {max(result['seconds']):.2f}"
            rss = f", {result['peakRssBytes'] / 2**20:.0f} MiB" if "peakRssBytes" in result else ""
            print(f"  {result['name']:36} {result['median']:8.2f} s  ({spread}){rss}", flush=True)
        self.results[scenario] = {"title": title, "contestants": results}
        return results

    def note(self, scenario, title, **figures):
        print(f"\n{scenario}: {title}\n  " + ", ".join(f"{name} {value}" for name, value in figures.items()), flush=True)
        self.results[scenario] = {"title": title, "figures": figures}

    def fresh(self, name):
        """A callable that empties a folder of the scratch space."""
        folder = self.scratch / name

        def empty():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)

        return empty

    def without_backups(self, name):
        """A callable that removes the backups of a repository: it is made once, and then tried no more."""
        folder = self.scratch / name / "bench"
        return lambda: shutil.rmtree(folder, ignore_errors=True)

    def save(self, servers):
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "?")
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        versions = {server.id: server.version for server in servers}
        for program, command in (("zstd", "zstd --version"), ("mydumper", "mydumper --version")):
            if shutil.which(program):
                versions[program] = subprocess.run(command.split(), capture_output=True, text=True, check=False).stdout.split("\n")[0]
        versions["varve"] = subprocess.run([self.options.native, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        out = pathlib.Path(self.options.out)
        out.parent.mkdir(parents=True, exist_ok=True)
        results = self.results
        if self.options.add:
            before = json.loads(out.read_text())
            results = {**before["results"], **results}
            versions = {**before["versions"], **versions}
        out.write_text(json.dumps({
            "date": datetime.date.today().isoformat(),
            "machine": {"cpu": model, "cores": os.cpu_count(), "memoryBytes": pages, "kernel": platform.release().split("-")[0]},
            "versions": versions,
            "rows": self.options.rows,
            "runs": self.options.runs,
            "results": results,
        }, indent=1) + "\n")

    def clean(self):
        shutil.rmtree(self.scratch, ignore_errors=True)
