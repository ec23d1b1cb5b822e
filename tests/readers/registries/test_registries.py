"""Registries: what names an account, what a state is called, and the real Database of embassies record by record."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
from conftest import current_build
from test_readers import refusal

from digidip import deliveries, readers, store
from digidip.clean._state_names import ALIASES, state_names
from digidip.measures.presence import presence
from digidip.readers.registries._offices import has_office
from digidip.readers.registries._registries import HOSTS, PATHS, accounts_in_cell
from digidip.readers.registries.wikidata_accounts import role_of_variable
from digidip.tables import PLATFORMS

REAL = (
    Path(os.environ.get("DIGIDIP_REAL_DATA") or Path(__file__).parents[4] / "shared" / "data") / "database-of-embassies"
)
SNAPSHOTS = {
    "2020-11-25": {"missions": 4963, "facebook": 264, "twitter": 282, "youtube": 16},
    "2022-11-16": {"missions": 9852, "facebook": 973, "twitter": 839, "youtube": 58},
}
NO_STATE = {
    "Abkhazia", "Central Tibetan Administration", "European Parliament", "German Democratic Republic",
    "Government of New Mexico", "Indigenous Australians", "Kingdom of Prussia", "Ministry of Foreign Affairs",
    "Nordic countries", "Organisation of Eastern Caribbean States", "Portuguese colonization of the Americas", "Quebec",
    "Sahrawi Arab Democratic Republic", "Saxony", "Serbia and Montenegro", "Somaliland", "South Ossetia",
    "Turkish Republic of Northern Cyprus",
}  # fmt: skip

needs_real_data = pytest.mark.skipif(not REAL.is_dir(), reason=f"no real data in {REAL} (set DIGIDIP_REAL_DATA)")


def snapshot(day):
    """The path of a real snapshot, and its records as Python's csv splits them: no quotation marks, no last empty name."""
    path = REAL / f"database_of_embassies.{day}.csv"
    names, *records = csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=";", quoting=csv.QUOTE_NONE)
    return path, [dict(zip(names[:-1], record, strict=True)) for record in records]


@needs_real_data
@pytest.mark.parametrize("day", SNAPSHOTS)
def test_real_snapshot_gives_every_mission_and_handle(day):
    """Every record is a mission, every cell with a handle an account, as many as Python's csv counts and README.md says."""
    path, records = snapshot(day)
    assert readers.best_match(path) == "database_of_embassies"
    frames = readers.reader("database_of_embassies").read(path)
    missions, accounts = frames["missions"].to_pandas().sort_values("export_row"), frames["accounts"].to_pandas()
    assert missions["reject"].isna().all() and readers.unsplit(path) == []
    assert missions["mission_id"].tolist() == [record["QID"].rpartition("/")[2] for record in records]
    assert missions["sender"].tolist() == [record["operator"] for record in records]
    assert missions["category"].tolist() == [record["type"] for record in records]
    assert missions["latitude"].notna().sum() == sum(record["latitude"] != "" for record in records)
    found = Counter(accounts["platform"]) | {"missions": len(missions)}
    assert {name: found["x" if name == "twitter" else name] for name in SNAPSHOTS[day]} == SNAPSHOTS[day]
    told = {(number, cell) for number, record in enumerate(records, 1) for cell in [record["twitter"]] if cell}
    on_x = accounts[accounts["platform"] == "x"]
    assert set(zip(on_x["export_row"], on_x["handle"], strict=True)) == told


@needs_real_data
@pytest.mark.parametrize("day", SNAPSHOTS)
def test_real_states_have_codes_or_are_none(day):
    """All operators and receiving states have a code but eighteen that are no states, of the past, or not in ISO 3166-1."""
    names = {record[column] for record in snapshot(day)[1] for column in ("operator", "country")}
    assert {name for name, code in state_names(names).items() if code is None} <= NO_STATE
    assert state_names(["Russia", "People's Republic of China", "Ivory Coast", "Kosovo"]) == {
        "Russia": "RUS",
        "People's Republic of China": "CHN",
        "Ivory Coast": "CIV",
        "Kosovo": "XKX",
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Iran", "IRN"), ("China", "CHN"), ("Frenchpolynesia", "PYF"), ("Korearepublic", "KOR"), ("Congorepublic", "COG"),
        ("Congodemocraticrepublic", "COD"), ("Unitedstates", "USA"), ("Bosniaandherzegovina", "BIH"), ("NA", "NAM"),
        ("Republic of Ireland", "IRL"), ("The Gambia", "GMB"), ("Gambia (the)", "GMB"), ("CÔTE D’IVOIRE", "CIV"),
        ("Ministry of Foreign Affairs of the Russian Federation", "RUS"), ("European Union", "EUE"), ("XOM", "XOM"),
        ("Niger", "NER"), ("Nigeria", "NGA"), ("Dominica", "DMA"), ("Guinea-Bissau", "GNB"), ("Macau", "MAC"),
        ("Nigerr", None), ("Korea", None), ("Es", None), ("na", None), ("", None), (None, None), ("Peru|Kenya", None),
    ],
)  # fmt: skip
def test_state_by_name(name, code):
    """A name has the code of the state that is called so, whatever its case and blanks; nothing is matched by likeness."""
    assert state_names([name]) == {name: code}


def test_every_alias_and_further_sender_is_one_state():
    """No alias is the name of two states; the codes outside ISO 3166-1 are those that a delivery may declare."""
    assert {name: code for code, names in ALIASES.items() for name in names} == state_names(
        name for names in ALIASES.values() for name in names
    )
    assert state_names(deliveries.FURTHER_SENDERS.values()) == {v: k for k, v in deliveries.FURTHER_SENDERS.items()}


@pytest.mark.parametrize(
    ("platform", "cell", "ids"),
    [
        ("x", "@MFA_xx", ["@mfa_xx"]),
        ("x", "https://x.com/i/user/123", ["123"]),
        ("x", "https://twitter.com/intent/user?user_id=99", ["99"]),
        ("x", "http://mobile.twitter.com/#!/abc", ["@abc"]),
        ("x", "one_x | two_x;three_x", ["@one_x", "@two_x", "@three_x"]),
        ("x", "https://x.com/one_x?s=20, https://x.com/two_x", ["@one_x", "@two_x"]),
        ("x", "one_x (also: two_x)", ["@one_x"]),
        ("x", "closed in 2019, now @new_x", ["@new_x"]),
        ("x", "closed in 2019", []),
        ("x", "N/A", []),
        ("x", "https://www.facebook.com/abc", []),
        ("x", "https://twitter.com/search?q=a", []),
        ("facebook", "profile.php?id=100078441630290&locale=x", ["100078441630290"]),
        ("facebook", "https://m.facebook.com/people/A-B/100012345678901/", ["100012345678901"]),
        ("facebook", "视听-100068200601004", ["100068200601004"]),
        ("facebook", "A-264350293627329, B-264350293627330", ["264350293627329", "264350293627330"]),
        ("facebook", "pages/Embassy%20of%20A,%20in%20B/822422364444431/", ["822422364444431"]),
        ("facebook", "Embassy-of-A-in-B", ["@embassy-of-a-in-b"]),
        ("facebook", "1.00065E+14", []),
        ("facebook", "https://www.facebook.com/groups/12345678", []),
        ("facebook", "www.example.org", []),
        ("instagram", "https://www.instagram.com/p/abc/", []),
        ("youtube", "https://www.youtube.com/@MfaXx/videos", ["@mfaxx"]),
        ("youtube", "https://www.youtube.com/watch?v=abc", []),
        ("telegram", "https://t.me/s/mfa_xx", ["@mfa_xx"]),
        ("telegram", "https://t.me/+abcdef", []),
        ("mastodon", "https://social.example.org/@mfa", ["@mfa@social.example.org"]),
        ("mastodon", "mfa", []),
        ("bluesky", "https://bsky.app/profile/did:plc:abc", ["did:plc:abc"]),
        ("flickr", "https://www.flickr.com/photos/12345678@N00/", ["12345678@N00"]),
        ("weibo", "https://weibo.com/u/1234567890", ["1234567890"]),
    ],
)
def test_what_names_an_account(platform, cell, ids):
    """A handle, an id, an address or several of them name accounts; what is none of these names nothing."""
    assert [account_id for account_id, _handle in accounts_in_cell(platform, cell)] == ids


def test_every_platform_has_its_handles():
    """Each platform of the vocabulary has the shape of its handles, and a host unless its servers are many."""
    assert set(PATHS) == set(PLATFORMS)
    assert set(HOSTS) == set(PLATFORMS) - {"mastodon"}


@pytest.mark.parametrize(
    ("category", "is_mission"),
    [("Botschaft", False), ("embassy", True), ("http://www.wikidata.org/entity/Q3917681", True), ("Q39176811", False)]
    + [
        ("de facto embassy", False),
        ("deputy high commission", True),
        ("ministry of foreign affairs", False),
        (None, False),
    ],
)
def test_what_is_a_mission(category, is_mission):
    """Words of a category, or the address of its class, say embassy, consulate or permanent mission; nothing else does."""
    assert has_office(category) == is_mission


@pytest.mark.parametrize(
    ("variable", "role"),
    [
        ("tw", "x"),
        ("twitterHandle", "x"),
        ("Twitter_username", "x"),
        ("P6552", "x"),
        ("fb", "facebook"),
        ("iguser", "instagram"),
    ]
    + [("YouTubeUrls", "youtube"), ("tikTokID", "tiktok"), ("blueskyHandle", "bluesky"), ("threads", "threads")]
    + [
        ("ownerCountryLabel", "operator"),
        ("countryName", "country"),
        ("officialWebsite", "website"),
        ("itemLabel", None),
    ],
)
def test_what_a_variable_means(variable, role):
    """Variables as people name them in queries to Wikidata mean a platform, a role, or nothing."""
    assert role_of_variable(variable) == role


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("congress_legislators", "- id: [Secret\n", "no list of records in YAML"),
        ("digital_registry", '[{"id": 1, "name": "Secret"}]', "no account of the U.S. Digital Registry"),
        ("touchpoints_registry", '{"data": [{"id": "Secret"}]}', "no account of Touchpoints"),
        ("touchpoints_registry", "id,name,service\n1,Secret,x\n", "no column 'aasm_state'"),
        (
            "wikidata_accounts",
            "item,itemLabel\nhttp://www.wikidata.org/entity/Q1,Secret\n",
            "no results of a query to Wikidata",
        ),
        ("hamilton_accounts", "Category,Name\nChina,Secret\n", "no column 'Account Type'"),
        ("database_of_embassies", "operator;type;\nSecret;embassy\n", "no column 'QID'"),
    ],
)
def test_another_file_is_refused(tmp_path, name, text, part):
    """A file that is no registry of that kind is refused with what is expected, and quoted nowhere."""
    path = tmp_path / "export"
    path.write_text(text, encoding="utf-8")
    message = refusal(path, name)
    assert part in message and "Expected: " in message and "Secret" not in message


def test_contacts_are_never_read():
    """The e-mails of a registry's contacts stand in no cell of any table."""
    for name, stem in (
        ("touchpoints_registry", "accounts.csv"),
        ("touchpoints_registry", "api_pages.json"),
        ("digital_registry", "admin.csv"),
    ):
        path = Path(__file__).parents[2] / "samples" / name / stem
        assert "@example.org" in path.read_text(encoding="utf-8")
        for frame in readers.reader(name).read(path).values():
            assert "@example.org" not in frame.to_pandas().to_csv().replace("@social.example.org", "")


def test_an_id_that_a_spreadsheet_destroyed_counts_as_an_account(deliver, register, home):
    """A mission whose page has its id in scientific notation has an account, whose id is lost; the record is a reject, too."""
    names = "operator;operatorQID;country;city;latitude;longitude;type;typeQID;QID;facebook;twitter;youtube\n"
    place = "Peru;Q419;{};{};1.5;2.5;embassy;Q3917681;Q{};{};;\n"
    rows = place.format("France", "Paris", 1, "1.00065E+14") + place.format("Japan", "Tokyo", 2, "perujp")
    rows += place.format("Kenya", "Nairobi", 3, "1,00066E+14") + place.format("Chile", "Santiago", 4, "")
    deliver("embassies.csv", names + rows, label="synthetic", retrieved_at="2020-11-25T00:00:00Z")
    register({"platform": "x", "account_id": "9", "ministry": "KEN", "label": "synthetic"})
    facts = store.build(home / "data" / "raw", home / "data" / "processed", reference=home / "data" / "reference")
    held = store.load("processed", of="missions", home=home)
    coverage = presence.mission_coverage(held.missions, held.accounts).set_index(["ministry", "platform"])
    assert coverage.loc[("PER", "any"), "mission_coverage"] == 0.75
    told = (current_build(home) / "rejects.csv").read_text()
    assert facts["rejects"] == 2 and told.count("a spreadsheet destroyed") == 2 and "embassies.csv,1," in told
