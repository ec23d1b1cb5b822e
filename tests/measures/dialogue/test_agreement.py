"""Agreement of coders: published values of α, the gate, and what has no α."""

import krippendorff
import numpy as np
import pandas as pd
import pytest

from digidip.measures.dialogue.agreement import LEVELS, NO_PAIR, ONE_CODE, ONE_CODER, _alphas, coder_agreement
from digidip.tables import TableError

C = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . .",
    "C": ". 3 3 3 2 3 4 2 2 5 1 3",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
SECOND = {
    "A": ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "B": "1 . 2 1 3 3 4 3 . . . . . . .",
    "C": ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
}


def sheets(codes, variable="kind", codebook="demo"):
    """Codings of a table of coders by items; a dot is a missing code."""
    rows = [
        (codebook, f"{number:02}", variable, coder, None if code == "." else code)
        for coder, line in codes.items()
        for number, code in enumerate(line.split())
    ]
    return pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])


def row(codes, **options):
    """The row of the only variable."""
    (found,) = coder_agreement(sheets(codes), codebook="demo", draws=199, **options).to_dict("records")
    return found


@pytest.mark.parametrize(
    ("codes", "level", "alpha"),
    [
        (C, "nominal", 0.743),
        (C, "ordinal", 0.815),
        (C, "interval", 0.849),
        (C, "ratio", 0.797),
        (SECOND, "nominal", 0.6914),
        (SECOND, "interval", 0.8108),
    ],
)
def test_published_values(codes, level, alpha):
    """V-KRIPP: Krippendorff's data C and the second set, at every level."""
    found = row(codes, level=level)
    assert found["coder_agreement"] == pytest.approx(alpha, abs=6e-4)
    assert found["low"] < alpha < found["high"] <= 1


@pytest.mark.parametrize("level", LEVELS)
def test_draws_are_those_of_the_package(level):
    """Every draw of items has the α that krippendorff gives it; one with a single code has none."""
    random = np.random.default_rng(1)
    counts, domain = random.integers(1, 3, size=(9, 4)), np.array([0.0, 2.0, 3.0, 7.0])
    picked = np.vstack([random.integers(9, size=(40, 9)), np.full((1, 9), 2)])
    counts[2] = [0, 3, 0, 0]
    package = [
        krippendorff.alpha(value_counts=counts[rows], value_domain=domain, level_of_measurement=level)
        for rows in picked[:-1]
    ]
    found = _alphas(counts, domain, level, picked)
    assert np.allclose(found[:-1], package) and np.isnan(found[-1])


def test_items_and_coders_are_counted():
    """An item that one coder coded says nothing about agreement: 11 of the 12 items of C have two codes or more."""
    found = row(C)
    assert (found["n"], found["coders"]) == (11, 4)


def test_a_coder_alone_on_an_item_changes_nothing():
    """The same α with and without the item that one coder coded."""
    alone = {coder: line + (" 5" if coder == "A" else " .") for coder, line in C.items()}
    assert row(alone)["coder_agreement"] == row(C)["coder_agreement"]


def test_the_gate():
    """An α of .743 passes .667 and not .800, and the words say so."""
    assert row(C)["is_reliable"] and row(C)["method"].startswith("passes the gate 0.667")
    assert not row(C, gate=0.8)["is_reliable"] and row(C, gate=0.8)["method"].startswith("no result: below")


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ({"a": "0 1 1"}, ONE_CODER),
        ({"a": "0 1 . .", "b": ". . 1 0"}, NO_PAIR),
        ({"a": "1 1 1", "b": "1 1 1"}, ONE_CODE),
        ({"a": "0 1 1", "b": ". . ."}, ONE_CODER),
    ],
)
def test_no_result(codes, reason):
    """One coder, no common item, or one code everywhere: no α, never 0 or 1."""
    found = row(codes)
    assert np.isnan(found["coder_agreement"]) and not found["is_reliable"] and found["method"] == reason


def test_one_item_has_no_interval():
    """Items drawn again from one item are that item."""
    found = row({"a": "0", "b": "1"})
    assert found["n"] == 1 and np.isnan([found["low"], found["high"]]).all()


def test_perfect_agreement():
    """Coders who always agree on two codes have α = 1, and no interval: items drawn again are all alike."""
    found = row({"a": "0 1 0 1", "b": "0 1 0 1"})
    assert found["coder_agreement"] == 1 and found["is_reliable"]
    assert np.isnan([found["low"], found["high"]]).all()


def test_variables_are_told_apart_and_chosen():
    """One row per variable of the codebook; others, and other codebooks, are left out."""
    both = pd.concat([sheets(C), sheets(SECOND, "stance"), sheets(SECOND, codebook="other")])
    assert coder_agreement(both, codebook="demo", draws=9).variable.tolist() == ["kind", "stance"]
    chosen = coder_agreement(both, codebook="demo", variable="stance", draws=9)
    assert chosen.coder_agreement.tolist() == [pytest.approx(0.6914, abs=1e-4)]
    assert coder_agreement(both, codebook="none held").empty


def test_bad_input_is_refused():
    """Two codes of one coder, words where an order is asked for, an absent column, an unknown level."""
    codes = sheets(C)
    with pytest.raises(TableError, match="coder 'A' gives two codes to 'kind' of item '00'"):
        coder_agreement(pd.concat([codes, codes.head(1)]), codebook="demo")
    with pytest.raises(TableError, match="code 'x' is no number"):
        coder_agreement(codes.assign(code="x"), codebook="demo", level="ordinal")
    with pytest.raises(TableError, match="no column 'coder'"):
        coder_agreement(codes.drop(columns="coder"), codebook="demo")
    with pytest.raises(TableError, match="level must be one of"):
        coder_agreement(codes, codebook="demo", level="cardinal")
