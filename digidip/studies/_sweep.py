"""A sweep: the runs of a study, each in a process of its own, several at a time; what is still current is not run again."""

import os
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import NamedTuple

from digidip.home import atomic_write
from digidip.studies._cache import finished_run, is_current, key_of
from digidip.studies._close_runs import to_withhold
from digidip.studies._process import RunProcess, ended
from digidip.studies._records import json_text, now, scrubbed_message
from digidip.tables import TableError, printable


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
    """Those jobs whose results rest on the same notebook, parameters, package, environment and data as now."""
    finished = {job: finished_run(report / job.folder) for job in jobs if (report / job.folder).is_dir()}
    return [job for job, run in finished.items() if run and is_current(run, key_of(job.notebook, job.values), home)]


def sweep(study, report, *, home, workers=None, shard=(1, 1), force=False, stop=False):
    """Run what a study asks for and is not current yet.

    study: the plan; report: the folder of its report; home: the folder with `data/`.
    workers: runs at a time; default: one per processor.
    shard: (k, n), every n-th run from the k-th on.
    force: run what is current too. stop: start no further run after one has failed.
    Returns a Sweep. Interrupted after Ctrl-C: no process is left, finished runs are whole. Runs that tell few people by
    their difference are run again without these counts; where there are shards, when they are joined.
    """
    jobs = study.jobs[shard[0] - 1 :: shard[1]]
    current = [] if force else cached(study, report, home, jobs)
    stale = [job for job in jobs if job not in current]
    workers = max(1, min(workers or processors(), len(stale)))
    progress = _Progress(study, len(jobs))
    for job in current:
        progress.report("cached", job)
    try:
        failed = _run_jobs(study, stale, report, home, workers, stop, progress)
    finally:
        progress.close()
    done = [job for job in stale if progress.status.get(job) == "done"]
    before = {}
    while shard == (1, 1) and (close := to_withhold(study, report)) not in ({}, before):
        progress = _Progress(study, len(close))
        failed += _run_jobs(study, [*close], report, home, min(workers, len(close)), stop, progress, close)
        progress.close()
        done, before = [*dict.fromkeys([*done, *close])], close
    return Sweep(done, [job for job in current if job not in done], failed)


def _run_jobs(study, jobs, report, home, workers, stop, progress, withheld=None):
    """Keep `workers` runs going until all are done; returns the records of the failed ones."""
    waiting, running, failures = deque(jobs), {}, []
    with tempfile.TemporaryDirectory(prefix="digidip-", ignore_cleanup_errors=True) as scratch:
        try:
            while running or (waiting and not (stop and failures)):
                while waiting and len(running) < workers and not (stop and failures):
                    job = waiting.popleft()
                    names = sorted((withheld or {}).get(job, ()))
                    running[_start(study, job, report, home, workers, Path(scratch), names)] = job
                for process in ended(running):
                    job = running.pop(process)
                    failure = _failure(process, job, report)
                    failures += [failure] if failure else []
                    progress.report("failed" if failure else "done", job, failure)
        except KeyboardInterrupt:
            raise Interrupted(_how_to_go_on(study, progress)) from None
        finally:
            for process in running:
                process.end()
    return failures


def _start(study, job, report, home, workers, scratch, withheld):
    """The process of one run, which tells nothing of the withheld measures."""
    failure_path(report, job).unlink(missing_ok=True)
    page = {"title": study.title, "href": "../" * len(Path(job.folder).parts) + "index.html"}
    threads = str(max(1, processors() // workers))
    log = scratch / f"{job.folder.replace('/', '-')}.log"
    arguments = job.notebook, job.values, report / job.folder, home, page
    settings = {"DIGIDIP_THREADS": threads, "DIGIDIP_WITHHOLD": ",".join(withheld)}
    return RunProcess(*arguments, home=home, scratch=scratch, log=log, **settings)


def _failure(process, job, report):
    """The record of why a run failed, kept in the report; None where it is done."""
    try:
        process.result()
    except Exception as error:
        record = _failure_record(job, error)
        atomic_write(failure_path(report, job), json_text(record).encode())
        return record
    return None


def _failure_record(job, error):
    """Why a run failed: notebook, cell, parameters, message, exit code. A message that is not ours is scrubbed."""
    code, message = (3, str(error)) if isinstance(error, TableError) else (1, str(error)[:600])
    if code == 1:
        message = scrubbed_message(message)
    record = {"notebook": job.notebook.stem, "parameters": job.values, "cell": getattr(error, "cell", "")}
    return {**record, "message": message, "code": code, "ended_at": now()}


def _how_to_go_on(study, progress):
    finished = sum(status in ("done", "cached") for status in progress.status.values())
    return f"Stopped: {finished} of {progress.total} runs are finished and kept. Go on with: digidip run {study.slug}"


class _Progress:
    """What stderr is told: a bar with runs done, failed, cached and time left, or a line per run where nobody looks on."""

    def __init__(self, study, total):
        from tqdm import tqdm

        self.total, self.status, self.study = total, {}, study
        self.bar = tqdm(total=total, desc=study.slug, unit="run", file=sys.stderr, disable=not sys.stderr.isatty())

    def report(self, status, job, record=None):
        """One run has ended so."""
        self.status[job] = status
        words = list(self.status.values())
        self.bar.set_postfix({each: words.count(each) for each in ("done", "failed", "cached")}, refresh=False)
        self.bar.update()
        if self.bar.disable:
            why = f": {record['message'].splitlines()[0][:200]}" if record else ""
            place = f"{job.notebook.stem} · {self.study.rows[job.row].name}"
            print(printable(f"[{len(words)}/{self.total}] {status}: {place}{why}"), file=sys.stderr, flush=True)

    def close(self):
        """End the bar's line."""
        self.bar.close()
