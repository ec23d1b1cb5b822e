"""Privacy (docs/privacy.md#r1): after a build no byte holds the name, handle, address or number of a private person."""

import json
import re
import unicodedata
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from planted import Planting
from test_readers import FILES, ZONES, expected

from digidip import clean, deliveries, readers, store
from digidip.tables import TableError

PEOPLE = {
    "posts": ("account_id", "handle", "reply_to_account_id"),
    "comments": ("author",),
    "entities": ("value",),
    "follows": ("source_id", "target_id"),
    "metrics": ("account_id",),
}
SAMPLE = deliveries.REPOSITORY / "data" / "raw" / "sample"
PLANTED = [
    "Zebulon Quixworthy", "Ñandú Íñiguez-Planted", "zqx_planted_handle", "planted.person@example.org", "planted.person.9",
    "202 555 0143", "Quixworthy", "Íñiguez",
]  # fmt: skip


def forms(text):
    """The text as it might survive: composed, decomposed, encoded in an address or in JSON, in either case."""
    plain = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    encoded = (
        {quote(one) for one in plain}
        | {quote(one, safe="") for one in plain}
        | {one.replace(" ", "+") for one in plain}
    )
    escaped = {json.dumps(one)[1:-1] for one in plain}
    return {case(one) for one in plain | encoded | escaped for case in (str, str.upper, str.lower)}


def cells(folder):
    """Every text in the Parquet files of a holding, and the other files as they are."""
    for path in sorted(Path(folder).rglob("*")):
        if path.suffix == ".parquet":
            table = pd.read_parquet(path)
            for column in table.columns:
                if not pd.api.types.is_numeric_dtype(table[column]):
                    yield f"{path.parent.name}.{column}", "\0".join(table[column].dropna().astype(str))
        elif path.is_file():
            yield path.name, path.read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def held_cells(sample_home):
    """The texts of the built sample and where they stand, read once."""
    return list(cells(sample_home / "data" / "processed"))


def everyone():
    """The names of all who commented or followed in the sample, officials left out, and handles of all who replied."""
    registered = pd.read_csv(deliveries.REPOSITORY / "data" / "reference" / "accounts.csv", dtype=str)
    delivered = pd.read_csv(SAMPLE / "return_accounts.csv", dtype=str)["account"]
    official = {*registered["name"], *registered["account_id"], *delivered}
    tables = [pd.read_csv(path, dtype=str) for path in SAMPLE.glob("*_comments.csv")]
    columns = [table["author" if "author" in table else "comment_author"] for table in tables]
    columns += [pd.read_csv(SAMPLE / "followers_lists.csv", dtype=str)["source_id"]]
    names = "agenda_reposts.csv", "autonomy_mentions.csv"
    columns += [pd.read_csv(SAMPLE / name, dtype=str)["who"] for name in names]
    names = set(pd.concat(columns).dropna()) - official
    lines = [
        line for line in (SAMPLE / "per_tweets.jsonl").read_text(encoding="utf-8").splitlines() if line.endswith("}")
    ]
    users = [
        tweet["user"] for tweet in map(json.loads, lines) if "user" in tweet and tweet["user"]["id_str"] != "150000004"
    ]
    return names | {user["screen_name"] for user in users} | {user["id_str"] for user in users}


def test_planted_details_are_in_the_sample():
    """The test can fail: every planted detail stands in the raw files."""
    raw = "".join(path.read_text(encoding="utf-8") for path in SAMPLE.iterdir() if path.suffix in (".csv", ".jsonl"))
    assert all(any(form in raw for form in forms(text)) for text in PLANTED)


@pytest.mark.parametrize("planted", PLANTED)
def test_nothing_planted_survives(planted, held_cells):
    """No planted detail, in any form, occurs in data/processed: tables, build.json, rejects."""
    for where, text in held_cells:
        assert not [form for form in forms(planted) if form in text], where


def test_no_byte_of_a_file_has_them(sample_home):
    """Nor in the bytes as they lie on the disk, statistics of the Parquet files included."""
    for path in (sample_home / "data" / "processed").rglob("*.*"):
        content = path.read_bytes()
        assert not [form for text in PLANTED for form in forms(text) if form.encode() in content], path.name


def test_nobody_else_survives(held_cells):
    """No author of a comment is left by name, handle or id as the value of any cell."""
    values, people = set(), everyone()
    for _where, text in held_cells:
        values |= set(text.split("\0"))
    assert len(people) > 100 and not people & values


def test_pseudonyms_instead(sample_home):
    """Every author is an official account or a pseudonym; as many people as before."""
    comments = store.load("processed", home=sample_home).comments.to_pandas()
    private = comments[~comments["is_official"].astype("boolean").fillna(False)]
    assert private["author"].dropna().str.fullmatch(r"p[a-z2-7]{24}").all()
    hidden = clean.pseudonym("Zebulon Quixworthy", "facebook", clean.SAMPLE_KEY)
    assert hidden in set(private["author"])


def test_hostile_texts_survive(sample_home):
    """Scrubbing takes private details and leaves markup, formulas and directions for the report to make harmless."""
    texts = "\0".join(store.load("processed", home=sample_home).comments.text.to_pandas().dropna())
    for hostile in (
        "<img src=x onerror=alert(1)>",
        "</script><script>",
        "=HYPERLINK(",
        "\u202e",
        "\x1b[31m",
        "e\u0301",
    ):
        assert hostile in texts


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("comment_author", "author"),
        lambda text: text.replace(",2016-01-", ",16-01-"),
        lambda text: text.split("\n", 1)[1],
        lambda text: text.replace("7_1_1,", "1.29E+18,"),
        lambda text: text.replace("7_1,", "7_99,"),
        lambda text: text + '"Zebulon Quixworthy' * 3,
    ],
)
def test_messages_tell_nobody(change, deliver, export, build, capfd):
    """No message of a provoked error repeats a cell of the file."""
    from conftest import COMMENTS, STATUSES

    path = export("c.csv", change(COMMENTS))
    told = ""
    try:
        delivery = deliveries.describe(path, ministry="PER", label="real", reader="minimaxir_facebook")
        store.dry_run(path, delivery)
        deliver("posts.csv", STATUSES)
        deliver("c.csv", change(COMMENTS))
        told += json.dumps(build()[0])
    except (TableError, ValueError) as error:
        told += str(error)
    told += "".join(capfd.readouterr())
    assert told and not [text for text in ("Zebulon", "Quixworthy", "0143", "street") if text in told]


OF_PEOPLE = [name for name in readers.READERS if readers.reader(name).POSTS_BY_ANYONE and readers.reader(name).PLATFORM]
OF_PEOPLE += ["facebook_scraper", "facepager_facebook", "graph_api", "minimaxir_facebook", "telegram_desktop"]
# Where tokens of texts and links stay.
WORDS = ("posts.text", "comments.text", "entities.value", "posts.link", "posts.url")
PERSON = re.compile(
    r"(?i).*(?:name|user|author|owner|from|handle|screen|acct|nick|sender|creator|bio|avatar|location).*"
)


def stated(path):
    """The tables that name people, as they stand beside a sample and as its reader is proven to give them."""
    frames = {table: pd.DataFrame(rows) for table in PEOPLE if (rows := expected(path, table))}
    return {table: frame.where(frame != "", None) for table, frame in frames.items()}


def named(frames, officials):
    """Everybody whom the tables of a reader name by id or handle, and what names these accounts; too short a name tells nobody."""
    people, posts = set(), frames["posts"]
    for table, frame in frames.items():
        frame = frame[frame["kind"] == "mention"] if table == "entities" else frame
        people |= {name for column in PEOPLE[table] if column in frame for name in frame[column].dropna()}
    own = posts[posts["account_id"].isin(officials)]
    ours = {name for column in (*PEOPLE["posts"], "account_name") if column in own for name in own[column].dropna()}
    return {name for name in people - ours if len(name) > 5}, ours


def test_nobody_but_the_official_accounts_survives_any_reader(deliver, register, home):
    """No cell has the id or handle of anyone but the official accounts, nor a token of any field that names a person.

    A token stands in every field of every reader's fullest sample that is not such an account's: what stays is that of
    texts, hashtags and links.
    """
    samples = [path for path in FILES if path.parent.name in OF_PEOPLE and path.suffix != ".zip"]
    samples = [
        max(group, key=lambda path: path.stat().st_size) for _, group in groupby(samples, lambda path: path.parent)
    ]
    frames = {path: stated(path) for path in samples}
    official = {path: frames[path]["posts"]["account_id"].mode()[0] for path in samples}
    ours = {name for path in samples for name in named(frames[path], official.values())[1]}
    people, accounts, tokens = {}, {}, {}
    for path, account in official.items():
        name, zone = path.parent.name, ZONES.get(path.stem, "")
        planting = Planting(path.read_bytes(), path.suffix, name, {each.lower() for each in ours})
        people[name], _ = named(frames[path], [account])
        tokens |= {token: (name, field) for token, field in planting.tokens.items()}
        key = (readers.reader(name).PLATFORM, account.lower().removeprefix("channel"))
        accounts[key] = {"platform": key[0], "account_id": account, "ministry": "PER", "label": "synthetic"}
        deliver(
            f"{name}{path.suffix}",
            planting.content,
            reader=name,
            zone=zone,
            label="synthetic",
            retrieved_at="2026-12-31",
        )
    register(*accounts.values())
    store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
    held = list(cells(home / "data" / "processed"))
    survivors = [
        (reader, where)
        for reader in people
        for where, text in held
        for person in people[reader] - ours
        if person in text
    ]
    assert survivors == [] and sum(map(bool, people.values())) > 20
    left = {(where, token) for where, text in held for token in re.findall("(?i)zq[0-9]+k[a-z0-9]+", text)}
    found = {(where, *tokens.get(token, ("", token))) for where, token in left}
    assert [
        each
        for each in found
        if each[0] not in WORDS or PERSON.fullmatch(each[2].partition("tag")[0].rpartition(".")[2])
    ] == []
    assert len(found) > 80 and len(tokens) > 500


def test_names_and_links_of_people_leave_a_holding(deliver, build, register):
    """A comment does not name who wrote another, a post links to nobody but itself, and the account of rows says how many."""
    from conftest import COMMENTS, STATUSES

    link = "https://www.facebook.com/ana.perez.9/posts/1"
    posts = STATUSES.replace("Hello again,,photo,", f"Hello again @zqx_ana,,photo,{link}").replace(
        "Third", f"See {link} #x"
    )
    deliver("posts.csv", posts)
    deliver("comments.csv", COMMENTS.replace("Nobody wrote this", "as ZEBULON Quixworthy said to Ministry of Peru"))
    user = {"id_str": "11", "screen_name": "mfa", "name": "MFA"}
    tweet = {
        "id_str": "689719005803446272",
        "created_at": "Wed Jan 20 09:00:00 +0000 2016",
        "user": user,
        "text": "See",
    }
    tweet |= {"lang": "en", "entities": {"urls": [{"expanded_url": "https://instagram.com/zqx_ana"}]}}
    other = {**tweet, "id_str": "680000000000000000", "text": "Call +1 202 555 0143", "user": {**user, "id_str": "12"}}
    shared = {**tweet, "id_str": "690081393669046272", "text": "RT …", "retweeted_status": other}
    register({"platform": "x", "account_id": "11", "ministry": "PER", "label": "real"})
    deliver("tweets.jsonl", f"{json.dumps(tweet)}\n{json.dumps(shared)}\n", reader="twitter_v1", zone="")
    facts, tables = build()
    texts = "\0".join(tables.comments.text.to_pandas().dropna())
    assert "as [name] said to Ministry of Peru" in texts
    links = set(tables.posts.link.to_pandas().dropna())
    assert links == {"https://www.facebook.com/[handle]/posts/1", "https://instagram.com/[handle]"}
    entities = tables.entities.to_pandas()
    assert set(entities.value[entities.kind == "link"]) == {"https://instagram.com/[handle]"}
    posts = set(tables.posts.text.to_pandas().dropna())
    assert {"Hello again [handle]", "Call [phone]"} <= posts
    steps = [one for one in facts["account_of_rows"] if (one["step"], one["table"]) == ("scrub", "comments")]
    assert "2 texts with private details replaced, 1 with names of commenters" in [one["reason"] for one in steps]


@pytest.mark.parametrize(
    ("name", "sample", "official", "person"),
    [
        ("bluesky_feed", "thread_nested.json", "did:plc:mfaexampleland2222222222", "sampleuser"),
        ("mastodon_statuses", "replies_to_local_numbers.jsonl", "https://social.example/@mfa_example", "sample_user"),
    ],
)
def test_ids_of_comments_name_nobody(name, sample, official, person, deliver, register, home):
    """On Bluesky and Mastodon an id holds its author: that of a private person's comment is a pseudonym, wherever it stands."""
    content = (Path(__file__).parents[1] / "samples" / name / sample).read_bytes()
    platform = readers.reader(name).PLATFORM
    register({"platform": platform, "account_id": official, "ministry": "PER", "label": "synthetic"})
    deliver(sample, content, reader=name, label="synthetic", retrieved_at="2026-12-31")
    store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
    held = list(cells(home / "data" / "processed"))
    assert [where for where, text in held if person in text] == []
    hidden = {where: set(re.findall(r"\bp[a-z2-7]{24}\b", text)) for where, text in held}
    assert hidden["comments.comment_id"] & (hidden.get("comments.parent_id", set()) | hidden["posts.reply_to_id"])
