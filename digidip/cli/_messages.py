"""What the commands tell on stdout, in words."""

import json
import re
import shlex
import shutil
import textwrap
from contextlib import suppress

import click

from digidip.home import COLLECTING, locked
from digidip.tables import SCHEMA, TableError, command_line, counted, printable

# A command to type next, as messages of all rooms write it.
COMMAND = re.compile(
    r"\bdigidip (?=(?:add|build|claims|collect|export|fetch|forget|key|lab|list|map|purge|run|verify)\b)"
)


def echo(text, err=False):
    """Print a text that may quote foreign ones; commands in it name the home that was given."""
    click.echo(printable(with_home(str(text))), err=err)


def echo_json(content):
    """Print what a program reads, in ASCII, so that no terminal or pipe can spoil it."""
    click.echo(json.dumps(content, indent=1))


def with_home(text):
    """The text with the option --home in each command of digidip that it tells to type, where that option was given."""
    context = click.get_current_context(silent=True)
    given = context and context.find_root().params.get("home")
    return COMMAND.sub(lambda _: f"digidip {shlex.join(['--home', given])} ", text) if given else text


def wrong_values(study, wrong):
    """Tell on stderr which runs of a study will fail, and why, each reason once."""
    for reason in dict.fromkeys(wrong.values()):
        jobs = [job for job in study.jobs if wrong.get(job) == reason]
        names = [f"{job.notebook.stem} · {study.rows[job.row].name}" for job in jobs]
        echo(f"{_first_of(names)} cannot be run: {reason}", err=True)


def _first_of(names):
    """The first of some names, and how many more there are."""
    return f"{names[0]}{f' and {len(names) - 1:,} more' if len(names) > 1 else ''}"


def plan(study, current, wrong=()):
    """The runs of a study, which of them are unchanged, and which cannot be run."""
    for job in study.jobs:
        state = "unchanged" if job in current else "to run"
        echo(f"{state:10}{job.notebook.stem} · {study.rows[job.row].name}")
    wrong_values(study, dict(wrong))
    echo(f"{len(study.jobs)} runs, {len(study.jobs) - len(current)} to run. Nothing was run.")


def sweep(study, done):
    """What a sweep did, and on stderr what failed, where and why."""
    for record in done.failed:
        echo(f"Failed: {record['notebook']}, {record['cell'] or 'before any cell'}\n  {record['message']}", err=True)
        echo(f"  parameters: {record['parameters']}", err=True)
    counts = f"{len(done.done)} run, {len(done.cached)} unchanged and not run again, {len(done.failed)} failed"
    echo(f"{study.slug}: {counts}")


def report(content, folder):
    """Tell what the report holds; returns how many runs are missing from it."""
    states = [run["status"] for run in content["runs"]]
    echo(f"Report: {states.count('done')} of {len(states)} runs; data: {content['label'] or 'none'}")
    echo(f"Page:   {folder / 'index.html'}")
    return len(states) - states.count("done")


def steps(file, delivery, steps, matches, accounts, encoding):
    """What a reader found in a file that was added, how well it fits, what else would, and what the build will ask for."""
    if encoding:
        echo(f"{file}: not UTF-8, read as {encoding}, which its letters show")
    known = dict(matches)
    others = ", ".join(f"{name} {share:.0%}" for name, share in matches if name != delivery.reader)
    gone = [step for step in steps if step.step == "read" and step.rows_in and not step.rows_out]
    has_rows = any(step.rows_out for step in steps if step.step != "read") or not gone
    sure = f" ({known.get(delivery.reader, 0):.0%} of its columns used{f'; also fits {others}' if others else ''})"
    read = [step for step in steps if step.step == "deduplicate"]
    rows = ", ".join(counted(step.rows_out, step.table) for step in read) or "no records"
    all_lost = [step for step in steps if step.step == "attach accounts" and step.rows_in and not step.rows_out]
    parallel = sum(step.rows_in - step.rows_out for step in steps if step.step == "add up")
    again = sum(step.rows_in - step.rows_out for step in read)
    other = ("add up", "remark")
    lost = sum(s.rows_in - s.rows_out for s in steps if s not in [*all_lost, *read] and s.step not in other)
    also = f", {counted(again, 'rows')} seen again, the latest of each taken" * bool(again)
    also += f", {counted(parallel, 'parallel ties')} added up" * bool(parallel)
    also += f", {counted(lost, 'rows')} set aside (digidip build tells)" * bool(lost)
    echo(f"{file}: reader {delivery.reader}{sure * has_rows}, {rows}{also}")
    for step in [step for step in steps if step.step == "remark"]:
        echo(f"{file}: {step.rows_out:,} of {step.rows_in:,} {step.table}: {step.reason}")
    if not any(step.rows_in for step in steps):
        echo(f"{file}: no records under the header, so nothing would be held; is that the whole export?", err=True)
    for step in gone:
        echo(
            f"{file}: none of {step.rows_in:,} records can be used: {step.reason}. Expected: an export of a "
            f"shape that reader {delivery.reader} knows. Check --reader, or export it again in another form.",
            err=True,
        )
    for step in all_lost:
        if step.table == "accounts":
            echo(
                f"{file}: none of {step.rows_in:,} accounts is of a state we know, so digidip build would hold none. Say "
                "--ministry CODE, or name in the map the column of the sending states.",
                err=True,
            )
            continue
        has_stop = step.table == "posts"
        loss = "so digidip build would stop here" if has_stop else "so without posts of theirs none would be left"
        echo(
            f"{file}: {step.rows_in:,} {step.table} of several accounts, none of them official yet, {loss}. Before "
            f"digidip build, enter those that are in {accounts}, by id or handle, or add a registry that lists them. The first "
            f"line of a new accounts.csv: {','.join(SCHEMA['accounts'])}",
            err=True,
        )


def contents(found):
    """The period, the official accounts, and what is missing, of each table of a file that was added."""
    for each in found:
        days = f"{each.first:%Y-%m-%d} to {each.last:%Y-%m-%d} (UTC)"
        accounts = "" if each.accounts is None else f", {counted(each.accounts, 'accounts')}"
        empty = f"; no value of: {', '.join(each.empty)}" if each.empty else ""
        echo(f"  {each.table}: {days}{accounts}{empty}")


def unmapped_words(found):
    """The words of coded columns that a map does not have, so that they are missing, and how often each stands."""
    for column, words in found.items():
        listed = ", ".join(f"{word[:40]!r} {counted(times, 'times')}" for word, times in words.items())
        echo(f"  {column}: not in `words` of the map, so missing: {listed}. Name them there, then add with --replace")


def added_json(files, found, received, read):
    """What was taken in, for a program: of each file its delivery, whether it is new, the account of its rows, its contents."""
    return [
        {
            "file": str(file),
            **delivery._asdict(),
            "is_new": delivery in received,
            "account_of_rows": [step._asdict() for step in steps],
            "contents": [
                each._asdict() | {name: str(getattr(each, name)) for name in ("first", "last")} for each in contents
            ],
        }
        for file, delivery, (steps, contents) in zip(files, found, read, strict=True)
    ]


def proposal(file, path, proposed):
    """What of a file a proposed map has placed, what it leaves to the person, and what comes next."""
    size = f"{proposed.columns} columns, header in row {proposed.skip + 1} (blank rows not counted)"
    echo(f"{file}: {size}; {proposed.sure} placed, {proposed.unsure} unsure, {proposed.left} without a place")
    for note in proposed.notes:
        echo(f"  {note}")
    for need in proposed.needs:
        echo(f"  for you to say: {need}")
    echo(
        f"Written: {path}. Check every line of it, then: {command_line('add', file, '--map', path)} --ministry CODE --label NAME"
    )


# What the rows are that a step leaves out.
LEFT_OUT = {
    "split": "rejected",
    "read": "rejected",
    "reject": "rejected",
    "add up": "joined",
    "deduplicate": "seen again",
}


def build(home, facts, full=False):
    """The account of rows of a build, in `full` with every step, its notes, and the accounts a person should complete."""
    import pandas as pd

    account = pd.DataFrame(facts["account_of_rows"])
    if full:
        left_out = account["rows_in"] - account["rows_out"]
        account.insert(account.columns.get_loc("reason"), "left_out", left_out)
        echo("Account of rows\n" + account.to_string(index=False))
    else:
        echo("Account of rows (--full: every step)")
        for (export, table), steps in account.groupby(["export", "table"], sort=False):
            echo(f"  {export}, {table}: {_fate(steps[steps['step'] != 'pseudonymise'])}")
    for note in facts["notes"]:
        echo(f"Note: {note}")
    incomplete = pd.DataFrame(facts["accounts_to_complete"])
    if len(incomplete):
        where = home / "data" / "reference" / "accounts.csv"
        echo(f"Accounts not in accounts.csv, taken from the exports; complete them in {where}:")
        echo(incomplete.fillna("").to_string(index=False))
        echo(f"To have them written there: {command_line('build', '--write-accounts')}")
    rows = ", ".join(counted(count, name) for name, count in facts["rows"].items() if count) or "no rows"
    echo(f"Build {facts['build']}: {rows}; {facts['rejects']} rejects in data/processed/{facts['build']}/rejects.csv")


def next_runs(found, most=5):
    """What to type next: a run of each ministry and platform, what else can be fed, what the others lack."""
    from digidip import studies

    commands = [studies.command_of(found.ready[0], parameters) for parameters in found.parameters]
    commands = commands or [studies.command_of(name, studies.WITHOUT_POSTS) for name in found.ready]
    if commands:
        echo("Next, for what is held:")
    for command in commands[:most]:
        echo(f"  {command}")
    if len(found.parameters) > most:
        echo(f"  and {len(found.parameters) - most} more ministries or platforms")
    if found.without_zone:
        names = ", ".join(
            f"{each['ministry'] or 'no ministry'} on {each['platform']}" for each in found.without_zone[:most]
        )
        echo(
            f"Zone: state it. No delivery of {names} has one, so their days are counted in UTC; the ministry's own days need its zone, "
            "such as -p zone=America/Lima"
        )
    if found.ready:
        largest = {name: found.parameters[0][name] for name in ("ministry", "platform")} if found.parameters[1:] else {}
        of_one = " of one ministry on one platform" * bool(largest)
        echo(
            f"All that it feeds ({counted(len(found.ready), 'notebooks')}), in one report{of_one}: "
            f"{studies.command_of(studies.OWN_STUDY, largest)}"
        )
        echo(f"  {', '.join(found.ready)}")
    for table, names in found.lacking.items():
        verb = "needs" if len(names) == 1 else "need"
        echo(f"No {table} held, which {', '.join(names)} {verb}: {studies.SOURCES[table]}")


def collected(platform, name, ministry, found, options):
    """What was collected of one account: how much, of which days, what its server does not show, and where it lies."""
    counts = found.counts
    days = f", {counts['first']} to {counts['last']}" if counts["first"] else ""
    parts = [f"{counted(counts['posts'], 'posts')} and {counted(counts['reposts'], 'reposts')}{days}"]
    if options.replies:
        parts.append(f"replies to {counts['threads'] - counts.get('gone', 0):,} of them")
    if options.followers:
        of = f" of {found.account.follower_count:,}" if found.account.follower_count is not None else ""
        parts.append(f"{counts.get('followers', 0):,}{of} followers")
    echo(f"{platform} {name} ({ministry}): {'; '.join(parts)}{' (gone on with)' * found.is_resumed}")
    if counts["outside"]:
        echo(
            f"  {counted(counts['outside'], 'posts')} outside of the period stand on the same pages: give runs its start and end"
        )
    if counts.get("capped"):
        echo(
            f"  {counted(counts['capped'], 'threads')} with as many replies as the server shows without a login: there may be more"
        )
    for note in [*found.notes, *filter(None, [found.account.remark])]:
        echo(f"{name}: {note}.", err=True)
    for path, reader in found.files:
        echo(f"  data/raw/{ministry.lower()}/{path.name}  ({reader})")


def exported(output, written):
    """What was written of a table, of which data, and what a person should know of it."""
    path, described = written.paths
    size = f"{counted(len(output.rows), 'rows')}, {counted(len(output.columns), 'columns')}"
    echo(f"{path}: {size}; {output.about}")
    echo(f"  what its columns mean: {described}")
    for note in written.notes:
        echo(f"  {note}")


def data_sets(found, by_hand):
    """The catalogue: of each data set what it is, its licence, its size and how to cite it; then what is got by hand."""
    for name, one in found.items():
        echo(f"{name}: {one.what}")
        echo(f"  licence: {one.licence}; {sum(file.size for file in one.files) / 1e6:.1f} MB\n  cite: {one.cite}")
    echo("By hand, since they change every day:")
    for what, where, remedy in by_hand:
        echo(f"  {what}: {where}\n    {remedy}")
    echo("Next: digidip fetch NAME")


def fetched(found, described, received):
    """What was fetched, its licence, and how to cite it."""
    for delivery in described:
        echo(f"data/raw/{delivery.path}  ({delivery.reader}{'' if delivery in received else ', held already'})")
    echo(f"Licence: {found.licence}\nCite: {found.cite}")


def unfinished(home):
    """Tell on stderr of collections that were begun and that nobody goes on with now; their pages hold what people wrote."""
    folders = []
    if (home / "data" / COLLECTING).is_dir():
        with suppress(TableError, OSError), locked(home / "data" / COLLECTING, wait=0):
            folders = sorted(path for path in (home / "data" / COLLECTING).glob("*-*") if path.is_dir())
    if folders:
        echo(
            f"{_first_of(folders)}: a collection that is not finished. Say its digidip collect again to go on, or delete the folder.",
            err=True,
        )


def forgotten(receipt, is_dry):
    """What was searched and taken out, what could not be, and where the receipt lies."""
    searched = receipt["searched"]
    echo(
        f"Searched: {counted(searched['exports'], 'exports')}, {counted(searched['builds'], 'builds')}, "
        f"{counted(searched['report_files'], 'files')} of reports"
    )
    for one in receipt["exports"]:
        what = "all of it" if one["now"] is None else counted(one["records"], "records")
        values = f", a name replaced in {counted(one['values'], 'values')} of others" * bool(one["values"])
        echo(f"  {one['path']}: {what} {'would go' if is_dry else 'gone'}{values}")
    if not receipt["exports"]:
        echo("  no export has that name")
    for name in receipt["reports_removed"]:
        echo(f"  reports/{name}: {'would go' if is_dry else 'gone'}")
    if receipt["reports_to_run_again"]:
        again = "run again" if is_dry or receipt.get("build") else "delete, since no build is left to run them on"
        echo(f"Rest on what {'would go' if is_dry else 'is gone'} and name nobody of it; {again}:")
    for name in receipt["reports_to_run_again"]:
        echo(f"  reports/{name}")
    for path in receipt.get("left", []):
        echo(f"{path}: a word like it still stands there, as others may be called the same. Look at it.", err=True)
    if "receipt" in receipt:
        _finished(receipt)
    else:
        echo("Dry run: nothing was changed." if is_dry else "Nothing was changed, so there is no receipt.")


def _finished(receipt):
    echo(f"Builds removed: {len(receipt['builds_removed'])}; now: {receipt['build'] or 'none'}")
    if receipt["build_problem"]:
        echo(f"No build is left, since what remains cannot be built: {receipt['build_problem']}", err=True)
    echo(f"Not reached: {'; '.join(receipt['not_reached'])}.")
    echo(f"Receipt: {receipt['receipt']}")


def undeclared(files):
    """Tell on stderr of files under data/raw that no build reads, as a command leaves them that is killed, or a person."""
    if files:
        echo(
            f"{_first_of(files)}: no row in MANIFEST.csv, so no build reads it. Expected: a row for each file. "
            f"Do: {command_line('add', files[0])} --ministry CODE --label NAME; or delete it.",
            err=True,
        )


def overdue(found):
    """Tell on stderr, in a line each, of studies whose retention date is over while their exports are held."""
    for study, date, paths in found:
        echo(
            f"reports/{study}: its data were to be kept until {date}, and {_first_of(paths)} is still held. "
            f"Do: {command_line('forget', *(word for path in paths for word in ('--delivery', path)))}",
            err=True,
        )


def _fate(steps):
    """How many rows of one table of an export came in, how many are held, and what became of each of the others."""
    lost = [
        f"{step.rows_in - step.rows_out:,} {LEFT_OUT.get(step.step, 'left out')} ({step.reason})"
        for step in steps.itertuples()
        if step.rows_in > step.rows_out
    ]
    done = [step.reason for step in steps.itertuples() if step.step == "complete"]
    return "; ".join([f"{steps['rows_in'].iloc[0]:,} read, {steps['rows_out'].iloc[-1]:,} held", *lost, *done])


def run(done):
    """What a run found, its verdicts, its facts, and where its files lie."""
    from digidip.claims.wording import beside_printed

    for sentence in done.facts["finding"]:
        echo(sentence)
    if done.facts["verdicts"]:
        echo("Published and computed")
    for row in done.facts["verdicts"]:
        is_told = row["verdict"] in ("reproduced", "compatible") and row["label"] == "real"
        lines(f"{row['id']}  {row['verdict']}: {row['figure']}", "      ")
        computed = (
            "not computed"
            if row["computed"] is None
            else f"computed {beside_printed(row['computed'], row['published'], _number)}"
        )
        n = "" if row["n"] is None else f", n {_number(row['n'])}"
        reason = f": {row['reason']}" * bool(is_told and row["reason"])
        lines(f"published {row['published']}; {computed}{n}, {row['label']}{reason}", "      ", "      ")
    echo(f"Data: {done.facts['label'] or 'none'}. {len(done.facts['facts'])} facts in {done.folder / 'facts.json'}")
    echo(f"Notebook: {done.notebook}\nPage:     {done.page}")


def lines(text, indent="  ", first=""):
    """Print a text in as many lines as the terminal, or 80 characters, need; further ones begin with `indent`."""
    width = max(shutil.get_terminal_size().columns, 40)
    options = {"width": width, "break_long_words": False, "break_on_hyphens": False}
    click.echo(textwrap.fill(printable(text), initial_indent=first, subsequent_indent=indent, **options))


def catalogue(books, plans, readers, units):
    """Notebooks with their parameters, studies, readers and measures."""
    for name, declared in books.items():
        lines(name)
        for parameter in declared:
            choices = f"; one of: {', '.join(map(str, parameter.choices))}" if parameter.choices else ""
            value = f"{parameter.name}: {parameter.kind} = {parameter.default!r}"
            lines(f"{value}  {parameter.meaning}{choices}", "      ", "  ")
    lists = {"studies": [f"{study.slug}: {study.title} ({len(study.jobs)} runs)" for study in plans]}
    lists |= {"readers": [f"{name}: {summary}" for name, summary in readers.items()]}
    lists |= {"measures": [f"{name}: {unit}" for name, unit in units.items()]}
    for heading, entries in lists.items():
        lines(heading)
        for entry in entries:
            lines(entry, "      ", "  ")


def claims(table):
    """Each published figure: what it is, what was printed, what a run computed, and the verdict with its reason."""
    for row in table.to_dict("records"):
        lines(f"{row['id']}  {row['figure']}", "       ")
        n = f", n {_number(row['n'])}" if row["n"] != "" else ""
        limits = f", {_number(row['low'])} to {_number(row['high'])}" if row["low"] not in ("", None) else ""
        computed = "" if row["computed"] == "" else f"; computed {_number(row['computed'])}{limits}{n}, {row['label']}"
        lines(f"published {row['value']} {row['unit']} (grade {row['grade']}){computed}", "       ", "       ")
        where = row["run"] or row["study"]
        reason = f": {row['reason']}" if row["reason"] else ""
        lines(f"{row['verdict']}, {where}{reason}", "       ", "       ")


def _number(value):
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)
