"""Reference tables: every shipped one keeps its columns, and a broken row is named."""

import re

import pandas as pd
import pytest

from digidip import deliveries, store
from digidip.store._reference import reference_hash
from digidip.tables import REFERENCES, TableError


@pytest.fixture
def kept(tmp_path):
    """A function that writes one reference table into a home and reads it back."""

    def keep(name, text):
        folder = tmp_path / "data" / "reference"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return store.reference(name, "processed", tmp_path)

    return keep


COST = (
    "item,ministry,platform,account_id,goal,begins_on,ends_on,kind,amount,currency,source,label\nad,PER,x,,,,,money,5,"
)
EVENT = "event,series,ministry,kind,begins_at,ends_at,hashtag,source,label\n"


@pytest.mark.parametrize("name", REFERENCES)
def test_a_shipped_table_reads_and_stands_in_the_readme(name):
    """Columns in order, none required missing, and the README's row names the same columns."""
    table = store.reference(name)
    assert list(table) == list(REFERENCES[name])
    readme = (deliveries.REFERENCE / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| `{name}.csv`"))
    assert re.findall(r"`(\w+)`", row.split("|")[3]) == list(REFERENCES[name])


def test_ministries_hold_each_state_once_with_years_of_their_numbers():
    """Peru as the World Bank counted it in 2014; Natural Earth's estimate for France has no year."""
    states = store.reference("ministries").set_index("ministry")
    assert states.index.is_unique and len(states) == 233
    assert states.loc["PER", ["region", "population", "gdp_per_person", "year"]].tolist() == [
        "Americas",
        30973354,
        11548.0,
        2014,
    ]
    assert pd.isna(states.year["FRA"]) and states.population["FRA"] == 64057792
    assert set(states.label) == {"derived-public"}


def test_a_home_without_the_table_takes_the_repositorys(tmp_path, capsys):
    """What ships counts where the home has no table of its own, and a line says so; what nobody has is empty, with columns."""
    assert store.reference("ministries", "processed", tmp_path).equals(store.reference("ministries"))
    told = "Reference table ministries: none in the data/reference of the home, so the repository's is read.\n"
    assert capsys.readouterr().out == told
    events = store.reference("events", "processed", tmp_path)
    assert len(events) == 0 and list(events) == list(REFERENCES["events"])
    assert reference_hash("events", "processed", tmp_path) == reference_hash("codings", "processed", tmp_path)
    assert capsys.readouterr().out == ""


def test_cells_get_their_types(kept):
    """Instants in UTC, an empty cell as None, a currency in capitals."""
    assert kept("costs", COST + "usd,hand,synthetic\n").currency.tolist() == ["USD"]
    table = kept("events", EVENT + "quake,,,crisis,2016-01-02T03:00:00+01:00,2016-01-03,,hand,synthetic\n")
    assert table.begins_at.iloc[0] == pd.Timestamp("2016-01-02T02:00:00Z")
    assert table.ministry.iloc[0] is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            COST + "bucks,hand,synthetic\n",
            r"row 2\): currency is 'bucks'. Expected: a currency's code of ISO 4217 such as USD",
        ),
        (EVENT + "quake,,,crisis,yesterday,2016-01-03,,hand,synthetic\n", r"row 2\): begins_at is 'yesterday'"),
        (EVENT + ",,,crisis,2016-01-02,2016-01-03,,hand,synthetic\n", r"row 2\): event is nothing"),
        ("event,kind\nquake,crisis\n", r"row 1\): no column 'series'"),
        ("", "no CSV in UTF-8"),
    ],
)
def test_a_broken_table_names_the_row(kept, text, words):
    """Found, where, expected, what to do."""
    with pytest.raises(TableError, match=words):
        kept("costs" if text.startswith("item") else "events", text)


def test_an_unknown_table_is_refused():
    """The message lists what there is."""
    with pytest.raises(TableError, match="There are: ministries"):
        store.reference("ministry")


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("practices", "PER,,tip 1,1,,hearsay,s,real", "said_by is 'hearsay'. Expected: one of self-report, observed"),
        ("costs", "ad,PER,,,,,,barter,1,USD,s,real", "kind is 'barter'. Expected: one of money, hours"),
        ("costs", "ad,PER,fax,,,,,money,1,USD,s,real", "platform is 'fax'. Expected: one of facebook"),
        ("events", "Vote,,PER,vote,2016-03,,,s,real", "begins_at is '2016-03'. Expected: a UTC instant"),
        ("goals", "PER,g,,,,s,guess", "label is 'guess'. Expected: one of real"),
    ],
)
def test_a_word_that_is_none_of_its_column_is_told_with_its_row(name, row, said, kept):
    """The file, the row, what was found, and the words that there are."""
    with pytest.raises(TableError) as raised:
        kept(name, ",".join(REFERENCES[name]) + "\n" + row + "\n")
    assert f"{name}.csv (row 2): {said}" in str(raised.value)
