"""What measures keep of posts between them: only of tables that never change, and no longer than these live."""

import gc

import pandas as pd

from digidip import measures, store
from digidip.engine import engine, is_unchanging, named
from digidip.measures.statistics import _columns
from digidip.measures.statistics._result_table import counted_posts


def test_posts_of_a_selection_are_fetched_once(monkeypatch):
    posts = store.load("sample", "PER").posts
    first = measures.comments_per_post(posts, zone="America/Lima")
    monkeypatch.setattr(_columns, "to_pandas", None)  # a second fetch would call it
    pd.testing.assert_frame_equal(measures.comments_per_post(posts, zone="America/Lima"), first)
    assert measures.share_above(posts).n.item() == first.n[0]


def test_a_table_that_may_change_is_fetched_anew():
    posts = store.load("sample", "PER").posts
    table = engine().create_table("posts_that_change", posts, temp=True)
    before = measures.share_above(table).n.item(), measures.posting_gap(table).n.max()
    assert not is_unchanging(table) and not is_unchanging(posts.union(table))
    engine().raw_sql("DELETE FROM posts_that_change WHERE comment_count > 0")
    assert measures.share_above(table).n.item() < before[0] and measures.posting_gap(table).n.max() < before[1]
    engine().raw_sql("DROP TABLE posts_that_change")


def test_what_was_fetched_goes_with_the_selection():
    gc.collect()
    before = len(_columns._fetched)
    month = store.load("sample", "PER")
    measures.share_above(month.posts), measures.official_answer_share(month.posts, month.comments)
    assert len(_columns._fetched) == before + 1
    del month
    gc.collect()
    assert len(_columns._fetched) == before


def test_posts_are_counted_alike_in_pandas_and_in_the_engine():
    posts = store.load("sample").posts
    view = named(posts)
    for by in (["ministry"], ["platform", "medium"], []):
        for zone in (None, "UTC", "America/Lima"):
            kept, anew = counted_posts(posts, by, zone), counted_posts(view, by, zone)
            keys = [name for name in anew if name != "posts"]
            kept, anew = (each.sort_values(keys).reset_index(drop=True) for each in (kept, anew))
            pd.testing.assert_frame_equal(kept, anew)
