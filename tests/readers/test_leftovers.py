"""Files beside the great exports: accounts, counts, lists, notices, histories; each is read, or leads to the file that is."""

import json
import os
from pathlib import Path

import pytest

from digidip import readers
from digidip.tables import ReaderError

SAMPLES = Path(__file__).parents[1] / "samples"
REAL = Path(os.environ.get("DIGIDIP_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
needs_real_data = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real data in {REAL} (set DIGIDIP_REAL_DATA)")
COUNTS = '{"data":[{"start":"2021-04-08T00:00:00.000Z","end":"2021-04-09T00:00:00.000Z","tweet_count":5}],"meta":{}}\n'
LISTS = '{"data":[{"id":"1","name":"Secret","owner_id":"7","follower_count":3,"member_count":2}],"meta":{}}\n'
NOTICE = '\n{"id":"1","action":"delete","created_at":"2021-04-08T09:12:30.000Z","reason":"protected"}\n'
HISTORY = (SAMPLES / "crowdtangle_history" / "header_longer_than_rows.csv").read_text()


def written(folder, text, name):
    """A file of this text in the folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path, reader):
    """The message with which a reader refuses a file; it says what is expected and quotes no record."""
    with pytest.raises(ReaderError) as error, readers.reader_errors(path):
        for table in readers.reader(reader).read(path).values():
            table.to_pyarrow()
    assert "Expected: " in str(error.value) and "Secret" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "name", "part"),
    [
        (COUNTS, "counts.jsonl", "(counts); no posts"),
        (LISTS, "lists.jsonl", "(lists); no posts"),
        (NOTICE, "compliance.jsonl", "(compliance); no posts"),
        ("start,end,tweet_count,__twarc.version\n2021,2022,5,2.7.3\n", "counts.csv", "(counts); no posts"),
        (",id,owner_id,created_at,name,member_count\n,1,7,2021,Secret,2\n", "lists.csv", "(lists); no posts"),
        ("id,action,created_at,redacted_at,reason\n1,delete,2021,,protected\n", "c.csv", "(compliance); no posts"),
    ],
)
def test_what_twarc_writes_without_posts_is_named(tmp_path, text, name, part):
    """Counts, lists and notices lead to the reader of tweets, which says what they are and which files it wants."""
    path = written(tmp_path, text, name)
    [reader] = readers.refusing(path)
    assert reader == ("twarc_csv" if name.endswith(".csv") else "twitter_v2") == readers.best_match(path)
    assert readers.matches(path) == []
    message = refusal(path, reader)
    assert part in message and "tweets (twarc2 search, timeline, hydrate)" in message


def test_list_of_followers_is_no_list_of_tweets(tmp_path):
    """Ids alone may be tweets; under the name of a list of accounts they are not."""
    ids = "1380082989265846273\n1380086134993846273\n"
    assert readers.reader("tweet_ids").fits(readers.read_head(written(tmp_path, ids, "ids.txt"))) == 0.5
    assert readers.reader("tweet_ids").fits(readers.read_head(written(tmp_path, ids, "MFAExample_followers.txt"))) == 0


def test_file_of_two_platforms_leads_to_the_one_with_more_posts(tmp_path):
    """Of a page of CrowdTangle's API with two Facebook posts and one on Instagram, each reader takes its own."""
    pages = [
        json.loads((SAMPLES / f"crowdtangle_api_{p}" / "page.json").read_text()) for p in ("facebook", "instagram")
    ]
    posts = pages[0]["result"]["posts"] + pages[1]["result"]["posts"][:1]
    path = written(tmp_path, json.dumps({"status": 200, "result": {"posts": posts}}), "page.json")
    assert readers.best_match(path) == "crowdtangle_api_facebook"
    for name, kept in (("crowdtangle_api_facebook", [1, 2]), ("crowdtangle_api_instagram", [3])):
        found = readers.reader(name).read(path)["posts"].to_pandas()
        assert found[found["reject"].isna()]["export_row"].tolist() == kept
        assert len(found) == 3


@pytest.mark.parametrize(
    "text",
    [
        HISTORY.replace("https://www.facebook.com/100064000000001/posts/", "https://www.instagram.com/p/"),
        HISTORY.replace("2020-01-31 23:59:59", "31/01/2020 23:59"),
        HISTORY.replace(",2020-01-31 23:59:59,https://www.facebook.com/100064000000001/posts/1234567890123456", ""),
        HISTORY.replace("Score Date (GMT)", "Date"),
    ],
    ids=["instagram", "date", "no-post", "column"],
)
def test_history_without_its_post_is_refused(tmp_path, text):
    """A history whose header does not name a Facebook post and its time is refused, since its rows do not."""
    assert "no history of a Facebook post" in refusal(written(tmp_path, text, "history.csv"), "crowdtangle_history")


def test_day_of_another_order_is_no_year(tmp_path):
    """A spreadsheet's 4/8/21 is a missing time, not a day of the year 4."""
    sample = (SAMPLES / "rtweet_csv" / "few_columns_na_iso_and_midnight.csv").read_text()
    path = written(tmp_path, sample.replace("2021-04-08T09:00:00Z", "10/12/20 10:00"), "tweets.csv")
    found = readers.reader("rtweet_csv").read(path)["posts"].to_pandas()
    assert found["posted_at"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize("text", ["[]", '[{"screen_name":"Secret"}]', '{"followers_count":1}', "Secret\n7\n"])
def test_no_users_are_refused(tmp_path, text):
    """JSON without users of API v1.1, and other text, is refused and quoted nowhere."""
    assert "no user of API v1.1" in refusal(written(tmp_path, text, "users.json"), "twitter_users")


@needs_real_data
def test_real_users():
    """Of 67 real user objects, two have a name alone; numbers and ids of the others are those of Python's json."""
    path = REAL / "world-leaders-twitter" / "worldLeaders.json"
    users = json.loads(path.read_text(encoding="utf-8"))
    found = readers.reader("twitter_users").read(path)["metrics"].to_pandas()
    assert readers.best_match(path) == "twitter_users"
    assert len(found) == len(users) == 67
    whole = found[found["reject"].isna()]
    known = [user for user in users if "id_str" in user]
    assert len(whole) == len(known) == 65
    assert whole["account_id"].tolist() == [user["id_str"] for user in known]
    for column, key in (("follower_count", "followers"), ("following_count", "friends"), ("post_count", "statuses")):
        assert whole[column].tolist() == [user[f"{key}_count"] for user in known]
