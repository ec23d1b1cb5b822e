"""The verdicts of a run in the terminal."""

from pathlib import Path
from types import SimpleNamespace

from digidip.cli import _messages


def test_what_was_not_computed_is_a_dash(capsys):
    """A figure without a number, or with a count, shows neither None nor nan."""
    shared = {"figure": "Posts", "published": "146 posts", "label": "real"}
    verdicts = [
        shared | {"id": "F001", "computed": 146, "n": 146, "verdict": "reproduced", "reason": "of mine"},
        shared | {"id": "F032", "computed": None, "n": None, "verdict": "not testable here", "reason": "a blog"},
    ]
    facts = {"finding": [], "verdicts": verdicts, "label": "real", "facts": []}
    _messages.run(SimpleNamespace(facts=facts, folder=Path(), notebook="n", page="p"))
    said = capsys.readouterr().out
    assert "None" not in said and "nan" not in said
    assert "F032  not testable here: Posts\n      published 146 posts; not computed, real\n" in said
    assert "n 146, real: of mine" in said and "a blog" not in said  # why none could be is on the page


def test_verdicts_fit_eighty_columns(capsys):
    """However long the words of a figure and of its reason are, no line is longer, and none of the words is lost."""
    words = "Share of posts with more than one hundred comments each, in the first month of the year 2016"
    row = {"id": "F003", "figure": words, "published": "12 %", "computed": 11.6438, "n": 146, "label": "real"}
    row |= {"verdict": "compatible", "reason": f"{words}, {words}"}
    facts = {"finding": [], "verdicts": [row], "label": "real", "facts": []}
    _messages.run(SimpleNamespace(facts=facts, folder=Path(), notebook="n", page="p"))
    said = capsys.readouterr().out.splitlines()
    assert max(map(len, said)) <= 80 and said[1].startswith("F003  compatible: ")
    assert " ".join(" ".join(said).split()).count(words) == 3
    assert "published 12 %; computed 11.6 %, n 146, real" in " ".join(" ".join(said).split())
