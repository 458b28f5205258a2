"""A bound on the memory and the CPU of a process, by control groups of version 1 or 2. Needs root."""

import os
import pathlib

ROOT = pathlib.Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000


class ControlGroup:
    """Page cache counts as memory here: on Lambda, too, it shares the function's memory."""

    def __init__(self, name, memory_bytes, cpus):
        self.is_v2 = (ROOT / "cgroup.controllers").exists()
        quota = int(cpus * PERIOD_MICROSECONDS)
        if self.is_v2:
            self.memory = ROOT / name
            self.folders = [self.memory]
            self.make({"memory.max": memory_bytes, "cpu.max": f"{quota} {PERIOD_MICROSECONDS}"})
        else:
            self.memory = ROOT / "memory" / name
            self.folders = [self.memory, ROOT / "cpu" / name]
            self.make({"memory.limit_in_bytes": memory_bytes}, {"cpu.cfs_period_us": PERIOD_MICROSECONDS, "cpu.cfs_quota_us": quota})

    def make(self, *settings):
        for folder, values in zip(self.folders, settings):
            folder.mkdir()
            for file, value in values.items():
                (folder / file).write_text(str(value))

    def enter(self):
        """Puts the process that calls this into the group."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(os.getpid()))

    def peak_bytes(self):
        return int((self.memory / ("memory.peak" if self.is_v2 else "memory.max_usage_in_bytes")).read_text())

    def oom_kills(self):
        lines = (self.memory / ("memory.events" if self.is_v2 else "memory.oom_control")).read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """The processes in it have to be gone."""
        for folder in self.folders:
            folder.rmdir()
