"""Tests of the share of ministries that answer little: each ministry counts once."""

import pandas as pd
import pytest

from digidip.measures.inquiries.ministries import unresponsive_share
from digidip.tables import TableError


def inquiries(**answered):
    """Inquiries to ministries: which of them were answered; nothing is known of one that is given None."""
    rows = [
        {"ministry": name, "comment_id": f"{name}{place}", "is_answered": each, "absent": None}
        for name, given in answered.items()
        for place, each in enumerate(given or [])
    ]
    rows += [
        {
            "ministry": name,
            "comment_id": None,
            "is_answered": None,
            "absent": "not available: this export holds no comments",
        }
        for name, given in answered.items()
        if given is None
    ]
    return pd.DataFrame(rows).assign(platform="x", post_id="1", kind="complex")


def test_a_ministry_counts_once_however_much_it_is_asked():
    """Of three ministries two answer less than half; pooled, 100 of 106 inquiries are answered."""
    row = unresponsive_share(inquiries(PER=[True] * 100, USA=[False] * 3, CAN=[False] * 2 + [True])).iloc[0]
    assert row.unresponsive_share == pytest.approx(2 / 3)
    assert (row.n, row.unknown, row.least) == (3, 0, 0.5)


def test_half_is_not_less_than_half_and_unknown_is_not_silent():
    """One of two answered is half; a ministry whose export holds no comments is counted apart."""
    table = inquiries(PER=[True, False], USA=[False], CAN=None)
    assert unresponsive_share(table)[["unresponsive_share", "n", "unknown"]].values.tolist() == [[0.5, 2, 1]]
    assert unresponsive_share(table, least=0.51).unresponsive_share.tolist() == [1]


@pytest.mark.parametrize("least", [0, 1.1])
def test_the_part_is_a_share(least):
    """Nobody answers less than nothing."""
    with pytest.raises(TableError, match="least must be a share"):
        unresponsive_share(inquiries(PER=[True]), least=least)
