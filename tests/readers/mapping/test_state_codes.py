"""Three capitals mean other states in COW than in ISO: which they are is asked, and what stays unresolved is counted."""

import pandas
import pytest
import yaml
from conftest import current_build

from digidip import readers, store
from digidip.readers.mapping._state_codes import COW, code_systems
from digidip.tables import ReaderError

TEXT = "stateabb1,stateabb2,year,rank\nAUS,FRN,2005,ambassador\nSWZ,MAC,2005,ambassador\nSLV,YUG,2005,ambassador\n"


def mapped(export, text=TEXT, **codes):
    """A table of exchanges with its map, whose states have these codes."""
    path = export("codes.csv", text)
    states = {"sender": {"from": "stateabb1"} | codes, "receiver": {"from": "stateabb2"} | codes}
    columns = states | {"source": {"constant": "Project"}, "year": "year", "level": "rank"}
    export("codes.csv.map.yml", yaml.safe_dump({"table": "exchanges", "columns": columns}))
    return path


def test_codes_of_two_meanings_are_asked(export, refused):
    """Without `codes` the file is refused, and the codes that mean two states are listed; `digidip map` asks, too."""
    message = refused(ReaderError, lambda: readers.reader("mapped").read(mapped(export)))
    assert "MAC means one state in ISO and another in COW" in message and "iso, cow, gw, fips, names" in message
    cow_alone = TEXT.replace("MAC", "AUL")
    assert "codes: cow" in refused(
        ReaderError, lambda: readers.reader("mapped").read(mapped(export, cow_alone.replace("AUS", "UKG")))
    )
    proposed = readers.proposal(export("p.csv", TEXT.replace("stateabb1", "sender").replace("SWZ", "UKG")), "exchanges")
    assert "sender: {from: sender, codes: cow}" in proposed.text
    assert any(need.startswith("sender: which codes of states") and "AUS, SLV" in need for need in proposed.needs)


@pytest.mark.parametrize(
    ("codes", "senders", "receivers"),
    [("cow", "AUT CHE SVN", "FRA MKD -"), ("iso", "AUS SWZ SLV", "- MAC -")],
)
def test_states_by_their_system(codes, senders, receivers, export, deliver, home):
    """Austria and Switzerland of COW are Austria and Switzerland; what is no state we know is missing, counted and listed."""
    deliver("codes.csv", mapped(export, codes=codes).read_text(), ministry="", label="synthetic")
    facts = store.build(home / "data" / "raw", home / "data" / "processed")
    [part] = (current_build(home) / "exchanges").glob("*.parquet")
    held = pandas.read_parquet(part).sort_values("export_row")
    assert " ".join(held["ministry"].fillna("-")) == senders and " ".join(held["receiving"].fillna("-")) == receivers
    assert any("whose receiver is no state we know" in note and "'YUG'" in note for note in facts["notes"])


def test_iso_codes_need_no_word():
    """Codes that ISO alone has settle it, those that COW alone has, too; a code that is the same in both asks nothing."""
    assert code_systems(["AUS", "DEU"]) == (["iso"], ["AUS"])
    assert code_systems(["USA", "PER"]) == (["iso", "cow"], [])
    assert all(len(code) == 3 == len(iso) and code != iso for code, iso in COW.items())


def test_a_system_that_is_none(export, refused):
    """`codes` is one of five words, and stands at a state alone."""
    message = refused(ReaderError, lambda: readers.reader("mapped").read(mapped(export, codes="fifa")))
    assert "codes: found 'fifa'" in message


def test_codes_in_a_list_of_accounts(export, refused):
    """Ministries of a project's own list, by codes of COW: asked, then Austria and Sweden."""
    path = export("own.csv", "user_id,country\n1500001,AUS\n1500002,SWD\n")
    plan = {"table": "accounts", "platform": "x", "columns": {"account_id": "user_id", "ministry": "country"}}
    export("own.csv.map.yml", yaml.safe_dump(plan))
    assert "codes of states" in refused(ReaderError, lambda: readers.reader("mapped").read(path))
    plan["columns"]["ministry"] = {"from": "country", "codes": "cow"}
    export("own.csv.map.yml", yaml.safe_dump(plan))
    frame = readers.reader("mapped").read(path)["accounts"].order_by("export_row").to_pandas()
    assert frame["sender"].tolist() == ["AUT", "SWE"]


def test_two_letters_of_fips(export, refused):
    """AU and GM are Austria and Germany in FIPS, Australia and Gambia in ISO: asked, then read by what the map says."""
    text = "stateabb1,stateabb2,year,rank\nAU,US,2005,ambassador\nGM,US,2005,ambassador\n"
    message = refused(ReaderError, lambda: readers.reader("mapped").read(mapped(export, text)))
    assert "AU, GM mean one state in ISO and another in FIPS" in message and "codes: fips" in message
    for codes, ministries in {"fips": ["AUT", "DEU"], "iso": [None, None]}.items():
        rows = readers.reader("mapped").read(mapped(export, text, codes=codes))["exchanges"]
        assert rows.to_pyarrow().to_pydict().get("ministry", [None, None]) == ministries
