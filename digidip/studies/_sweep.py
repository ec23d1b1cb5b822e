"""A sweep: the runs of a study, each in a process of its own, several at a time; what is still current is not run again."""

import json
import os
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple

import ibis

from digidip import clean, kernels
from digidip.deliveries import replace
from digidip.studies._keys import is_current, kept_run, key_of
from digidip.studies._run import json_text, keep, kernel_environment, now
from digidip.tables import TableError

PAUSE = 0.02


class Interrupted(RuntimeError):
    """The sweep was stopped by Ctrl-C; finished runs are kept."""


class Sweep(NamedTuple):
    """What a sweep did: its runs that were run, that were current already, and the records of those that failed."""

    done: list
    cached: list
    failed: list


def failure_path(report, job):
    """Where the record of a failed run lies: `failed/<notebook>/<run>.json` in the report of the study."""
    return report / "failed" / f"{Path(job.folder).relative_to('runs')}.json"


def processors():
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cached(study, report, home, jobs):
    """Those jobs whose kept results rest on the same notebook, parameters, package, environment and data as now."""
    kept = {job: kept_run(report / job.folder) for job in jobs if (report / job.folder).is_dir()}
    return [job for job in kept if kept[job] and is_current(kept[job], key_of(job.notebook, job.asked), home)]


def sweep(study, report, *, home, workers=None, shard=(1, 1), force=False, stop=False):
    """Run what a study asks for and is not current yet.

    study: the plan; report: the folder of its report; home: the folder with `data/`.
    workers: runs at a time; default: one more than processors, since kernels wait for messages now and then.
    shard: (k, n), every n-th run from the k-th on.
    force: run what is current too. stop: start no further run after one has failed.
    Returns a Sweep. Interrupted after Ctrl-C: no process is left, finished runs are whole.
    """
    jobs = study.jobs[shard[0] - 1 :: shard[1]]
    current = [] if force else cached(study, report, home, jobs)
    fresh = [job for job in jobs if job not in current]
    workers = max(1, min(workers or processors() + 1, len(fresh)))
    progress = _Progress(study, len(jobs))
    for job in current:
        progress.tell("cached", job)
    try:
        failed = _worked_off(study, fresh, report, home, workers, stop, progress)
    finally:
        progress.close()
    ran = [job for job in fresh if progress.status.get(job) == "done"]
    return Sweep(ran, current, failed)


def work(order):
    """One run of a sweep, in a process of its own: its folder, or the record of why it failed.

    order: a dict of notebook, asked, final, failure, home, kernel, study; the paths as text.
    """
    failure = Path(order["failure"])
    try:
        options = {name: order[name] for name in ("home", "kernel", "study")}
        keep(Path(order["notebook"]), order["asked"], Path(order["final"]), **options)
    except (TableError, RuntimeError, ValueError, OSError) as error:
        replace(failure, json_text(_record(order, error)).encode())
    else:
        failure.unlink(missing_ok=True)


def _record(order, error):
    """Why a run failed: notebook, cell, parameters, message, exit code. A message that is not ours is scrubbed."""
    code, message = (3, str(error)) if isinstance(error, TableError) else (1, str(error)[:600])
    if code == 1:
        message = clean.scrubbed(ibis.literal(message)).to_pandas()
    told = {"notebook": Path(order["notebook"]).stem, "parameters": order["asked"], "cell": getattr(error, "cell", "")}
    return {**told, "message": message, "code": code, "ended_at": now()}


def _worked_off(study, jobs, report, home, workers, stop, progress):
    """Keep `workers` runs going until all are done; returns the records of the failed ones."""
    waiting, running, failed = deque(jobs), {}, []
    with tempfile.TemporaryDirectory(prefix="digidip-sweep-") as logs:
        try:
            while running or (waiting and not (stop and failed)):
                while waiting and len(running) < workers and not (stop and failed):
                    job = waiting.popleft()
                    running[job] = _started(study, job, report, home, workers, Path(logs) / str(len(waiting)))
                ended = [job for job, process in running.items() if process.poll() is not None]
                for job in ended:
                    record = _outcome(report, job, running.pop(job))
                    failed += [record] if record else []
                    progress.tell("failed" if record else "done", job, record)
                time.sleep(0 if ended else PAUSE)
        except KeyboardInterrupt:
            raise Interrupted(_how_to_go_on(study, progress)) from None
        finally:
            _end(running.values())
    return failed


def _started(study, job, report, home, workers, log):
    """The process of one run."""
    failure = failure_path(report, job)
    failure.unlink(missing_ok=True)
    order = {"notebook": str(job.notebook), "asked": job.asked, "final": str(report / job.folder)}
    order |= {"failure": str(failure), "home": str(home), "kernel": kernels.NAME if kernels.available() else "python3"}
    order["study"] = {"title": study.title, "href": "../" * len(Path(job.folder).parts) + "index.html"}
    environment = kernel_environment(home) | {"DIGIDIP_THREADS": str(max(1, processors() // workers))}
    with open(log, "wb") as file:
        process = kernels.start("digidip.studies:work", order, env=environment, stdout=file, stderr=file)
    process.log = log
    return process


def _outcome(report, job, process):
    """The record of why a run failed, or None; a process that ended without a word is one."""
    failure = failure_path(report, job)
    if process.returncode and not failure.exists():
        last = process.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:] or ["no message"]
        message = f"the process of this run ended with {process.returncode}: {last[0][:300]}"
        order = {"notebook": str(job.notebook), "asked": job.asked}
        replace(failure, json_text(_record(order, RuntimeError(message))).encode())
    return json.loads(failure.read_text(encoding="utf-8")) if failure.exists() else None


def _end(processes):
    """End processes, and wait until they are gone."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


def _how_to_go_on(study, progress):
    kept = sum(status in ("done", "cached") for status in progress.status.values())
    return f"Stopped: {kept} of {progress.total} runs are finished and kept. Go on with: digidip run {study.slug}"


class _Progress:
    """What stderr is told: a bar with runs done, failed, cached and time left, or a line per run where nobody looks on."""

    def __init__(self, study, total):
        from tqdm import tqdm

        self.total, self.status, self.study = total, {}, study
        self.bar = tqdm(total=total, desc=study.slug, unit="run", file=sys.stderr, disable=not sys.stderr.isatty())

    def tell(self, status, job, record=None):
        """One run has ended so."""
        self.status[job] = status
        words = list(self.status.values())
        self.bar.set_postfix({each: words.count(each) for each in ("done", "failed", "cached")}, refresh=False)
        self.bar.update()
        if self.bar.disable:
            why = f": {record['message'].splitlines()[0][:200]}" if record else ""
            place = f"{job.notebook.stem} · {self.study.rows[job.row].name}"
            print(f"[{len(words)}/{self.total}] {status}: {place}{why}", file=sys.stderr, flush=True)

    def close(self):
        """End the bar's line."""
        self.bar.close()
