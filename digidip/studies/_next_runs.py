"""What can be run on a holding: a ready command for each ministry and platform in it, what the notebooks lack, one study of all.

What a notebook needs stands in its metadata, {"digidip": {"needs": ["posts", "comments"]}}: canonical or reference tables
without which it has nothing to say; of a list among them, ["attention", "posts"], one is enough.
"""

import shlex
from typing import NamedTuple

import pandas as pd

from digidip import deliveries, store
from digidip.studies._notebooks import notebooks, read_notebook
from digidip.studies._plan import plan_content
from digidip.tables import SCHEMA, TableError, command_line

# How each table comes into a holding, for who lacks it.
SOURCES = {
    "accounts": "a list of official accounts, in data/reference/accounts.csv or through digidip map FILE --table accounts",
    "posts": "any export of posts, or digidip collect",
    "comments": "exports of comments or replies, such as those of graph_api, twitter_v2, youtube_api, or digidip collect --replies",
    "follows": "lists of followers, digidip collect --followers, or networks as edge lists, GEXF, GraphML, GDF",
    "missions": "a registry of missions, such as digidip fetch embassies-2022",
    "metrics": "profiles with counts of followers, such as those of minet_users",
    "attention": "series of attention, such as those of google_trends or gdelt_timeline, or digidip map",
    "events": "a list of dated events, in data/reference/events.csv or through digidip map FILE --table events",
    **{
        name: f"your own data/reference/{name}.csv, {rows} (its columns: README of the repository's data/reference)"
        for name, rows in {
            "codings": "what coders chose, one row per item, variable and coder",
            "costs": "what was paid or worked, one row per amount",
            "practices": "what a ministry does, as somebody says, one row per practice",
            "documents": "texts of strategy, one row per text",
            "goals": "goals with their indicators, one row per goal",
        }.items()
    },
}
WITHOUT_POSTS = {"data": "processed", "ministry": "", "start": "", "end": "", "zone": "UTC"}
OWN_STUDY = "my-ministry"


class NextRuns(NamedTuple):
    """What a holding allows: parameters of runs, notebooks that it can feed, {table: notebooks that lack it}; and those
    of the parameters whose zone no delivery states, so that it is UTC for want of one.
    """

    parameters: list
    ready: list
    lacking: dict
    without_zone: list


def next_runs(home, folder):
    """What can be run on the current build of a home; a NextRuns.

    home: the folder with `data/`; folder: that of the notebooks.
    """
    build = store.current(home / "data" / "processed")
    facts = store.facts_of(build)
    needs, ready, lacking = _needs(folder), [], {}
    rows = _with_references(facts["rows"], needs, "processed", home)
    for need in needs:
        lacks = need.missing(rows)
        if not lacks:
            ready.append(need.notebook)
        for table in lacks:
            lacking.setdefault(table, []).append(need.notebook.split("-")[0])
    parameters = _parameters(facts, build) if facts["rows"].get("posts") else []
    stated = {(each["ministry"], each["platform"]) for each in facts["deliveries"] if each["zone"]}
    without_zone = [each for each in parameters if (each["ministry"], each["platform"]) not in stated]
    return NextRuns(parameters, ready, lacking, without_zone)


def notebook_needs(tables, data, folder=deliveries.REPOSITORY / "notebooks", home=None):
    """What each notebook needs, what of it a selection holds, and how to get the rest: one row per notebook.

    tables: a selection (`store.load`); data: `sample` or `processed`, for the reference tables beside it.
    folder: that of the notebooks. Returns a pandas table of texts: notebook, needs, held, missing, how to get it.
    """
    needs = _needs(folder)
    rows = _with_references(tables.rows, needs, data, home)
    table = [
        {
            "notebook": need.notebook,
            "needs": ", ".join(" or ".join(names) for names in need.tables),
            "held": ", ".join(f"{rows[name]:,} {name}" for names in need.tables for name in names if rows.get(name))
            or "nothing",
            "missing": ", ".join(need.missing(rows)) or "nothing",
            "how to get it": "; ".join(SOURCES[name] for name in need.missing(rows)),
        }
        for need in needs
    ]
    return pd.DataFrame(table, columns=["notebook", "needs", "held", "missing", "how to get it"])


def own_study(home, folder, given=()):
    """The study of a ministry found in the current build: every notebook that its rows can feed, as a Study named my-ministry.

    given: texts "name=value"; ministry and platform choose among those held, by default those with most posts; the others
    stand above what the build says, such as start and end. ValueError names what is held, TableError what is missing where that
    feeds no notebook.
    """
    found = next_runs(home, folder)
    pairs = dict(item.partition("=")[::2] for item in given)
    choice = {name: pairs.pop(name) for name in ("ministry", "platform") if name in pairs}
    held = found.parameters or [WITHOUT_POSTS]
    chosen = [each for each in held if choice.items() <= each.items()]
    if not chosen:
        names = "; ".join(f"{each['ministry'] or 'no ministry'} on {each.get('platform', 'any')}" for each in held)
        raise ValueError(f"{OWN_STUDY}: found {choice}, of which no post is held. Expected one of: {names}.")
    parameters = chosen[0]
    ready = _ready_for(parameters, home, folder) if found.ready else []
    if not ready:
        raise TableError(
            f"{OWN_STUDY}: what is held of {parameters['ministry'] or 'any ministry'} feeds no notebook. Expected: the tables "
            f"that one needs, such as {next(iter(found.lacking))}: {SOURCES[next(iter(found.lacking))]}. Do: digidip add, build."
        )
    whose = " on ".join(filter(None, [parameters["ministry"] or "what is held", parameters.get("platform")]))
    content = {
        "title": f"What the exports held say: {whose}",
        "question": "What can be said of each question, from what is held?",
        "description": f"Every notebook that the holding can feed, with its own defaults beside {shlex.join(f'{k}={v}' for k, v in parameters.items())}.",
        "notebooks": ready,
        "parameters": parameters,
    }
    name = "-".join(
        [OWN_STUDY, *(choice[each] for each in sorted(choice))]
    )  # a ministry chosen has a report of its own
    return plan_content(name, content, folder, given=[f"{name}={value}" for name, value in pairs.items()])


def _ready_for(parameters, home, folder):
    """The notebooks that the rows of one ministry and platform can feed."""
    everything = ", ".join(store.SUBJECTS)
    tables = store.load("processed", parameters["ministry"], parameters.get("platform", ""), of=everything, home=home)
    needs = _needs(folder)
    rows = _with_references(tables.rows, needs, "processed", home)
    return [need.notebook for need in needs if not need.missing(rows)]


class _Need(NamedTuple):
    """What one notebook needs: its name, and tables, of each group one."""

    notebook: str
    tables: list

    def missing(self, rows):
        """The tables, the first of each group, of which there is no row."""
        return [names[0] for names in self.tables if not any(map(rows.get, names))]


def _needs(folder):
    """The needs of each notebook that states them."""
    about = {path.stem: read_notebook(path)["metadata"].get("digidip", {}) for path in notebooks(folder)}
    return [
        _Need(name, [[need] if isinstance(need, str) else need for need in each["needs"]])
        for name, each in about.items()
        if "needs" in each
    ]


def _with_references(rows, needs, data, home):
    """Rows of canonical tables, and of the reference tables that notebooks need."""
    named = {name for need in needs for names in need.tables for name in names} - set(SCHEMA)
    return rows | {name: len(store.reference(name, data, home)) for name in sorted(named)}


def _parameters(facts, build):
    """The parameters for each ministry and platform, most posts first: its whole time, in the zone that its files state."""
    posts = pd.read_parquet(build / "posts", columns=["ministry", "platform", "posted_at"])
    spans = posts.groupby(["ministry", "platform"], dropna=False)["posted_at"].agg(["size", "min", "max"]).reset_index()
    found = []
    for row in spans.sort_values("size", ascending=False).itertuples():
        named = [each["zone"] for each in facts["deliveries"] if (each["ministry"], each["platform"]) == row[1:3]]
        zone = next(filter(None, named), "UTC")
        first, last = (pd.Timestamp(each).tz_convert(zone).normalize() for each in (row.min, row.max))
        window = {"start": f"{first:%Y-%m-%d}", "end": f"{last + pd.DateOffset(days=1):%Y-%m-%d}", "zone": zone}
        ministry = "" if pd.isna(row.ministry) else row.ministry
        found.append({"data": "processed", "ministry": ministry, "platform": row.platform, "account": "", **window})
    return found


def command_of(notebook, parameters):
    """The command that runs a notebook with these parameters.

    >>> command_of("10-comment-analysis", {"data": "processed", "account": ""})
    'digidip run 10-comment-analysis -p data=processed -p account='
    """
    words = [word for name, value in parameters.items() for word in ("-p", f"{name}={value}")]
    return command_line("run", notebook, *words)
