"""The command `digidip`: add, build, run, list, claims, lab. Results go to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 a run failed, 2 wrong use, 3 bad or missing data. What a user can mend is told in one message,
never as a traceback.
"""

import json
import sys
import webbrowser
from contextlib import contextmanager

import click

from digidip import __version__, deliveries
from digidip.tables import ReaderError, TableError

NOTEBOOKS = deliveries.REPOSITORY / "notebooks"


@contextmanager
def told():
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
        _stop(f"{where}: {error.strerror}. Expected: a place to read and write. Check its rights and the disk.", 3)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--home", metavar="DIR", help="Where data/ and reports/ live (or DIGIDIP_HOME); default: the repository.")
@click.pass_context
def main(context, home):
    """Research notebooks on how foreign ministries use social media, run on your own exports."""
    context.obj = deliveries.home(home)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--ministry", required=True, metavar="PER", help="Sending state of the accounts, ISO 3166-1 alpha-3.")
@click.option("--reader", metavar="NAME", help="Reader of the export; default: the one that fits the file.")
@click.option("--zone", default="", metavar="ZONE", help="IANA zone of times written without one.")
@click.option("--label", default="real", show_default=True, help="real, derived-public or synthetic.")
@click.option("--retrieved", default="", metavar="TIME", help="When the export was collected, with its offset.")
@click.option("--terms", default="", help="Terms under which the data may be used.")
@click.pass_obj
def add(home, files, ministry, reader, zone, label, retrieved, terms):
    """Take exports into data/raw and declare them in its MANIFEST.csv, all or none."""
    from digidip import store

    with told():
        given = {"ministry": ministry, "reader": reader, "zone": zone, "label": label}
        found = [deliveries.describe(file, **given, retrieved_at=retrieved, terms=terms) for file in files]
        for file, delivery in zip(files, found, strict=True):
            _say_steps(file, delivery, store.rehearse(file, delivery))
        fresh = deliveries.receive(home / "data" / "raw", files, found)
        click.echo(f"{len(fresh)} added, {len(found) - len(fresh)} held already. Next: digidip build")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="build.json on stdout.")
@click.pass_obj
def build(home, as_json):
    """Make data/processed from all deliveries, with an account of every row."""
    from digidip import store

    with told():
        facts = store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
        if as_json:
            click.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        else:
            _say_build(home, facts)


@main.command()
@click.argument("name")
@click.option("-p", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the notebook; repeatable.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.pass_obj
def run(home, name, given, open_page):
    """Run one notebook on the sample or on your own data; results go to reports/."""
    from digidip import report, studies

    with told():
        done = studies.run(studies.find(name, NOTEBOOKS), given, home=home, page=report.page)
        _say_run(done)
        if open_page:
            webbrowser.open(done.page.as_uri())


@main.command("list")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON.")
def list_(as_json):
    """Notebooks with their parameters and meanings; readers; measures with their units."""
    from digidip import measures, readers, studies

    with told():
        books = {path.stem: studies.parameters(path) for path in studies.notebooks(NOTEBOOKS)}
        summaries = {name: readers.reader(name).__doc__.strip().splitlines()[0] for name in readers.READERS}
        if as_json:
            parameters = {name: [parameter._asdict() for parameter in declared] for name, declared in books.items()}
            click.echo(
                json.dumps({"notebooks": parameters, "readers": summaries, "measures": measures.UNITS}, indent=1)
            )
        else:
            _say_list(books, summaries, measures.UNITS)


@main.command()
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="The table as JSON.")
@click.pass_obj
def claims(home, name, as_json):
    """Published figures beside what the runs in reports/ computed, with verdicts."""
    from digidip import claims as figures
    from digidip import studies

    with told():
        study = studies.find(name, NOTEBOOKS).stem if name else ""
        table = figures.reported(home / "reports", study)
        click.echo(table.to_json(orient="records", indent=1) if as_json else table.to_string(index=False))


@main.command()
@click.pass_obj
def lab(home):
    """JupyterLab on the notebooks."""
    import os
    import subprocess

    command = [sys.executable, "-m", "jupyterlab", f"--notebook-dir={NOTEBOOKS}"]
    sys.exit(subprocess.call(command, env={**os.environ, "DIGIDIP_HOME": str(home)}))


def _stop(message, code):
    click.echo(str(message), err=True)
    sys.exit(code)


def _say_steps(file, delivery, steps):
    read = [step for step in steps if step.step == "deduplicate"]
    rows = ", ".join(f"{step.rows_out:,} {step.table}" for step in read) or "no records"
    lost = sum(step.rows_in - step.rows_out for step in steps)
    click.echo(
        f"{file}: reader {delivery.reader}, {rows}{f', {lost:,} rows set aside (digidip build tells)' * bool(lost)}"
    )


def _say_build(home, facts):
    import pandas as pd

    account = pd.DataFrame(facts["account_of_rows"])
    click.echo("Account of rows\n" + account.to_string(index=False))
    for note in facts["notes"]:
        click.echo(f"Note: {note}")
    fresh = pd.DataFrame(facts["accounts_to_complete"])
    if len(fresh):
        where = home / "data" / "reference" / "accounts.csv"
        click.echo(f"Accounts not in accounts.csv, taken from the exports; complete them in {where}:")
        click.echo(fresh.fillna("").to_string(index=False))
    rows = ", ".join(f"{count:,} {name}" for name, count in facts["rows"].items() if count)
    click.echo(f"Build {facts['build']}: {rows}; {facts['rejects']} rejects in data/processed/rejects.csv")


def _say_run(done):
    import pandas as pd

    verdicts = pd.DataFrame(done.facts["verdicts"])
    if len(verdicts):
        shown = verdicts[["id", "figure", "published", "computed", "n", "label", "verdict"]]
        number = "{:,.6g}".format
        click.echo("Published and computed\n" + shown.to_string(index=False, na_rep="-", float_format=number))
    click.echo(
        f"Data: {done.facts['label'] or 'none'}. {len(done.facts['facts'])} facts in {done.folder / 'facts.json'}"
    )
    click.echo(f"Notebook: {done.notebook}\nPage:     {done.page}")


def _say_list(books, readers, units):
    for name, declared in books.items():
        click.echo(f"{name}")
        for parameter in declared:
            choices = f"; one of: {', '.join(map(str, parameter.choices))}" if parameter.choices else ""
            click.echo(f"  {parameter.name}: {parameter.kind} = {parameter.default!r}  {parameter.meaning}{choices}")
    click.echo("readers\n" + "\n".join(f"  {name}: {summary}" for name, summary in readers.items()))
    click.echo("measures\n" + "\n".join(f"  {name}: {unit}" for name, unit in units.items()))
