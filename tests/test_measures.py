"""The six laws of every measure, in one loop over the catalogue."""

import inspect
import re
from itertools import product

import ibis
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from digidip.measures import UNITS, measure
from digidip.networks import tie_network
from digidip.tables import TableError

INNER = {
    "posts_per_day": ["day"],
    "comments_per_post": ["statistic"],
    "comment_exceedance": ["comments"],
    "comment_lorenz": ["post_share"],
    "comments_per_day": ["day"],
    "comment_rate_ratio": ["term", "level"],
    "official_answer_share": ["per"],
    "reciprocity": ["statistic"],
    "connectedness": ["statistic"],
    "centralisation": ["statistic"],
    "centrality": ["node", "statistic"],
    "core_periphery": ["node"],
    "headquarters_dependence": ["statistic"],
    "headquarters_removal": ["order", "removed"],
    "registry_coverage": ["by", "group"],
    "community": ["node"],
    "excess_structure": ["statistic"],
    "mixing_matrix": ["attribute", "sender_group", "receiver_group"],
    "assortativity": ["attribute"],
    "ei_index": ["attribute", "group"],
    "qap_correlation": ["term"],
    "mrqap": ["term"],
}
AFTER = {
    "uncommented_share": ["method"],
    "share_above": ["method"],
    "comment_exceedance": ["method"],
    "comment_dispersion": ["p", "method"],
    "comment_rate_ratio": ["method"],
    "official_answer_share": ["method"],
    "official_answer_count": ["method"],
    "density": ["accounts", "isolates", "ties", "self_loops", "outside"],
    "reciprocity": ["method"],
    "centralisation": ["method"],
    "centrality": ["method"],
    "core_periphery": ["core_number", "fit", "method"],
    "headquarters_dependence": ["method"],
    "headquarters_removal": ["account"],
    "registry_coverage": ["method", "unplaced"],
    "modularity": ["communities", "agreement", "method"],
    "community": ["stability"],
    "excess_structure": ["observed", "expected", "expected_low", "expected_high", "p", "method"],
    "mixing_matrix": ["expected"],
    "assortativity": ["unknown", "method"],
    "ei_index": ["expected", "unknown"],
    "qap_correlation": ["p", "p_greater", "p_less", "method"],
    "mrqap": ["statistic", "p", "p_greater", "p_less", "method"],
}
DYADS = {"outcome": "comment_count", "terms": ["embassy", "distance"], "permutations": 199}
WINDOW = {"start": "2016-01-01", "end": "2016-02-01"}
ALL = pytest.mark.parametrize("name", UNITS)


def is_of_networks(name):
    """Whether a measure takes a graph: the harness then makes one of follows, accounts and missions."""
    return "graph" in inspect.signature(measure(name)).parameters


def holding(name):
    """What a measure is made from: follows, accounts and missions, or posts and comments."""
    return ties() if is_of_networks(name) else published()


def ties():
    """A ministry and its accounts in three states, some followed, two of its embassies without an account."""
    rng = np.random.default_rng(2)
    ids = [f"a{number:02}" for number in range(24)]
    accounts = pd.DataFrame(
        {
            "platform": "x",
            "account_id": ids,
            "ministry": "PER",
            "office": ["ministry"] + ["consulate"] * 23,
            "receiving": [None, *rng.choice(["FRA", "JPN", "KEN"], 23)],
            "city": [None, *(f"City {number}" for number in range(23))],
        }
    )
    pairs = pd.DataFrame({"source_id": rng.choice(ids[:20], 150), "target_id": rng.choice(ids[:20], 150)})
    follows = pairs.drop_duplicates().assign(
        platform="x", tie="follow", weight=lambda f: rng.integers(1, 5, len(f)) / 4, observed_at="2016-01-01"
    )
    missions = accounts.iloc[1:].assign(
        mission_id=lambda f: f.account_id, sender="Peru", observed_at=pd.Timestamp("2016-01-01", tz="UTC")
    )
    missions["city"] = missions.city.replace({"City 3": "Elsewhere", "City 21": "Nowhere"})
    return follows.reset_index(drop=True), accounts, missions.reset_index(drop=True)


def published():
    """Two ministries with comments (one steady, one stormy) and a third, NIL, about which nothing is known.

    The rows of posts are dyads too, for the measures that read these: 60 of the 72 ordered pairs of nine nodes a ministry.
    """
    rng = np.random.default_rng(1)
    counts = np.append(rng.negative_binomial(5, 0.1, 60), rng.negative_binomial(0.1, 0.002, 60)).tolist()
    posts = pd.DataFrame(
        {
            "platform": "facebook",
            "post_id": [str(i) for i in range(124)],
            "account_id": ["us"] * 60 + ["pe"] * 60 + ["ni"] * 4,
            "ministry": ["USA"] * 60 + ["PER"] * 60 + ["NIL"] * 4,
            "posted_at": pd.Timestamp("2016-01-01T01:00Z") + pd.to_timedelta(rng.integers(0, 31 * 24, 124), unit="h"),
            "medium": rng.choice(["photo", "video", "link"], 124),
            "comment_count": pd.array([*counts, None, None, None, None], dtype="Int64"),
        }
    )
    posts.loc[posts.ministry == "NIL", "posted_at"] = pd.Timestamp("2015-06-01T00:00Z")
    pairs = [pair for pair in product("abcdefghi", repeat=2) if pair[0] != pair[1]][:60]
    posts[["sender", "receiver"]] = [*pairs, *pairs, *pairs[:4]]
    posts["embassy"], posts["distance"] = rng.integers(0, 2, 124), rng.normal(size=124)
    under = posts.iloc[:120].sample(300, replace=True, random_state=1)
    comments = under[["platform", "post_id", "account_id"]].assign(
        comment_id=[f"c{i}" for i in range(300)],
        parent_id=[f"c{i - 1}" if i % 3 == 2 else None for i in range(300)],
        is_official=[i % 6 == 5 for i in range(300)],
    )
    return posts, comments.reset_index(drop=True)


def run(name, *tables, **given):
    """The measure with what it needs, and few draws; of networks, of the graph that the tables make."""
    wanted = inspect.signature(measure(name)).parameters
    given |= {"draws": 19 if is_of_networks(name) else 199} if "draws" in wanted else {}
    given |= {"attribute": "receiving"} if "attribute" in wanted else {}
    given |= WINDOW if "start" in wanted else {}
    if is_of_networks(name):
        return measure(name)(tie_network(*tables), **given)
    if "dyads" in wanted:
        return measure(name)(tables[0], **{"by": "ministry"} | DYADS | given)
    return measure(name)(*(tables if "comments" in wanted else tables[:1]), **given)


@ALL
def test_empty_in_gives_empty_out(name):
    """No posts, no accounts: no rows, but the promised columns."""
    tables = holding(name)
    table = run(name, *(frame.iloc[:0] for frame in tables))
    assert table.empty
    assert list(table) == list(run(name, *tables))


@ALL
def test_row_order_does_not_matter(name):
    """Shuffled tables give the same table to the last digit."""
    tables = holding(name)
    shuffled = [frame.sample(frac=1, random_state=seed) for seed, frame in enumerate(tables, start=2)]
    assert_frame_equal(run(name, *shuffled), run(name, *tables), check_exact=True)


@ALL
@pytest.mark.parametrize("by", ["ministry", ["ministry", "medium"]])
def test_columns_are_as_promised(name, by):
    """Group columns (a network is one group), inner keys, the measure, n, low, high and what follows; sorted by group."""
    groups = [] if is_of_networks(name) else [by] if isinstance(by, str) else by
    table = run(name, *holding(name), **({"by": by} if groups else {}))
    assert list(table) == [*groups, *INNER.get(name, []), name, "n", "low", "high", *AFTER.get(name, [])]
    if groups:
        assert_frame_equal(table[groups], table[groups].sort_values(groups, kind="stable"))
    assert table.dtypes[["n", "low", "high"]].tolist() == ["int64", "float64", "float64"]


@ALL
def test_input_is_unchanged(name):
    """The frames given are the frames kept, and so is the graph."""
    tables = holding(name)
    before = [frame.copy(deep=True) for frame in tables]
    run(name, *tables)
    for frame, kept in zip(tables, before, strict=True):
        assert_frame_equal(frame, kept)
    if is_of_networks(name):
        graph = tie_network(*tables)
        kept = graph.copy()
        measure(name)(graph)
        assert graph.graph == kept.graph
        assert list(graph.nodes(data=True)) == list(kept.nodes(data=True))
        assert list(graph.edges(data=True)) == list(kept.edges(data=True))


@ALL
def test_nothing_to_measure_is_missing(name):
    """A group of which nothing is known, and a network of one account, have rows, without a number in them."""
    if is_of_networks(name):
        follows, accounts, missions = holding(name)
        nothing = run(name, follows.iloc[:0], accounts.iloc[1:2], missions.iloc[:0])
    else:
        table = run(name, *holding(name)).set_index("ministry")
        assert {"NIL", "PER", "USA"} == set(table.index)
        nothing = table.loc[["NIL"]]
    assert len(nothing)
    if name != "post_count":  # a group exists through its posts, so this one is always known
        assert nothing[name].isna().all()
        assert (nothing.n == 0).all()
        assert nothing[["low", "high"]].isna().all(axis=None)


@ALL
def test_interval_holds_the_value(name):
    """low <= value <= high wherever there are such, and no limit without a value."""
    table = run(name, *holding(name), **({} if is_of_networks(name) else {"by": ["ministry", "medium"]}))
    present = table.dropna(subset=[name])
    assert not ((present.low > present[name]) | (present.high < present[name])).any()
    assert present[name].notna().any()
    assert table.loc[table[name].isna(), ["low", "high"]].isna().all(axis=None)


@ALL
def test_ibis_gives_what_pandas_gives(name, tmp_path):
    """Parquet read through a DuckDB connection and pandas frames give one answer."""
    frames, connection, tables = holding(name), ibis.duckdb.connect(), []
    for number, frame in enumerate(frames):
        frame.to_parquet(tmp_path / f"{number}.parquet")
        tables.append(connection.read_parquet(tmp_path / f"{number}.parquet"))
    assert_frame_equal(run(name, *tables), run(name, *frames), check_exact=True)


@ALL
def test_docstring_speaks_in_fixed_words(name):
    """Summary, formula, unit, reads, source, caution, parameters, returns, example; the unit as in the catalogue."""
    text = inspect.getdoc(measure(name))
    words = ["Formula:", "**Unit**", "**Reads**", "**Source**", "**Caution**", "Parameters:", "Returns", ">>>"]
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert re.sub(r"\s+", " ", text.split("**Unit**")[1]).strip().startswith(UNITS[name])


def test_missing_group_key_is_a_group():
    """Posts without a medium stand in a row of their own."""
    posts, _ = published()
    posts.loc[:9, "medium"] = None
    table = measure("post_count")(posts, by="medium")
    assert table.medium.isna().tolist() == [False, False, False, True]
    assert table.post_count.tolist()[-1] == 10


def test_absent_column_is_named():
    """A column that the table lacks is named, with those it has."""
    with pytest.raises(TableError, match="posts: no column 'lang'. Found: ministry"):
        measure("post_count")(pd.DataFrame({"ministry": ["PER"]}), by=["ministry", "lang"])


def test_unknown_measure_is_refused():
    """An unknown name lists the known ones."""
    with pytest.raises(TableError, match="No measure 'klout'. There are: post_count, "):
        measure("klout")
