"""What is measured, and against what."""

import multiprocessing
import os
import pathlib
import socket
import statistics
import subprocess
import threading
import time

import data
import incrementals
import slow_store
from measuring import Bench, Contestant, Server

TARGET = data.PREFIX + "target"
BUCKET = "varve-bench"
MEGABYTE = 1 << 20


def run_all(bench, server):
    """All that is measured on each server."""
    rows = bench.options.rows
    if bench.wants("backup-oltp-file"):
        data.oltp(server, rows)
        bench.race(f"backup-oltp-file-{server.id}", f"Back up two OLTP tables into a folder, {server.name}",
                   backups(bench, server, data.OLTP, two_readers(server, data.OLTP, ["sbtest1", "sbtest2"], ""), with_mydumper=True))
    if bench.wants("backup-oltp-s3") and s3_is_there(bench):
        data.oltp(server, rows)
        bench.race(f"backup-oltp-s3-{server.id}", f"Back up two OLTP tables into S3, {server.name}", s3_backups(bench, server, data.OLTP))
    if bench.wants("backup-mixed"):
        data.mixed(server, rows // 5)
        half = rows // 10
        bench.race(f"backup-mixed-file-{server.id}", f"Back up a table of 40 columns into a folder, {server.name}",
                   backups(bench, server, data.MIXED, two_readers(server, data.MIXED, ["items", "items"], [f"id <= {half}", f"id > {half}"])))
    if bench.wants("backup-blobs"):
        data.blobs(server, 20_000)
        bench.race(f"backup-blobs-file-{server.id}", f"Back up rows of 16 KB random bytes into a folder, {server.name}",
                   backups(bench, server, data.BLOBS, two_readers(server, data.BLOBS, ["files", "files"], ["id <= 10000", "id > 10000"])))
    if bench.wants("backup-small") and server.is_mariadb:
        data.small(server, 5_000)
        bench.race(f"backup-small-file-{server.id}", f"Back up 5,000 tables of ten rows into a folder, {server.name}",
                   [varve(bench, server, data.SMALL), dump(bench, server, data.SMALL)])
    if bench.wants("restore-oltp"):
        restore(bench, server)
    if bench.wants("incremental"):
        incrementals.run(bench, server)
    if bench.wants("restore-diff"):
        incrementals.restores(bench, server)
    if bench.wants("stored"):
        data.oltp(server, rows)
        data.mixed(server, rows // 5)
        data.blobs(server, 20_000)
        for schema, word in ((data.OLTP, "oltp"), (data.MIXED, "mixed"), (data.BLOBS, "blobs")):
            stored(bench, server, schema, word)


def run_once(bench, server):
    """What does not depend on the kind of server."""
    if bench.wants("row-checksums"):
        row_checksums(bench, server)
    if bench.wants("start-up"):
        start_up(bench, server)
    if bench.wants("memory"):
        memory(bench, server)
    if bench.wants("slow-store") and s3_is_there(bench):
        slow(bench, server)


# --- backups

def varve(bench, server, schema, jvm=False, more="", store=None, env=None, name=None):
    program = bench.options.jvm if jvm else bench.options.native
    folder = bench.scratch / "store"
    return Contestant(
        name or ("varve, JVM" if jvm else "varve, native"),
        f"exec {program} backup --store {store or folder.as_uri()} --source {server.url} --include '{schema}.*'"
        f" --name bench --json --quiet {more}",
        before=bench.without_backups("store") if store is None else None, env=env)


def dump(bench, server, schema):
    name = server.dump.split()[0].split("/")[-1]
    return Contestant(
        f"{'mariadb-dump' if server.is_mariadb else 'mysqldump'} | zstd -1",
        f"{server.dump} {schema} | zstd -1 -q -f -o {bench.scratch}/dump.sql.zst",
        after=lambda: (bench.scratch / "dump.sql.zst").unlink(), note=name)


def mydumper(bench, server, schema, folder="mydumper"):
    version = subprocess.run(["mydumper", "--version"], capture_output=True, text=True, check=False).stdout
    compress = "--compress" if " 0." in version else "--compress=ZSTD"
    return Contestant(
        f"mydumper {version.split()[1].rstrip(',')}",
        f"mydumper --host={server.host} --port={server.port} --user={server.user} --database={schema}"
        f" --threads=2 {compress} --trx-consistency-only --outputdir={bench.scratch}/{folder}",
        before=bench.fresh(folder), optional=True)


def two_readers(server, schema, tables, conditions):
    """The least that any dump has to do: read all rows, with two clients, and throw them away."""
    parts = []
    for number, table in enumerate(tables):
        where = f" WHERE {conditions[number]}" if conditions else ""
        parts.append(f"{server.client} --quick --raw --skip-column-names -e 'SELECT * FROM {schema}.{table}{where}' >/dev/null & p{number}=$!")
    return Contestant("two clients that only read", "; ".join(parts) + "; wait $p0 && wait $p1")


def backups(bench, server, schema, limit, with_mydumper=False):
    contestants = [varve(bench, server, schema), varve(bench, server, schema, jvm=True), dump(bench, server, schema)]
    if with_mydumper and bench.has("mydumper"):
        contestants.append(mydumper(bench, server, schema))
    return contestants + [limit]


# --- S3

def s3_is_there(bench):
    if not bench.options.s3 or not bench.has("mc"):
        print("### NOT MEASURED: S3 (give --s3, and have mc)")
        return False
    mc(bench, f"mb --ignore-existing bench/{BUCKET}")
    return True


def mc_env(bench):
    scheme, address = bench.options.s3.split("://")
    key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    return {"MC_HOST_bench": f"{scheme}://{key}:{secret}@{address}"}


def mc(bench, command):
    subprocess.run(["mc", "--quiet", *command.split()], env={**os.environ, **mc_env(bench)}, check=True, capture_output=True)


def without_s3_backups(bench):
    """Leaves the repository, which is made once."""
    subprocess.run(["mc", "--quiet", "rm", "--recursive", "--force", f"bench/{BUCKET}/store/bench"],
                   env={**os.environ, **mc_env(bench)}, check=False, capture_output=True)


def s3_env(endpoint):
    return {"AWS_ENDPOINT_URL_S3": endpoint, "AWS_REGION": "us-east-1"}


def s3_backups(bench, server, schema):
    store = f"s3://{BUCKET}/store"
    contestants = [
        varve(bench, server, schema, store=store, env=s3_env(bench.options.s3)),
        varve(bench, server, schema, jvm=True, store=store, env=s3_env(bench.options.s3)),
        Contestant(f"{'mariadb-dump' if server.is_mariadb else 'mysqldump'} | zstd -1 | mc pipe",
                   f"{server.dump} {schema} | zstd -1 -q | mc --quiet pipe bench/{BUCKET}/dump.sql.zst", env=mc_env(bench)),
    ]
    for contestant in contestants:
        contestant.before = lambda: without_s3_backups(bench)
    return contestants


# --- restores

def restore(bench, server):
    def drop():
        server.query(f"SET SESSION sql_log_bin=0; DROP DATABASE IF EXISTS {TARGET}")

    schema = data.OLTP
    data.oltp(server, bench.options.rows)
    varve(bench, server, schema).once(counted=False)
    folder = bench.scratch / "store"
    contestants = []
    for jvm in (False, True):
        contestants.append(Contestant(
            "varve, JVM" if jvm else "varve, native",
            f"exec {bench.options.jvm if jvm else bench.options.native} restore --store {folder.as_uri()} --target {server.url}"
            f" --rename {schema}={TARGET} --no-binary-log --json --quiet", before=drop))
    if bench.has("mydumper") and bench.has("myloader"):
        try:
            mydumper(bench, server, schema, "myloader").once(counted=False)
            contestants.append(Contestant(
                "myloader", f"myloader --host={server.host} --port={server.port} --user={server.user} --threads=2"
                f" --directory={bench.scratch}/myloader --database={TARGET}", before=drop, optional=True))
        except Exception as failed:  # pylint: disable=broad-except # an old client may not know the server's logins
            print(f"### NOT MEASURED: {failed}")
    contestants.append(bare_load(server, schema, ["sbtest1", "sbtest2"], drop))
    bench.race(f"restore-oltp-{server.id}", f"Restore two OLTP tables, {server.name}", contestants)
    drop()
    for file in pathlib.Path("/dev/shm").glob("varve-bench-*.tsv"):
        file.unlink()


def bare_load(server, schema, tables, drop):
    """The least that any restore has to do: LOAD DATA from memory, then the secondary indexes."""
    for table in tables:
        subprocess.run(f"{server.client} --quick --batch --skip-column-names -e 'SELECT * FROM {schema}.{table}' >/dev/shm/varve-bench-{table}.tsv",
                       shell=True, check=True)

    def make():
        drop()
        server.query(f"SET SESSION sql_log_bin=0; CREATE DATABASE {TARGET} CHARACTER SET utf8mb4;"
                     + ";".join(f"CREATE TABLE {TARGET}.{table} ({data.OLTP_COLUMNS})" for table in tables))

    loads = [
        f"{server.client} --local-infile=1 -e \"SET SESSION sql_log_bin=0, unique_checks=0, foreign_key_checks=0;"
        f" LOAD DATA LOCAL INFILE '/dev/shm/varve-bench-{table}.tsv' INTO TABLE {TARGET}.{table} CHARACTER SET binary;"
        f" ALTER TABLE {TARGET}.{table} ADD KEY k_1 (k)\" & p{number}=$!" for number, table in enumerate(tables)]
    return Contestant("two clients that only load", "; ".join(loads) + "; wait $p0 && wait $p1", before=make)


# --- sizes, start-up, memory, slow stores

def stored(bench, server, schema, word):
    varve(bench, server, schema).once(counted=False)
    parts = f"find {bench.scratch}/store -name '*.tsv.zst' | sort | xargs cat"
    ours = int(subprocess.run(f"{parts} | wc -c", shell=True, check=True, capture_output=True).stdout)
    peer = int(subprocess.run(f"{parts} | zstd -dcq | zstd -1 -q | wc -c", shell=True, check=True, capture_output=True).stdout)
    bench.note(f"stored-{word}-{server.id}", f"Bytes stored of the {word} rows, {server.name}",
               varveBytes=ours, zstdBytes=peer, ratio=round(ours / peer, 4))


def row_checksums(bench, server):
    """The same program on the JVM, with and without the class that hashes rows."""
    data.oltp(server, bench.options.rows)
    home = pathlib.Path(__file__).resolve().parents[3]
    path = f"{home}/target/test-classes:{home}/target/classes:{(home / 'target/bench.classpath').read_text()}"
    contestants = []
    for name, first in (("with row checksums", ""), ("without row checksums", f"{home}/target/no-checksums:")):
        contestant = varve(bench, server, data.OLTP, jvm=True, name=f"varve, JVM, {name}")
        contestant.command = contestant.command.replace(
            f"exec {bench.options.jvm} ", f"exec $JAVA_HOME/bin/java -XX:+UseSerialGC -Xmn32m -cp {first}{path} io.varve.cli.CommandLine ")
        contestants.append(contestant)
    bench.race("row-checksums", f"Back up two OLTP tables with and without row checksums, {server.name}", contestants)
    seconds = [contestant.result()["reportSeconds"] for contestant in contestants]
    bench.results["row-checksums"]["ratio"] = round(seconds[0] / seconds[1], 4)


def start_up(bench, server):
    for jvm in (False, True):
        program = bench.options.jvm if jvm else bench.options.native
        helps, queries = [], []
        for _ in range(4 * bench.options.runs + 1):
            started = time.monotonic()
            subprocess.run([program, "--help"], check=True, capture_output=True)
            helps.append(time.monotonic() - started)
            queries.append(until_first_query(program, server))
        bench.note("start-up-" + ("jvm" if jvm else "native"), f"Start-up, {'JVM' if jvm else 'native'}",
                   helpMilliseconds=round(1000 * statistics.median(helps[1:]), 1),
                   firstQueryMilliseconds=round(1000 * statistics.median(queries[1:]), 1))


def until_first_query(program, server):
    """Seconds from the start of the program to the first statement that it sends, seen on the wire."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        started = time.monotonic()
        process = subprocess.Popen(
            [program, "check", "--source", f"mysql://{server.user}@127.0.0.1:{port}", "--tls-mode", "disabled", "--quiet"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client, _ = listener.accept()
        with client, socket.create_connection((server.host, server.port)) as upstream:
            threading.Thread(target=forward, args=(upstream, client), daemon=True).start()
            while True:
                sent = client.recv(65536)
                if len(sent) > 4 and sent[3] == 0 and sent[4] == 3:  # the first packet of a COM_QUERY
                    seconds = time.monotonic() - started
                    process.kill()
                    process.wait()
                    return seconds
                if not sent:
                    raise RuntimeError("no statement was sent")
                upstream.sendall(sent)


def forward(source, sink):
    try:
        while received := source.recv(65536):
            sink.sendall(received)
    except OSError:
        pass


def memory(bench, server):
    rows = bench.options.rows
    data.oltp(server, rows)
    data.large(server, rows)
    data.rows(server, 12)
    for schema, word in ((data.OLTP, "1 GB"), (data.LARGE, "5 GB"), (data.ROWS, "rows of 40 MB")):
        identity = {"1 GB": "1gb", "5 GB": "5gb"}.get(word, "rows")
        bench.race(f"memory-{identity}", f"Back up with 4 workers, {word}, {server.name}",
                   [varve(bench, server, schema, more="--parallel 4"), varve(bench, server, schema, jvm=True, more="--parallel 4")], runs=1)
    memory_of_restore(bench, server)
    limit = "/sys/fs/cgroup/memory/varve-bench"
    try:
        os.makedirs(limit, exist_ok=True)
        pathlib.Path(limit, "memory.limit_in_bytes").write_text(str(512 * MEGABYTE))
    except OSError as failed:
        print(f"### NOT MEASURED: a function of 512 MB ({failed})")
        return
    small = varve(bench, server, data.LARGE, name="varve, native, defaults")
    small.command = f"echo $$ > {limit}/cgroup.procs; " + small.command
    bench.race("memory-512mb", f"Back up 5 GB with no more than 512 MB of memory, {server.name}", [small], runs=1)
    os.rmdir(limit)


def memory_of_restore(bench, server):
    drop = lambda: server.query(f"SET SESSION sql_log_bin=0; DROP DATABASE IF EXISTS {TARGET}")
    varve(bench, server, data.OLTP).once(counted=False)
    contestants = [Contestant(
        "varve, JVM" if jvm else "varve, native",
        f"exec {bench.options.jvm if jvm else bench.options.native} restore --store {(bench.scratch / 'store').as_uri()} --target {server.url}"
        f" --rename {data.OLTP}={TARGET} --no-binary-log --parallel 4 --json --quiet", before=drop) for jvm in (False, True)]
    bench.race("memory-restore", f"Restore with 4 workers, 1 GB, {server.name}", contestants, runs=1)
    drop()


def slow(bench, server):
    """A store behind 50 ms and 20 MB/s a connection: the backup should take what the store takes."""
    data.oltp(server, bench.options.rows)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    host, _, s3_port = bench.options.s3.split("://")[1].partition(":")
    proxy = multiprocessing.Process(target=slow_store.serve, args=(port, host, int(s3_port or 80)), daemon=True)
    proxy.start()
    try:
        store, workers = f"s3://{BUCKET}/store", 4
        direct = varve(bench, server, data.OLTP, more=f"--parallel {workers}", store=store, env=s3_env(bench.options.s3), name="varve, fast store")
        behind = varve(bench, server, data.OLTP, more=f"--parallel {workers}", store=store, env=s3_env(f"http://127.0.0.1:{port}"), name="varve, slow store")
        for contestant in (direct, behind):
            contestant.before = lambda: without_s3_backups(bench)
        bench.race("slow-store", f"Back up into a store of 50 ms and {slow_store.BYTES_PER_SECOND // 10**6} MB/s a connection, {server.name}", [direct, behind])
        report = behind.reports[-1]
        parts, stored_bytes = report["parts"], report["storedBytes"]
        limit = stored_bytes / (workers * slow_store.BYTES_PER_SECOND) + -(-parts // workers) * slow_store.DELAY_SECONDS
        bench.results["slow-store"]["storeLimitSeconds"] = round(limit, 3)
        print(f"  the store alone: {limit:.2f} s (arithmetic)")
    finally:
        proxy.kill()


# --- the guard of CI

def guard(options):
    """Fails where our backup takes longer than a dump and zstd on the same rows."""
    options.runs, options.only, options.without, options.jvm, options.s3 = 5, "", "", "", None
    bench, server = Bench(options), Server(options.server)
    data.oltp(server, options.rows)
    try:
        ours, peer = bench.race("guard", f"Back up {2 * options.rows} rows", [varve(bench, server, data.OLTP), dump(bench, server, data.OLTP)])
    finally:
        data.drop_all(server)
        bench.clean()
    ratio = ours["median"] / peer["median"]
    print(f"  ratio {ratio:.2f}, must be at most 1.00")
    return 0 if ratio <= 1 else 1
