"""Cell helpers read what is written plainly, and give missing, never a guess, for the rest."""

import ibis
import pandas as pd
import pytest

from digidip.engine import engine
from digidip.readers.opening import cells
from digidip.readers.opening.cells import (
    blank,
    fixed_stamp,
    has_offset,
    identifier,
    map_category,
    named_stamp,
    number,
    stamp,
)


@pytest.fixture(scope="module", autouse=True)
def _engine():
    engine()


def value(helper, text, *given):
    """What a helper makes of one cell; missing is None, an instant is ISO text in UTC."""
    frame = ibis.memtable({"cell": [text]}, schema={"cell": "string"})
    made = helper(frame.cell, *given)
    if made.type().is_timestamp():
        made = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    return frame.select(made=made).to_pyarrow()["made"].to_pylist()[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0", 0),
        ("1972048", 1972048),
        ("460935.0", 460935),
        ("-3", -3),
        ("9007199254740993", 9007199254740993),
        *((odd, None) for odd in ("", "1,250", "1.250", "407.137", "1.0e3", "1e3", "+5", " 5", "007", "0x1F", "1_000")),
        *(
            (odd, None)
            for odd in ("N/A", "NA", "-", "2.3x", "5.00", "5.5", "٣", "99999999999999999999", "true", "1.2K")
        ),
    ],
)
def test_number(text, wanted):
    """Only plain digits are a number; a separator, an exponent or a rounding never makes another one of them."""
    assert value(number, text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1380415178142646273", "1380415178142646273"),
        ("123_456", "123_456"),
        ("'123", "123"),
        ("123.0", "123"),
        ("'123.0", "123"),
        (" 123\t", "123"),
        ("007", "007"),
        ("x123", "x123"),
        ("1.26426E+18", "1.26426E+18"),
        ("pfbid02Ab", "pfbid02Ab"),
        ("", None),
        ("  ", None),
    ],
)
def test_identifier(text, wanted):
    """An id stays text to the last digit; only what a spreadsheet puts around it goes, and nothing lost is invented."""
    assert value(identifier, text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [("", None), ("NA", None), (" ", " "), ("null", "null"), ("NAN", "NAN")])
def test_blank(text, wanted):
    """The empty cell and the tokens named are missing; every other text is text."""
    assert value(blank, text, "NA") == wanted


@pytest.mark.parametrize(("text", "wanted"), [("status", "text"), ("music", "other"), ("", None), ("NA", None)])
def test_worded(text, wanted):
    """A platform's word becomes the canonical one, an unknown one `other`, a missing one stays missing."""
    assert value(map_category, text, {"status": "text"}, "NA") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2016-01-31 23:59:59", "2016-02-01T04:59:59Z"),
        ("2016-07-31 23:59:59", "2016-08-01T04:59:59Z"),
        ("2016-02-29 12:00:00", "2016-02-29T17:00:00Z"),
        *(
            (odd, None)
            for odd in ("2015-02-29 12:00:00", "31/01/2016 23:59", "2016-01-31", "", "infinity", "epoch", "now")
        ),
        *((odd, None) for odd in ("2016-01-31 23:59:59 EST", "2016-01-31T23:59:59+0000", "2016-12-31 23:59:60")),
    ],
)
def test_fixed_stamp(text, wanted):
    """Five hours are added all the year round; a cell that says something else is missing."""
    assert value(fixed_stamp, text, "-05") == wanted


@pytest.mark.parametrize(
    ("rest", "bare", "in_new_york"),
    [
        (" EST", "2020-07-02T04:59:59Z", "2020-07-02T04:59:59Z"),
        (" EDT", "2020-07-02T03:59:59Z", "2020-07-02T03:59:59Z"),
        (" BRT", "2020-07-02T02:59:59Z", "2020-07-02T02:59:59Z"),
        (" -03", "2020-07-02T02:59:59Z", "2020-07-02T02:59:59Z"),
        (" +0530", "2020-07-01T18:29:59Z", "2020-07-01T18:29:59Z"),
        ("+00:00", "2020-07-01T23:59:59Z", "2020-07-01T23:59:59Z"),
        ("", None, "2020-07-02T03:59:59Z"),
        (" IST", None, "2020-07-02T03:59:59Z"),
        (" XYZ", None, "2020-07-02T03:59:59Z"),
        (" EST EST", None, None),
        (".5", None, None),
        ("EST", None, None),
        (" +5", None, None),
    ],
)
def test_named_stamp(rest, bare, in_new_york):
    """An abbreviation of one meaning or an offset wins; a bare time is placed by the named zone, or is missing."""
    assert value(named_stamp, "2020-07-01 23:59:59" + rest) == bare
    assert value(named_stamp, "2020-07-01 23:59:59" + rest, "America/New_York") == in_new_york


@pytest.mark.parametrize(
    ("clock", "zone", "wanted"),
    [
        ("2016-01-31 23:59:59", "America/New_York", "2016-02-01T04:59:59Z"),
        ("2016-01-31 23:59:59", "Asia/Kolkata", "2016-01-31T18:29:59Z"),
        ("2016-11-06 01:30:00", "America/New_York", "2016-11-06T06:30:00Z"),
        ("2016-11-06 00:59:59", "America/New_York", "2016-11-06T04:59:59Z"),
        ("2016-02-29 00:00:00", "America/Lima", "2016-02-29T05:00:00Z"),
        ("2015-02-29 00:00:00", "America/Lima", None),
        ("2016-12-31 23:59:60", "UTC", None),
        ("31/01/2020 23:59", "UTC", None),
        ("", "UTC", None),
    ],
)
def test_zone_places_bare_times(clock, zone, wanted):
    """Bare times follow the zone through the year; in the hour that autumn repeats, the later reading is taken."""
    assert value(named_stamp, clock, zone) == wanted


def test_every_offset_is_that_of_its_zone():
    """The table of abbreviations agrees with the zone database at a date when each was in force."""
    zones = {
        "EST": "America/New_York", "EDT": "America/New_York", "CDT": "America/Chicago", "MST": "America/Denver",
        "MDT": "America/Denver", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "GMT": "Europe/London",
        "WET": "Europe/Lisbon", "WEST": "Europe/Lisbon", "CET": "Europe/Berlin", "CEST": "Europe/Berlin",
        "EET": "Europe/Athens", "EEST": "Europe/Athens", "MSK": "Europe/Moscow", "TRT": "Europe/Istanbul",
        "PKT": "Asia/Karachi", "JST": "Asia/Tokyo", "KST": "Asia/Seoul", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong",
        "PHT": "Asia/Manila", "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "BRT": "America/Fortaleza",
        "ART": "America/Buenos_Aires", "CLT": "America/Santiago", "COT": "America/Bogota", "PET": "America/Lima",
    }  # fmt: skip
    for word, zone in zones.items():
        found = {pd.Timestamp(day, tz=zone).strftime("%z") for day in ("2020-01-15", "2020-07-15")}
        assert f"{cells.OFFSETS[word]}00" in found, word
    assert set(cells.OFFSETS) == {*zones, "UTC", "Z"}
    assert not {"IST", "CST", "BST", "AST", "GST", "SST"} & set(cells.OFFSETS)


@pytest.mark.parametrize("rest", [f" {word}" for word in cells.OFFSETS] + ["", " IST", " CST", " +02", "-0300"])
def test_is_placed_agrees_with_named_stamp(rest):
    """What Python says of a stamp before the scan is what the engine does with it."""
    text = "2020-07-01 23:59:59" + rest
    assert has_offset(text) == (value(named_stamp, text) is not None)


@pytest.mark.parametrize(
    ("text", "pattern", "wanted"),
    [
        ("2015-08-01T12:00:00+0000", "%Y-%m-%dT%H:%M:%S%z", "2015-08-01T12:00:00Z"),
        ("2015-08-01T12:00:00-0500", "%Y-%m-%dT%H:%M:%S%z", "2015-08-01T17:00:00Z"),
        ("2015-08-01T12:00:00", "%Y-%m-%dT%H:%M:%S%z", None),
        ("Wed Oct 10 20:19:24 +0000 2018", "%a %b %d %H:%M:%S %z %Y", "2018-10-10T20:19:24Z"),
        ("Mi Okt 10 20:19:24 +0000 2018", "%a %b %d %H:%M:%S %z %Y", None),
    ],
)
def test_stamp(text, pattern, wanted):
    """A stamp with its offset is that instant; without one it is missing."""
    assert value(stamp, text, pattern) == wanted
