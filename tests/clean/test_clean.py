"""Clean: pseudonyms, scrubbing, threads and deduplication, worked by hand."""

import io
import logging
import re
import unicodedata
from datetime import UTC, datetime

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digidip import clean
from digidip.clean import _key, _pseudonyms
from digidip.engine import engine
from digidip.store._holding import Holding
from digidip.tables import TableError, conform

KEY, OTHER = b"k" * 32, b"q" * 32

PRIVATE = [
    ("thanks @ana_perez for that", "thanks [handle] for that"),
    ("@ana.perez: where?", "[handle]: where?"),
    ("＠ana_perez hello", "[handle] hello"),
    ("(@josé) and @李雷", "([handle]) and [handle]"),
    ("RT @Ana: hello", "RT [handle]: hello"),
    ("ask @ana, @bob and @eve.", "ask [handle], [handle] and [handle]."),
    ("write to ana.perez@example.org please", "write to [e-mail] please"),
    ("Ana.Perez+visa@mail.example.co.uk", "[e-mail]"),
    ("josé@exämple.org", "[e-mail]"),
    ("mailto:ana_p@example.org.", "mailto:[e-mail]."),
    ("call +1 202 555 0143 now", "call [phone] now"),
    ("+51 1 204-2400", "[phone]"),
    ("+44 (0)20 7946 0958", "[phone]"),
    ("+49 30 901820", "[phone]"),
    ("tel. (202) 555-0143", "tel. [phone]"),
    ("202-555-0143", "[phone]"),
    ("202.555.0143", "[phone]"),
    ("cel 987654321", "cel [phone]"),
    ("+380 44 279 1234", "[phone]"),
    ("00 51 987 654 321", "[phone]"),
    ("06 12 34 56 78", "[phone]"),
    ("+91-98765-43210", "[phone]"),
    ("+٩٧١ ٤ ٤٠٤ ٠٠٠٠", "[phone]"),
    ("ana@x.com/photos", "[e-mail]/photos"),
    ("see https://www.facebook.com/ana.perez.9", "see [profile]"),
    ("http://fb.com/ana", "[profile]"),
    ("m.facebook.com/profile.php?id=100001", "[profile]"),
    ("https://twitter.com/ana_perez/status/1", "[profile]"),
    ("https://x.com/ana", "[profile]"),
    ("instagram.com/ana.p/", "[profile]"),
    ("https://www.tiktok.com/@ana", "[profile]"),
    ("t.me/ana_perez", "[profile]"),
    ("vk.com/id1234", "[profile]"),
    ("https://www.threads.net/@ana", "[profile]"),
    ("https://bsky.app/profile/ana.bsky.social", "[profile]"),
    ("https://mastodon.social/@ana", "[profile]"),
    ("https://www.youtube.com/@ana", "[profile]"),
    ("https://www.linkedin.com/in/ana-perez", "[profile]"),
    ("wa.me/51987654321", "[profile]"),
    ("HTTPS://WWW.FACEBOOK.COM/ANA", "[profile]"),
]
HARMLESS = [
    "UN Security Council resolution 1701 (2006)",
    "from 2016-01-31 to 2016-02-29, 10:30-11:45",
    "31.01.2016, 18.30 h",
    "1/2/2016 at 7pm",
    "USD 1,250,000 in aid; 3.5 million people; 12 000 000 soles",
    "watch it on netflix.com/title today",
    "https://www.example.org/2016/01/31/visa-123",
    "100 % of 2,500 visas in 2015/2016",
    "between 1914-1918 and 1939-1945",
    "Article 24(2), paragraph 3; docs A/RES/70/1",
    "Pi is 3.14159265",
    "at the embassy at 8 @ 9",
    "cost: 150-200 euros",
    "2 000 000 000 000 soles, 007 and 000-001",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "",
    "no digits, no signs",
]


def texts(function, values):
    """What a cleaning function makes of a column of texts."""
    engine()
    return function(ibis.memtable(pd.DataFrame({"text": values}, dtype="string"))).text.to_list()


def test_private_details_are_replaced():
    """Handles, e-mail addresses, telephone numbers and links to profiles become tokens; the rest stays."""
    assert texts(clean.scrub, [text for text, _cleaned in PRIVATE]) == [cleaned for _text, cleaned in PRIVATE]


def test_harmless_texts_stay():
    """Dates, times, amounts, articles and other addresses are not taken for private details."""
    assert texts(clean.scrub, HARMLESS) == HARMLESS


def test_scrub_twice_is_scrub_once():
    """Tokens are not private details; missing text stays missing."""
    once = texts(clean.scrub, [text for text, _cleaned in PRIVATE] + [None])
    assert texts(clean.scrub, once)[:-1] == once[:-1] and pd.isna(once[-1])


def test_scrub_handles_keeps_what_a_ministry_prints():
    """In the posts of officials handles go, addresses and numbers of the ministry stay."""
    text = "Ask @ana or ＠bob: visas@example.org, +51 1 204 2400, https://www.facebook.com/ministry (@eve)"
    assert texts(clean.scrub_handles, [text, None])[0] == (
        "Ask [handle] or [handle]: visas@example.org, +51 1 204 2400, https://www.facebook.com/ministry ([handle])"
    )


def test_pseudonym_is_stable():
    """A pseudonym does not change between versions of the package: joins over years depend on it."""
    assert clean.pseudonym("Ana", "facebook", KEY) == clean.pseudonym("Ana", "facebook", KEY)
    assert re.fullmatch(r"p[a-z2-7]{24}", clean.pseudonym("Ana", "facebook", KEY))
    assert clean.pseudonym("Ana", "facebook", b"k") == "pvhbpaztlh3kwjgwnr3vrg64q"


def test_pseudonym_separates_platforms_and_keys():
    """One name on two platforms, or under two keys, is two pseudonyms, and so are two splits of one text."""
    assert (
        clean.pseudonym("Ana", "x", KEY)
        != clean.pseudonym("Ana", "facebook", KEY)
        != clean.pseudonym("Ana", "facebook", OTHER)
    )
    assert clean.pseudonym("a", "xb", KEY) != clean.pseudonym("ba", "x", KEY)


@given(st.text())
def test_pseudonym_heeds_no_accent_form(name):
    """Composed and decomposed accents are one person."""
    composed, decomposed = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert clean.pseudonym(composed, "x", KEY) == clean.pseudonym(decomposed, "x", KEY)


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1), min_size=1, unique=True))
def test_pseudonyms_survive_pandas(names):
    """Read with pandas' defaults a column of pseudonyms is the same text again, and none is under another key."""
    hidden = [clean.pseudonym(name, "facebook", KEY) for name in names]
    text = pd.DataFrame({"author": hidden}).to_csv(index=False)
    assert pd.read_csv(io.StringIO(text))["author"].tolist() == hidden
    assert not set(hidden) & {clean.pseudonym(name, "facebook", OTHER) for name in names}


def test_each_author_is_hashed_once(monkeypatch):
    """A thousand comments by three people are three hashes; nobody is not hashed."""
    calls, honest = [], clean.pseudonym
    monkeypatch.setattr(_pseudonyms, "pseudonym", lambda *given: calls.append(given[0]) or honest(*given))
    engine()
    people = pd.DataFrame({"platform": "facebook", "name": ["Ana", "Bob", "Eve", None, ""] * 200}, dtype="string")
    hidden = clean.pseudonyms(ibis.memtable(people), KEY).to_pandas()
    assert sorted(calls) == ["Ana", "Bob", "Eve"] and len(hidden) == 3
    assert dict(zip(hidden["name"], hidden["pseudonym"], strict=True))["Ana"] == honest("Ana", "facebook", KEY)


def test_pseudonymise_keeps_officials():
    """An official author keeps the account id, in either form of accents; others get a pseudonym; nobody stays missing."""
    decomposed = unicodedata.normalize("NFD", "Cancillería")
    authors = ["Cancillería", decomposed, "Ana", None]
    comments = ibis.memtable({"platform": ["facebook"] * 4, "comment_id": ["1", "2", "3", "4"], "author": authors})
    names = ["Cancillería", "7", "Ana"]
    officials = ibis.memtable(
        {"platform": ["facebook", "facebook", "x"], "name": names, "account_id": ["7", "7", "8"]}
    )  # who is official on another platform is nobody here
    engine()
    hidden = clean.pseudonyms(comments.select("platform", name="author"), KEY)
    made = clean.pseudonymise(comments, "author", hidden, officials).order_by("comment_id").to_pandas()
    assert made["author"].tolist()[:3] == ["7", "7", clean.pseudonym("Ana", "facebook", KEY)]
    assert pd.isna(made["author"][3]) and made["official_id"].notna().tolist() == [True, True, False, False]


def test_ids_that_name_people_are_hidden_in_every_column():
    """Of an official account an id stays, however its server writes it; of everybody else it is a pseudonym, in each column."""
    ours = [
        "at://did:plc:mfa/app.bsky.feed.post/3k",
        "https://m.example/users/mfa/statuses/7",
        "https://m.example/@mfa/7",
        "https://m.example/ap/users/9/statuses/7",
    ]
    others = [
        "at://did:plc:ana/app.bsky.feed.post/3k",
        "https://m.example/users/ana/statuses/7",
        "https://m.example/@ana/7",
        "https://m.example/ap/users/8/statuses/7",
        "anything else",
    ]
    owners = {"did:plc:mfa", "https://m.example/@mfa", "https://m.example/ap/users/9"}
    columns = ["post_id", "comment_id", "parent_id", "reply_to_id", "repost_of_id", "quote_of_id"]
    frame = pd.DataFrame(dict.fromkeys(columns, [*ours, *others, None])).assign(export_row=range(10))
    shown = clean.hide_ids(ibis.memtable(frame), "mastodon", KEY, owners).to_pandas().sort_values("export_row")
    expected = [*ours, *(clean.pseudonym(one, "mastodon", KEY) for one in others)]
    for column in columns:
        assert shown[column].tolist()[:-1] == expected and pd.isna(shown[column].iloc[-1]), column


def test_officials_and_others_are_known_on_their_own_platform():
    """One name on two platforms is two pseudonyms; an official name is known in either form of its accents."""
    frame = ibis.memtable({"platform": ["x", "facebook", "x"], "author": ["Ana", "Ana", "Zoë"]})
    hidden = clean.pseudonyms(frame.select("platform", name="author"), KEY)
    officials = ibis.memtable({"platform": ["x"], "name": ["Zoe\u0308"], "account_id": ["7"]})
    shown = clean.pseudonymise(frame, "author", hidden, officials).to_pandas().set_index("platform").author
    assert sorted(shown) == sorted(["7", clean.pseudonym("Ana", "x", KEY), clean.pseudonym("Ana", "facebook", KEY)])
    assert shown["facebook"] == clean.pseudonym("Ana", "facebook", KEY)


def test_key_is_made_once(tmp_path, monkeypatch):
    """The first use makes a key file with mode 600 outside the repository; later uses read the same key."""
    path = tmp_path / "new" / "key"
    monkeypatch.setenv("DIGIDIP_KEY_FILE", str(path))
    key = clean.project_key()
    assert key == clean.project_key() and len(key) == 64 and path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["key"]
    assert clean.project_key(tmp_path / "second") != key


def test_a_key_that_another_process_makes_meanwhile_stays(tmp_path, monkeypatch):
    """Two first commands at once use one key, that of the first."""
    path = tmp_path / "key"

    def by_another(size):
        path.write_text(STRONG)
        path.chmod(0o600)
        return bytes(range(size))

    monkeypatch.setattr(_key.os, "urandom", by_another)
    assert clean.project_key(path) == STRONG.encode()


def test_key_from_the_environment(monkeypatch, tmp_path):
    """DIGIDIP_KEY goes before any file."""
    monkeypatch.setenv("DIGIDIP_KEY", "a key of one's own")
    assert clean.project_key(tmp_path / "none") == b"a key of one's own" and not (tmp_path / "none").exists()


STRONG = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("mode", "content", "said"),
    [
        (0o604, STRONG, "chmod 600"),
        (0o640, STRONG, "chmod 600"),
        (0o600, "", "a key of 0 bytes"),
        (0o600, "0123456789abcdef", "a key of 8 bytes"),
        (0o600, "k!" * 20, "a key of 2 different characters"),
    ],
)
def test_key_that_protects_nobody(mode, content, said, tmp_path, monkeypatch):
    """A key that others can read, that is short, or that anybody would guess is refused and not told, whatever its source."""
    path = tmp_path / "key"
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(TableError, match=said) as raised:
        clean.project_key(path)
    told = str(raised.value)
    if content and mode == 0o600:
        monkeypatch.setenv("DIGIDIP_KEY", content)
        with pytest.raises(TableError, match=said) as raised:
            clean.project_key()
        told += str(raised.value)
    assert not content or content not in told


def test_key_in_the_wrong_place(tmp_path, monkeypatch):
    """A key in a Git repository, or of another user, is refused, and none is made there; nor where a link leads nowhere."""
    (tmp_path / "code" / ".git").mkdir(parents=True)
    with pytest.raises(TableError, match="lies in the Git repository"):
        clean.project_key(tmp_path / "code" / "secret" / "key")
    assert not (tmp_path / "code" / "secret").exists()
    (tmp_path / "link").symlink_to(tmp_path / "unmounted" / "key")
    with pytest.raises(TableError, match=r"a link to .*unmounted.* is not there"):
        clean.project_key(tmp_path / "link")
    clean.project_key(tmp_path / "key")
    monkeypatch.setattr(_key.os, "getuid", lambda: 12345)
    with pytest.raises(TableError, match="belongs to another user"):
        clean.project_key(tmp_path / "key")
    assert {path.name for path in tmp_path.iterdir()} == {"code", "link", "key"}


def test_a_lost_key_is_no_new_key(tmp_path, monkeypatch):
    """Where a holding was made with a key, neither its loss nor another key is passed over; a rotated key is."""
    monkeypatch.setattr(_key.Path, "home", lambda: tmp_path)
    path = tmp_path / ".digidip" / "key"
    old = clean.key_id(clean.project_key(path))
    assert clean.key_id(clean.project_key(path, known=old)) == old
    before, new, kept = clean.rotate_key(path)
    assert before == old != new == clean.key_id(clean.project_key(path, known=old)) and kept.name == f"key.{old}"
    path.rename(tmp_path / "lost")
    with pytest.raises(
        TableError, match=rf"no such file. Expected: key {old}.*every pseudonym changes.*lies in .*key.{old}"
    ):
        clean.project_key(path, known=old)
    assert not path.exists()
    with pytest.raises(TableError, match=r"Restore that key from your backup; or.* remove data/processed/current"):
        clean.project_key(kept, known=new)


def test_key_failing_half_way(tmp_path, monkeypatch):
    """A key that could not be written whole leaves no file, so that no empty key is ever used."""
    monkeypatch.setattr(_key.os, "urandom", lambda _size: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        clean.project_key(tmp_path / "key")
    assert not list(tmp_path.glob("*key*"))


def test_key_is_never_told(deliver, build, home, caplog, capfd, tmp_path):
    """Neither logs, output, build.json nor the repr of a holding in the making has the key; its id does not tell it."""
    caplog.set_level(logging.DEBUG)
    deliver(
        "a.csv",
        "from_id,message,created_time,type,id,likes_count,comments_count,shares_count\n7,a,2016-01-05T10:00:00+0000,photo,7_1,5,3,1\n",
    )
    facts, _tables = build()
    key = clean.project_key()
    shown = caplog.text + "".join(capfd.readouterr()) + repr(Holding(home, home, home, [], None, key)) + repr(facts)
    assert key.decode() not in shown and facts["key"] == clean.key_id(key)
    assert clean.key_id(key) not in key.decode() and len(clean.key_id(key)) == 8


def roots(*pairs):
    """The roots of threads given as (comment, what it answers)."""
    engine()
    replies = ibis.memtable(pd.DataFrame(pairs, columns=["comment_id", "post_id"], dtype="string"))
    return dict(clean.thread_roots(replies).to_pandas().itertuples(index=False, name=None))


def test_thread_roots():
    """Each reply stands under the post at the root: chains, forks, and threads whose post nobody holds."""
    assert roots(("a", "P"), ("b", "a"), ("c", "b"), ("d", "a"), ("e", "Q")) == {
        "a": "P", "b": "P", "c": "P", "d": "P", "e": "Q",
    }  # fmt: skip
    assert roots() == {}


def test_thread_roots_that_bite_their_tail():
    """A reply to itself and a ring of replies end, in whatever order they come."""
    assert roots(("a", "a")) == {"a": "a"}
    ring = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "c")]
    assert roots(*ring) == roots(*reversed(ring)) and set(roots(*ring).values()) <= {"a", "b", "c"}


def test_thread_roots_deep():
    """A chain of ten thousand replies is walked once, not ten thousand times, and without recursion."""
    chain = [(str(number), str(number - 1)) for number in range(1, 10_001)]
    started = datetime.now(UTC)
    assert set(roots(*chain).values()) == {"0"}
    assert (datetime.now(UTC) - started).total_seconds() < 2


def test_place_comments():
    """A reply to a reply gets its root as post and what it answers as parent; account and ministry are the post's."""
    engine()
    comments = ibis.memtable({"platform": ["x"] * 3, "comment_id": ["a", "b", "e"], "post_id": ["P", "a", "Q"]})
    held = {"platform": ["x", "mastodon"], "post_id": ["P", "Q"], "account_id": ["7", "8"], "ministry": ["PER", "CHL"]}
    posts = ibis.memtable(held)
    found = ibis.memtable({"comment_id": ["a", "b", "e"], "root": ["P", "P", "Q"]})
    placed = clean.place_comments(comments, found, posts).order_by("comment_id").to_pandas()
    columns = ["comment_id", "post_id", "parent_id", "account_id", "ministry"]
    rows = placed[columns].astype(object).where(placed[columns].notna(), None).values.tolist()
    assert rows == [["a", "P", None, "7", "PER"], ["b", "P", "a", "7", "PER"], ["e", "Q", None, None, None]]


MAY, JUNE = datetime(2016, 5, 1, tzinfo=UTC), datetime(2016, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ([(MAY, "a", 1), (JUNE, "b", 1)], [["a", 1]]),
        ([(JUNE, "a", 1), (MAY, "b", 1)], [["b", 1]]),
        ([(None, "b", 1), (MAY, "a", 1)], [["b", 1]]),
        ([(MAY, "a", 2), (MAY, "b", 1)], [["a", 2]]),
        ([(None, "a", 1), (None, "a", 2), (None, "a", 3)], [["a", 1], ["a", 2]]),
        ([(MAY, "a", 1)], []),
    ],
)
def test_latest_observation_wins(rows, gone):
    """Later retrieval, then later delivery, then later record; an unknown retrieval is earlier than any."""
    engine()
    schema = {
        "platform": "string",
        "post_id": "string",
        "retrieved_at": "timestamp('UTC')",
        "export": "string",
        "export_row": "int64",
    }
    frame = pd.DataFrame([("x", "1", *row) for row in rows] + [("x", "2", MAY, "a", 9)], columns=list(schema))
    found = clean.superseded(ibis.memtable(frame, schema=schema), "posts", {"a": 0, "b": 1}).order_by("export_row")
    assert found.to_pandas().values.tolist() == gone


def test_attach_accounts():
    """accounts.csv goes before what was declared at `add`."""
    engine()
    posts = ibis.memtable({"platform": ["x"] * 3, "account_id": ["1", "2", "3"], "ministry": ["USA"] * 3})
    registered = {"platform": ["x", "x", "facebook"], "account_id": ["1", "3", "2"], "ministry": ["PER", "USA", "CHL"]}
    known = pd.DataFrame(registered)
    assert clean.attach_accounts(posts, known).order_by("account_id").ministry.to_list() == ["PER", "USA", "USA"]
    assert set(clean.attach_accounts(posts, known.iloc[:0]).ministry.to_list()) == {"USA"}


def test_unreadable_rows():
    """A row without id or time is named with its reason; a comment's account comes from its post, not from its row."""
    engine()

    frame = ibis.memtable({"platform": ["x"] * 2, "post_id": ["1", None], "export": ["a"] * 2, "export_row": [1, 2]})
    bad = clean.unreadable(conform("posts", frame), "posts").order_by("export_row").to_pandas()
    assert bad["reason"].tolist() == ["no readable account_id", "no readable post_id"]
    comment = {"platform": ["x"], "comment_id": ["1"], "post_id": ["9"], "label": ["real"], "export": ["a"]}
    whole = ibis.memtable(comment | {"commented_at": [MAY], "export_row": [1]})
    assert clean.unreadable(conform("comments", whole), "comments").to_pandas().empty
