"""`Tables`: the canonical tables of one selection, what was selected, and how it shows itself."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from html import escape

import ibis
from ibis import _
from pandas import isna

from digidip.engine import count, engine
from digidip.store._reads import digest
from digidip.tables import LABELS, SCHEMA, counted

# What a study may be about: the word for rows of the table, and the column that says when each was.
SUBJECTS = {
    "posts": ("posts", "posted_at"),
    "follows": ("ties", "observed_at"),
    "missions": ("missions", "observed_at"),
    "metrics": ("observations", "observed_at"),
    "attention": ("counts of attention", "begins_at"),
    "accounts": ("official accounts", "from_on"),
}
SHOWN_ACCOUNTS, SHOWN_POOLED = 12, 5  # names in a list, and in a sentence


@dataclass(frozen=True)
class Tables:
    """The canonical tables of one selection (Ibis tables), and what was selected.

    At the end of a cell it shows the selection, the rows of each table and the accounts. A table is an Ibis expression:
    `.to_pandas()` fetches its rows.
    """

    accounts: ibis.Table
    posts: ibis.Table
    comments: ibis.Table
    entities: ibis.Table
    follows: ibis.Table
    metrics: ibis.Table
    missions: ibis.Table
    exchanges: ibis.Table
    attention: ibis.Table
    events: ibis.Table
    registry: ibis.Table  # all accounts of the holding, selected or not
    label: str
    ministry: str
    platform: str
    account: str
    start: str
    end: str
    zone: str
    of: str
    n: int

    def __repr__(self):
        width = max(map(len, SCHEMA))
        lines = [f"  {name:{width}}  {rows:>12,}" for name, rows in self.rows.items()]
        return "\n".join([f"Tables · {self.caption}", *lines, f"accounts: {self._account_names}"])

    def _repr_html_(self):
        rows = [
            f'<tr><th scope="row">{name}</th><td style="text-align: right">{rows:,}</td></tr>'
            for name, rows in self.rows.items()
        ]
        return (
            f"<table><caption>{escape(self.caption)}</caption>"
            '<thead><tr><th scope="col">table</th><th scope="col">rows</th></tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table><p>Accounts: {escape(self._account_names)}</p>"
        )

    @cached_property
    def rows(self):
        """The number of rows of each table, as a dict."""
        counts = [
            getattr(self, name).aggregate(rows=_.count()).select("rows", name=ibis.literal(name)) for name in SCHEMA
        ]
        found = ibis.union(*counts).to_pandas().set_index("name")["rows"]
        return {name: int(found[name]) for name in SCHEMA}

    @cached_property
    def _account_names(self):
        """Handles (else names, else ids) of the accounts in one line, with the platform where there are several."""
        known = self.accounts.select("platform", name=ibis.coalesce(_.handle, _.name, _.account_id))
        known = known.order_by("platform", "name").to_pandas()
        several = known["platform"].nunique() > 1
        names = [f"{row.name} ({row.platform})" if several else row.name for row in known.itertuples(index=False)]
        more = len(names) - SHOWN_ACCOUNTS
        return ", ".join(names[:SHOWN_ACCOUNTS]) + (f" and {more:,} more" if more > 0 else "") or "none"

    @property
    def pooled(self):
        """The accounts whose posts are put together, to begin a sentence with; empty where there is one alone, or none."""
        known = self.accounts.semi_join(self.posts, ["platform", "account_id"])
        names = sorted(known.select(name=ibis.coalesce(_.handle, _.account_id)).to_pandas()["name"])
        more = len(names) - SHOWN_POOLED
        listed = ", ".join(names[:SHOWN_POOLED]) + (f" and {more:,} more" if more > 0 else "")
        return f"{len(names):,} accounts together ({listed}): " if len(names) > 1 else ""

    @cached_property
    def hash(self):
        """The hash of the selected rows, 16 hexadecimal digits: it changes when any of them does, and only then."""
        return content_hash({name: getattr(self, name) for name in SCHEMA})

    @property
    def caption(self):
        """One line for under a figure: label, selection, window with its zone, number of rows of the table it is about."""
        chosen = [self.label, self.ministry, self.platform, self.account]
        window = f"{self.start or 'first'} to {self.end or 'last'} ({self.zone})"
        return " · ".join([part for part in chosen if part] + [window, f"n = {counted(self.n, SUBJECTS[self.of][0])}"])

    @property
    def window(self):
        """`start` and `end` as measures take them: where a side is open, the first or last local day with a post held."""
        span = self.posts.aggregate(start=_.posted_at.min(), end=_.posted_at.max()).to_pandas().iloc[0]
        first, last = (span[side].tz_convert(self.zone).date() for side in ("start", "end"))
        return {"start": self.start or str(first), "end": self.end or str(last + timedelta(days=1))}

    @property
    def observed(self):
        """First day and day after the last on which the rows that a selection is about were seen, UTC; empty if none."""
        first, last = self._first_and_last()
        return ("", "") if isna(first) else (str(first.date()), str(last.date() + timedelta(days=1)))

    @property
    def provenance(self):
        """One line for the notebook: rows, accounts, first and last moment, hash of the data, label."""
        if self.of != "posts":
            return self._observed()
        span = self.posts.aggregate(accounts=_.account_id.nunique(), first=_.posted_at.min(), last=_.posted_at.max())
        row = span.to_pandas().iloc[0]
        comments = count(self.comments)
        first, last = (f"{moment:%Y-%m-%d %H:%M}" for moment in (row["first"], row["last"]))
        return (
            f"{counted(self.n, 'posts')} by {counted(row.accounts, 'accounts')}, {counted(comments, 'comments')} held; "
            f"posted {first} to {last} UTC; data {self.hash}; {self.caption}"
        )

    def _observed(self):
        """The provenance of a table without posts: its rows, the accounts chosen, when it was observed."""
        first, last = ("unknown" if isna(each) else f"{each:%Y-%m-%d}" for each in self._first_and_last())
        of = [] if self.of == "accounts" else [counted(count(self.accounts), "accounts")]
        rows, word = ", ".join([counted(self.n, SUBJECTS[self.of][0]), *of]), "observed" if of else "opened"
        return f"{rows}; {word} {first} to {last} UTC; data {self.hash}; {self.caption}"

    def _first_and_last(self):
        """The first and last moment at which the rows that a selection is about were seen."""
        moments = getattr(self, self.of)[SUBJECTS[self.of][1]].name("at").as_table()
        return moments.aggregate(first=_.at.min(), last=_.at.max()).to_pandas().iloc[0]


def combine(one, other):
    """The rows of both selections, each once, so that two ministries can be compared.

    The label is the weaker one, the window that of the first.

    >>> from digidip.store import load
    >>> window = {"platform": "facebook", "start": "2016-01-01", "end": "2016-02-01"}
    >>> both = combine(load("sample", "USA", **window), load("sample", "PER", **window))
    >>> both.ministry, both.label
    ('USA beside PER', 'synthetic')
    """
    tables = {name: getattr(one, name).union(getattr(other, name), distinct=True) for name in SCHEMA}
    changed = {"label": max(one.label, other.label, key=LABELS.index), "n": count(tables[one.of])}
    return replace(one, **tables, ministry=f"{one.ministry or 'all'} beside {other.ministry or 'all'}", **changed)


def content_hash(tables):
    """The hash of canonical tables (name → Ibis table): the same for the same rows in any order, from any export.

    Returns 16 hexadecimal digits of a SHA-256. Where a row was read from (`export`, `export_row`) is left out.
    """
    rows = " UNION ALL ".join(_row_hashes(name, table) for name, table in tables.items())
    query = f"SELECT name, string_agg(hash, '' ORDER BY hash) FROM ({rows}) GROUP BY name"
    return digest(dict(engine().raw_sql(query).fetchall()))


def _row_hashes(name, table):
    """SQL of one row per row: the name of the table and the MD5 of its cells.

    SQL and not an expression: of the 150 columns of a selection, Ibis takes longer to compile one than to hash the rows.
    """
    cells = ", ".join(
        f'coalesce(CAST("{column}" AS text), chr(0))' for column in table.columns if not column.startswith("export")
    )
    return f"SELECT '{name}' AS name, md5(concat_ws(chr(31), {cells})) AS hash FROM ({engine().compile(table)})"
