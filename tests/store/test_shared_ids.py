"""Records of one file that share an id but have another time or text are no observations of one thing."""

import pytest
import yaml
from conftest import current_build

from digidip.tables import TableError

MAP = {
    "table": "posts",
    "platform": "facebook",
    "columns": {"post_id": "id", "account_id": "page", "posted_at": "when", "text": "words", "retrieved_at": "seen"},
}
HEADER = "id,page,when,words,seen\n"


def row(name, when="2016-01-05T10:00:00Z", words="Words", seen=""):
    """A record of a mapped table of posts."""
    return f"{name},7,{when},{words},{seen}\n"


@pytest.fixture
def posts_of(deliver, build, export):
    """The posts that a mapped table of these records builds, and what the build told."""

    def made(*records):
        export("posts.csv.map.yml", yaml.safe_dump(MAP))
        deliver("posts.csv", HEADER + "".join(records), label="synthetic")
        facts, held = build()
        return facts, held.posts.order_by("post_id").to_pandas()

    return made


def test_records_of_other_times_or_texts_are_rejects(posts_of, home):
    """Two posts under one id, of another time or of another text on one day, are rejects with a note; the others stay."""
    day = "2016-01-05T00:00:00Z"
    facts, posts = posts_of(
        row("a"), row("a", when="2016-01-06T10:00:00Z"), row("b", day, "One"), row("b", day, "Two"), row("c")
    )
    assert posts["post_id"].tolist() == ["c"] and facts["rejects"] == 4
    assert any("4 posts share an id with another of another time or text" in note for note in facts["notes"])
    told = (current_build(home) / "rejects.csv").read_text()
    assert told.count("a record with another time") == 2 and told.count("a record with another text") == 2


def test_observations_of_one_post_are_still_one(posts_of):
    """The same post twice, cut, without its seconds, or edited between two collections, is one: the latest observation."""
    facts, posts = posts_of(
        row("a"), row("a"),
        row("b", words="A long statement"), row("b", words="A long …"),
        row("c", when="2016-01-05T10:00:30Z"), row("c"),
        row("d", words="Tpyo", seen="2016-02-01T00:00:00Z"), row("d", words="Typo", seen="2016-02-02T00:00:00Z"),
    )  # fmt: skip
    assert posts["text"].tolist() == ["Words", "A long …", "Words", "Typo"]
    assert (facts["rejects"], facts["notes"]) == (0, [])


def test_a_file_of_such_records_alone_is_told(posts_of, refused):
    """Where no record has an id of its own, the build stops with the reason."""
    assert "another text" in refused(TableError, lambda: posts_of(*(row("a", words=f"Text {n}") for n in range(3))))
