"""Times in two or three columns, and times whose zone is an abbreviation, are read as the instants that they are."""

from pathlib import Path

import pytest

from digidip import readers
from digidip.tables import ReaderError

SAMPLES = Path(__file__).parents[2] / "samples" / "mapped"
PLAN = "table: posts\nplatform: facebook\ncolumns:\n  post_id: id\n  account_id: page\n  posted_at: {entry}\n"


def posts(tmp_path, entry, header, *cells, zone=None):
    """The posts that a map with this entry for `posted_at` reads, their times as text."""
    path = tmp_path / "export.csv"
    lines = [f"{number},7,{cell}" for number, cell in enumerate(cells, start=1)]
    path.write_text("\n".join([f"id,page,{header}", *lines]) + "\n", encoding="utf-8")
    path.with_name("export.csv.map.yml").write_text(PLAN.replace("{entry}", entry), encoding="utf-8")
    frame = readers.reader("mapped").read(path, zone=zone)["posts"].to_pandas()
    return [at.isoformat()[:16] if at == at else None for at in frame.posted_at], frame


@pytest.mark.parametrize("name", ["date_time_and_zone_columns", "zone_letters"])
def test_map_proposes_the_whole_time(name, tmp_path):
    """The proposal joins the columns, or names the zone's letters, and is sure of it; what it writes reads the file."""
    path = tmp_path / "export.csv"
    path.write_bytes((SAMPLES / f"{name}.csv").read_bytes())
    text = readers.proposal(path).text
    [line] = [line for line in text.splitlines() if "posted_at" in line]
    assert line.startswith("  posted_at:") and "%Y-%m-%d %H:%M:%S %Z" in line and "# sure" in line
    path.with_name("export.csv.map.yml").write_text(text.replace("platform:", "platform: facebook"), encoding="utf-8")
    assert readers.reader("mapped").read(path)["posts"].posted_at.notnull().all().execute()


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Date", ["2016-01-31", "2016-02-01"]),
        ("Date,Time", ["2016-01-31,10:00", "2016-02-01,11:00"]),
        ("Published", ["31/01/2016", "30/01/2016"]),
    ],
)
def test_days_alone_are_never_sure(header, cells, tmp_path):
    """A column of days is proposed as unsure; beside one of times of day the two are proposed, and the zone asked for."""
    path = tmp_path / "export.csv"
    path.write_text(f"Post ID,Page ID,{header}\n" + "".join(f"{n},7,{cell}\n" for n, cell in enumerate(cells)), "utf-8")
    proposed = readers.proposal(path)
    [line] = [line for line in proposed.text.splitlines() if "posted_at" in line]
    assert (
        ("and: [Time]" in line and "zone" in line) if "Time" in header else "# posted_at" in line and "unsure" in line
    )


@pytest.mark.parametrize(
    ("entry", "header", "cells", "zone", "expected"),
    [
        ("{from: d, and: [t], zone: America/Lima}", "d,t", ["2016-01-31,23:30", "2016-02-01,", ",10:00"], None, ["2016-02-01T04:30", None, None]),
        ("{from: d, and: [t, z]}", "d,t,z", ["2016-01-31,23:30:00,EST", "2016-01-31,23:30:00,CET"], None, ["2016-02-01T04:30", "2016-01-31T22:30"]),
        ("{from: d, and: [t, z], format: '%d/%m/%Y %I:%M %p %z'}", "d,t,z", ["31/01/2016,11:30 PM,-0500"], None, ["2016-02-01T04:30"]),
        ("{from: d, format: '%d/%m/%Y %H:%M %Z', zone: Asia/Kolkata}", "d", ["31/01/2016 10:00 IST", "31/01/2016 10:00 UTC"], None, ["2016-01-31T04:30", "2016-01-31T10:00"]),
    ],
)  # fmt: skip
def test_joined_and_lettered_times(entry, header, cells, zone, expected, tmp_path):
    """Each is the instant worked out by hand; a day without its time of day is no time at all."""
    assert posts(tmp_path, entry, header, *cells, zone=zone)[0] == expected


def test_letters_of_several_meanings_are_refused(tmp_path):
    """IST means three offsets: the message names the record, what to say, and the abbreviations that need nothing."""
    with pytest.raises(ReaderError, match="record 1.*abbreviation that means one offset.*Say `zone"):
        posts(tmp_path, "{from: d, format: '%d/%m/%Y %H:%M %Z'}", "d", "31/01/2016 10:00 IST")


def test_days_alone_have_a_remark(tmp_path):
    """A map that takes days for times is followed, and every row says what its time is worth."""
    _times, frame = posts(tmp_path, "{from: d, zone: UTC}", "d", "2016-01-31", "2016-02-01")
    assert frame.remark.str.contains("day without a time of day").all()


@pytest.mark.parametrize(
    ("entry", "cells"),
    [
        ("{from: created_at}", ["2016-01-31T10:00:00Z", "2016-02-01T10:00:00+01:00", "2016-02-02 10:00:00", "2016-02-03T10:00:00Z"]),
        ("{from: created_at, format: '%Y-%m-%d %H:%M %Z'}", ["2016-01-31 10:00 EST", "2016-02-01 10:00 IST", "2016-07-01 10:00 EDT", "2016-02-03 10:00 EST"]),
        ("{from: created_at, format: '%d.%m.%Y %H:%M', zone: UTC}", ["31.01.2016 10:00", "yesterday", "01.02.2016 10:00", "02.02.2016 10:00"]),
    ],
)  # fmt: skip
def test_one_odd_time_is_one_reject(entry, cells, tmp_path):
    """The others are read, by the map that is proposed as by one that is written; where most are odd, the zone is asked for."""
    times, frame = posts(tmp_path, entry, "created_at", *cells)
    assert times.count(None) == 1 and list(frame.reject.dropna()) == ["no readable posted_at"]
    [line] = [
        line
        for line in readers.proposal(tmp_path / "export.csv", table="posts").text.splitlines()
        if "posted_at" in line
    ]
    assert line.startswith("  posted_at:") and "3 of 4 cells look like times" in line
    if "zone" not in entry:
        odd = [cell for cell, time in zip(cells, times, strict=True) if time is None]
        with pytest.raises(ReaderError, match=r"\(record 2\).*without"):
            posts(tmp_path, entry, "created_at", cells[0], *odd * 2)
