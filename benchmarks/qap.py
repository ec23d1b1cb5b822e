"""MRQAP with double semi-partialling: digidip beside R's sna and beside a plain numpy loop.

190 nodes, 5 terms, directed, the same invented matrices for all. Each contender is a process of its own, with one thread (as
digidip's studies run), and times its own test: imports and reading are left out. sna is too slow for 1,000 permutations, so it
runs 20 and is scaled. Every contender prints the t of the terms; the script stops if they differ.
Usage: `python benchmarks/qap.py [nodes] [rounds]`; needs Rscript with sna (Debian: r-base-core, r-cran-sna) for its row.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys

import numpy as np
from timing import WORK, environment

TERMS = 5
DIGIDIP = """
import json, resource, sys, time
import numpy as np, pandas as pd
from digidip.measures.network.qap import mrqap
stack, draws = np.load(sys.argv[1]), int(sys.argv[2])
rows, columns = np.nonzero(~np.eye(stack.shape[1], dtype=bool))
names = [f"x{at}" for at in range(len(stack))]
frame = pd.DataFrame({"sender": rows, "receiver": columns, **dict(zip(names, stack[:, rows, columns]))})
before, used = time.perf_counter(), time.process_time()
table = mrqap(frame, outcome="x0", terms=names[1:], permutations=draws)
elapsed, used = time.perf_counter() - before, time.process_time() - used
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([elapsed, used, peak, table.statistic.tolist(), table.p.tolist()]))
"""
LOOP = """
import json, resource, sys, time
import numpy as np
stack, draws = np.load(sys.argv[1]), int(sys.argv[2])
n, rng = stack.shape[1], np.random.default_rng(1)
before, used, off = time.perf_counter(), time.process_time(), ~np.eye(n, dtype=bool)
y, found, p = stack[0][off], [], []
for which in range(1, len(stack)):
    others = np.column_stack([np.ones(y.size), *(x[off] for at, x in enumerate(stack) if at not in (0, which))])
    basis = np.linalg.qr(others)[0]
    left = stack[which][off] - basis @ (basis.T @ stack[which][off])
    moved, rest = np.zeros((n, n)), y - basis @ (basis.T @ y)
    moved[off] = left
    def t(e):
        e = e - basis @ (basis.T @ e)
        slope = e @ rest / (e @ e)
        error = ((rest - slope * e) ** 2).sum() / (y.size - len(stack)) / (e @ e)
        return slope / error**0.5
    seen, hits = t(left), 1
    for _draw in range(draws):
        order = rng.permutation(n)
        hits += abs(t(moved[np.ix_(order, order)][off])) >= abs(seen)
    found.append(seen)
    p.append(float(hits / (1 + draws)))
elapsed, used = time.perf_counter() - before, time.process_time() - used
print(json.dumps([elapsed, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, found, p]))
"""
SNA = """
suppressMessages(library(sna))
given <- commandArgs(trailingOnly=TRUE)
n <- as.integer(given[2])
cells <- array(readBin(given[1], "double", n * n * as.integer(given[3])), c(n, n, as.integer(given[3])))
x <- aperm(cells[, , -1], c(3, 1, 2))
taken <- system.time(f <- netlm(cells[, , 1], x, nullhyp="qapspp", reps=as.integer(given[4])))
cat(sprintf("[%f, %f, 0, [%s], [%s]]", taken[3], taken[1] + taken[2], paste(sprintf("%.12g", f$tstat[-1]), collapse=", "),
    paste(sprintf("%.12g", f$pgreqabs[-1]), collapse=", ")))
"""


def main(nodes=190, rounds=1):
    """Make the matrices, run the contenders in turn, compare their t, print the table."""
    WORK.mkdir(exist_ok=True)
    stack = made(nodes)
    python, binary, r = WORK / "qap.npy", WORK / "qap.bin", WORK / "qap.R"
    np.save(python, stack)
    stack.transpose(0, 2, 1).astype("<f8").tofile(binary)  # R reads columns first
    r.write_text(SNA, encoding="utf-8")
    contenders = {
        ("digidip", 1_000): [sys.executable, "-c", DIGIDIP, python, 1_000],
        ("digidip", 10_000): [sys.executable, "-c", DIGIDIP, python, 10_000],
        ("plain numpy loop", 1_000): [sys.executable, "-c", LOOP, python, 1_000],
    }
    if shutil.which("Rscript"):
        contenders["R sna::netlm", 20] = ["Rscript", r, binary, nodes, TERMS + 1, 20]
    runs = [{key: called(command) for key, command in contenders.items()} for _round in range(rounds)]
    show(nodes, runs)


def made(nodes):
    """Outcome and terms with effects of sender and receiver, the same numbers every time."""
    rng = np.random.default_rng(190)
    shape = (TERMS + 1, nodes)
    stack = rng.normal(size=(*shape, nodes)) + rng.normal(size=(*shape, 1)) + rng.normal(size=(shape[0], 1, nodes))
    stack[0] += 0.1 * stack[1:3].sum(axis=0)
    return stack


def called(command):
    """What one process found: seconds, processor seconds, peak memory (MiB), t and p of the terms."""
    given = environment() | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env=given)
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr}")
    return json.loads(done.stdout)


def show(nodes, runs):
    """The table: per 1,000 permutations, as ratios to digidip with 1,000."""
    first = next(iter(runs[0].values()))
    print(f"{nodes} nodes, {TERMS} terms, {os.cpu_count()} cores, median of {len(runs)}; per 1,000 permutations")
    print(
        "| contender | run with | ratio | processor, ratio | seconds | processor seconds | peak memory |\n|"
        + "---|" * 7
    )
    floor = None
    for name, draws in runs[0]:
        found = [run[name, draws] for run in runs]
        taken = [statistics.median(one[at] for one in found) * 1_000 / draws for at in (0, 1)]
        floor, peak = floor or taken, f"{found[0][2]:,.0f} MiB" if found[0][2] else ""
        ratios = f"{taken[0] / floor[0]:.2f} | {taken[1] / floor[1]:.2f}"
        print(f"| {name} | {draws:,} | {ratios} | {taken[0]:.2f} | {taken[1]:.2f} | {peak} |")
        if not np.allclose(found[0][3], first[3], rtol=1e-8):
            sys.exit(f"{name}: t {found[0][3]}, digidip {first[3]}")
    print(
        "The t of all terms agree to 8 digits. p:",
        {f"{name}, {draws:,}": found[4] for (name, draws), found in runs[0].items()},
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
