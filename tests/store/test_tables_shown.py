"""What a selection shows at the end of a cell, and its parameters in whatever type they come."""

from html.parser import HTMLParser

import numpy as np
import pytest
from conftest import GETPAGE

from digidip import store
from digidip.store import _load
from digidip.tables import SCHEMA, TableError

JANUARY = {"platform": "facebook", "start": "2016-01-01", "end": "2016-02-01", "zone": "America/New_York"}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs).get("scope")))

    def handle_data(self, data):
        self.text.append(data)


def test_it_shows_selection_rows_and_accounts():
    """Label, selection, window with its zone, rows of each table and accounts; not the expressions behind them."""
    shown = repr(store.load("sample", "USA", account="SampleStateSteady", **JANUARY))
    assert shown.splitlines()[0] == (
        "Tables · synthetic · USA · facebook · SampleStateSteady · 2016-01-01 to 2016-02-01 (America/New_York) · n = 146 posts"
    )
    assert [line.split() for line in shown.splitlines()[1:4]] == [
        ["accounts", "1"],
        ["posts", "146"],
        ["comments", "9,484"],
    ]
    assert shown.splitlines()[-1] == "accounts: SampleStateSteady" and len(shown.splitlines()) == len(SCHEMA) + 2


def test_many_accounts_are_cut_short():
    """Of many accounts a dozen is shown, with their platforms where there are several, and how many more there are."""
    held = store.load("sample")
    last, accounts = repr(held).splitlines()[-1], held.accounts.count().execute()
    assert last.count("(bluesky)") == 12 and last.endswith(f" and {accounts - 12} more") and accounts > 500


def test_as_html_it_has_a_caption_and_headers(deliver, build, register):
    """A table with caption and scopes; what an export or a person wrote is escaped."""
    register({"platform": "facebook", "account_id": "7", "handle": "<b>&amp;", "ministry": "PER", "office": "ministry"})
    deliver("a.csv", GETPAGE)
    held = build()[1]
    page = Elements(held._repr_html_())
    tags = [tag for tag, _scope in page.elements]
    assert tags.count("caption") == 1 and "b" not in tags and "Accounts: <b>&amp;" in page.text
    assert page.elements.count(("th", "row")) == len(SCHEMA) and page.elements.count(("th", "col")) == 2
    assert held.caption in page.text and held.rows["posts"] == 2 and held.rows["comments"] == 0


def test_pooled_accounts_are_named():
    """Several accounts with posts by handle, five at most and how many more; one alone is nothing to say."""
    assert (
        store.load("sample", "BRB", "facebook").pooled
        == "2 accounts together (SampleEmbBarbadosBrussels, SampleMfaBarbados): "
    )
    assert store.load("sample", "ZAF", "linkedin").pooled.endswith(" and 13 more): ")
    assert store.load("sample", "PER", "facebook", "SampleCancilleria").pooled == ""


@pytest.mark.parametrize("of", ["posts", "follows", "missions"])
def test_a_selection_from_many_rows_is_the_same(of, monkeypatch):
    """Computed at once, or when it is asked for, a selection has the same rows."""
    at_once = store.load("sample", "PER", "x", of=of)
    monkeypatch.setattr(_load, "FEW_ROWS", -1)
    later = store.load("sample", "PER", "x", of=of)
    assert (later.rows, later.hash, later.provenance) == (at_once.rows, at_once.hash, at_once.provenance)


@pytest.mark.parametrize(
    ("account", "meant"),
    [
        (150000000000003, "150000000000003"),
        (np.int64(150000000000003), "150000000000003"),
        (["SampleStateSteady", 150000000000003], "SampleStateSteady,150000000000003"),
        ("Sample State Department (steady crowd)", "SampleStateSteady"),
        ((), ""),
        (None, ""),
    ],
)
def test_an_account_may_be_a_number_or_a_list(account, meant):
    """papermill's -p makes a number of an id; it is the id it spells."""
    given, expected = (store.load("sample", account=each, **JANUARY) for each in (account, meant))
    assert (given.n, given.hash) == (expected.n, expected.hash)
    assert given.account == (account if isinstance(account, str) else meant)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("account", 1.5, "float"),
        ("account", True, "bool"),
        ("account", [True], "bool"),
        ("ministry", False, "bool"),  # NO in YAML
        ("platform", 5, "int"),
        ("start", 2016, "int"),
        ("end", 2016.5, "float"),
        ("zone", 0, "int"),
        ("of", ["posts"], "list"),
    ],
)
def test_a_parameter_that_is_no_text_is_refused(name, value, kind, refused):
    """One message says which, of what type, and how papermill takes text as it is."""
    message = refused(TableError, lambda: store.load("sample", **{name: value}))
    assert message.startswith(f"{name}: found ") and f"({kind})" in message and f"-r {name} " in message
