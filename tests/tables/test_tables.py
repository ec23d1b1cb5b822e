"""The canonical tables: every rule broken once is found with row, column, rule and a masked value."""

from datetime import UTC, date, datetime, timedelta

import ibis
import pandas as pd
import pytest

from digidip import tables
from digidip.engine import engine

NOON = datetime(2016, 1, 5, 12, tzinfo=UTC)
PLACE = {"export": "per/a.csv", "export_row": 3, "label": "real"}
GOOD = {
    "accounts": {"platform": "x", "account_id": "7", "ministry": "PER", "from_on": date(2016, 1, 1), "label": "real"},
    "posts": {"platform": "x", "post_id": "1", "account_id": "7", "ministry": "PER", "posted_at": NOON, **PLACE},
    "comments": {
        "platform": "x", "comment_id": "2", "post_id": "1", "account_id": "7", "ministry": "PER",
        "author": "pabc", "is_official": False, "commented_at": NOON, **PLACE,
    },
    "entities": {"platform": "x", "post_id": "1", "kind": "hashtag", "value": "peru", "export": "a", "label": "real"},
    "follows": {
        "platform": "x", "source_id": "7", "target_id": "8", "tie": "follow", "observed_at": NOON, **PLACE,
    },
    "metrics": {"platform": "x", "account_id": "7", "observed_at": NOON, **PLACE},
    "missions": {
        "mission_id": "Q1", "office": "embassy", "sender": "Peru", "ministry": "PER", "receiver": "Kenya",
        "receiving": "KEN", "observed_at": NOON, **PLACE,
    },
    "exchanges": {
        "source": "s", "sender": "135", "ministry": "PER", "receiver": "501", "receiving": "KEN", "year": 2005,
        "level": "ambassador", **PLACE,
    },
    "attention": {
        "source": "gdelt", "series": "peru", "unit": "articles", "begins_at": NOON, "span": "day", "value": 3.0,
        **PLACE,
    },
    "events": {"event": "Strike", "series": "peru", "kind": "movement", "begins_at": NOON, "source": "s", **PLACE},
}  # fmt: skip


def table(name, *rows):
    """A canonical table of the good row with the given changes, one row each."""
    engine()
    schema = {column: tables.DTYPES[rule.kind] for column, rule in tables.SCHEMA[name].items()}
    frame = pd.DataFrame([dict.fromkeys(schema) | GOOD[name] | row for row in rows], columns=list(schema))
    return ibis.memtable(frame.astype(object).where(frame.notna(), None), schema=schema)


def other_key(name, number):
    """A value of the last column of a table's key that no other number gives."""
    key = tables.KEYS[name][-1]
    at = datetime(2017, 1, 1, tzinfo=UTC) + timedelta(days=number)
    return {key: {"at": at, "count": 2017 + number}.get(tables.SCHEMA[name][key].kind, f"other{number}")}


def bad_value(rule):
    """A value that breaks the rule, by its words."""
    for sign, value in (("missing", None), ("scientific", "1.29E+18"), ("negative", -1), ("", "Zebulon")):
        if sign in rule:
            return value
    return None


@pytest.mark.parametrize("name", tables.SCHEMA)
def test_good_rows_pass(name):
    """A row that keeps every rule passes unchanged."""
    given = {name: table(name, {})}
    assert tables.violations(given).empty
    assert tables.check(given) is given


@pytest.mark.parametrize("name", tables.SCHEMA)
def test_each_rule_broken_once(name):
    """Each rule, broken in a row of its own, is found there, with its column and never the whole value."""
    broken = [(column, rule) for column, rule, _broken in tables.rules(name)]
    rows = [
        {**other_key(name, n), "export_row": n, column: bad_value(rule)} for n, (column, rule) in enumerate(broken, 4)
    ]
    found = tables.violations({name: table(name, {}, *rows)})
    for place, (column, rule) in enumerate(broken, 4):
        value = bad_value(rule)
        [row] = found[(found["column"] == column) & (found["rule"] == rule)].to_dict("records")
        assert row["table"] == name
        assert row["value"] == tables.mask(value) and str(value) not in row["value"]
        if "export_row" in tables.SCHEMA[name] and not column.startswith("export"):
            assert (row["export"], row["export_row"]) == ("per/a.csv", place)


@pytest.mark.parametrize("name", tables.SCHEMA)
def test_key_must_be_unique(name):
    """Two rows of one key are found once, with how often they occur."""
    found = tables.violations({name: table(name, {}, {})})
    assert found[["column", "rule"]].values.tolist() == [
        [", ".join(tables.KEYS[name]), "must be unique, occurs 2 times"]
    ]


def test_comment_needs_its_post():
    """A comment under a post that is not held is one broken rule, with its place and what to do."""
    given = {
        "posts": table("posts", {}),
        "comments": table("comments", {}, {"comment_id": "3", "post_id": "999", "account_id": None, "ministry": None}),
    }
    [row] = tables.violations(given).to_dict("records")
    assert (row["table"], row["export_row"], row["column"]) == ("comments", 3, "post_id")
    with pytest.raises(tables.TableError, match="Add the export that holds the posts of these comments"):
        tables.check(given)


def test_comment_without_post_hides_nothing():
    """A comment without any post id is told beside one whose post is not held."""
    given = {
        "posts": table("posts", {}),
        "comments": table("comments", {"post_id": "999"}, {"comment_id": "3", "post_id": None}),
    }
    rules = tables.violations(given)["rule"].tolist()
    assert sorted(rules) == ["must name a post in the holding", "must not be missing"]


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        (lambda t: t.drop("text"), "text", "must be of type string"),
        (lambda t: t.mutate(like_count=t.like_count.cast("string")), "like_count", "must be of type int64"),
        (lambda t: t.mutate(posted_at=t.posted_at.cast("timestamp")), "posted_at", "must be of type timestamp('UTC')"),
        (lambda t: t.mutate(tweet=t.text), "tweet", "must be one of: "),
    ],
)
def test_columns_and_types(change, column, rule):
    """A missing, mistyped, naive or unknown column is told by name, and nothing is computed on it."""
    [row] = tables.violations({"posts": change(table("posts", {}))}).to_dict("records")
    assert row["column"] == column and row["rule"].startswith(rule)


def test_all_errors_collected_and_capped():
    """Every broken rule is counted, twenty are printed, and the message says how many more there are."""
    rows = [{"post_id": str(number), "like_count": -1, "platform": "myspace"} for number in range(30)]
    with pytest.raises(tables.TableError) as raised:
        tables.check({"posts": table("posts", *rows)})
    message = str(raised.value)
    assert message.startswith("60 broken rules in posts:")
    assert message.count("(record 3)") == 20 and "… and 40 more." in message
    assert "Mend the export or its map, or take it out of data/raw/MANIFEST.csv" in message


def test_long_lists_say_at_least():
    """Where a rule is broken more often than is listed, the number is said to be a lower bound."""
    rows = [{"post_id": str(number), "like_count": -1} for number in range(150)]
    with pytest.raises(tables.TableError, match="^At least 100 broken rules in posts:"):
        tables.check({"posts": table("posts", *rows)})


def test_message_never_prints_the_value():
    """A name that stands where a pseudonym should is masked in the message."""
    with pytest.raises(tables.TableError) as raised:
        tables.check({"posts": table("posts", {"platform": "Zebulon Quixworthy", "ministry": "Ana"})})
    assert "Zebulon" not in str(raised.value) and "Ana" not in str(raised.value)


@pytest.mark.parametrize("text", ["1.29E+18", "1,29E+18", "1e+18", "1.29e18", "7_1.29E+18", "1.29E+18_7"])
def test_ids_destroyed_by_a_spreadsheet(text):
    """Every way in which a spreadsheet writes a long id is refused, with what to do."""
    with pytest.raises(tables.TableError, match="A spreadsheet has destroyed these ids"):
        tables.check({"posts": table("posts", {"post_id": text})})


@pytest.mark.parametrize("text", ["1234567890123456789", "7_1", "1E234567890", "null", "NA", "dQw4w9WgXcQ", "pe5rt2"])
def test_ids_that_only_look_odd(text):
    """Nineteen digits, joined ids, an id with an E in it and the words null and NA are ids."""
    assert tables.violations({"posts": table("posts", {"post_id": text})}).empty


def test_conform_casts_orders_and_fills():
    """Columns come in canonical order with canonical types; absent ones are missing, not zero."""
    frame = tables.conform("posts", ibis.memtable({"like_count": ["5"], "post_id": [1234567890123456789]}))
    engine()
    [row] = frame.to_pandas().to_dict("records")
    assert list(row) == list(tables.SCHEMA["posts"])
    assert (row["post_id"], row["like_count"]) == ("1234567890123456789", 5)
    assert pd.isna(row["comment_count"]) and pd.isna(row["posted_at"])


def test_conform_refuses_unknown_columns():
    """A column that the table does not know stops, so that nothing is lost unseen."""
    with pytest.raises(tables.TableError, match="unknown column 'tweet'.*Expected: platform, post_id.*Rename"):
        tables.conform("posts", ibis.memtable({"tweet": ["a"]}))


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (None, "nothing"),
        ("", "nothing"),
        ("A", "… (1 characters)"),
        ("Ana", "A… (3 characters)"),
        (-1, "-… (2 characters)"),
    ],
)
def test_mask(value, masked):
    """At most three characters and never more than half of a value are shown."""
    assert tables.mask(value) == masked


def test_schema_is_whole():
    """Every column has a known type and a meaning, every key column is required, suffixes tell the type."""
    suffixes = {"_at": "at", "_on": "on", "_count": "count", "_id": "id"}
    for name, columns in tables.SCHEMA.items():
        may_lack = {"series"} if name == "events" else set()  # an event of no series is one thing, too
        assert set(tables.KEYS[name]) - may_lack <= {column for column, rule in columns.items() if rule.required}
        for column, rule in columns.items():
            assert rule.kind in tables.DTYPES and rule.meaning
            assert all(rule.kind == kind for suffix, kind in suffixes.items() if column.endswith(suffix))
