"""What the benchmarks share: processes of their own, timed in turn, as ratios to the first of them."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

WORK = Path(__file__).resolve().parent / "work"
WORDS = (
    "the minister met today her counterpart to discuss peace trade visas consular services students exchange".split()
)
BUILD = """
import sys
from digidip.cli import main
main(["--home", sys.argv[1], "build"])
"""


def compare(contenders, rounds, title):
    """Run every contender (name → command), in turn, `rounds` times, and print medians as ratios to the first."""
    runs = {name: [] for name in contenders}
    for _round in range(rounds):
        for name, command in contenders.items():
            runs[name].append(timed(command))
    print(f"{title}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, median of {rounds}")
    medians = {
        name: [statistics.median(figures) for figures in zip(*found, strict=True)] for name, found in runs.items()
    }
    floor = next(iter(medians.values()))
    for name, (seconds, processor, _peak) in medians.items():
        peak = max(peak for _seconds, _processor, peak in runs[name])
        ratios = f"{seconds / floor[0]:.2f} | {processor / floor[1]:.2f}"
        print(f"| {name} | {ratios} | {seconds:.1f} s | {processor:.1f} s | {peak:,.0f} MiB |")


def timed(command):
    """Seconds, processor seconds and peak memory (MiB) of one process: an interpreter, its code, and arguments."""
    python, code, *given = command
    before = time.perf_counter()
    process = subprocess.Popen([python, "-c", code, *given], stdout=subprocess.DEVNULL, env=environment())
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"failed: {code[:60]}")
    return time.perf_counter() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def environment():
    """The environment with a project key of its own."""
    return {**os.environ, "DIGIDIP_KEY": "benchmark of timings"}


def received(export):
    """A scratch home that holds the export as a delivery."""
    from digidip import deliveries

    home = WORK / f"home-{export.stem}"
    given = deliveries.describe(export, ministry="SWE", label="synthetic")
    deliveries.receive(home / "data" / "raw", [export], [given])
    return home
