"""Backups and restores that find most of the rows where they were, beside a full one of the same run."""

import os
import shutil
import signal
import subprocess
import time

import data
from measuring import Contestant

TARGET = data.PREFIX + "standby"


class Change:
    """Rows of one table that are changed before a run, and after it are what they were."""

    def __init__(self, server, schema, do, undo):
        self.server, self.schema, self.do, self.undo = server, schema, do, undo

    def make(self):
        self.server.query(f"SET SESSION sql_log_bin=0; {self.do}", self.schema)
        self.rest()

    def take_back(self):
        self.server.query(f"SET SESSION sql_log_bin=0; {self.undo}", self.schema)
        self.rest()

    def rest(self):
        """Waits until the server has done what it does after a change."""
        for _ in range(120):
            length = self.server.query("SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'")
            if int(length or 0) < 100:
                break
            time.sleep(0.25)


def changes(server, schema, rows):
    """A hundredth of both tables' rows: those that follow each other in one of them, some of each page, those at its end."""
    some, first = rows // 50, rows * 2 // 5
    cluster = f"WHERE id > {first} AND id <= {first + some}"
    spread = "WHERE id % 100 = 37"
    return {
        "1% changed, clustered": Change(server, schema, f"UPDATE sbtest1 SET k = k + 1 {cluster}", f"UPDATE sbtest1 SET k = k - 1 {cluster}"),
        "1% changed, all over": Change(
            server, schema, f"UPDATE sbtest1 SET k = k + 1 {spread}; UPDATE sbtest2 SET k = k + 1 {spread}",
            f"UPDATE sbtest1 SET k = k - 1 {spread}; UPDATE sbtest2 SET k = k - 1 {spread}"),
        "1% appended": Change(
            server, schema, f"INSERT INTO sbtest1 (id, k, c, pad) SELECT id + {rows * 2}, k, c, pad FROM sbtest1 {cluster}",
            f"DELETE FROM sbtest1 WHERE id > {rows * 2}"),
    }


def program(bench, words):
    return f"exec {bench.options.native} {words} --json --quiet"


def backup(bench, server, schema, more=""):
    return program(bench, f"backup --store {(bench.scratch / 'store').as_uri()} --source {server.url} --include '{schema}.*' --name bench {more}")


def run(bench, server):
    schema, rows = data.OLTP, bench.options.rows
    data.oltp(server, rows)
    store, base = bench.scratch / "store", bench.scratch / "base"
    empty = bench.without_backups("store")
    full = Contestant("varve, full", backup(bench, server, schema), before=empty)
    full.once(counted=False)
    parts = len(list(store.rglob("*.tsv.zst")))
    shutil.rmtree(base, ignore_errors=True)
    store.rename(base)

    def as_it_was():
        """The repository with the full backup. Links: what Varve has written it never changes."""
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(base, store, copy_function=os.link)

    def incremental(name, change=None):
        def before():
            as_it_was()
            if change:
                change.make()

        return Contestant(f"varve, incremental, {name}", backup(bench, server, schema, "--incremental"),
                          before=before, after=change.take_back if change else None)

    def killed_half_way():
        empty()
        process = subprocess.Popen(["bash", "-c", full.command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list(store.rglob("*.tsv.zst"))) < parts // 2:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        Change(server, schema, "", "").rest()

    contestants = [full, incremental("nothing changed")]
    contestants += [incremental(name, change) for name, change in changes(server, schema, rows).items()]
    contestants += [
        Contestant("varve, full, killed half way and run again", backup(bench, server, schema), before=killed_half_way),
        two_checksums(server, schema),
        two_reads(server, schema),
    ]
    bench.race(f"incremental-oltp-{server.id}", f"Back up two OLTP tables again, {server.name}", contestants)
    shutil.rmtree(base)


def two_checksums(server, schema):
    """What the server alone takes to compute the checksums of all rows."""
    text = "LENGTH(c), LENGTH(pad), id, k, c, pad"
    row = f"CAST(CONV(LEFT(SHA2(CONCAT_WS(0x00 COLLATE `binary`, {text}), 256), 16), 16, 10) AS UNSIGNED)"
    return two(server, "two clients that ask for checksums", f"SELECT COUNT(*), BIT_XOR(h), COUNT(h) FROM (SELECT {row} AS h FROM {schema}.{{}}) AS hashes")


def two_reads(server, schema):
    return two(server, "two clients that only read", f"SELECT * FROM {schema}.{{}}")


def two(server, name, sql):
    commands = [f"{server.client} --quick --raw --skip-column-names -e '{sql.format(table)}' >/dev/null & p{number}=$!"
                for number, table in enumerate(("sbtest1", "sbtest2"))]
    return Contestant(name, "; ".join(commands) + "; wait $p0 && wait $p1")


def restores(bench, server):
    """A restore of everything, and one into a target of which a hundredth differs."""
    schema, rows = data.OLTP, bench.options.rows
    data.oltp(server, rows)
    bench.without_backups("store")()
    Contestant("varve", backup(bench, server, schema)).once(counted=False)

    def drop():
        server.query(f"SET SESSION sql_log_bin=0; DROP DATABASE IF EXISTS {TARGET}")

    command = f"restore --store {(bench.scratch / 'store').as_uri()} --target {server.url} --rename {schema}={TARGET} --no-binary-log"
    whole = Contestant("varve, restore", program(bench, command), before=drop)
    # Each turn restores all first: the other then has a target.
    contestants = [whole] + [
        Contestant(f"varve, restore --mode diff, {name}", program(bench, command + " --mode diff"), before=change.make)
        for name, change in changes(server, TARGET, rows).items()
    ]
    contestants.append(Contestant("varve, restore --mode diff, nothing changed", program(bench, command + " --mode diff")))
    bench.race(f"restore-diff-{server.id}", f"Restore two OLTP tables where they stand already, {server.name}", contestants)
    drop()
