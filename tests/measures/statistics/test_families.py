"""Families of tests: which rows of a table are adjusted together."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from digidip.measures.posts.sensitivity import by_definition
from digidip.measures.statistics._result_table import with_adjusted_p


def test_a_test_of_all_together_is_in_no_family():
    """Holm over the two others: .02 twice, .03; what was adjusted before gives way."""
    table = pd.DataFrame({"p": [0.01, 0.03, 0.001], "p_adjusted": 1.0})
    found = with_adjusted_p(table, "holm", apart=[False, False, True]).p_adjusted
    assert found[:2].tolist() == pytest.approx([0.02, 0.03]) and found.isna()[2]


def test_definitions_are_one_family():
    """Each definition is one test alone; of four the least p is taken four times."""

    def measure(p):
        return with_adjusted_p(pd.DataFrame({"p": [p]}))

    found = by_definition(measure, {str(p): p for p in (0.01, 0.2, 0.3, 0.4)})
    assert found.p_adjusted.tolist() == pytest.approx([0.04, 0.6, 0.6, 0.6])


@pytest.mark.parametrize("method", ["holm", "fdr_bh"])
def test_adjusted_p_are_those_of_statsmodels(method):
    """Twelve p with ties, and 1, in any order."""
    p = np.random.default_rng(3).permutation([*np.linspace(1e-6, 0.9, 8), 0.01, 0.01, 0.3, 1.0])
    found = with_adjusted_p(pd.DataFrame({"p": p}), method).p_adjusted
    assert np.allclose(found, multipletests(p, method=method)[1], atol=1e-15)
