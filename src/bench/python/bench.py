#!/usr/bin/env python3
"""Measures Varve beside the tools that users would pick: in one run, on one machine, in turns.

bench.py run --server mysql://root@127.0.0.1:3306 [--s3 http://127.0.0.1:9000] [--out FILE] ...
bench.py page FILE      writes the figures into docs/performance.md, and draws docs/performance.svg

The servers have to be for this alone: it makes and drops schemas named varve_bench_*, and sets
buffer pool, redo log and max_allowed_packet. Users have no password. It needs Python 3.11 and the
programs that it runs: mariadb, mariadb-dump or mysqldump, zstd; mydumper, myloader and mc where
they are to be measured. What is missing is said, and left out.
"""

import argparse
import json
import pathlib
import sys

import data
import page
import scenarios
from measuring import Bench, Server

HOME = pathlib.Path(__file__).resolve().parents[3]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run")
    run.add_argument("--server", action="append", required=True, metavar="URL", help="mysql://user@host:port; repeatable")
    run.add_argument("--s3", metavar="ENDPOINT", help="an S3 endpoint; credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    run.add_argument("--mysqldump", default="mysqldump", help="the command for MySQL's own dump")
    run.add_argument("--native", default=str(HOME / "target/native/varve"))
    run.add_argument("--jvm", default=str(HOME / "target/varve"))
    run.add_argument("--rows", type=int, default=2_500_000, help="of each OLTP table; the others are scaled alike")
    run.add_argument("--runs", type=int, default=5, help="of each command")
    run.add_argument("--only", default="", metavar="TEXT", help="only scenarios with this in their id; several by commas")
    run.add_argument("--without", default="", metavar="PROGRAM", help="leave a peer out")
    run.add_argument("--scratch", default="/var/tmp/varve-bench", help="folder for stores and dumps")
    run.add_argument("--out", default=str(HOME / "target/bench.json"))
    run.add_argument("--add", action="store_true", help="add to the results that --out has")
    run.add_argument("--keep", action="store_true", help="keep the data for another run")
    guard = commands.add_parser("guard")
    guard.add_argument("--server", required=True, metavar="URL")
    guard.add_argument("--native", default=str(HOME / "target/native/varve"))
    guard.add_argument("--rows", type=int, default=1_000_000, help="of each of two tables")
    guard.add_argument("--scratch", default="/var/tmp/varve-bench")
    draw = commands.add_parser("page")
    draw.add_argument("results")
    return parser.parse_args()


def run(options):
    bench = Bench(options)
    servers = [Server(url, options.mysqldump) for url in options.server]
    for server in servers:
        server.tune()
    try:
        for server in servers:
            scenarios.run_all(bench, server)
        scenarios.run_once(bench, servers[0])
    finally:
        bench.save(servers)
        if not options.keep:
            for server in servers:
                data.drop_all(server)
            bench.clean()
    print(f"\nResults: {options.out}. Next: {sys.argv[0]} page {options.out}")


def main():
    options = arguments()
    if options.command == "page":
        page.write(HOME, json.loads(pathlib.Path(options.results).read_text()))
    elif options.command == "guard":
        sys.exit(scenarios.guard(options))
    else:
        run(options)


if __name__ == "__main__":
    main()
