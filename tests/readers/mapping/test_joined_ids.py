"""Ids made of several columns: hashed, the same for the same cells, and never made of names or texts."""

import pytest
import yaml

from digidip import readers
from digidip.tables import ReaderError

TEXT = "number,page,when,who,words\n1,7,2016-01-05T10:00:00Z,Zebulon,Hello\n2,7,2016-01-05T10:00:00Z,Ana,Hello\n"
COLUMNS = {"post_id": {"from": "page", "and": ["number"]}, "account_id": "page", "posted_at": "when", "text": "words"}


def written(export, **columns):
    """A table of posts with its map."""
    path = export("posts.csv", TEXT)
    plan = {"table": "posts", "platform": "facebook", "columns": COLUMNS | columns}
    export("posts.csv.map.yml", yaml.safe_dump(plan))
    return path


def test_a_joined_id_is_a_hash(export):
    """An id of two columns tells nothing of them, differs where they do, and is the same in every file."""
    ids = readers.reader("mapped").read(written(export))["posts"].order_by("export_row").post_id.to_pandas().tolist()
    assert len(set(ids)) == 2 and all(one.startswith("joined:") and len(one) == 31 for one in ids)


@pytest.mark.parametrize(
    ("further", "columns"),
    [
        ("who", {"account_name": "who"}),
        ("who", {"handle": "who"}),
        ("words", {}),
    ],
)
def test_an_id_of_a_name_or_a_text_is_refused(further, columns, export, refused):
    """A column that the map gives to authors or texts makes no id."""
    path = written(export, post_id={"from": "number", "and": [further]}, **columns)
    message = refused(ReaderError, lambda: readers.reader("mapped").read(path))
    assert f"columns.post_id.and: found {further!r}" in message


@pytest.mark.parametrize("name", ["Author", "user name", "Full Text", "comment"])
def test_a_name_known_for_authors_or_texts_is_refused(name, export, refused):
    """So does a column whose name is known for authors or texts, though the map does not take it."""
    path = export("posts.csv", TEXT.replace("who", name))
    columns = COLUMNS | {"post_id": {"from": "number", "and": [name]}}
    export("posts.csv.map.yml", yaml.safe_dump({"platform": "facebook", "columns": columns}))
    assert "columns.post_id.and" in refused(ReaderError, lambda: readers.reader("mapped").read(path))
