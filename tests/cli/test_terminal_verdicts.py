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
    assert "146 posts        -   -" in said
    assert "F001 of mine" in said and "a blog" not in said  # why none could be is on the page
