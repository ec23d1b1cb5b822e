"""Lines of Zeeschuimer and of 4CAT lead to the reader of their platform, and every other file is refused in words."""

import json

import pytest
from test_readers import SAMPLES, as_text, refusal, written

from digidip import readers


def line(platform, **data):
    """A line of Zeeschuimer as bytes."""
    return json.dumps({"item_id": "1", "source_platform": platform, "data": data}).encode() + b"\n"


@pytest.mark.parametrize(
    "platform", ["tiktok.com", "tiktok-comments", "threads.com", "truthsocial.com", "instagram.com"]
)
def test_another_platform_is_refused_with_its_reader(tmp_path, platform):
    """A file of another platform names the platform and the reader that reads it."""
    path = written(tmp_path, line(platform, id="1", desc="Secret"), "export.ndjson")
    message = refusal(path, "zeeschuimer_x")
    name = "zeeschuimer_" + {"tiktok-comments": "tiktok_comments"}.get(platform, platform.partition(".")[0])
    assert f"Found: lines of {platform}." in message
    assert f"Give the reader {name}." in message
    assert "Secret" not in message
    assert readers.best_match(path) == name


@pytest.mark.parametrize(
    "data", [line("9gag", id="1"), b'{"id": "Secret"}\n', b'{"__import_meta": "Secret"}\n', b"Secret\n", b"[" * 3000]
)
def test_lines_of_no_known_platform_are_refused(tmp_path, data):
    """Lines of a platform that no reader reads, and other text, are refused, fitted by no reader, and not quoted."""
    path = written(tmp_path, data, "export.ndjson")
    message = refusal(path, "zeeschuimer_instagram")
    assert "none of a platform that this reader knows" in message
    assert "Expected: NDJSON of Zeeschuimer" in message
    assert "Secret" not in message
    assert not any(name.startswith("zeeschuimer") for name, _share in readers.matches(path))


def test_the_platform_of_most_lines_decides(tmp_path):
    """Two files put together are read as that of which there is more; lines of the other are rejects."""
    post = {"id": "76", "createTime": 1772445600, "desc": "Text", "author": "mfa.example"}
    path = written(tmp_path, line("x.com") + line("tiktok.com", **post) * 2, "export.ndjson")
    assert [name for name, _share in readers.matches(path)] == ["zeeschuimer_tiktok"]
    found = as_text(readers.reader("zeeschuimer_tiktok").read(path)["posts"])
    assert [row["reject"] for row in found] == ["a line of x.com", "", ""]


def test_a_line_and_what_4cat_makes_of_it_give_the_same_post(tmp_path):
    """The object under `data`, and the same at the top beside `__import_meta`, are one post, seen at one time."""
    path = SAMPLES / "zeeschuimer_x" / "repost_quote_long_post_reply.ndjson"
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    moved = [one.pop("data") | {"__import_meta": one} for one in lines]
    copy = written(tmp_path, "\n".join(map(json.dumps, moved)).encode(), "4cat.ndjson")
    for name, frame in readers.reader("zeeschuimer_x").read(path).items():
        found, wanted = as_text(readers.reader("zeeschuimer_x").read(copy)[name]), as_text(frame)
        assert sorted(map(str, found)) == sorted(map(str, wanted))
        assert wanted
