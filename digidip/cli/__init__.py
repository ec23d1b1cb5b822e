"""The command `digidip`: new, collect, fetch, add, map, build, run, forget, purge, verify, export, list, claims, key, lab. Results go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 a run failed, 2 wrong use, 3 bad or missing data. What a user can mend is told in one message,
never as a traceback.
"""

import errno
import os
import re
import shlex
import signal
import sys
import webbrowser
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from digidip import __version__, deliveries, translation
from digidip.cli import _messages
from digidip.home import is_project, notebooks_folder, one_build, sweep
from digidip.tables import MAPPED, ReaderError, TableError, command_line, counted

# A command imports the rooms it uses: store and claims take Ibis, pandas and DuckDB, which is half a second.
OF_A_PROJECT = ("add", "build", "collect", "fetch", "lab")  # need a place for data, or for notebooks that are edited


@contextmanager
def exit_codes():
    """Errors a user can mend become a message and an exit code: wrong use 2, data 3, a failed run 1."""
    try:
        yield
    except (TableError, ReaderError) as error:
        _stop(error, 3)
    except ValueError as error:
        _stop(error, 2)
    except RuntimeError as error:
        _stop(error, 1)
    except BrokenPipeError:  # whoever read our output has seen enough; click ends quietly
        raise
    except OSError as error:
        where = error.filename or "a file of the home"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            _stop(f"{where}: the disk is full. Expected: room to write. Free some, then say the same again.", 3)
        _stop(f"{where}: {error.strerror}. Expected: a place to read and write. Check its rights and the disk.", 3)


class _Program(click.Group):
    """The command; what it prints is readable also where the terminal has no such letters."""

    def main(self, *arguments, **options):
        """Run the command."""
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError):  # a stream of somebody who calls us from Python
                stream.reconfigure(errors="backslashreplace")
        return super().main(*arguments, **options)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--home",
    metavar="DIR",
    help="Where data/ and reports/ live (or DIGIDIP_HOME); default: the project around, or the repository.",
)
@click.pass_context
def main(context, home):
    """Research notebooks on how foreign ministries use social media, run on your own exports."""
    context.obj = deliveries.home(home)
    named = home or os.environ.get("DIGIDIP_HOME")
    if context.invoked_subcommand in OF_A_PROJECT and not named and not is_project(context.obj):
        raise click.UsageError(
            f"{context.obj}: found no data/raw/MANIFEST.csv. Expected a project. Make one (digidip new my-project), go there "
            "(cd my-project) and say the same again; or name a folder: digidip --home DIR."
        )
    os.environ["DIGIDIP_HOME"] = str(context.obj)  # what is private to this process lies there too
    _end_in_order()
    sweep(context.obj / "data")
    _finish_forgetting(context.obj)
    context.call_on_close(lambda: _messages.undeclared(deliveries.undeclared(context.obj / "data" / "raw")))
    context.call_on_close(lambda: _tell_overdue(context.obj))
    context.call_on_close(lambda: _messages.unfinished(context.obj))


@main.command()
@click.argument("folder", metavar="FOLDER")
@click.option(
    "--notebook", "names", multiple=True, metavar="NAME", help="A notebook to copy; repeatable; default: all."
)
def new(folder, names):
    """Make a project of your own: data, notebooks to edit, a study, and a check that CI runs. FOLDER is new or empty."""
    from digidip import studies
    from digidip.cli._project import make_project

    with exit_codes():
        shipped = deliveries.REPOSITORY / "notebooks"
        number = make_project(folder, [studies.find(name, shipped) for name in names])
        _messages.echo(f"{folder}: a project with {counted(number, 'notebooks')}; README.md says what is where")
        _messages.echo(f"Next: cd {shlex.quote(folder)}, then {command_line('run', 'my-study')}")


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--ministry", default="", metavar="PER", help="Sending state of the accounts: PER, PE or Peru.")
@click.option("--reader", metavar="NAME", help="Reader of the export; default: the one that fits the file.")
@click.option("--platform", default="", metavar="NAME", help="Platform, where the format does not tell it (networks).")
@click.option(
    "--account", default="", metavar="ID", help="Id of the account, where the format does not tell it (tweet ids)."
)
@click.option("--zone", default="", metavar="ZONE", help="IANA zone of times written without one.")
@click.option("--label", default="", help="What kind of data they are: real, derived-public or synthetic; required.")
@click.option("--retrieved", default="", metavar="TIME", help="When the export was collected, with its offset.")
@click.option(
    "--terms",
    default="",
    help="Terms of use, beginning with what may be passed on: full, ids-only or aggregates-only; else it is aggregates.",
)
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook in which several hold tables.")
@click.option("--map", metavar="MAP", help="Column map of the files (digidip map); default: FILE.map.yml, if any.")
@click.option("--replace", is_flag=True, help="Correct what is held: other bytes, map, ministry or statements.")
@click.option(
    "--reason", default="corrected", show_default=True, help="Why, with --replace; kept in data/replaced.csv."
)
@click.option("--json", "as_json", is_flag=True, help="What was taken in, as JSON.")
@click.pass_obj
def add(home, files, retrieved, label, replace, reason, as_json, **given):
    """Take exports into data/raw and declare them in its MANIFEST.csv, all or none."""
    from digidip import readers, store

    with exit_codes():
        if replace and not reason.strip():
            raise ValueError("--reason: found nothing. Expected: why it is replaced, in words. Say it.")
        found = [deliveries.describe(file, **given, label=label, retrieved_at=retrieved) for file in files]
        raw, reference = home / "data" / "raw", home / "data" / "reference"
        beside = [delivery._replace(path=str(raw / delivery.path)) for delivery in deliveries.manifest(raw)]
        beside += [
            delivery._replace(path=str(Path(file).resolve())) for file, delivery in zip(files, found, strict=True)
        ]
        read = [
            store.dry_run(file, delivery, beside=beside, reference=reference)
            for file, delivery in zip(files, found, strict=True)
        ]
        for file, delivery, (steps, contents) in zip(files, found, [] if as_json else read, strict=not as_json):
            encoding = readers.read_head(file).guessed_encoding
            _messages.steps(file, delivery, steps, readers.matches(file), reference / "accounts.csv", encoding)
            _messages.contents(contents)
            if delivery.reader == "mapped":
                _messages.unmapped_words(readers.reader("mapped").unmapped_words(file))
            if delivery.label != label:
                _messages.echo(f"{file}: a file of the synthetic sample, taken in as {delivery.label}, not {label}")
        received = deliveries.receive(raw, files, found, replace=reason if replace else "")
        if as_json:
            _messages.echo_json(_messages.added_json(files, found, received, read))
            return
        if any(delivery.label == "real" and not delivery.terms for delivery in received):
            _messages.echo(
                "Terms not stated: reports hold aggregates, no ids or networks (--terms; docs/privacy.md#terms)"
            )
        done = "replaced or added" if replace else "added"
        _messages.echo(
            f"{len(received)} {done}, {len(found) - len(received)} held already. Next: {command_line('build')}"
        )


@main.group("collect")
def collect_():
    """Public posts of open platforms, from their servers into data/raw, without a login; Ctrl-C loses nothing."""


def _collect_options(command):
    """The options that the platforms share."""
    for option in reversed(
        [
            click.option(
                "--ministry",
                default="",
                metavar="PER",
                help="Sending state: DEU, DE or Germany; default: as in accounts.csv.",
            ),
            click.option(
                "--since", default="", metavar="DATE", help="First day (UTC), or a time with its offset; default: all."
            ),
            click.option("--until", default="", metavar="DATE", help="Day before which it ends (UTC); default: now."),
            click.option("--replies", is_flag=True, help="Also what stands under these posts, by anyone."),
            click.option("--followers", is_flag=True, help="Also who follows the account, as far as it is shown."),
            click.option("--terms", default="", help="Terms of use; default: aggregates-only, and the server."),
        ]
    ):
        command = option(command)
    return command


@collect_.command()
@click.argument("handles", nargs=-1, required=True, metavar="HANDLE...")
@_collect_options
@click.option("--server", default="", metavar="ADDRESS", help="Another server of the same interface.")
@click.pass_obj
def bluesky(home, handles, server, **given):
    """Official accounts of Bluesky, by handle or DID."""
    from digidip import collect

    _collect(home, "bluesky", handles, lambda _name: server or collect.PLATFORMS["bluesky"].SERVER, **given)


@collect_.command()
@click.argument("handles", nargs=-1, required=True, metavar="HANDLE@SERVER...")
@_collect_options
@click.pass_obj
def mastodon(home, handles, **given):
    """Official accounts of Mastodon, each asked for on its own server."""
    _collect(home, "mastodon", handles, lambda name: name.partition("@")[2], **given)


def _collect(home, platform, names, address, *, ministry, terms, since, until, **wanted):
    """Collect accounts, say what came, and what to do next."""
    from digidip import collect
    from digidip.cli import _collecting

    with exit_codes():
        options = collect.Options(_day("--since", since), _day("--until", until), **wanted)
        collect.check_period(options.since, options.until)
        counts = _collecting.collect_accounts(
            home, platform, names, options, ministry=ministry, terms=terms, address=address
        )
        if counts[0]:
            _messages.echo(f"Next: {command_line('build')}")
        _collecting.check_done(*counts)


@main.command()
@click.argument("name", default="")
@click.option(
    "--from", "source", default="", metavar="FOLDER", help="Folder, or mirror, that has the files under their names."
)
@click.pass_obj
def fetch(home, name, source):
    """Take a public data set into data/raw, by its hash; without NAME, list those there are."""
    from digidip import catalogue
    from digidip.cli import _collecting

    with exit_codes():
        if not name:
            _messages.data_sets(catalogue.DATA_SETS, catalogue.BY_HAND)
            return
        found, described, received = _collecting.fetch_set(home, name, source)
        _messages.fetched(found, described, received)
        _messages.echo(f"Next: {command_line('build')}")


@main.command("map")
@click.argument("file", metavar="FILE")
@click.option(
    "--table", default="posts", show_default=True, metavar="TABLE",
    help=f"Table that the file fills: {', '.join(MAPPED[:-1])} or {MAPPED[-1]}.",
)  # fmt: skip
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook in which several hold tables.")
@click.option("--out", metavar="MAP", help="Where to write the map; default: FILE.map.yml.")
@click.option("--force", is_flag=True, help="Write it though a reader knows the file, or a map is there already.")
def map_(file, table, sheet, out, force):
    """Propose a column map for an export that no reader knows; you edit it, `digidip add` reads the file by it."""
    from digidip import readers

    with exit_codes():
        readers.choose_sheet(file, sheet)
        known = readers.specific_matches(file)
        if known and not force:
            _messages.echo(
                f"{file}: reader {known[0][0]} knows it ({known[0][1]:.0%} of the columns). No map is needed: digidip add"
            )
            return
        readers.check_is_mappable(file)
        path = Path(out or f"{file}.map.yml")
        proposal = readers.proposal(file, table)
        if path.exists() and not force:
            raise ValueError(
                f"{path}: found a map already. Expected: a new file. Say --out NAME, or --force to lose that one."
            )
        path.write_text(proposal.text, encoding="utf-8", newline="\n")
        _messages.proposal(file, path, proposal)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="build.json on stdout.")
@click.option(
    "--write-accounts", is_flag=True,
    help="Write the accounts that are not in data/reference/accounts.csv into it, for you to complete.",
)  # fmt: skip
@click.option("--full", is_flag=True, help="Every step of the account of rows, also those that leave no row out.")
@click.pass_obj
def build(home, as_json, write_accounts, full):
    """Make data/processed from all deliveries, with an account of every row."""
    from digidip import store

    with exit_codes():
        facts = store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
        if write_accounts:
            number = store.write_accounts(home / "data" / "reference", facts["accounts_to_complete"])
            _messages.echo(
                f"{counted(number, 'accounts')} written into {home / 'data' / 'reference' / 'accounts.csv'}: complete office and what else is "
                "empty, delete whoever is not official, then build again",
                err=as_json,
            )
        if as_json:
            _messages.echo_json(facts)
        else:
            from digidip import studies

            _messages.build(home, facts, full)
            _messages.next_runs(studies.next_runs(home, notebooks_folder(home)))


@main.command()
@click.argument("name")
@click.option("-p", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebooks; repeatable.")
@click.option("--lang", type=click.Choice(translation.LANGUAGES), help="Language of pages and findings; default: en.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--workers", type=click.IntRange(1), help="Runs of a study at a time; default: one per processor.")
@click.option("--shard", metavar="K/N", help="Only every N-th run of a study from the K-th on; see --collect.")
@click.option("--keep-going/--stop", default=True, help="After a failed run go on (default), or start no further one.")
@click.option("--force", is_flag=True, help="Run what is unchanged too.")
@click.option("--dry-run", is_flag=True, help="Show the runs of a study and which are unchanged; run nothing.")
@click.option("--collect", is_flag=True, help="Run nothing; join what the shards of a study made into its report.")
@click.pass_obj
def run(home, name, given, lang, open_page, **options):
    """Run a notebook, or a study of notebooks/studies, on the sample or your own data; results go to reports/.

    NAME is a notebook or its number, a study, the path of your own .ipynb or .yml, or my-ministry: all notebooks that what you
    built can feed, in one report (-p ministry=, -p platform= choose among several).
    """
    from digidip import studies

    with exit_codes(), one_build(home / "data" / "processed"):
        path = _study_path(name, notebooks_folder(home))
        if path or name == studies.OWN_STUDY:
            books = notebooks_folder(home)
            plan = studies.plan(path, books, given) if path else studies.own_study(home, books, given)
            os.environ["DIGIDIP_LANG"] = lang or plan.lang or translation.language()
            done = _sweep(home, plan, **options)
        elif {key: value for key, value in options.items() if value} != {"keep_going": True}:
            raise ValueError(
                f"{name}: found options of a study for one notebook. Expected `-p`, `--lang` and `--open` alone."
            )
        else:
            os.environ["DIGIDIP_LANG"] = lang or translation.language()
            done = studies.run(studies.find(name, notebooks_folder(home)), given, home=home)
            _messages.run(done)
            done = done.page, 0
        if open_page and done[0]:
            webbrowser.open(done[0].as_uri())
        sys.exit(done[1])


@main.command("export")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--to", "format", type=click.Choice(["csv", "parquet", "xlsx", "dta", "sav"]), default="csv", show_default=True,
    help="CSV, Parquet, Excel, Stata or SPSS.",
)  # fmt: skip
@click.option("-o", "--out", default=".", metavar="DIR", help="Folder to write into; default: where you stand.")
@click.option("--data", default="processed", show_default=True, help="What you built, or the sample.")
@click.option("--ministry", default="", metavar="PER", help="Only of this sending state: PER, PE or Peru.")
@click.option("--platform", default="", metavar="NAME", help="Only of this platform.")
@click.option("--account", default="", metavar="ID", help="Only of this account: id, handle or name.")
@click.option("--start", default="", metavar="DATE", help="First day, in --zone.")
@click.option("--end", default="", metavar="DATE", help="Day before which it ends, in --zone.")
@click.option("--zone", default="UTC", show_default=True, help="IANA zone of --start and --end; files hold UTC.")
@click.option("-p", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of a measure; repeatable.")
@click.option("--columns", default="", metavar="A,B", help="Only these columns, by commas; default: all.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.pass_obj
def export_(home, names, format, out, given, columns, force, **selection):
    """Tables for other programs: a canonical table, a measure, or the facts of a run or study, with labels and units.

    NAME is a table (posts), a measure (posting_rate), or a name in reports/ (NOTEBOOK, NOTEBOOK/RUN, a study). What the terms of
    the data forbid is not written (docs/privacy.md#terms); docs/exporting.md tells how each format holds it.
    """
    from digidip import outputs

    with exit_codes(), one_build(home / "data" / "processed"):
        selection["ministry"] = deliveries.ministry_code(selection["ministry"])
        chosen = [column.strip() for column in columns.split(",") if column.strip()]
        done = outputs.export(names, format, out, home, outputs.Selection(**selection), given, chosen, replace=force)
        for output, written in done:
            _messages.exported(output, written)


@main.command()
@click.option("--person", metavar="NAME", default="", help="Name, handle or id as an export has it, or a pseudonym.")
@click.option(
    "--platform", metavar="NAME", default="", help="The platform of the person, where several have one so called."
)
@click.option("--delivery", "paths", multiple=True, metavar="PATH", help="A path as in MANIFEST.csv; repeatable.")
@click.option("--dry-run", is_flag=True, help="Count what would go; change nothing.")
@click.pass_obj
def forget(home, person, platform, paths, dry_run):
    """Take a person, or deliveries, out of exports, builds, reports and cache; a receipt that names nobody stays."""
    from digidip import store

    with exit_codes():
        if bool(person) == bool(paths) or (platform and not person):
            raise ValueError(
                "found neither or both of --person and --delivery. Expected one of them. Say whom or what."
            )
        if paths:
            paths = [path.removeprefix(f"{home / 'data' / 'raw'}{os.sep}") for path in paths]
            _messages.forgotten(store.forget_deliveries(home, paths, dry_run=dry_run), dry_run)
        else:
            _messages.forgotten(store.forget_person(home, person, platform=platform, dry_run=dry_run), dry_run)


@main.command()
@click.option("--before", metavar="DATE", default="", help="Forget what was collected before that day (UTC).")
@click.option("--older-than", metavar="AGE", default="", help="Or before an age: 90d, 6m, 2y.")
@click.option("--dry-run", is_flag=True, help="Count what would go; change nothing.")
@click.pass_obj
def purge(home, before, older_than, dry_run):
    """Forget all deliveries that were collected before a day: those without a time of collection stay, and are named."""
    from digidip import store

    with exit_codes():
        earlier, unknown = store.collected_before(home, _moment(before, older_than))
        for path in unknown:
            _messages.echo(
                f"{path}: nobody recorded when it was collected, so it stays. Do: {command_line('forget', '--delivery', path)}",
                err=True,
            )
        if not earlier:
            _messages.echo("Nothing was collected before that day; nothing changed.")
            return
        reason = f"purge of what was collected before {_moment(before, older_than):%Y-%m-%d}"
        _messages.forgotten(store.forget_deliveries(home, earlier, reason=reason, dry_run=dry_run), dry_run)


@main.command()
@click.argument("name", metavar="[NAME]", default="processed")
@click.option("--json", "as_json", is_flag=True, help="What was found, as JSON; the exit code says the same.")
@click.pass_obj
def verify(home, name, as_json):
    """Compute every hash again of your holding (processed), of a run or of a study: its files, and the exports it rests on.

    NAME is `processed` (the default), a name in reports/ (a study, NOTEBOOK, NOTEBOOK/RUN) or a path.
    """
    from digidip import studies

    with exit_codes():
        done = studies.verify(name, home)
        if as_json:
            _messages.echo_json(done._asdict())
            sys.exit(3 if done.wrong or done.erased else 0)
        for text in done.wrong:
            _messages.echo(text)
        for text in done.absent:
            _messages.echo(f"not on this machine: {text}")
        for text in done.erased:
            _messages.echo(text)
        if done.wrong:
            what = f"{counted(len(done.wrong), 'files')} not as on record, {done.checked} hashes computed"
            raise TableError(f"{name}: {what}. Expected: none. Restore what was changed, or build or run it again.")
        if done.erased:
            what = f"{counted(len(done.erased), 'files')} erased or replaced on purpose, all else as on record"
            raise TableError(
                f"{name}: {what}. Expected: a report of what is held. Do not restore them: run it again, on what is left; copies "
                "that were passed on still hold it."
            )
        _messages.echo(f"{name}: {done.checked} hashes computed again, all as recorded")


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
@click.pass_obj
def list_(home, as_json):
    """Notebooks with their parameters and meanings; studies; readers; measures with their units."""
    from digidip import measures, readers, studies

    with exit_codes():
        folder = notebooks_folder(home)
        books = {path.stem: studies.parameters(path) for path in studies.notebooks(folder)}
        plans = [studies.plan(path, folder) for path in studies.listed(folder / "studies")]
        summaries = readers.summaries()
        if as_json:
            known = {"readers": summaries, "measures": measures.units()}
            known["notebooks"] = {name: [each._asdict() for each in declared] for name, declared in books.items()}
            known["studies"] = {study.slug: {"title": study.title, "runs": len(study.jobs)} for study in plans}
            _messages.echo_json(known)
        else:
            _messages.catalogue(books, plans, summaries, measures.units())


@main.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="The table as JSON.")
@click.pass_obj
def claims(home, name, as_json):
    """Published figures beside what the runs in reports/ computed, with verdicts.

    NAME is a notebook, whose figures alone are shown.
    """
    from digidip import claims as figures
    from digidip import studies

    with exit_codes():
        study = studies.find(name, notebooks_folder(home)).stem if name else ""
        table = figures.verdicts_of_runs(home / "reports", study)
        old = [
            run
            for run in table["run"].unique()
            if run and studies.is_out_of_date(home / "reports" / run, notebooks_folder(home), home)
        ]
        table["run"] = table["run"].replace({run: f"{run} (out of date)" for run in old})
        if old:
            _messages.echo(
                f"{len(old)} of the runs are out of date: notebook, package or data have changed since. Run them again.",
                err=True,
            )
        if as_json:
            _messages.echo_json(table.to_dict("records"))
        else:
            _messages.claims(table)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The port that it listens on; default: the first free from 8888."
)
@click.option("--no-browser", is_flag=True, help="Open no browser; the address is printed.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED, metavar="[JUPYTERLAB-OPTION]...")
@click.pass_obj
def lab(home, port, no_browser, options):
    """JupyterLab on the notebooks; it ends with this command (Ctrl-C). Further options are JupyterLab's own."""
    import subprocess

    # Others who work on the machine can connect to ports of a kernel; to sockets in the user's own folder they cannot.
    private = ["--KernelManager.transport=ipc"] if os.name == "posix" else []
    given = [*private, *[f"--port={port}"] * bool(port), *["--no-browser"] * no_browser, *options]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        raise click.UsageError(
            "found: the user root. Expected: a user of your own, since whoever reaches JupyterLab may do all that its "
            "user may. In a container of your own say `digidip lab --allow-root`."
        )
    server = subprocess.Popen([sys.executable, "-m", "jupyterlab", f"--notebook-dir={notebooks_folder(home)}", *given])
    try:
        sys.exit(server.wait())
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()


@main.group("key")
def key_():
    """The secret key that pseudonyms are made with: where it lies, a new one, one for this home alone."""


@key_.command()
@click.option("--show", is_flag=True, help="Print the key itself; whoever reads it can test guesses of names.")
def export(show):
    """Tell where the key lies and how to keep a copy of it."""
    from digidip import clean

    with exit_codes():
        key, in_environment = clean.project_key(), "DIGIDIP_KEY" in os.environ
        place = "the environment variable DIGIDIP_KEY" if in_environment else clean.key_file()
        _messages.echo(f"Key {clean.key_id(key)} lies in {place}.")
        _messages.echo(
            "Keep a copy in a safe or a password store, apart from the data: without it, later builds have other pseudonyms."
        )
        _messages.echo(
            "To use the copy: put it back there (mode 600), or name it by DIGIDIP_KEY_FILE. Destroy all when the project ends."
        )
        if show:
            _messages.echo(key.decode("utf-8", "backslashreplace"))


@key_.command()
def rotate():
    """Put a new key in the place of the old one; all holdings made with that must be built again."""
    from digidip import clean

    with exit_codes():
        old, new, old_path = clean.rotate_key()
        _messages.echo(f"Key {new} takes the place of {old}, which lies in {old_path}.")
        _messages.echo(
            "No pseudonym stays as it was. Build the holding of every home that uses this key again, then run the studies again. "
            "Then delete the old key, if nothing made with it is to be compared any more."
        )


@key_.command("per-project")
@click.pass_obj
def per_project(home):
    """Make a key for this home alone, so that its pseudonyms cannot be joined with those of other projects."""
    from digidip import clean

    with exit_codes():
        path = clean.separate_key(home)
        _messages.echo(f"The key of {home} lies in {path}. Wherever you start digidip for it, say first:")
        _messages.echo(f"  export DIGIDIP_KEY_FILE={path}")


def _tell_overdue(home):
    """Remind of what a data statement says should be gone; a broken record is for others to tell."""
    from digidip import studies

    with suppress(OSError, ValueError, KeyError, TypeError):
        _messages.overdue(studies.overdue(home))


def _finish_forgetting(home):
    """Go on with a forgetting that was interrupted."""
    if not (home / "data" / ".forget").is_dir():
        return
    from digidip import store

    with exit_codes():
        receipt = store.finish(home)
        if receipt:
            _messages.echo(f"An interrupted forgetting is finished: {receipt['receipt']}", err=True)


def _day(option, text):
    """The instant (UTC) that an option names, as text; empty where it is not given."""
    try:
        return deliveries.in_utc(text)
    except ValueError:
        raise ValueError(
            f"{option} {text!r}: found no day. Expected one such as 2024-01-31, or a time with its offset."
        ) from None


def _moment(before, older_than):
    """The instant (UTC) that a date, or an age, means."""
    import pandas as pd

    age = re.fullmatch(r"([0-9]{1,5})([dmy])", older_than)
    if bool(before) == bool(older_than) or (older_than and not age):
        found = "both" if before and older_than else repr(older_than) if older_than else "neither"
        raise ValueError(f"found {found}. Expected one of them: --before 2024-01-31, or --older-than 90d, 6m, 2y.")
    if age:
        unit = {"d": "days", "m": "months", "y": "years"}[age[2]]
        return pd.Timestamp.now("UTC").normalize() - pd.DateOffset(**{unit: int(age[1])})
    return pd.Timestamp(deliveries.in_utc(before))


def _study_path(name, folder):
    """The .yml that a name means: a study of notebooks/studies, or a file of that ending anywhere; else nothing."""
    from digidip import studies

    known = {path.stem: path for path in studies.listed(folder / "studies")}
    path = known.get(name.removesuffix(".yml"), Path(name) if name.endswith(".yml") else None)
    if path and not path.is_file():
        raise ValueError(f"{path}: no such file. Expected a study: {', '.join(known)}, or the path of a .yml. Mend it.")
    return path


def _sweep(home, study, *, workers, shard, keep_going, force, dry_run, collect):
    """Run, list or collect a study; its page (or nothing) and the exit code."""
    from digidip import studies

    report, part = home / "reports" / study.slug, _shard(shard)
    wrong = {} if collect else studies.wrong_values(study, home)
    if dry_run:
        _messages.plan(study, studies.cached(study, report, home, study.jobs), wrong)
        return None, 3 if wrong else 0
    failed = 0
    if not collect:
        _messages.wrong_values(study, wrong)
        options = {"workers": workers, "shard": part, "force": force, "stop": not keep_going}
        done = studies.sweep(study, report, home=home, **options)
        _messages.sweep(study, done)
        failed = len(done.failed)
    if shard and not collect:
        _messages.echo(f"Shard {shard}. When all shards are done: {command_line('run', study.slug, '--collect')}")
        return None, int(failed > 0)
    missing = _messages.report(studies.collect(study, report, home), report)
    return report / "index.html", int(missing > 0)


def _shard(text):
    """(k, n) of a shard written k/n."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text or "1/1")
    part = tuple(map(int, found.groups())) if found else (0, 0)
    if not 1 <= part[0] <= part[1]:
        raise ValueError(f"--shard {text!r}: found no part of a whole. Expected K/N, such as 2/8. Say which part.")
    return part


def _end_in_order():
    """Have a closed terminal and a request to end remove what is private, as Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, lambda number, _frame: sys.exit(128 + number))


def _stop(message, code):
    _messages.echo(str(message), err=True)
    sys.exit(code)
