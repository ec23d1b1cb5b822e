"""The six laws of every measure, in one loop over the catalogue."""

import inspect
import re

import ibis
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from digidip.measures import UNITS, measure
from digidip.tables import TableError

INNER = {
    "posts_per_day": ["day"],
    "comments_per_post": ["statistic"],
    "comment_exceedance": ["comments"],
    "comment_lorenz": ["post_share"],
    "comments_per_day": ["day"],
    "comment_rate_ratio": ["term", "level"],
    "official_answer_share": ["per"],
}
AFTER = {
    "uncommented_share": ["method"],
    "share_above": ["method"],
    "comment_exceedance": ["method"],
    "comment_dispersion": ["p", "method"],
    "comment_rate_ratio": ["method"],
    "official_answer_share": ["method"],
    "official_answer_count": ["method"],
}
WINDOW = {"start": "2016-01-01", "end": "2016-02-01"}
ALL = pytest.mark.parametrize("name", UNITS)


def holding():
    """Two ministries with comments (one steady, one stormy) and a third, NIL, about which nothing is known."""
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
    under = posts.iloc[:120].sample(300, replace=True, random_state=1)
    comments = under[["platform", "post_id", "account_id"]].assign(
        comment_id=[f"c{i}" for i in range(300)],
        parent_id=[f"c{i - 1}" if i % 3 == 2 else None for i in range(300)],
        is_official=[i % 6 == 5 for i in range(300)],
    )
    return posts, comments.reset_index(drop=True)


def run(name, posts, comments, **given):
    """The measure with what it needs, and few draws."""
    wanted = inspect.signature(measure(name)).parameters
    given |= {"draws": 199} if "draws" in wanted else {}
    given |= WINDOW if "start" in wanted else {}
    return measure(name)(*([posts, comments] if "comments" in wanted else [posts]), **given)


@ALL
def test_empty_in_gives_empty_out(name):
    """No posts: no rows, but the promised columns."""
    posts, comments = holding()
    table = run(name, posts.iloc[:0], comments.iloc[:0])
    assert table.empty
    assert list(table) == list(run(name, posts, comments))


@ALL
def test_row_order_does_not_matter(name):
    """Shuffled posts and comments give the same table to the last digit."""
    posts, comments = holding()
    shuffled = run(name, posts.sample(frac=1, random_state=2), comments.sample(frac=1, random_state=3))
    assert_frame_equal(shuffled, run(name, posts, comments), check_exact=True)


@ALL
@pytest.mark.parametrize("by", ["ministry", ["ministry", "medium"]])
def test_columns_are_as_promised(name, by):
    """Group columns, inner keys, the measure, n, low, high and what follows; sorted by group."""
    table = run(name, *holding(), by=by)
    groups = [by] if isinstance(by, str) else by
    assert list(table) == [*groups, *INNER.get(name, []), name, "n", "low", "high", *AFTER.get(name, [])]
    assert_frame_equal(table[groups], table[groups].sort_values(groups, kind="stable"))
    assert table.dtypes[["n", "low", "high"]].tolist() == ["int64", "float64", "float64"]


@ALL
def test_input_is_unchanged(name):
    """The frames given are the frames kept."""
    posts, comments = holding()
    before = posts.copy(deep=True), comments.copy(deep=True)
    run(name, posts, comments)
    assert_frame_equal(posts, before[0])
    assert_frame_equal(comments, before[1])


@ALL
def test_nothing_to_measure_is_missing(name):
    """A group of which nothing is known has rows, without a number in them."""
    table = run(name, *holding()).set_index("ministry")
    assert {"NIL", "PER", "USA"} == set(table.index)
    nothing = table.loc[["NIL"]]
    if name != "post_count":  # a group exists through its posts, so this one is always known
        assert nothing[name].isna().all()
        assert (nothing.n == 0).all()
        assert nothing[["low", "high"]].isna().all(axis=None)


@ALL
def test_interval_holds_the_value(name):
    """low <= value <= high wherever there are such, and no limit without a value."""
    table = run(name, *holding(), by=["ministry", "medium"])
    present = table.dropna(subset=[name])
    assert not ((present.low > present[name]) | (present.high < present[name])).any()
    assert present[name].notna().any()
    assert table.loc[table[name].isna(), ["low", "high"]].isna().all(axis=None)


@ALL
def test_ibis_gives_what_pandas_gives(name, tmp_path):
    """Parquet read through a DuckDB connection and pandas frames give one answer."""
    frames, connection, tables = holding(), ibis.duckdb.connect(), []
    for table, frame in zip(("posts", "comments"), frames, strict=True):
        frame.to_parquet(tmp_path / f"{table}.parquet")
        tables.append(connection.read_parquet(tmp_path / f"{table}.parquet"))
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
    posts, _ = holding()
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
