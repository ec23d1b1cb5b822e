"""The synthetic sample is what its README promises, counted from the raw files with the standard library alone."""

import csv
import hashlib
import html
import json
import os
import re
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
SAMPLE = HOME / "data" / "raw" / "sample"
SHAPES = {"usa-steady": (9490, 17, 60.5, 0), "usa-storms": (9468, 18, 0, 89)}
COMMENT_FILES = [f"{stem}_facebook_comments.csv" for stem in (*SHAPES, "per", "ind")]
FURTHER = ["ken_crowdtangle.csv", "est_getpage.csv", "ind_facebook_statuses.csv", "ind_facebook_comments.csv"]
FROM_LOCAL = {"KEN": timedelta(0), "EST": timedelta(hours=2), "IND": timedelta(hours=10, minutes=30)}  # local - stamp
FROM_UTC = {"KEN": timedelta(hours=3), "EST": timedelta(hours=2), "IND": timedelta(hours=5, minutes=30)}  # local - UTC
OFFICIAL_NAMES = {"Sample State Department (steady crowd)", "Sample State Department (storms over silence)"}
NEW_YORK = ("2016-01-01 00:00:00", "2016-02-01 00:00:00")
UTC = ("2015-12-31 19:00:00", "2016-01-31 19:00:00")
MISSIONS_ON_X = {str(150000099 + number) for number in range(35)}  # the minister and 34 missions
MINISTRIES_ON_X = {str(150077000 + number) for number in range(1, 78)}  # test_ministries.py
JANUARY, FEBRUARY = datetime(2016, 1, 1), datetime(2016, 2, 1)
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "\u202e",
    "\u200b",
    "\x1b[31m",
    '=HYPERLINK("http://example.org","x")',
    "@SUM(1+1)",
    'line one\nline two, "quoted"',
    "👨\u200d👩\u200d👧",
    "e\u0301",
]
PRIVATE = [
    "@zqx_planted_handle",
    "planted.person@example.org",
    "+1 202 555 0143",
    "https://www.facebook.com/planted.person.9",
]
ACCENTED = "Ñandú Íñiguez-Planted"
PLANTED_AUTHORS = {"Zebulon Quixworthy", unicodedata.normalize("NFC", ACCENTED), unicodedata.normalize("NFD", ACCENTED)}


def rows(name):
    """The records of a CSV file of the sample."""
    with open(SAMPLE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counts(stem, window=NEW_YORK):
    """Comments per post published in a window given in minimaxir's clock, UTC-5."""
    posts = rows(f"{stem}_facebook_statuses.csv")
    return [int(row["num_comments"]) for row in posts if window[0] <= row["status_published"] < window[1]]


def further(ministry):
    """Local time and comment count (missing where the cell is empty) of every post of one of the further ministries."""
    name, stamp, count = {
        "KEN": ("ken_crowdtangle.csv", "Post Created", "Comments"),
        "EST": ("est_getpage.csv", "created_time", "comments_count"),
        "IND": ("ind_facebook_statuses.csv", "status_published", "num_comments"),
    }[ministry]
    return [
        (datetime.fromisoformat(row[stamp][:19]) + FROM_LOCAL[ministry], int(row[count]) if row[count] else None)
        for row in rows(name)
    ]


def between(posts, start, end):
    """Known counts of the posts in a half-open window of local time."""
    return [count for at, count in posts if start <= at < end and count is not None]


def tweets():
    """The posts on X that can be read, and the lines that cannot."""
    good, bad = [], []
    for line in (SAMPLE / "per_tweets.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            good.append(json.loads(line))
        except ValueError:
            bad.append(line)
    return good, bad


def quarters():
    """The posts of the three accounts of eight quarters, and what people wrote under them."""
    return [json.loads(line) for line in (SAMPLE / "dialogue_tweets.jsonl").read_text(encoding="utf-8").splitlines()]


def is_official(post):
    """Whether one of the three accounts wrote it."""
    return post["user"]["id_str"] in {"150000011", "150000012", "150000013"}


def test_remade_byte_for_byte(tmp_path):
    """make_sample.py writes the committed files again, in any folder, locale or hash seed."""
    changed = {"PYTHONHASHSEED": "7", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    command = [sys.executable, str(SAMPLE / "make_sample.py"), str(tmp_path)]
    subprocess.run(command, check=True, cwd=tmp_path, env=os.environ | changed)
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.csv*")}
    made |= {path.name: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    known = [f"reference/{name}.csv" for name in ("baseline", "codings", "costs", "documents", "events")]
    known += ["reference/goals.csv", "reference/practices.csv"]
    maps = [f"{row['path']}.map.yml" for row in rows("MANIFEST.csv") if row["map"]]
    assert sorted(made) == sorted(["MANIFEST.csv", *known, *maps, *(row["path"] for row in rows("MANIFEST.csv"))])
    assert [name for name, content in made.items() if content != (SAMPLE / name).read_bytes()] == []


def test_manifest_declares_every_export():
    """Hashes match, every row is synthetic, and no export is missing from the manifest."""
    manifest = rows("MANIFEST.csv")
    assert {row["path"]: row["sha256"] for row in manifest} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in SAMPLE.iterdir()
        if path.suffix in {".csv", ".jsonl"} and path.name != "MANIFEST.csv"
    }
    assert {(row["label"], row["terms"]) for row in manifest} == {("synthetic", "synthetic, CC0")}


def test_sample_is_small():
    """A clone stays light: under 8 MB, plain newlines, UTF-8 without BOM."""
    contents = [(SAMPLE / row["path"]).read_bytes() for row in rows("MANIFEST.csv")]
    assert sum(map(len, contents)) < 8_000_000
    assert not any(b"\r" in content or content.startswith(b"\xef\xbb\xbf") for content in contents)


@pytest.mark.parametrize("stem", SHAPES)
def test_state_margins(stem):
    """Both shapes keep the published margins, and only the median and the silence tell them apart."""
    total, above, median, silent = SHAPES[stem]
    january = counts(stem)
    assert len(january) == 146
    assert sum(january) == total and 9417 <= total <= 9562 and round(total / 146) == 65
    assert sum(count > 100 for count in january) == above and round(100 * above / 146) == 12
    assert statistics.median(january) == median
    assert january.count(0) == silent
    assert january.count(100) == january.count(101) == 1


@pytest.mark.parametrize("stem", SHAPES)
def test_state_never_answers(stem):
    """No comment in either month is by an official account."""
    assert not OFFICIAL_NAMES & {row["comment_author"] for row in rows(f"{stem}_facebook_comments.csv")}


@pytest.mark.parametrize(("stem", "total", "above"), [("usa-steady", 9516, 18), ("usa-storms", 9598, 19)])
def test_zone_decides_the_month(stem, total, above):
    """January in UTC takes in the last second of December in New York and loses the last evening of January."""
    january = counts(stem, UTC)
    assert (len(january), sum(january), sum(count > 100 for count in january)) == (145, total, above)
    stamps = {row["status_published"] for row in rows(f"{stem}_facebook_statuses.csv")}
    assert stamps >= {"2015-12-31 23:59:59", "2016-01-01 00:00:00", "2016-01-31 20:30:00", "2016-02-01 00:00:00"}


@pytest.mark.parametrize("stem", SHAPES)
def test_state_threads(stem):
    """Six comments were deleted, three replies lost their parent, a quarter are replies, and one id has 19 digits."""
    comments = rows(f"{stem}_facebook_comments.csv")
    held = Counter(row["status_id"] for row in comments)
    gone = [int(row["num_comments"]) - held[row["status_id"]] for row in rows(f"{stem}_facebook_statuses.csv")]
    posts = {row["comment_id"]: row["status_id"] for row in comments}
    replies = [row for row in comments if row["parent_id"]]
    assert Counter(gone) == {0: 143, 1: 4, 2: 1}
    assert len(posts) == len(comments)
    assert sum(row["parent_id"] not in posts for row in replies) == 3
    assert all(posts.get(row["parent_id"], row["status_id"]) == row["status_id"] for row in replies)
    assert 0.24 < len(replies) / len(comments) < 0.27
    [edge] = [row for row in comments if row["comment_id"].endswith("_1234567890123456789")]
    assert edge["comment_published"] == "2016-01-31 23:59:59"


@pytest.mark.parametrize("stem", SHAPES)
def test_some_comments_come_late(stem):
    """Nine in ten comments come within a day and three in a hundred after more than eight days, before retrieval."""
    posted = {row["status_id"]: row["status_published"] for row in rows(f"{stem}_facebook_statuses.csv")}
    stamp = datetime.fromisoformat
    comments = rows(f"{stem}_facebook_comments.csv")
    delays = [stamp(row["comment_published"]) - stamp(posted[row["status_id"]]) for row in comments]
    assert min(delays) > timedelta(0) and max(delays) < timedelta(days=29)
    assert 0.87 < sum(delay < timedelta(days=1) for delay in delays) / len(delays) < 0.92
    assert 0.02 < sum(delay > timedelta(days=8) for delay in delays) / len(delays) < 0.05
    assert max(row["comment_published"] for row in comments) < "2016-03-01"


def test_earlier_delivery_counts_less():
    """getPage saw the same posts a month earlier with 304 comments fewer, and one of them twice."""
    delivery = rows("usa-steady_getpage.csv")
    later = {row["status_id"]: int(row["num_comments"]) for row in rows("usa-steady_facebook_statuses.csv")}
    earlier = {row["id"]: int(row["comments_count"]) for row in delivery}
    assert (len(delivery), len(earlier)) == (149, 148) and earlier.keys() == later.keys()
    assert all(earlier[post] <= later[post] for post in later)
    assert sum(later.values()) - sum(earlier.values()) == 304
    assert {row["message"] for row in delivery if not row["message"].startswith("[synthetic]")} == {"NA"}


@pytest.fixture
def kind_of(monkeypatch):
    """The kind that the generator planted in a text."""
    monkeypatch.syspath_prepend(SAMPLE)
    return import_module("sample_texts").planted_kind


def test_peru_answers_on_facebook(kind_of):
    """376 of 423 questions have an official answer within a day; 157 of them have no mark, 43 remarks have one."""
    comments = rows("per_facebook_comments.csv")
    asked = {row["comment_id"]: row for row in comments if kind_of(row["comment_message"]) != "none"}
    marked = {row["comment_id"] for row in comments if "?" in row["comment_message"]}
    assert (len(asked.keys() - marked), len(marked - asked.keys())) == (157, 43)
    answers = [row for row in comments if row["comment_author"] == "Cancillería de muestra"]
    stamp = datetime.fromisoformat
    waits = [stamp(row["comment_published"]) - stamp(asked[row["parent_id"]]["comment_published"]) for row in answers]
    assert (len(asked), len({row["parent_id"] for row in answers}), len(answers)) == (423, 376, 376)
    assert not any(row["parent_id"] for row in asked.values())
    assert timedelta(0) < min(waits) and max(waits) < timedelta(days=1)


def test_peru_answers_on_x(kind_of):
    """175 of 198 questions are answered; both platforms together: twenty a day, 88.7 % answered."""
    posts = [post for post in tweets()[0] if "id_str" in post]
    official = [post for post in posts if post["user"]["id_str"] == "150000004"]
    own = {post["id_str"] for post in official if not post["in_reply_to_status_id_str"]}
    texts = {post["id_str"]: html.unescape(post["full_text"]).partition(" ")[2] for post in posts}
    asked = {name for name, text in texts.items() if kind_of(text) != "none"}
    answered = {post["in_reply_to_status_id_str"] for post in official} & asked
    assert (len(own), len(asked), len(answered)) == (155, 198, 175)
    assert {post["in_reply_to_status_id_str"] for post in posts if post["id_str"] in asked} <= own
    assert round((423 + 198) / 31) == 20 and 0.85 < (376 + 175) / (423 + 198) < 0.9


def test_x_lines():
    """Ids carry their clock, entities stand where they say, and the odd lines are there."""
    good, bad = tweets()
    posts = [line for line in good if "id_str" in line]
    assert next(line for line in good if line not in posts).keys() == {"delete"}
    assert [line[:14] for line in bad] == ["", '{"created_at":']
    assert sum("retweeted_status" in post for post in posts) == sum("quoted_status" in post for post in posts) == 1
    for post in posts:
        created = datetime.strptime(post["created_at"], "%a %b %d %H:%M:%S %z %Y").timestamp()
        assert int(created) == ((post["id"] >> 22) + 1288834974657) // 1000 and post["id_str"] == str(post["id"])
        assert len(post["full_text"]) <= 140
        for tag in post["entities"]["hashtags"]:
            assert post["full_text"][slice(*tag["indices"])] == "#" + tag["text"]


def test_crowdtangle_rows():
    """Counts are those of the comments held, one is unknown, and Namibia is a country."""
    posts, held = rows("per_crowdtangle.csv"), Counter(row["status_id"] for row in rows("per_facebook_comments.csv"))
    ids = [f"{row['Facebook Id']}_{row['URL'].rsplit('/', 1)[1]}" for row in posts]
    counted = {post: int(row["Comments"]) for post, row in zip(ids, posts, strict=True) if row["Comments"]}
    assert len(posts[0]) == 41 and (len(ids), len(set(ids)), len(counted)) == (130, 130, 129)
    assert all(held[post] == count for post, count in counted.items()) and held.keys() <= set(ids)
    assert sum(held.values()) - sum(counted.values()) == 14
    assert Counter(row["Page Admin Top Country"] for row in posts) == {"PE": 124, "NA": 6}
    assert all(row["Post Created"].endswith(" PET") for row in posts)
    assert any("," in row["Total Interactions"] for row in posts)


def test_one_text_on_both_platforms():
    """One text was posted on Facebook and, ten minutes later, on X."""
    facebook = {row["Message"]: row["Post Created"] for row in rows("per_crowdtangle.csv")}
    both = [post for post in tweets()[0] if post.get("full_text") in facebook and "feria" in post["full_text"]]
    assert len(both) == 1


def test_posts_say_that_they_are_synthetic():
    """Every text of a post says so, official answers on X included."""
    texts = [row["Message"] for row in rows("per_crowdtangle.csv")]
    texts += [post["full_text"] for post in tweets()[0] if post.get("user", {}).get("id_str") == "150000004"]
    texts += [row["status_message"] for stem in (*SHAPES, "ind") for row in rows(f"{stem}_facebook_statuses.csv")]
    texts += [row["Message"] for row in rows("ken_crowdtangle.csv")]
    assert texts.count("") == 2
    texts += [row["message"] for row in rows("est_getpage.csv") if row["message"] != "NA"]
    assert all("[synthetic]" in text for text in texts if text)


@pytest.mark.parametrize("name", COMMENT_FILES)
def test_planted_items(name):
    """Hostile texts and private data stand in every file of comments."""
    comments = rows(name)
    texts = "\n".join(row["comment_message"] for row in comments)
    assert [planted for planted in HOSTILE + PRIVATE if planted not in texts] == []
    assert {row["comment_author"] for row in comments} >= PLANTED_AUTHORS


def test_planted_items_on_x():
    """Private data and the planted account stand among the replies on X; hostile text is escaped as X escapes it."""
    posts = [post for post in tweets()[0] if "id_str" in post]
    texts = "\n".join(post["full_text"] for post in posts)
    expected = [*PRIVATE, "&lt;img src=x onerror=alert(1)&gt;", "\u202e"]
    assert [planted for planted in expected if planted not in texts] == []
    people = {post["user"]["screen_name"]: post["user"]["name"] for post in posts}
    assert people["zqx_planted_handle"] == "Zebulon Quixworthy"


def test_accounts_know_the_sample():
    """reference/accounts.csv lists the accounts of the exports of posts, by the names these give."""
    with open(HOME / "data" / "reference" / "accounts.csv", encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["label"] == "synthetic"]
    elsewhere = MISSIONS_ON_X | MINISTRIES_ON_X
    listed = [row for row in listed if row["account_id"] not in elsewhere and row["city"] != "Paris"]
    listed = [
        row
        for row in listed
        if row["platform"] not in ("bluesky", "mastodon") and row["ministry"] not in ("BRB", "MUS", "PRY", "TTO", "ZAF")
    ]
    known = {(row["platform"], row["account_id"]): row["name"] for row in listed}
    tangled = rows("per_crowdtangle.csv") + rows("ken_crowdtangle.csv") + rows("mix_crowdtangle.csv")
    pages = {("facebook", row["Facebook Id"]): row["Page Name"] for row in tangled}
    got = rows("usa-steady_getpage.csv") + rows("est_getpage.csv")
    pages |= {("facebook", row["from_id"]): row["from_name"] for row in got}
    pages |= {("x", "150000004"): "Cancillería de muestra"}
    pages |= {("x", post["user"]["id_str"]): post["user"]["name"] for post in quarters() if is_official(post)}
    scraped = rows("usa-storms_facebook_statuses.csv") + rows("ind_facebook_statuses.csv")
    scraped += [row for stem in ("swe", "bra", "jpn", "col") for row in rows(f"{stem}_facebook_statuses.csv")]
    nameless = {("facebook", row["status_id"].split("_")[0]) for row in scraped}
    assert {key: name for key, name in known.items() if key not in nameless} == pages
    assert len(known) == 20 and nameless == known.keys() - pages.keys()
    assert known["facebook", "150000000000008"] in {row["comment_author"] for row in rows("ind_facebook_comments.csv")}


def test_further_files_are_small():
    """The three further ministries add less than 450 KB, and all links lead to the platform or to example.org."""
    contents = [(SAMPLE / name).read_text(encoding="utf-8") for name in FURTHER]
    assert sum(len(content.encode()) for content in contents) < 450_000
    hosts = {host for content in contents for host in re.findall(r"https?://([^/\s\",<]+)", content)}
    assert hosts == {"www.facebook.com", "www.example.org", "citas.example.org", "example.org"}


@pytest.mark.parametrize(
    ("ministry", "posts", "total", "median", "largest", "silent", "above"),
    [("KEN", 42, 298, 6, 25, 2, 0), ("EST", 60, 325, 3, 36, 15, 0), ("IND", 90, 897, 7, 102, 2, 1)],
)
def test_further_january(ministry, posts, total, median, largest, silent, above):
    """January in each ministry's own zone has the posts, comments, silence and posts above 100 of the README."""
    january = between(further(ministry), JANUARY, FEBRUARY)
    assert (len(january), sum(january), statistics.median(january)) == (posts, total, median)
    assert (max(january), january.count(0), sum(count > 100 for count in january)) == (largest, silent, above)


@pytest.mark.parametrize(
    ("ministry", "before", "after", "posts", "total"),
    [("KEN", 41, 2, 42, 299), ("EST", 12, 9, 60, 334), ("IND", 4, 5, 89, 872)],
)
def test_further_edges(ministry, before, after, posts, total):
    """One post stands just outside each end of the local January, one just inside; January in UTC is another month."""
    held = further(ministry)
    counted = dict(held)
    assert counted[JANUARY - timedelta(seconds=1)] == before and counted[FEBRUARY] == after
    assert {JANUARY, datetime(2016, 1, 31, 22, 25)} <= counted.keys()
    shift = FROM_UTC[ministry]
    in_utc = between(held, JANUARY + shift, FEBRUARY + shift)
    assert (len(in_utc), sum(in_utc)) == (posts, total)


def test_kenya_month_by_month():
    """Posts, known counts, comments and medians of the twelve months and of the year; the median grows."""
    held = [post for post in further("KEN") if post[0].year == 2016]
    months = {month: [count for at, count in held if at.month == month] for month in range(1, 13)}
    known = {month: [count for count in counts if count is not None] for month, counts in months.items()}
    assert list(map(len, months.values())) == [42, 37, 41, 26, 36, 39, 40, 38, 42, 40, 40, 38]
    assert {month: len(months[month]) - len(known[month]) for month in months if months[month] != known[month]} == {
        8: 20
    }
    assert list(map(sum, known.values())) == [298, 298, 373, 259, 396, 466, 3180, 244, 624, 633, 670, 676]
    medians = [6, 7, 7, 8.5, 9, 10, 12.5, 11.5, 12.5, 13.5, 14, 14.5]
    assert list(map(statistics.median, known.values())) == medians
    year = [count for counts in known.values() for count in counts]
    assert (len(held), len(year), sum(year), statistics.median(year)) == (459, 439, 8117, 10)
    assert round(statistics.mean(year), 2) == 18.49 and round((sum(year) - 2310) / 438, 2) == 13.26


def test_kenya_storm_silence_and_outage():
    """A viral post in July, no post from 10 to 24 April, and no count for the first twenty posts of August."""
    held = sorted(further("KEN"))
    assert [at for at, count in held if count and count > 1000] == [datetime(2016, 7, 12, 11)]
    above = [at for at, count in held if count and count > 100]
    assert len(above) == 4 and {at.month for at in above} == {7}
    days = [at.date() for at, _ in held]
    assert max(day for day in days if day < date(2016, 4, 11)) == date(2016, 4, 9)
    assert min(day for day in days if day > date(2016, 4, 9)) == date(2016, 4, 25)
    august = [count for at, count in held if (at.year, at.month) == (2016, 8)]
    assert august[:20] == [None] * 20 and None not in august[20:]
    assert held[0][0] == datetime(2015, 12, 31, 23, 59, 59) and held[-1] == (datetime(2017, 1, 1), 33)


def test_kenya_stamps():
    """Stamps carry the abbreviation of the zone, which the date and time columns beside them repeat."""
    for row in rows("ken_crowdtangle.csv"):
        assert row["Post Created"] == f"{row['Post Created Date']} {row['Post Created Time']} EAT"


def test_india_answers_one_question_in_five():
    """80 of 400 questions (texts with a question mark) have one official answer each, on 51 posts of January."""
    comments = rows("ind_facebook_comments.csv")
    asked = {row["comment_id"]: row for row in comments if "?" in row["comment_message"]}
    answers = [row for row in comments if row["comment_author"] == "Sample Ministry of External Affairs (India)"]
    stamp = datetime.fromisoformat
    waits = [stamp(row["comment_published"]) - stamp(asked[row["parent_id"]]["comment_published"]) for row in answers]
    assert (len(asked), len(answers), len({row["parent_id"] for row in answers})) == (400, 80, 80)
    assert len({row["status_id"] for row in answers}) == 51
    assert timedelta(0) < min(waits) and int(statistics.median(waits).total_seconds() / 60) == 302
    top = [row for row in comments if not row["parent_id"]]
    assert len(top) == 809 and all(not row["parent_id"] for row in asked.values())
    assert len(comments) - len(top) - len(answers) == 17


def test_india_counts_are_the_comments_held():
    """Every post counts the comments held, every comment follows its post, and only planted texts are not marked."""
    comments, posts = rows("ind_facebook_comments.csv"), rows("ind_facebook_statuses.csv")
    held, posted = Counter(row["status_id"] for row in comments), {row["status_id"]: row for row in posts}
    assert {post: int(row["num_comments"]) for post, row in posted.items()} == {post: held[post] for post in posted}
    assert (len(comments), len({row["comment_id"] for row in comments})) == (906, 906) and held.keys() <= posted.keys()
    assert all(row["comment_published"] > posted[row["status_id"]]["status_published"] for row in comments)
    planted = [row for row in comments if "[synthetic]" not in row["comment_message"]]
    within = [datetime.fromisoformat(row["comment_published"]) for row in planted]
    shift = FROM_LOCAL["IND"]
    assert len(planted) == 15 and all(JANUARY <= at + shift < FEBRUARY for at in within)


def test_register_has_the_published_margins():
    """140 missions in 75 states, one of them NA; 106 on Facebook, 34 on X, 30 on both; each X handle in accounts.csv."""
    with open(SAMPLE / "per_missions.csv", encoding="utf-8", newline="") as file:
        missions = list(csv.DictReader(file, delimiter=";"))
    presence = Counter((bool(row["facebook"]), bool(row["twitter"])) for row in missions)
    assert presence == {(True, True): 30, (True, False): 76, (False, True): 4, (False, False): 30}
    assert len({row["countryISO"] for row in missions}) == 75 and "NA" in {row["countryISO"] for row in missions}
    with open(HOME / "data" / "reference" / "accounts.csv", encoding="utf-8", newline="") as file:
        known = {row["handle"]: row["city"] for row in csv.DictReader(file) if row["account_id"] in MISSIONS_ON_X}
    assert {row["twitter"]: row["city"] for row in missions if row["twitter"]}.items() <= known.items()
    assert len(known) == 35


def embassies():
    """The lines of the registry of embassies, as lists of cells: sender first, receiver fifth, kind fourth from the end."""
    return [line.split(";") for line in (SAMPLE / "embassies.csv").read_text(encoding="utf-8").splitlines()[1:]]


def codes(path, key, value):
    """Two columns of a CSV file as a dict."""
    with open(path, encoding="utf-8", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def test_embassies_are_few_and_of_four_kinds():
    """Under 80 KB; the registry's words, sixty senders of which one is no state, ids of their own."""
    listed = embassies()
    assert (SAMPLE / "embassies.csv").stat().st_size < 80_000
    assert Counter(cells[-4] for cells in listed) == {
        "embassy": 1155,
        "consulate general": 45,
        "high commission": 20,
        "apostolic nunciature": 18,
    }
    senders = {cells[0] for cells in listed}
    assert len(senders) == 60 and "Sample Free Territory" in senders and "Peru" not in senders and "Malta" in senders
    assert len({cells[-1] for cells in listed}) == len(listed) == 1238


def test_embassies_stand_where_ministries_follow():
    """The table of the README, and r over the pairs of the 58 states without Malta and Peru."""
    state = codes(HOME / "data/reference/ministries.csv", "state", "ministry")
    account = codes(HOME / "data/reference/accounts.csv", "account_id", "ministry")
    kept = {(state.get(c[0]), state[c[4]]) for c in embassies() if c[-4] != "consulate general" and c[0] in state}
    follows = {(account.get(r["Source"]), account.get(r["Target"])) for r in rows("mfa_follows_2016.csv")}
    states = {end for pair in kept for end in pair}
    pairs = {(a, b) for a in states for b in states if a != b and a != "PER"}
    cells = Counter((pair in follows, pair in kept) for pair in pairs)
    assert len(states) == 60
    assert cells == {(True, True): 769, (True, False): 604, (False, True): 422, (False, False): 1686}
    rest = [pair for pair in pairs if not {"PER", "MLT"} & {*pair}]
    r = statistics.correlation([pair in kept for pair in rest], [pair in follows for pair in rest])
    assert len(rest) == 3306 and round(r, 4) == 0.3712


@pytest.mark.parametrize(
    ("day", "held", "among", "up", "down"), [("01-15", 570, 193, 27, 18), ("07-01", 563, 199, 28, 19)]
)
def test_follows_are_planted(day, held, among, up, down):
    """Follows at both dates, among the register, of and by headquarters; one self-loop; Africa apart and without a cycle."""
    ties = [(row["Source"], row["Target"]) for row in rows(f"per_follows_2016-{day}.csv")]
    own = [tie for tie in ties if {*tie} <= {*MISSIONS_ON_X, "150000004"} and tie[0] != tie[1]]
    missions = MISSIONS_ON_X - {"150000099"}
    assert (len(ties), len({*ties}), len(own)) == (held, held, among)
    assert sum(target == "150000004" and source in missions for source, target in own) == up
    assert sum(source == "150000004" and target in missions for source, target in own) == down
    assert [tie for tie in ties if tie[0] == tie[1]] == [("150000004", "150000004")]
    africa = [tie for tie in own if {*tie} & {"150000131", "150000132", "150000133"}]
    assert africa == [("150000131", "150000132"), ("150000131", "150000133"), ("150000132", "150000133")]


def test_two_regions_meet_at_headquarters_alone():
    """No follow leads past headquarters from the Americas (150000100 to 113) to Europe or Asia (114 to 130), or back."""
    for name in ("per_follows_2016-01-15.csv", "per_follows_2016-07-01.csv"):
        ties = [(int(row["Source"]) - 150000100, int(row["Target"]) - 150000100) for row in rows(name)]
        among = [tie for tie in ties if all(0 <= end <= 33 for end in tie)]
        assert among and not [tie for tie in among if (tie[0] < 14) != (tie[1] < 14)]


def test_posts_of_missions_are_as_counted():
    """70 own posts of headquarters, 156 of missions, 120 reposts, 55 replies; none in January, none by Miami."""
    posts = rows("per_mission_posts.csv")
    kinds = Counter(
        "repost" if row["retweeted_id"] else "reply" if row["to_tweetid"] else row["user_id"] == "150000004"
        for row in posts
    )
    assert kinds == {True: 70, False: 156, "repost": 120, "reply": 55}
    assert min(int(row["timestamp_utc"]) for row in posts) >= datetime.fromisoformat("2016-02-01T00:00Z").timestamp()
    assert "150000111" not in {row["user_id"] for row in posts}
    assert all("[synthetic]" in row["text"] for row in posts)
    assert sum(row["retweeted_user_id"] == "150000004" for row in posts) == 80


def test_quarters_of_monologue_dialogue_and_change():
    """Answers, questions, other posts and reposts of the three accounts, year by year, are those of the README."""
    kinds = Counter()
    for post in filter(is_official, quarters()):
        answers = "in_reply_to_status_id_str" in post
        kind = "answer" if answers else "repost" if "retweeted_status" in post else "?" in post["full_text"]
        kinds[post["user"]["screen_name"][11:13], post["created_at"][-4:], kind] += 1
    assert kinds == {
        **{("No", year, kind): n for year in ("2014", "2015") for kind, n in ((False, 48), ("repost", 8))},
        **{
            ("Ca", year, kind): n for year in ("2014", "2015") for kind, n in ((True, 8), ("answer", 32), ("repost", 4))
        },
        ("Au", "2014", False): 40,
        ("Au", "2014", "answer"): 4,
        ("Au", "2015", False): 12,
        ("Au", "2015", "answer"): 36,
    }


def test_quarters_hold_no_other_year_and_say_that_they_are_synthetic():
    """Every stamp is of 2014 or 2015, every text is marked, every reply stands under a post that is held before it."""
    held = {}
    for post in quarters():
        assert post["created_at"][-4:] in ("2014", "2015") and "[synthetic]" in post["full_text"]
        assert post.get("in_reply_to_status_id_str", "") in {"", *held}
        held[post["id_str"]] = post


def test_coders_sheets():
    """Two coders, eight indicators; 20 items a ministry in the study, 8 in the pilot; they differ seldom, then often."""
    codes = {}
    for row in rows("reference/codings.csv"):
        if row["codebook"].startswith("principles"):
            codes.setdefault((row["codebook"], row["item_id"], row["variable"]), []).append(row["code"])
    assert {len(pair) for pair in codes.values()} == {2} and len({variable for *_, variable in codes}) == 8
    for codebook, items, least, most in (("principles", 40, 0.01, 0.06), ("principles-pilot", 16, 0.25, 0.45)):
        pairs = {key: pair for key, pair in codes.items() if key[0] == codebook and "" not in pair}
        assert len({item for _, item, _ in pairs}) == items
        assert least < sum(a != b for a, b in pairs.values()) / len(pairs) < most


def test_codings_are_as_promised(kind_of):
    """Two coders on 300 comments of the Peruvian page and 200 on X, who agree on nine in ten; what they saw was planted."""
    codings = [row for row in rows("reference/codings.csv") if row["codebook"] == "inquiry"]
    assert {row["label"] for row in codings} == {"synthetic"} and len(codings) == 1000
    by_coder = {
        coder: {r["item_id"]: r["code"] for r in codings if r["coder"] == coder} for coder in ("coder-a", "coder-b")
    }
    first, second = by_coder.values()
    assert first.keys() == second.keys() and sum(first[item] == second[item] for item in first) >= 440
    comments = {row["comment_id"]: row["comment_message"] for row in rows("per_facebook_comments.csv")}
    assert len(comments.keys() & first.keys()) == 300
    assert sum(kind_of(comments[item]) == first[item] for item in comments.keys() & first.keys()) >= 285
    tones = [(row["item_id"], row["code"]) for row in rows("reference/codings.csv") if row["codebook"] == "tone"]
    assert len(tones) == 120 and {code for _, code in tones} == {"praise", "criticism", "neither"}


def test_colombia_is_as_planted():
    """120 questions, 7 more deleted with their answers left; 24 machine answers; 15 thanks for 60 remarks; 8 after January."""
    comments = rows("col_facebook_comments.csv")
    held = {row["comment_id"]: row for row in comments}
    official = [row for row in comments if row["comment_author"] == "Cancillería de muestra (Colombia)"]
    machine = [row for row in official if "automático" in row["comment_message"]]
    top = [row for row in comments if not row["parent_id"]]
    assert (len(top), len(machine), len(official)) == (180, 24, 24 + 72 + 7 + 15)
    assert sum(row["parent_id"] not in held for row in official) == 7
    others = [row for row in comments if row["parent_id"] and row not in official]
    assert sum(row["comment_author"] != held[row["parent_id"]]["comment_author"] for row in others) == 40
    assert sum(row["comment_published"] >= "2016-02-01" for row in official) >= 8


def test_embassies_in_paris_post_as_planted():
    """Posts a week on three platforms over eight weeks, two just outside; six of 2015 by the dormant page; one count missing."""
    start, end = datetime(2016, 3, 6, 23, tzinfo=UTC_ZONE), datetime(2016, 5, 1, 22, tzinfo=UTC_ZONE)
    pages = [
        (row["User Name"], datetime.fromisoformat(row["Post Created"][:19])) for row in rows("paris_crowdtangle.csv")
    ]
    of_page = Counter(name for name, at in pages if start <= at.replace(tzinfo=UTC_ZONE) < end)
    assert of_page == {"SampleEmbUsaInParis": 16, "SampleEmbEstoniaInParis": 40, "SampleEmbIsraelInParis": 8}
    assert len([at for _name, at in pages if at.year == 2015]) == 6
    tweets = rows("paris_tweets.csv")
    inside = [row for row in tweets if start.timestamp() <= int(row["timestamp_utc"]) < end.timestamp()]
    assert Counter(row["user_id"] for row in inside) == {"150000201": 80, "150000202": 8, "150000203": 24}
    outside = {int(row["timestamp_utc"]) for row in tweets if row not in inside}
    assert outside == {int(start.timestamp()) - 1, int(end.timestamp())}
    assert len(rows("paris_videos.csv")) == 24
    assert [row["Comments"] for row in rows("paris_crowdtangle.csv")].count("") == 1
    assert all("[synthetic]" in row["text"] for row in tweets)
    assert {row["screen_name"]: row["tweets"] for row in rows("missions_on_x.csv")}["SampleEmbChileParis"] == "0"


def test_finland_is_asked_by_hashtag():
    """Eight invitations; 240 questions under them or with the hashtag, 83 of them answered; ten answers outside."""
    lines = (SAMPLE / "fin_tweets.jsonl").read_text(encoding="utf-8").splitlines()
    held = {post["id_str"]: post for post in map(json.loads, lines)}
    own = {name for name, post in held.items() if post["user"]["screen_name"] == "SampleMfaFIN"}
    tagged = {name for name, post in held.items() if "#AskSampleFinland" in post["full_text"]}
    asked = {name for name in held.keys() - own if {name, held[name]["in_reply_to_status_id_str"]} & tagged}
    answers = [held[name] for name in own if held[name].get("in_reply_to_status_id_str")]
    assert (len(held), len(own & tagged), len(asked)) == (425, 8, 240)
    assert len(asked & {post["in_reply_to_status_id_str"] for post in answers}) == 83 and len(answers) == 83 + 8 + 10
    assert sum(row["ministry"] == "FIN" for row in rows("reference/events.csv")) == 8


def test_ministries_on_bluesky_are_as_planted():
    """112 weeks of posts, twelve comments each, 64 answers, reposts; busy ministries answer less and grow faster."""
    made = rows("bluesky_posts.csv")
    own = [row for row in made if "samplemfa" in row["user_did"] and not row["repost_by_user_did"]]
    posts = [row for row in own if not row["to_post_uri"]]
    per = Counter(row["user_did"] for row in posts)
    assert sorted(per.values()) == sorted(8 * n for n in (1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4))
    comments = [row for row in made if "sampleperson" in row["user_did"]]
    assert (len(comments), len(own) - len(posts)) == (14 * 12, 64)
    assert sum(bool(row["repost_by_user_did"]) for row in made) == 26
    assert all("[synthetic]" in row["original_text"] for row in made)
    counts = [
        {row["did"]: int(row["followers"]) for row in rows(f"bluesky_profiles_2025-{m}.csv")} for m in ("01", "03")
    ]
    growth = {who: counts[1][who] / count - 1 for who, count in counts[0].items()}
    assert min(growth[who] for who, n in per.items() if n == 32) > max(growth[who] for who, n in per.items() if n <= 16)


def test_ordinary_institutions_are_synthetic_and_possible():
    """Thirty rows, twenty of them on Bluesky; nobody answers more than was asked, returns more than was mentioned."""
    known = rows("reference/baseline.csv")
    assert Counter(row["platform"] for row in known) == {"bluesky": 20, "facebook": 10}
    assert {row["label"] for row in known} == {"synthetic"}
    for few, many in (("answered_count", "comment_count"), ("returned_count", "mentioned_count")):
        assert all(int(row[few]) <= int(row[many]) for row in known)


def test_one_ministry_speaks_four_languages():
    """Posts of each page inside the window, versions of messages and their delays, what is short, unknown or has several media."""
    pages, names = rows("mix_crowdtangle.csv"), ("MfaUruguay", "EmbUruguayLondon", "EmbUruguayCairo", "EmbUruguayTokyo")
    window = [row for row in pages if "2019-03-04 03:00:00" <= row["Post Created"] < "2019-05-27 03:00:00"]
    posts = Counter(row["User Name"].removeprefix("Sample") for row in window)
    assert [*(posts[name] for name in names), posts["EmbUruguayMadrid"]] == [84, 82, 78, 74, 82]
    at = {name: {} for name in (*names, "EmbUruguayMadrid")}
    for row in window:
        if message := re.search(r"news/(\d+)", row["Message"]):
            at[row["User Name"].removeprefix("Sample")][message[1]] = datetime.fromisoformat(row["Post Created"][:19])
    delays = [{when - at["MfaUruguay"][number] for number, when in own.items()} for own in at.values()]
    assert delays == [{timedelta(hours=hours)} for hours in (0, 3, 26, 50, 5)]
    assert [len(own) for own in at.values()] == [24, 24, 20, 16, 24]
    assert Counter(row["Type"] for row in window)[""] == Counter(row["Likes"] for row in window)[""] == 1
    assert {row["User Name"] for row in pages if not row["Followers at Posting"]} == {"SampleEmbUruguayMadrid"}
    lines = (SAMPLE / "mix_statuses.jsonl").read_text(encoding="utf-8").splitlines()
    media = Counter(" ".join(each["type"] for each in json.loads(line)["media_attachments"]) for line in lines)
    assert (len(lines), media["audio"], media["image video"]) == (70, 3, 10)


def test_lists_of_followers_are_as_planted():
    """29 lists of each account, six persons deleted in both at once, a purge in every count, an account that stands still."""
    lists, counts = rows("followers_lists.csv"), rows("followers_counts.csv")
    there = {}
    for row in lists:
        if row["tie"] == "follow":
            there.setdefault((row["target_id"], row["observed_at"]), set()).add(row["source_id"])
    assert Counter(account for account, _ in there) == {"910101": 29, "910102": 29}
    deleted = [there[account, "2019-09-16"] - there[account, "2019-09-17"] for account in ("910101", "910102")]
    assert len(deleted[0] & deleted[1]) == 6
    series = {}
    for row in counts:
        series.setdefault(row["account_id"], []).append(int(row["follower_count"]))
    day = {account: len(values) - 10 for account, values in series.items()}  # 22 September
    lost = [values[day[account]] / values[day[account] - 1] - 1 for account, values in series.items()]
    assert len(series) == 15 and statistics.median(lost) < -0.01 and max(lost) < 0
    assert max(map(abs, (value / 20_000 - 1 for value in series["910199"]))) < 0.025


def test_the_campaign_is_as_planted():
    """300 days, one unknown; 120 and 22 more after the event, 30, none; a sister's own event; twelve conferences, ten told of."""
    mentions, posts = rows("mediacloud_campaign.csv"), rows("campaign_posts.csv")
    assert len(mentions) == 300 and [row["Date"] for row in mentions if "" in row.values()] == ["2018-05-31"]

    def step(name):
        """Mean of the days of the event less that of as many before the announcement."""
        values = [float(row[name] or "nan") for row in mentions]
        return statistics.mean(values[220:265]) - statistics.mean(values[155:200])

    planted = {
        "#SinVisaMuestra": 120 + 22 + 13,
        "#VisaFreeSample": 30 + 6.5,
        "#QuietSample": 0,
        "SisterMfaSummit": 260 * 8 / 45,
    }
    assert all(abs(step(name) - value) < 8 for name, value in planted.items())
    assert len(posts) == 312 and [row["views"] for row in posts if not row["likes"]] == ["1200000"]
    told = [
        row["hashtag"]
        for row in rows("reference/events.csv")
        if row["ministry"] == "TTO" and row["kind"] == "conference"
    ]
    assert len(told) == 12 and sum(any(f"#{tag}" in row["text"].split() for row in posts) for tag in told) == 10


def test_movements_rise_when_and_where_they_should():
    """Five tags and the flood have a day far above the same days of the weeks before; no other has; the list names them."""
    [header, *lines] = (SAMPLE / "movements_hourly.csv").read_text(encoding="utf-8").splitlines()
    counts = {tag: [int(line.split(",")[at]) for line in lines] for at, tag in enumerate(header.split(",")) if at}
    assert len(lines) == 840 and len(counts) == 20
    lifted = {}
    for tag, own in counts.items():
        usual = [(own[at - 168] + own[at - 336] + 1) / 2 for at in range(336, 840)]
        sums = [sum(own[at : at + 24]) / sum(usual[at - 336 : at - 312]) for at in range(336, 817)]
        lifted[tag[-2:]] = max(sums)
    high = {tag for tag, most in lifted.items() if most > 1.5}
    assert high == {"03", "07", "10", "14", "16", "18"}
    events = rows("movements_events.csv")
    assert [row["Kind"] for row in events] == ["movement"] * 5 + ["bot flood"]
    assert events[0] == {
        "What": "Movement 3", "Hashtag": "#SampleTag03", "Begin": "21.05.2019 07:00", "End": "23.05.2019 07:00", "Kind": "movement",
    }  # fmt: skip


def test_comments_on_paraguay_are_as_planted():
    """A post a day of three accounts, one author who comments much, a classifier on all and two coders on two thirds of comments."""
    posts = [row for name in ("listening_facebook.csv", "listening_instagram.csv") for row in rows(name)]
    comments = rows("listening_comments.csv")
    assert Counter(row["account_id"] for row in posts) == {"930101": 112, "930102": 112, "930201": 112}
    assert Counter(row["post_id"] for row in comments) == {
        row["post_id"]: int(row["comment_count"]) for row in posts if row["comment_count"] != "0"
    }
    (author, most), (_, second) = Counter(row["author"] for row in comments).most_common(2)
    assert author == "talker" and most > 4 * second
    own = [row for row in rows("reference/codings.csv") if row["codebook"] == "stance"]
    coders = Counter(row["coder"] for row in own)
    assert coders["model"] == len(comments) and coders["coder-a"] == coders["coder-b"]
    assert 0.6 < coders["coder-a"] / len(comments) < 0.7
    lang = {row["comment_id"]: row["lang"] for row in comments}
    assert 1 < Counter(lang.values())["pt"] < 30
    reused = [row for row in rows("reference/codings.csv") if row["codebook"] == "reuse" and row["code"] == "yes"]
    assert Counter(row["coder"] for row in reused)["coder-a"] == 14
    likes = {row["post_id"]: int(row["like_count"]) for row in posts}
    bought = statistics.median(likes[f"930101-{day:03}"] for day in range(84, 98))
    assert bought > 1.8 * statistics.median(likes[f"930101-{day:03}"] for day in range(84))


def test_the_agenda_is_as_planted():
    """The media follow the ministry after two days on four topics, the walks drift, four accounts of 400 make half of the reposts."""
    shares = {}
    for row in rows("agenda_shares.csv"):
        shares.setdefault((row["about"][-2:], row["who"]), []).append(float(row["percent"]))
    assert len(shares) == 30 and {len(own) for own in shares.values()} == {200}
    later = {
        topic: statistics.correlation(shares[topic, "ministry"][:-2], shares[topic, "media"][2:]) for topic, _ in shares
    }
    assert min(later[f"{number:02}"] for number in range(1, 5)) > 0.3 > max(later["08"], later["09"], later["10"])
    assert (
        shares["07", "media"].index(max(shares["07", "media"])) == 40
        and statistics.median(shares["08", "public"]) < 0.2
    )
    again = {
        topic: statistics.correlation(own[:-1], own[1:]) for (topic, who), own in shares.items() if who == "ministry"
    }
    assert again["06"] > 0.9 > max(value for topic, value in again.items() if topic != "06")
    times = sorted(int(row["times"]) for row in rows("agenda_reposts.csv"))
    assert (len(times), sum(times), sum(times[-4:])) == (400, 1584, 792)
    items = [row for row in rows("agenda_dates.csv") if row["kind"] == "agenda item"]
    tags = {row["text"].partition("#")[2]: row["day"] for row in rows("agenda_posts.csv") if "#" in row["text"]}
    in_time = [row for row in items if row["begin"] <= tags.get(row["tag"], "") < row["end"]]
    assert (len(items), len(tags), len(in_time)) == (20, 13, 12)


def test_accounts_of_four_ministries_are_as_planted():
    """Openings treble in Fiji alone, Samoa's come in two shocks, one in ten closes a year, one head changes its mix."""
    accounts = rows("growth_accounts.csv")
    opened = {
        state: [row["opened"] for row in accounts if row["state"] == state] for state in ("FJI", "TON", "VUT", "WSM")
    }
    later = {
        state: sum(day >= "2014" for day in days) / sum(day < "2014" for day in days) for state, days in opened.items()
    }
    assert later["FJI"] > 2 and max(later["TON"], later["VUT"]) < 1.3
    assert Counter(day > "2013" for day in opened["WSM"]) == {False: 22, True: 26}
    ends = [(row["opened"], row["closed"] or "2017-01-01") for row in accounts]
    years = sum((date.fromisoformat(last) - date.fromisoformat(first)).days for first, last in ends) / 365.25
    assert 0.08 < sum(bool(row["closed"]) for row in accounts) / years < 0.12
    for account, moved in (("920001", 0.55), ("920002", 0)):
        posts = [(row["posted"], row["medium"]) for row in rows("growth_posts.csv") if row["account"] == account]
        share = [
            statistics.mean(m == "video" for at, m in posts if (at >= "2014-07") == after) for after in (True, False)
        ]
        assert len(posts) == 144 and abs(share[0] - share[1] - moved) < 0.15


def test_risks_are_as_planted():
    """Tokens by language, no threat, talks of a quarter, of none and as usual, two posts gone and three corrected; the files are light."""
    posts, comments = rows("risks_posts.csv"), rows("risks_comments.csv")
    tokens = {row["comment"]: int((re.findall(r"token(\d+)", row["text"]) or [0])[0]) for row in comments}
    for language, n, rude, severe in (("en", 778, 0.114, 0.028), ("es", 501, 0.170, 0.060), ("pt", 21, 0.190, 0.095)):
        own = [tokens[row["comment"]] for row in comments if row["lang"] == language]
        shares = statistics.mean(each > 0 for each in own), statistics.mean(each > 6 for each in own)
        assert len(own) == n and [round(share, 3) for share in shares] == [rude, severe]
    codings = [row for row in rows("reference/codings.csv") if row["codebook"] in ("risk", "moderation")]
    seen = [row for row in codings if row["variable"] == "severity"]
    assert {row["code"] for row in seen} == {"0", "1", "2"} and all(row["item_id"] in tokens for row in seen)
    found = Counter(row["code"] for row in codings if row["codebook"] == "moderation" and row["item_id"] not in tokens)
    assert found == {"there": 245, "corrected": 3, "removed": 2}
    days = Counter(row["posted"][:10] for row in posts)
    spans = (("2022-03-07", "2022-03-20"), ("2022-05-16", "2022-05-29"), ("2022-06-20", "2022-07-03"))
    assert [sum(n for day, n in days.items() if first <= day <= last) for first, last in spans] == [5, 0, 27]
    assert all(row["text"].startswith("[synthetic]") for row in posts)


def test_audiences_are_as_planted():
    """Quotas of posts and commenters, journalists of the diaspora, messages tied in one account alone; other codebooks as before."""
    own = [row for row in rows("reference/codings.csv") if row["codebook"] in ("audience", "message", "follower")]
    assert Counter(row["codebook"] for row in own if row["coder"] == "coder-a" and row["variable"] != "also") == {
        "audience": 240 + 210 + 130, "message": 240, "follower": 240,
    }  # fmt: skip
    posts = {row["post"]: row["account"] for row in rows("audience_posts.csv")}
    assert Counter(posts.values()) == {"940101": 120, "940102": 120}
    seen = {
        (row["codebook"], row["item_id"]): row["code"]
        for row in own
        if row["coder"] == "coder-a" and row["variable"] != "also"
    }
    tied = Counter(
        (posts[item], seen["message", item])
        for book, item in seen
        if book == "audience" and seen[book, item] == "media" and item in posts
    )
    assert tied["940101", "security"] > 9 > tied["940102", "security"]
    unknown = Counter(posts[item] for item in posts if seen["audience", item] == "unknown")
    assert all(0.25 < n / 120 < 0.35 for n in unknown.values())
    both = {row["item_id"] for row in own if row["variable"] == "also"}
    assert len(both & set(posts)) == 8 and len(both) > 14
    assert {row["lang"] for row in rows("audience_posts.csv")} == {"en", "fr", "de"}
    assert all(
        row["text"].startswith("[synthetic] ")
        for name in ("audience_posts.csv", "audience_comments.csv")
        for row in rows(name)
    )


def test_missions_of_south_africa_are_as_planted():
    """Headquarters, eleven missions and six others post; reposts as planted, one mission most; events, mentions and codes."""
    posts = rows("autonomy_posts.csv")
    per = Counter(row["account"] for row in posts)
    assert (len(posts), len(per), "940012" in per, per["940010"]) == (1172, 18, False, 116)
    reposts = Counter(row["account"] for row in posts if row["of"])
    assert (sum(reposts.values()), reposts["940010"]) == (111, 72)
    own = {row["post"]: row["account"] for row in posts}
    assert {own[row["of"]] for row in posts if row["of"]} == {"940000"}
    tags = Counter(row["account"] for row in posts if "#SampleEvent" in row["text"])
    assert (tags["940000"], tags["940002"], len(tags)) == (34, 0, 11)
    events = [row for row in rows("reference/events.csv") if row["ministry"] == "ZAF"]
    days = [row for row in events if row["begins_at"].endswith("T22:00:00Z")]
    assert (len(events), len({row["hashtag"] for row in events})) == (40, 40) and 6 <= len(days) <= 8
    mentions = rows("autonomy_mentions.csv")
    persons = {"940021", "940022", "940023", "940041"}
    share = [
        statistics.mean(row["account"] in persons for row in mentions if (row["day"] < "2022-04-04") == first)
        for first in (True, False)
    ]
    assert share[0] < 0.55 < 0.6 < share[1] and len({row["who"] for row in mentions}) == 60
    codes = Counter(row["codebook"] for row in rows("reference/codings.csv"))
    assert (codes["copies"], codes["content"]) == (300, 780)
