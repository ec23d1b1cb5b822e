"""Records of one file that share an id but have another time or text are no observations of one thing."""

import yaml
from conftest import Together, current_build

from digidip.tables import TableError

MAP = {
    "table": "posts",
    "platform": "facebook",
    "columns": {"post_id": "id", "account_id": "page", "posted_at": "when", "text": "words", "retrieved_at": "seen"},
}
HEADER = "id,page,when,words,seen\n"


DAY = "2016-01-05T00:00:00Z"
# Both tables in one holding, as those of two pages.
together = Together()


def row(name, when="2016-01-05T10:00:00Z", words="Words", seen=""):
    """A record of a mapped table of posts."""
    return f"{name},7,{when},{words},{seen}\n"


REJECTED = (
    row("a"), row("a", when="2016-01-06T10:00:00Z"), row("b", DAY, "One"), row("b", DAY, "Two"), row("c"),
)  # fmt: skip
together.deliver("rejected.csv", HEADER + "".join(REJECTED), label="synthetic", column_map=yaml.safe_dump(MAP))


def test_records_of_other_times_or_texts_are_rejects(built):
    """Two posts under one id, of another time or of another text on one day, are rejects with a note; the others stay."""
    posts = built.held.posts.filter(built.held.posts.account_id == "7")
    assert posts.post_id.to_list() == ["c"] and built.facts["rejects"] == 4
    assert any("4 posts share an id with another of another time or text" in note for note in built.notes)
    told = (current_build(built.home) / "rejects.csv").read_text()
    assert told.count("a record with another time") == 2 and told.count("a record with another text") == 2


OBSERVED = (
    row("p"), row("p"),
    row("q", words="A long statement"), row("q", words="A long …"),
    row("r", when="2016-01-05T10:00:30Z"), row("r"),
    row("s", words="Tpyo", seen="2016-02-01T00:00:00Z"), row("s", words="Typo", seen="2016-02-02T00:00:00Z"),
)  # fmt: skip
OF_ANOTHER = "".join(OBSERVED).replace(",7,", ",8,")
together.deliver("observed.csv", HEADER + OF_ANOTHER, label="synthetic", column_map=yaml.safe_dump(MAP))


def test_observations_of_one_post_are_still_one(built):
    """The same post twice, cut, without its seconds, or edited between two collections, is one: the latest observation."""
    posts = built.held.posts.filter(built.held.posts.account_id == "8").order_by("post_id")
    assert posts.text.to_list() == ["Words", "A long …", "Words", "Typo"]
    assert "observed.csv" not in (current_build(built.home) / "rejects.csv").read_text()
    assert not [note for note in built.notes if "observed.csv" in note]


def test_a_file_of_such_records_alone_is_told(export, deliver, build, refused):
    """Where no record has an id of its own, the build stops with the reason."""
    export("posts.csv.map.yml", yaml.safe_dump(MAP))
    deliver("posts.csv", HEADER + "".join(row("a", words=f"Text {n}") for n in range(3)), label="synthetic")
    assert "another text" in refused(TableError, build)
