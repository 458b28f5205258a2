"""Writes the figures of one run into docs/performance.md, and draws them."""

import html
import re

START, END = "<!-- figures: written by make bench-page -->", "<!-- end of figures -->"
OURS, PEER, LIMIT = "#0f766e", "#94a3b8", "#cbd5e1"


def write(home, results):
    document = home / "docs/performance.md"
    text = document.read_text()
    before, rest = text.split(START)
    after = rest.split(END)[1]
    document.write_text(before + START + "\n\n" + "\n".join(figures(results)) + "\n" + END + after)
    (home / "docs/performance.svg").write_text(picture(results))
    (home / "docs/performance.json").write_text(__import__("json").dumps(results, indent=1) + "\n")
    print("wrote docs/performance.md, docs/performance.svg and docs/performance.json")


def median(results, scenario, name):
    for contestant in results["results"].get(scenario, {}).get("contestants", []):
        if contestant["name"].startswith(name):
            return contestant
    return None


def figures(results):
    machine = results["machine"]
    lines = [f"{results['date']}, {machine['cores']} cores ({machine['cpu']}), {machine['memoryBytes'] / 2**30:.0f} GB, Linux {machine['kernel']};"
             f" {results['runs']} runs of each, in turns; OLTP tables of {results['rows']:,} rows.", ""]
    lines += [f"- {version}" for version in results["versions"].values()]
    lines += ["", "### Against the targets", "", "| what | measured | target | |", "| --- | --- | --- | --- |"]
    lines += [f"| {what} | {shown(value)} | {bound} {shown(target)} | {'met' if ok else '**missed**'} |" for what, value, bound, target, ok in targets(results)]
    for identity, scenario in results["results"].items():
        if "contestants" not in scenario:
            continue
        runs = len(scenario["contestants"][0]["seconds"])
        fewer = f" ({runs} {'run' if runs == 1 else 'runs'})" if runs != results["runs"] else ""
        lines += ["", f"### {scenario['title']}{fewer}", "", "| | median | from | to | peak memory |", "| --- | ---: | ---: | ---: | ---: |"]
        for contestant in scenario["contestants"]:
            peak = f"{contestant['peakRssBytes'] / 2**20:.0f} MiB" if contestant["name"].startswith("varve") else ""
            name = contestant["name"].replace("|", "\\|")
            lines.append(f"| {name} | {contestant['median']:.2f} s | {min(contestant['seconds']):.2f} s |"
                         f" {max(contestant['seconds']):.2f} s | {peak} |")
        if identity.startswith("restore-oltp"):
            ours = median(results, identity, "varve, native")
            lines += ["", f"Of varve, native: {ours['reportLoadSeconds']:.2f} s load, {ours['reportIndexSeconds']:.2f} s indexes,"
                      f" {ours['reportVerifySeconds']:.2f} s verification."]
    return lines


def shown(value):
    return value if isinstance(value, str) else f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def targets(results):
    """What, the measured value, at most or at least, the target, whether it is met."""
    found = []

    def at_most(what, value, target):
        if value is not None:
            found.append((what, round(value, 4), "at most", target, value <= target))

    def ratio(scenario, ours, peer):
        one, other = median(results, scenario, ours), median(results, scenario, peer)
        return one["median"] / other["median"] if one and other else None

    for server, dump in (("mariadb", "mariadb-dump"), ("mysql", "mysqldump")):
        word = "MariaDB" if server == "mariadb" else "MySQL"
        at_most(f"backup into a folder / {dump} with zstd -1, {word}", ratio(f"backup-oltp-file-{server}", "varve, native", dump), 0.7)
        at_most(f"backup into S3 / {dump} with zstd -1 into S3, {word}", ratio(f"backup-oltp-s3-{server}", "varve, native", dump), 0.7)
        at_most(f"backup into a folder / two bare reads, {word}", ratio(f"backup-oltp-file-{server}", "varve, native", "two clients"), 1.7)
        at_most(f"backup of the mixed table / {dump} with zstd -1, {word}", ratio(f"backup-mixed-file-{server}", "varve, native", dump), 0.8)
        at_most(f"backup of 5,000 small tables / {dump} with zstd -1, {word}", ratio(f"backup-small-file-{server}", "varve, native", dump), 1.0)
        native, jvm = median(results, f"backup-oltp-file-{server}", "varve, native"), median(results, f"backup-oltp-file-{server}", "varve, JVM")
        if native and jvm:
            at_most(f"backup on the JVM / native, after start-up, {word}", jvm["reportSeconds"] / native["reportSeconds"], 1.25)
        restore, bare, loader = (median(results, f"restore-oltp-{server}", name) for name in ("varve, native", "two clients", "myloader"))
        if restore and bare:
            at_most(f"restore without its verification / two bare loads with indexes, {word}",
                    (restore["median"] - restore["reportVerifySeconds"]) / bare["median"], 1.3)
            at_most(f"verification / whole restore, {word}", restore["reportVerifySeconds"] / restore["median"], 0.25)
        if restore and loader:
            at_most(f"restore with its verification / myloader, {word}", restore["median"] / loader["median"], 1.0)
        again = f"incremental-oltp-{server}"
        full = median(results, again, "varve, full")
        if full:
            for what in ("1% changed, clustered", "1% appended"):
                run = median(results, again, f"varve, incremental, {what}")
                at_most(f"incremental backup / full, {what}, bytes stored, {word}", run["reportBytesStored"] / full["reportStoredBytes"], 0.03)
                at_most(f"incremental backup / full, {what}, time, {word}", run["median"] / full["median"], 0.8)
            judging = median(results, again, "varve, incremental, nothing changed")
            bare = min(median(results, again, f"two clients that {what}")["median"] for what in ("ask for checksums", "only read"))
            at_most(f"incremental backup, nothing changed / the faster of two checksum queries and two bare reads, {word}",
                    judging["median"] / bare, 1.2)
        at_most(f"restore --mode diff, 1% changed, clustered / restore, {word}",
                ratio(f"restore-diff-{server}", "varve, restore --mode diff, 1% changed, clustered", "varve, restore"), 0.35)
        for data in ("oltp", "mixed", "blobs"):
            size = results["results"].get(f"stored-{data}-{server}")
            if size:
                at_most(f"bytes stored / zstd -1 of the same rows, {data}, {word}", size["figures"]["ratio"], 1.02)
    for name, limit in (("varve, native", 256), ("varve, JVM", 400)):
        run = median(results, "memory-restore", name)
        if run:
            at_most(f"peak memory of a restore with 4 workers, {name.split(', ')[1]} (MiB)", run["peakRssBytes"] // 2**20, limit)
    for identity, size, factor in (("memory-1gb", "1 GB", 0), ("memory-5gb", "5 GB", 0), ("memory-rows", "rows of 40 MB", 4)):
        for name, limit in (("varve, native", 256), ("varve, JVM", 400)):
            run = median(results, identity, name)
            if run:
                at_most(f"peak memory with 4 workers, {size}, {name.split(', ')[1]} (MiB)", run["peakRssBytes"] // 2**20, limit + factor * 40)
    slow = results["results"].get("slow-store")
    if slow:
        fast, behind = (median(results, "slow-store", f"varve, {word} store")["median"] for word in ("fast", "slow"))
        at_most("backup into a slow store / the slower of server and store", behind / max(fast, slow["storeLimitSeconds"]), 1.1)
    start = results["results"].get("start-up-native")
    if start:
        at_most("native start-up to --help (ms)", start["figures"]["helpMilliseconds"], 50)
        at_most("native start-up to the first SQL statement (ms)", start["figures"]["firstQueryMilliseconds"], 100)
    micro = results["results"].get("row-checksums")
    if micro:
        at_most("backup with row checksums / without", micro["ratio"], 1.25)
    return found


def picture(results):
    """One group of bars for each scenario, drawn to the longest bar of its group."""
    groups = [(scenario["title"], scenario["contestants"]) for identity, scenario in results["results"].items()
              if re.match(r"(backup|restore|incremental)-", identity) and "contestants" in scenario]
    width, label, bar, gap = 880, 330, 18, 5
    height = 20 + sum(34 + len(contestants) * (bar + gap) for _, contestants in groups)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="13" role="img">',
           "<title>Seconds that backups and restores take, by tool: shorter is better</title>",
           f'<rect width="{width}" height="{height}" fill="white"/>']
    y = 14
    for title, contestants in groups:
        y += 16
        out.append(f'<text x="12" y="{y}" font-weight="600" fill="#0f172a">{html.escape(title)}</text>')
        y += 8
        longest = max(contestant["median"] for contestant in contestants)
        for contestant in contestants:
            name, seconds = contestant["name"], contestant["median"]
            colour = OURS if name.startswith("varve") else LIMIT if name.startswith("two clients") else PEER
            length = (width - label - 90) * seconds / longest
            out.append(f'<text x="{label - 10}" y="{y + 14}" text-anchor="end" fill="#334155">{html.escape(name)}</text>')
            out.append(f'<rect x="{label}" y="{y}" width="{length:.1f}" height="{bar}" rx="2" fill="{colour}"/>')
            out.append(f'<text x="{label + length + 8:.1f}" y="{y + 14}" fill="#0f172a">{seconds:.2f} s</text>')
            y += bar + gap
        y += 10
    out.append("</svg>")
    return "\n".join(out) + "\n"
