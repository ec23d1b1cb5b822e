"""What an export only seems to say is told: ages that look like times, texts in a shape nobody knows, HTML for JSON."""

import json
from pathlib import Path

import pytest

from digidip import readers
from digidip.readers.facebook.facebook_scraper import AGES
from digidip.tables import ReaderError

SAMPLES = Path(__file__).parents[1] / "samples"


def comments(tmp_path, *times, fetched=None):
    """The comments of a page of facebook-scraper with these times, as a pandas frame."""
    inner = [
        {"comment_id": str(n), "commenter_id": "9", "comment_text": "?", "comment_time": at}
        for n, at in enumerate(times)
    ]
    post = {"post_id": "1", "text": "T", "time": "2021-01-01 09:00:00", "timestamp": 1609491600, "user_id": "7"}
    path = tmp_path / "page.json"
    path.write_text(json.dumps([post | {"page_id": "7", "fetched_time": fetched, "comments_full": inner}]), "utf-8")
    return readers.reader("facebook_scraper").read(path, zone="UTC")["comments"].to_pandas()


def test_ages_are_told_and_one_before_its_post_is_a_reject(tmp_path):
    """One time of day in a whole file is that of the collection."""
    frame = comments(tmp_path, "2020-12-18 11:52:38", "2021-01-18 11:52:38", "2021-03-18 11:52:38")
    assert list(frame.reject.fillna("")) == ["an age that lies before its post", "", ""]
    assert list(frame.remark.fillna("")) == ["", AGES, AGES] and list(frame.is_approximate[1:]) == [True, True]
    assert comments(tmp_path, "2021-01-18 11:52:38", fetched="2021-05-18 11:52:38").remark[0] == AGES


def test_real_times_are_no_ages(tmp_path):
    """Comments of one moment, or of several times of day, are what they say."""
    frame = comments(tmp_path, *["2021-01-18 11:52:38"] * 3)
    assert frame.remark.isna().all() and frame.is_approximate.isna().all()
    assert comments(tmp_path, "2021-01-18 11:52:38", "2021-01-19 11:52:38", "2021-01-20 11:52:39").remark.isna().all()


def test_html_of_telegram_is_told_what_to_export(tmp_path):
    """Telegram's default form of export is named as such, with the remedy."""
    path = tmp_path / "messages.html"
    path.write_text(
        '<!DOCTYPE html>\n<html><head><title>Exported Data</title></head><body><div class="page_body chat_page">'
    )
    assert readers.best_match(path) == "telegram_desktop"
    with pytest.raises(ReaderError, match="an HTML export of Telegram.*machine-readable JSON"):
        readers.reader("telegram_desktop").read(path)


def test_rich_messages_have_a_remark(tmp_path):
    """The text of blocks is put together, and a message without words that can be found is told, too."""
    path = tmp_path / "result.json"
    content = json.loads((SAMPLES / "telegram_desktop" / "rich_message.json").read_text(encoding="utf-8"))
    content["messages"].append(content["messages"][1] | {"id": 3, "rich_message": {"pages": [1]}})
    path.write_text(json.dumps(content), encoding="utf-8")
    frame = readers.reader("telegram_desktop").read(path)["posts"].to_pandas()
    assert frame.text.fillna("")[1] == "Communique\nThe ministers met in Exampleville\nBoth sides agreed."
    assert ["blocks" in text for text in frame.remark.fillna("")] == [False, True, False]
    assert frame.text.isna()[2] and "without words" in frame.remark[2]
