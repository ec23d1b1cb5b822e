"""Principles of dialogue: the index by hand, the gate, what is dropped, and the two rounds of the sample's coders."""

import numpy as np
import pandas as pd
import pytest

from digidip import store
from digidip.measures.dialogue.principles import NO_ITEM, PRINCIPLES, dialogic_principle, principle_reliability
from digidip.measures.statistics._codings import kr20
from digidip.tables import TableError

POSTS = pd.DataFrame({"platform": "x", "account_id": "us", "ministry": "USA", "post_id": list("1234")})


def sheets(coders=("a", "b"), **variables):
    """Codings of posts 1 to 4: variable = one code per post, the same by every coder."""
    names = {
        "loop": "dialogic loop: asks",
        "answers": "dialogic loop: answers",
        "useful": "usefulness of information: explains",
    }
    rows = [
        ("principles", str(item), names[name], coder, code)
        for name, codes in variables.items()
        for coder in coders
        for item, code in enumerate(codes, 1)
    ]
    return pd.DataFrame(rows, columns=["codebook", "item_id", "variable", "coder", "code"])


def scores(codings, **options):
    """The rows of the only ministry by principle."""
    return dialogic_principle(POSTS, codings, draws=199, **options).set_index("principle")


def test_the_index_by_hand():
    """Loop: asks 1/4, answers 3/4, so 1/2; useful 1/4; the mean of the two principles is 3/8, of three indicators 5/12."""
    rows = scores(sheets(loop="1000", answers="1110", useful="0001"))
    assert rows.dialogic_principle[["dialogic loop", "usefulness of information"]].tolist() == [0.5, 0.25]
    assert rows.dialogic_principle["all kept"] == 0.375
    assert rows.method["all kept"].endswith("dropped: return visits, ease of interface, conservation of visitors")


def test_a_principle_without_items_is_named():
    """No row is missing: five principles and their mean."""
    rows = scores(sheets(loop="1000"))
    assert list(rows.index) == [*PRINCIPLES, "all kept"] and rows.method["return visits"] == NO_ITEM


def test_coders_who_disagree_have_no_result():
    """One principle below the gate: it has no result, and neither has the index; the other principle keeps its own."""
    apart = sheets(loop="1010", useful="1100")
    swapped = (apart.coder == "b") & apart.variable.str.startswith("dialogic")
    apart.loc[swapped, "code"] = list("0101")
    rows = scores(apart)
    assert np.isnan(rows.dialogic_principle["dialogic loop"]) and rows.agreement["dialogic loop"] < 0
    assert rows.method["all kept"] == "no result: dialogic loop below the gate"
    assert rows.dialogic_principle["usefulness of information"] == 0.5


def test_one_coder_has_no_result():
    """One sheet alone says nothing about agreement."""
    rows = scores(sheets(coders=("a",), loop="1000"))
    assert rows.method["dialogic loop"] == "no result: one coder only" and rows.dialogic_principle.isna().all()


def test_no_codings_are_not_available():
    """Without codings every row says so."""
    assert set(scores(sheets().head(0)).method) == {NO_ITEM}


def test_accounts_may_be_the_items():
    """A profile is coded under the id of its account."""
    profile = pd.concat([sheets(loop="10").assign(item_id=lambda rows: rows.item_id.replace({"1": "us", "2": "them"}))])
    assert (scores(profile).dialogic_principle["dialogic loop"], scores(profile).n["dialogic loop"]) == (1, 1)


def test_bad_codes_are_refused():
    """A code that is neither 0 nor 1, a variable of no principle."""
    with pytest.raises(TableError, match="code 'yes'"):
        scores(sheets(loop="1000").replace({"code": {"1": "yes"}}))
    with pytest.raises(TableError, match="variable 'tone: kind'"):
        scores(sheets(loop="1000").assign(variable="tone: kind"))


def test_the_samples_two_rounds():
    """The study passes the gate and finds the loop in Peru and not at State; the pilot has no result at all."""
    month = store.load("sample", "", "facebook", "SampleStateSteady,SampleCancilleria", "2016-01-01", "2016-02-01")
    codings = store.reference("codings")
    study = dialogic_principle(month.posts, codings, draws=499).set_index(["ministry", "principle"])
    loop = study.xs("dialogic loop", level="principle")
    assert loop.low["PER"] < 0.75 < loop.high["PER"] and loop.low["USA"] < 0.05 < loop.high["USA"]
    assert study.dialogic_principle.xs("all kept", level="principle").notna().all()
    pilot = dialogic_principle(month.posts, codings, codebook="principles-pilot", draws=499)
    assert pilot.dialogic_principle.isna().all()


def reliability(codings, **options):
    """KR-20 and index of the only ministry by the indicator left out."""
    return principle_reliability(POSTS, codings, draws=199, **options).set_index("without")


def test_reliability_by_hand():
    """Three indicators in four items, 1000, 1110, 1100: variances 3/16, 3/16, 1/4; sums 3, 2, 1, 0: 5/4; 3/2 (1 - 1/2)."""
    rows = reliability(sheets(loop="1000", answers="1110", useful="1100"))
    assert rows.principle_reliability[""] == pytest.approx(0.75) and rows.n[""] == 4
    assert rows["index"][""] == 0.5  # loop 1/2, usefulness 1/2
    without = rows["index"][["dialogic loop: asks", "usefulness of information: explains"]]
    assert without.tolist() == [0.625, 0.5]  # answers 3/4 and usefulness 1/2; the loop alone


def test_the_whole_index_is_that_of_the_principles():
    """What is left out first is nothing: the index stands in both tables."""
    codings = sheets(loop="1000", answers="1110", useful="0001")
    assert reliability(codings)["index"][""] == scores(codings).dialogic_principle["all kept"]


def test_no_agreement_no_reliability():
    """Below the gate, with one coder and without codings there is one row, and it says why."""
    apart = sheets(loop="1010", useful="1100")
    apart.loc[apart.coder == "b", "code"] = list("01010011")
    told = [apart, sheets(coders=("a",), loop="1010"), sheets().head(0)]
    rows = [reliability(codings) for codings in told]
    assert [len(row) for row in rows] == [1, 1, 1] and all(row.principle_reliability.isna().all() for row in rows)
    assert [row.method.iloc[0].split(":")[0] for row in rows] == ["no result", "no result", "not available"]


def test_codes_between_are_cronbachs_alpha():
    """Of codes 0, 1/2, 1 against the covariance matrix: k / (k - 1) (1 - trace / sum)."""
    table = np.random.default_rng(5).choice([0, 0.5, 1], size=(30, 4))
    covariance = np.cov(table.T, ddof=0)
    alpha = 4 / 3 * (1 - np.trace(covariance) / covariance.sum())
    assert kr20(table, np.ones((1, 30)))[0] == pytest.approx(alpha)
