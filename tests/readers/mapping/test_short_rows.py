"""A tool that leaves off empty cells at the end of a record loses no row where the map says so, and it is proposed."""

from pathlib import Path

import pytest

from digidip import readers
from digidip.tables import ReaderError

SAMPLE = Path(__file__).parents[2] / "samples" / "mapped" / "trailing_cells_left_off.csv"


def copy_of_sample(tmp_path, text=None, plan=None):
    """A copy of the sample, with its map or another."""
    path = tmp_path / "export.csv"
    path.write_text(text or SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    plan = plan or SAMPLE.with_name(f"{SAMPLE.name}.map.yml").read_text(encoding="utf-8")
    path.with_name("export.csv.map.yml").write_text(plan, encoding="utf-8")
    return path


def test_map_proposes_to_fill(tmp_path):
    """Where short records stand and none ends in an empty cell, the tool leaves those off; one that does contradicts it."""
    assert "\nshort_rows: fill  # no record ends" in readers.proposal(copy_of_sample(tmp_path), "comments").text
    text = SAMPLE.read_text(encoding="utf-8").replace("At nine,yes", "At nine,")
    assert "short_rows" not in readers.proposal(copy_of_sample(tmp_path, text), "comments").text


def test_short_records_are_rejects_unless_the_map_says(tmp_path):
    """Without the key they stay what they were, records that cannot be split."""
    plan = SAMPLE.with_name(f"{SAMPLE.name}.map.yml").read_text(encoding="utf-8").replace("short_rows: fill\n", "")
    path = copy_of_sample(tmp_path, plan=plan)
    assert len(readers.reader("mapped").read(path)["comments"].to_pandas()) == 1
    assert readers.unsplit(path) == [(record, "fewer cells than columns") for record in (2, 3, 4)]


def test_longer_records_and_other_words_are_no_filling(tmp_path):
    """A record with more cells than columns is a reject; `short_rows` knows two words."""
    path = copy_of_sample(tmp_path, SAMPLE.read_text(encoding="utf-8") + "c5,7_1,a,2016-01-05T12:00:00Z,m,1,r,y,z\n")
    readers.reader("mapped").read(path)["comments"].to_pandas()
    assert readers.unsplit(path) == [(5, "more cells than columns")]
    plan = SAMPLE.with_name(f"{SAMPLE.name}.map.yml").read_text(encoding="utf-8").replace(": fill", ": pad")
    path = copy_of_sample(tmp_path, plan=plan)
    with pytest.raises(ReaderError, match="short_rows: found 'pad'. Expected: one of 'reject' 'fill'"):
        readers.reader("mapped").read(path)
