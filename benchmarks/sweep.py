"""A sweep of notebooks: `digidip run STUDY` beside a loop over the papermill command and a pool of two of them.

Five notebooks on twelve ministries, 60 runs, each contender with a home of the same data; the table gives wall time as a
ratio to the loop of the same run, since machines are noisy. Papermill makes the executed notebooks alone; digidip makes
pages, figures, facts and the report too. In the end the outputs of every cell of every run must be equal, byte for byte,
between the contenders. Usage: `python benchmarks/sweep.py [ministries]`; files go to benchmarks/work/.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from digidip import deliveries

REPOSITORY = Path(__file__).resolve().parents[1]
WORK = Path(__file__).resolve().parent / "work" / "sweep"
SAMPLE = REPOSITORY / "data" / "raw" / "sample"
NOTEBOOKS = "00-published-figures 01-data-dictionary 02-measure-catalogue 10-comment-analysis 90-adapt-to-your-ministry"
MINISTRIES = "ARG BRA CHL COL ECU EST FIN IND KEN MEX NOR PER".split()
FIXED = {"data": "processed", "platform": "facebook", "account": "", "start": "2016-01-01", "end": "2016-02-01"}
FIXED |= {"zone": "Asia/Kolkata"}
DIGIDIP = [sys.executable, "-c", "from digidip.cli import main; main()"]


def main(count=12):
    """Make the data once, run the contenders in turn, compare their outputs, print the table."""
    ministries = MINISTRIES[:count]
    shutil.rmtree(WORK, ignore_errors=True)
    home = made(WORK / "home", ministries)
    study = planned(ministries)
    runs = [(book, ministry) for ministry in ministries for book in NOTEBOOKS.split()]
    seconds = {
        "papermill, one after the other": timed(lambda: by_papermill(home, runs, "loop", 1)),
        "papermill, a pool of two": timed(lambda: by_papermill(home, runs, "pool", 2)),
        "digidip run": timed(lambda: called([*DIGIDIP, "--home", str(home), "run", str(study)])),
        "digidip run, nothing changed": timed(lambda: called([*DIGIDIP, "--home", str(home), "run", str(study)])),
    }
    first = seconds["papermill, one after the other"]
    print(f"| {len(runs)} runs | ratio to the loop | seconds |\n|---|---|---|")
    for name, taken in seconds.items():
        print(f"| {name} | {taken / first:.3f} | {taken:.1f} |")
    print(f"digidip run to a pool of two: {seconds['digidip run'] / seconds['papermill, a pool of two']:.3f}")
    compare(home, runs)


def made(home, ministries):
    """A home that holds a copy of the sample's Indian month for each ministry, each with its own account and ids."""
    files, found = [], []
    for number, ministry in enumerate(ministries):
        for kind in ("statuses", "comments"):
            text = (SAMPLE / f"ind_facebook_{kind}.csv").read_text(encoding="utf-8")
            path = WORK / "exports" / f"{ministry.lower()}_{kind}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("150000000000008", f"1500000000001{number:02}"), encoding="utf-8")
            files.append(path)
            found.append(deliveries.describe(path, ministry=ministry, label="synthetic"))
    deliveries.receive(home / "data" / "raw", files, found)
    called([*DIGIDIP, "--home", str(home), "build"])
    return home


def planned(ministries):
    """The study as a .yml file."""
    path = WORK / "bench.yml"
    lines = ["title: Bench", "question: How fast?", f"notebooks: {json.dumps(NOTEBOOKS.split())}"]
    lines += [f"parameters: {json.dumps(FIXED)}", f"matrix: {json.dumps({'ministry': ministries})}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def by_papermill(home, runs, name, workers):
    """Every run as a call of the papermill command, so many at a time."""
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda run: papermill(home, WORK / name, *run), runs))


def papermill(home, target, book, ministry):
    """One call of the papermill command, on the notebook as it lies, with the parameters of the study."""
    target.mkdir(parents=True, exist_ok=True)
    given = [word for name, value in (FIXED | {"ministry": ministry}).items() for word in ("-r", name, value)]
    places = [str(REPOSITORY / "notebooks" / f"{book}.ipynb"), str(target / f"{book}-{ministry}.ipynb")]
    called([sys.executable, "-m", "papermill", *places, *given, "--no-progress-bar", "--log-level", "ERROR"], home)


def called(command, home=None):
    """Run a command and say what it told if it failed."""
    environment = {**os.environ, "DIGIDIP_KEY": "benchmark of sweeps"} | ({"DIGIDIP_HOME": str(home)} if home else {})
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def timed(action):
    """Seconds an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def compare(home, runs):
    """Stop if one output of one cell differs between the contenders."""
    report = home / "reports" / "bench" / "runs"
    for book, ministry in runs:
        kept = outputs(report / book / f"ministry-{ministry}" / f"{book}.ipynb")
        for name in ("loop", "pool"):
            if outputs(WORK / name / f"{book}-{ministry}.ipynb") != kept:
                sys.exit(f"{book}, {ministry}: the outputs of digidip and of papermill ({name}) differ")
    print(f"Outputs of all cells of {len(runs)} runs are equal, byte for byte.")


def outputs(path):
    """What the cells of an executed notebook put out: prints as one text, warnings apart, which name files of the machine."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    said = [[output for output in cell.outputs if output.get("name") != "stderr"] for cell in cells]
    printed = ["".join(output.text for output in outputs if output.output_type == "stream") for outputs in said]
    shown = [[output for output in outputs if output.output_type != "stream"] for outputs in said]
    return printed, json.dumps(shown, sort_keys=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
