"""Staffing: Erlang's formula against its textbook value and a simulated queue, and the two readings of a sentence."""

import numpy as np
import pandas as pd
import pytest

from digidip.measures.inquiries.staffing import _begun_within, answer_capacity, inquiry_load, staff_needed
from digidip.tables import TableError

DAY = {"start": "2016-01-01", "end": "2016-01-02"}


def asked(number):
    """So many inquiries on one day."""
    at = pd.Timestamp("2016-01-01 12:00")
    return pd.DataFrame({"ministry": "PER", "comment_id": [*map(str, range(number))], "kind": "complex", "asked": at,
                         "absent": None})  # fmt: skip


def test_erlang_by_its_sum():
    """C(c, a) from the textbook's sum of a^k / k!."""
    for staff, work in ((1, 0.5), (3, 2.0), (7, 5.5)):
        terms = np.cumprod([1, *(work / k for k in range(1, staff + 1))])
        waits = terms[-1] * staff / (staff - work)
        probability = waits / (terms[:-1].sum() + waits)
        assert _begun_within(staff, work, 0) == pytest.approx(1 - probability)
        assert _begun_within(staff, work, 1.5) == pytest.approx(1 - probability * np.exp(-(staff - work) * 1.5))


def test_erlang_by_simulation():
    """Two servers at 80 %: the share of 200,000 simulated arrivals that begin within one handling time."""
    rng = np.random.default_rng(4)
    arrivals, free, begun = np.cumsum(rng.exponential(1 / 1.6, 200_000)), [0.0, 0.0], 0
    for at, handling in zip(arrivals, rng.exponential(1, 200_000), strict=True):
        first = int(free[1] < free[0])
        start = max(at, free[first])
        begun += start - at <= 1
        free[first] = start + handling
    assert begun / 200_000 == pytest.approx(float(_begun_within(2, 1.6, 1)), abs=0.02)


def test_readings_of_a_similar_number():
    """20 a day at headquarters: 20 more in total, or 2,120 on 106 missions; the interval scales along."""
    loads = inquiry_load(asked(20), **DAY).set_index("reading")
    assert loads.inquiry_load.tolist() == [20, 20, 2120]
    assert loads.low["headquarters"] == pytest.approx(12.2165, abs=5e-4)
    assert loads.high["missions, each"] == pytest.approx(106 * 30.8884, abs=0.06)


def test_staff_follows_the_reading():
    """1 and 2 people for 5 and 10 hours of work a day; one in each of 107 offices, though 67 in one line would do."""
    found = staff_needed(asked(20), **DAY)
    assert found.staff_needed.tolist() == [1, 2, 107] and found.high.tolist() == [2, 3, 214]
    assert found.method.tolist()[2] == "Erlang C, 90% within the target; 107 lines, one per office"
    assert (found.low <= found.staff_needed).all() and (found.staff_needed <= found.high).all()


def test_each_office_needs_somebody():
    """Whatever the load: never fewer people than offices, and as many in each as one office alone needs."""
    for number, missions in ((1, 106), (60, 12), (400, 3)):
        found = staff_needed(asked(number), **DAY, missions=missions).staff_needed.tolist()
        assert found[2] == (1 + missions) * found[0] >= 1 + missions
    table = answer_capacity(asked(60), similar="each", missions=12, **DAY)
    assert table.staff.tolist()[:3] == [13, 26, 39]
    alone = answer_capacity(asked(60), similar="none", **DAY)
    assert table.answer_capacity.equals(alone.answer_capacity) and table.busy.equals(alone.busy)


def test_staff_needed_is_the_first_that_reaches_the_level():
    """The frontier crosses 90 % exactly there."""
    options = {"handling_minutes": 30, "target_hours": 2}
    frontier = answer_capacity(asked(60), similar="none", **DAY, **options).set_index("staff").answer_capacity
    least = staff_needed(asked(60), **DAY, **options).staff_needed[0]
    assert frontier[least] >= 0.9 and not frontier.get(least - 1, 0) >= 0.9


def test_too_few_people_have_no_share():
    """Where the load exceeds the staff the share is missing, not 0; a limit that cannot cope is 0."""
    table = answer_capacity(asked(200), similar="total", **DAY).set_index("staff")  # 12.5 hours of work an hour
    assert table.answer_capacity[table.busy >= 1].isna().all() and table.answer_capacity[table.busy < 1].notna().all()
    assert table.low[13] == 0


def test_unknown_reading_is_refused():
    """The word is named."""
    with pytest.raises(TableError, match="similar must be 'none', 'total' or 'each', not 'some'"):
        answer_capacity(asked(1), similar="some", **DAY)


@pytest.mark.parametrize(
    "wrong", [{"target_hours": -1}, {"handling_minutes": 0}, {"duty_hours": 25}, {"target_hours": np.nan}]
)
def test_a_queue_that_cannot_be_is_refused(wrong):
    """A negative target, no handling time, more hours than a day, no number: told, not computed."""
    for measure in (answer_capacity, staff_needed):
        with pytest.raises(TableError, match="Expected: minutes above 0"):
            measure(asked(20), **DAY, **wrong)
