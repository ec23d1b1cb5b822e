"""Tests of what may leave: label and terms against each kind of output, in the rule and in what a run leaves."""

from pathlib import Path

import networkx
import pandas as pd
import pytest
from conftest import GETPAGE
from nbformat import v4

from digidip import networks, store, tables
from digidip.studies import _results
from digidip.tables import TableError

TERMS = {
    "": 0,
    "by permission": 0,
    "aggregates-only": 1,
    "ids-only, X Developer Policy": 2,
    "full, our own": 3,
}  # kinds; 0: unsaid


@pytest.mark.parametrize("label", tables.LABELS)
@pytest.mark.parametrize("terms", TERMS)
def test_label_and_terms_decide_what_leaves(label, terms):
    """Real data leave as aggregates unless their terms say more; what is invented or public leaves whole unless they say less."""
    many = TERMS[terms] or (1 if label == "real" else 3)
    assert tables.released(label, terms) == tuple(tables.KINDS)[:many]
    for place, kind in enumerate(tables.KINDS):
        words = tables.refusal(kind, [{"path": "per/a.csv", "label": label, "terms": terms}])
        assert bool(words) == (place >= many) and (
            not words or words.startswith("R6: per/a.csv is") and "Expected" in words
        )
    assert tables.refusal("records", []) == ""
    assert tables.refusal(
        "ids", [{"path": path, "label": "real", "terms": word} for path, word in (("a", "full"), ("b", ""))]
    )


def test_every_column_that_names_a_post_or_a_person_counts():
    """All ids of posts, comments and ties, and the address of a post, which holds its id; not the official account."""
    named = {
        name
        for table in ("posts", "comments", "follows")
        for name, one in tables.SCHEMA[table].items()
        if one.kind == "id"
    }
    for name in {*named, "url"} - {"account_id"}:
        assert (
            tables.kind_of([name]) != "aggregates" and tables.kind_of([name.replace("_", " ").upper()]) != "aggregates"
        )
    assert tables.kind_of(["account_id", "n"]) == "aggregates"


@pytest.mark.parametrize(("terms", "ids", "records"), [("", 0, 0), ("ids-only", 1, 0), ("full", 1, 1)])
def test_a_run_leaves_no_more_than_the_terms_of_what_it_loaded(
    deliver, build, home, tmp_path, monkeypatch, terms, ids, records
):
    """Networks are not written and say why; a run whose notebook shows posts or texts, or keeps them behind a figure, fails."""
    deliver("posts.csv", GETPAGE, terms=terms)
    build()
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("DIGIDIP_HOME", str(home))
    held = store.load("processed")
    official = networkx.DiGraph([("a", "b")])
    wide = networkx.DiGraph(official)
    wide.add_node("p2", office="outside")
    for graph, is_allowed in ((official, ids), (wide, records)):
        said = networks.save_network(graph, f"of-{len(graph)}")
        assert ("not written. R6: per/posts.csv is real data" in said) != is_allowed
        assert (tmp_path / "run" / "networks" / f"of-{len(graph)}.gexf").exists() == bool(is_allowed)
    shown = held.posts.to_pandas()
    for columns, is_allowed in ((["ministry"], 1), (["post_id", "ministry"], ids), (["post_id", "text"], records)):
        page = v4.new_output("display_data", {"text/html": shown[columns].to_html()})
        kept = v4.new_output(
            "display_data", {}, metadata={"digidip": {"figure": {"csv": shown[columns].to_csv(index=False)}}}
        )
        for output in (page, kept):
            node = v4.new_notebook(cells=[v4.new_code_cell("", outputs=[output])])
            if is_allowed:
                _results._check_release(node, "10-posts")
            else:
                with pytest.raises(TableError, match=r"10-posts: a cell shows .*R6.*Or leave the cell out"):
                    _results._check_release(node, "10-posts")


@pytest.mark.parametrize(("terms", "is_allowed"), [("", False), ("full", True)])
def test_an_error_may_quote_what_may_leave(deliver, build, home, tmp_path, monkeypatch, terms, is_allowed):
    """What a failed run leaves has the words of its error only where texts may leave, since they may quote one."""
    deliver("posts.csv", GETPAGE, terms=terms)
    build()
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("DIGIDIP_HOME", str(home))
    store.load("processed")
    error = v4.new_output(
        "error", ename="ValueError", evalue="not a number: 'I wrote this'", traceback=["I wrote this"]
    )
    node = v4.new_notebook(cells=[v4.new_code_cell("", outputs=[error], metadata={"tags": []})])
    _results._keep_failed(node, "10-posts", tmp_path / "kept.ipynb")
    kept = (tmp_path / "kept.ipynb").read_text()
    assert "ValueError" in kept and ("I wrote this" in kept) == is_allowed


@pytest.mark.parametrize(("terms", "is_allowed"), [("", False), ("full", True)])
def test_cells_tell_what_their_columns_do_not(deliver, build, home, tmp_path, monkeypatch, terms, is_allowed):
    """Under a heading that says nothing: an id, the beginning of a text, a pseudonym, in tables, files and plain words."""
    long = "A statement & a long one that all of us have read"
    deliver("posts.csv", GETPAGE.replace("Hello @someone", long), terms=terms)
    build()
    (tmp_path / "run").mkdir()
    monkeypatch.setenv("DIGIDIP_RUN", str(tmp_path / "run"))
    monkeypatch.setenv("DIGIDIP_HOME", str(home))
    store.load("processed")
    for cell in ("7_1", f"{long[:30]}...", long, "p" + "a" * 24):
        frame = pd.DataFrame({"what": [cell], "n": [3]})
        shown = v4.new_output("display_data", {"text/html": frame.to_html()})
        kept = v4.new_output("display_data", {}, metadata={"digidip": {"figure": {"csv": frame.to_csv(index=False)}}})
        said = v4.new_output("stream", text=f"Of {cell} nobody knows")
        for output in (shown, kept, *([said] if " " not in cell else [])):
            node = v4.new_notebook(cells=[v4.new_code_cell("", outputs=[output])])
            if is_allowed:
                _results._check_release(node, "10-posts")
            else:
                with pytest.raises(TableError, match="10-posts: a cell shows"):
                    _results._check_release(node, "10-posts")
    harmless = pd.DataFrame({"what": ["Hello", "7", "2016-01-05", "photo"], "n": 3}).to_html()
    node = v4.new_notebook(
        cells=[v4.new_code_cell("", outputs=[v4.new_output("display_data", {"text/html": harmless})])]
    )
    _results._check_release(node, "10-posts")


def test_private_people_go_into_no_file_unless_one_says_so(tmp_path, refused):
    """At the keyboard nobody knows the terms: a network with ends outside the register is asked for twice."""
    graph = networkx.DiGraph([("a", "p2")])
    graph.nodes["p2"]["office"] = "outside"
    assert "people=True" in refused(TableError, lambda: networks.write_network(graph, tmp_path / "a.gexf"))
    assert networks.write_network(graph, tmp_path / "a.gexf", people=True) == [tmp_path / "a.gexf"]


def test_no_run_is_kept_before_what_it_shows_was_looked_at(tmp_path, monkeypatch):
    """What may not leave stops the run, and no folder of it is made."""

    def refuse(node, name):
        raise TableError(f"{name}: R6")

    monkeypatch.setattr(_results, "_executed", lambda *_given: v4.new_notebook())
    monkeypatch.setattr(_results, "_check_release", refuse)
    notebook = Path(__file__).parents[2] / "notebooks" / "10-comment-analysis.ipynb"
    with pytest.raises(TableError, match="10-comment-analysis: R6"):
        _results.execute(notebook, {}, tmp_path / "final", tmp_path, None, tmp_path)
    assert not (tmp_path / "final").exists()
