"""What stands beside posts: registries give accounts and missions, networks ties, profiles metrics; people stay hidden."""

import json

import pandas as pd
import pytest
from conftest import Together, current_build

from digidip import clean, store
from digidip.store._holding import table_of
from digidip.tables import TableError

GEPHI = "Source,Target,Type,Weight,Kind\n@MFA_a,mfa_b,Directed,2.5,follow\nmfa_b,ana_private,Undirected,,mentions\n"
EMBASSIES = (
    "operator;operatorQID;country;countryQID;city;cityQID;address;latitude;longitude;phone;email;website;facebook;"
    "twitter;youtube;picture;type;typeQID;creation;QID;\n"
    "Peru;http://www.wikidata.org/entity/Q419;Kenya;http://www.wikidata.org/entity/Q114;Nairobi;;;-1.3;36.8;;;;EmbaPeruKe;"
    "PeruInKenya;;;embassy;;2001-01-01;http://www.wikidata.org/entity/Q9001;\n"
    "FIFA;http://www.wikidata.org/entity/Q253414;Kenya;http://www.wikidata.org/entity/Q114;Nairobi;;;;;;;;FifaKe;;;;"
    "representative office;;;http://www.wikidata.org/entity/Q9002;\n"
)


# One holding for the tests that look at the rows of their own exports.
together = Together()
together.register(
    {"platform": "x", "account_id": "1", "handle": "mfa_a", "ministry": "PER", "label": "real"},
    {"platform": "x", "account_id": "2", "handle": "mfa_b", "ministry": "KEN", "label": "real"},
    {"platform": "x", "account_id": "7", "handle": "mfa", "ministry": "PER", "label": "real"},
)


def tweet(number, account, handle, text, **more):
    """One line of API v1.1."""
    user = {"id_str": account, "screen_name": handle, "name": handle}
    stamp = f"Tue Jan 05 10:{number % 60:02}:00 +0000 2016"
    return json.dumps({"id_str": str(number), "created_at": stamp, "user": user, "full_text": text, **more}) + "\n"


def table_in(built, name, export=""):
    """A table of the holding, of one export where it is named."""
    table = table_of(current_build(built.home), name)
    return table.filter(table.export == export) if export else table


def rows(table, *columns):
    """Columns of an Ibis table as sorted rows, missing as None."""
    frame = table.select(*columns).to_pandas().astype(object)
    return sorted(frame.where(frame.notna(), None).values.tolist(), key=str)


together.deliver("edges.csv", GEPHI, platform="x", retrieved_at="2016-02-01")


def test_ties_keep_officials_and_hide_the_others(built):
    """Of three accounts the two in accounts.csv keep their ids; an undirected tie is two rows; weights stay or are missing."""
    ana = clean.pseudonym("ana_private", "x", built.key)
    ties = table_in(built, "follows", "per/edges.csv")
    assert rows(ties, "source_id", "target_id", "tie", "weight", "export_row") == [
        ["1", "2", "follow", 2.5, 1],
        ["2", ana, "mention", None, 2],
        [ana, "2", "mention", None, 2],
    ]


def test_an_observation_needs_a_time(deliver, build, refused):
    """Ties whose file and delivery tell no time are refused with what to say."""
    deliver("edges.csv", GEPHI, platform="x")
    assert "Say --retrieved TIME" in refused(TableError, build)


for name, weight in (("a.csv", 1), ("b.csv", 7)):
    together.deliver(name, f"Source,Target,Weight\nu,v,{weight}\n", platform="x", retrieved_at="2016-03-01")


def test_the_later_delivery_of_a_tie_stays(built):
    """The same tie at the same time in two files is held once, as the later delivery gives it."""
    found = [each for name in "ab" for each in rows(table_in(built, "follows", f"per/{name}.csv"), "weight", "export")]
    assert found == [[7.0, "per/b.csv"]]
    told = [note.partition(":")[0] for note in built.notes if "no tie of an account that is known as official" in note]
    assert told == ["per/a.csv", "per/b.csv"]  # and nothing of the file without a tie


together.deliver("none.csv", "Source,Target,Weight\n,v,1\n", platform="x", retrieved_at="2016-03-01")


together.deliver("database.csv", EMBASSIES, ministry="", label="derived-public", retrieved_at="2020-11-25")


def test_registry_gives_missions_and_accounts(built):
    """A state gets its code, an organisation none; its account is a reject with the reason, its mission stays."""
    missions = table_in(built, "missions", "all/database.csv")
    assert rows(missions, "mission_id", "office", "ministry", "receiving", "latitude") == [
        ["Q9001", "embassy", "PER", "KEN", -1.3],
        ["Q9002", "other", None, "KEN", None],
    ]
    found = rows(table_in(built, "accounts"), "platform", "account_id", "ministry", "city")
    assert ["facebook", "@embaperuke", "PER", "Nairobi"] in found and ["x", "@peruinkenya", "PER", "Nairobi"] in found
    assert "fifake" not in str(found).lower()
    assert "account of 'FIFA', which is no state we know" in (current_build(built.home) / "rejects.csv").read_text()


ONE = "- id: {bioguide: X1}\n  social: {twitter: SampleRep}\n"
together.deliver("legislators.yaml", ONE, ministry="", label="derived-public")
together.deliver("further.yaml", ONE.replace("SampleRep", "SampleOther"), ministry="PER", label="derived-public")


def test_a_registry_of_one_state_needs_no_ministry(built):
    """The registries of the United States name no sender: it is USA, unless another ministry is declared."""
    found = rows(table_in(built, "accounts"), "handle", "ministry")
    found = [row for row in found if str(row[0]).startswith("Sample")]
    assert found == [["SampleOther", "PER"], ["SampleRep", "USA"]]


IN_ACCRA = (
    EMBASSIES.replace("Nairobi", "Accra").replace("PeruInKenya", "PeruInGhana").replace("EmbaPeruKe", "EmbaPeruGh")
)
together.deliver(
    "database2.csv",
    IN_ACCRA.replace("Q9", "Q8"),
    ministry="",
    label="derived-public",
    retrieved_at="2020-11-25",
)
together.deliver("tweets.jsonl", tweet(1, "77", "PeruInGhana", "Karibu") + tweet(2, "88", "someone", "Hello"))


def test_a_registered_handle_finds_its_account_in_an_export(built):
    """Of two accounts in one file of tweets the one whose handle the registry lists is official, under its own id."""
    assert rows(table_in(built, "posts", "per/tweets.jsonl"), "post_id", "account_id") == [["1", "77"]]
    accounts = table_in(built, "accounts")
    assert ["x", "77", "PER", "Accra"] in rows(accounts, "platform", "account_id", "ministry", "city")
    assert "@peruinghana" not in str(rows(accounts, "account_id"))


USERS = [
    {"id": number, "username": name, "name": name, "created_at": "2011-01-01T00:00:00.000Z",
     "public_metrics": {"followers_count": 5, "following_count": 6, "tweet_count": 7}}
    for number, name in (("7", "mfa"), ("8", "ana"))
]  # fmt: skip
META = {
    "url": "https://api.twitter.com/2/users/9/followers",
    "retrieved_at": "2022-01-02T03:04:05+00:00",
    "version": "2",
}
together.deliver("users.jsonl", json.dumps({"data": USERS, "meta": {"result_count": 2}, "__twarc": META}) + "\n")


def test_profiles_of_officials_alone(built):
    """Of the profiles in a page of followers, that of the official account is held, and nobody else's."""
    metrics, ties = (table_in(built, name, "per/users.jsonl") for name in ("metrics", "follows"))
    assert rows(metrics, "account_id", "follower_count", "following_count", "post_count") == [["7", 5, 6, 7]]
    nine, ana = (clean.pseudonym(name, "x", built.key) for name in "98")
    assert rows(ties, "source_id", "target_id", "tie") == sorted(
        [["7", nine, "follow"], [ana, nine, "follow"]], key=str
    )


def test_posts_need_a_ministry_and_networks_a_platform(deliver, refused):
    """What neither file nor person says is wrong use, told with what to say."""
    assert "Say --ministry" in refused(ValueError, lambda: deliver("a.jsonl", tweet(1, "7", "mfa", "a"), ministry=""))
    assert "Say --platform" in refused(ValueError, lambda: deliver("b.csv", GEPHI))


@pytest.fixture(scope="module")
def without_posts(tmp_path_factory):
    """A home of missions and ties alone."""
    beside = Together()
    beside.register({"platform": "x", "account_id": "1", "handle": "mfa_a", "ministry": "PER", "label": "real"})
    beside.deliver("database.csv", EMBASSIES, ministry="", label="derived-public", retrieved_at="2020-11-25")
    beside.deliver("edges.csv", GEPHI, platform="x", retrieved_at="2016-02-01")
    return beside.build(tmp_path_factory.mktemp("beside"), of="missions").home


def test_a_study_of_missions_or_ties_needs_no_posts(without_posts):
    """`of` says what a study is about: its rows are counted, labelled and dated, and posts may be missing."""
    missions = store.load("processed", "PER", home=without_posts, of="missions")
    assert (missions.n, missions.label) == (1, "derived-public")
    assert missions.provenance.startswith("1 mission, 3 accounts; observed 2020-11-25 to 2020-11-25 UTC; data ")
    assert missions.observed == ("2020-11-25", "2020-11-26")
    ties = store.load("processed", home=without_posts, of="follows")
    assert ties.caption == "real · first to last (UTC) · n = 1 tie"
    # What notebook 20 asks for with tie=mention.
    first_held = store.load("processed", home=without_posts, of="posts, follows")
    assert (first_held.of, first_held.caption) == ("follows", ties.caption)


def test_a_study_without_a_row_says_what_is_held(without_posts, refused):
    """No profile is missing data, not accounts without followers; an unknown table is refused."""

    def load(of):
        return refused(TableError, lambda: store.load("processed", home=without_posts, of=of))

    assert "Found in the holding: 0 observations" in load("metrics")
    assert "of must be one of" in load("likes")


LIST = """table: events
columns: {event: What, series: Tag, ministry: Who, kind: {constant: strike}, source: Page,
  begins_at: {from: Start, format: "%d/%m/%Y %H:%M", zone: Europe/Berlin}, ends_at: {from: Stop, format: "%d/%m/%Y %H:%M", zone: Europe/Berlin}}
"""


def test_a_list_of_events_in_any_form_follows_the_events_kept_by_hand(export, digidip, home):
    """Day first, local, one an instant, one that ends before it begins; `load` leaves out others' and those over before."""
    path = export(
        "list.csv",
        "What,Tag,Who,Start,Stop,Page\nStrike,tag,PER,02/01/2020 01:00,04/01/2020 01:00,a\n"
        "Vote,,,05/01/2020 12:00,,b\nFair,,KEN,05/01/2020 12:00,,b\nOdd,,,05/01/2020 12:00,04/01/2020 12:00,b\n",
    )
    path.with_name("list.csv.map.yml").write_text(LIST, encoding="utf-8")
    counts = export("counts.csv", "day,n,span\n2020-01-03,4,day\n2020-01-04,5,day\n2020-01-04,2,hour\n")
    counts.with_name("counts.csv.map.yml").write_text(
        "table: attention\ncolumns: {source: {constant: x}, series: {constant: tag}, unit: {constant: articles}, "
        "span: span, begins_at: {from: day, zone: UTC}, value: n}\n",
        encoding="utf-8",
    )  # an hour that begins with its day is no observation of the day
    for each in (path, counts):
        assert digidip("add", each, "--label", "synthetic")[0] == 0
    assert digidip("build")[0] == 0
    by_hand = home / "data" / "reference" / "events.csv"
    by_hand.parent.mkdir(exist_ok=True)
    by_hand.write_text(
        "event,series,ministry,kind,begins_at,ends_at,hashtag,source,label\n"
        "Purge,,,purge,2019-12-31T00:00:00Z,2020-01-01T00:00:00Z,,hand,real\n"
        "Vote,,,vote,2020-01-05T11:00:00Z,,,hand,real\n"  # delivered too: one event
    )
    known = store.reference("events", "processed", home)
    assert list(known.event) == ["Purge", "Vote", "Strike", "Fair"] and known.ends_at.isna().sum() == 2
    assert known.begins_at[2] == pd.Timestamp("2020-01-02T00:00Z") and list(known.kind[1:3]) == ["vote", "strike"]
    selected = {"ministry": "", "start": "2020-01-03", "home": home, "of": "attention"}
    held = store.load("processed", **selected)
    assert held.n == 3 and rows(held.events, "event") == [["Fair"], ["Strike"], ["Vote"]]
    days = {"start": "2020-01-03", "end": "2020-01-04", "zone": "America/Lima"}
    assert rows(store.load("processed", **selected | days).attention, "value") == [
        [2],
        [4],
    ]  # the day it names, west of UTC too, and an hour of it there
    assert rows(store.load("processed", **selected | {"start": "2020-01-04"}).events, "event") == [["Fair"], ["Vote"]]


TWO_THINGS = {  # table: columns of its map, records, and what is left
    "missions": (
        "{mission_id: id, office: {constant: embassy}, sender: s, receiver: r, city: c, observed_at: {constant: '2020-01-01T00:00:00Z'}}",
        "id,s,r,c\n1,Peru,Chile,Santiago\n1,Peru,Kenya,Nairobi\n2,Peru,Chile,Arica\n2,Peru,Chile,Arica\n",
        [["2", "Arica"]],
    ),
    "attention": (
        "{source: {constant: x}, series: id, unit: {constant: articles}, span: {constant: day}, begins_at: {from: t, zone: UTC}, value: v}",
        "id,t,v\na,2020-01-01,1\na,2020-01-01,2\nb,2020-01-01,3\nb,2020-01-01,3\n",
        [["b", 3.0]],
    ),
}
EVENTS = "event,series,at\nSummit,a,2020-01-01\nSummit,b,2020-01-01\nVisit,,2020-01-01\nVisit,,2020-01-01\n"
together.deliver(
    "events.csv",
    EVENTS,
    label="synthetic",
    column_map="table: events\ncolumns: {event: event, series: series, kind: {constant: visit}, source: {constant: x}, "
    "begins_at: {from: at, zone: UTC}}\n",
)


def test_an_event_of_two_series_is_two_rows(built):
    """One name and day for two series are kept both; said twice, one of them counts."""
    assert rows(built.held.events, "event", "series") == [["Summit", "a"], ["Summit", "b"], ["Visit", None]]


for name, (columns, text, _left) in TWO_THINGS.items():
    together.deliver(f"{name}.csv", text, label="synthetic", column_map=f"table: {name}\ncolumns: {columns}\n")


@pytest.mark.parametrize("name", TWO_THINGS)
def test_rows_of_one_id_that_tell_of_two_things_are_rejects(name, built):
    """Nobody can tell which of two is right: both are rejects, with a note; one that stands twice stays once."""
    [note] = [note for note in built.notes if f"2 {name} share an id and a time" in note]
    [export] = table_in(built, name).filter(lambda t: t.export.endswith(f"/{name}.csv")).export.to_pandas().unique()
    assert note.startswith(export)
    columns = ("mission_id", "city") if name == "missions" else ("series", "value")
    assert rows(table_in(built, name, export), *columns) == TWO_THINGS[name][2]
