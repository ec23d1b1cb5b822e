"""Labels: what is invented stays so, whatever anybody says of it, in every row and every caption."""

import gzip
import json
import shutil

from conftest import Together

from digidip import deliveries, store
from digidip.tables import SCHEMA

GETPAGE = (
    "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
    "{id},Ministry,Hello #visa,2016-01-05T10:00:00+0000,photo,NA,{id}_1,5,3,1\n"
)
STEADY = [deliveries.SAMPLE / f"usa-steady_facebook_{part}.csv" for part in ("statuses", "comments")]


# One holding for the tests of what several labels make together; each looks at its own pages.
together = Together()


def labels(tables):
    """The labels of the rows of each table that has rows."""
    frames = {name: getattr(tables, name).to_pandas() for name in SCHEMA}
    return {name: set(frame["label"]) for name, frame in frames.items() if len(frame)}


def test_add_asks_for_the_label(digidip, export, home, tree):
    """Without a label nothing is taken in: exit 2, and the message says what the three mean."""
    code, _out, err = digidip("add", export("a.csv", GETPAGE.format(id=7)), "--ministry", "PER")
    assert code == 2 and all(f"{name} (" in err for name in ("real", "derived-public", "synthetic"))
    assert tree(home) == {}


def test_a_file_of_the_sample_is_synthetic_whatever_is_said(digidip, home, tmp_path, build):
    """Copies of a sample file, packed or not and under any name, are synthetic at add, and at build though edited."""
    content, said = STEADY[0].read_bytes(), ("--ministry", "USA", "--zone", "America/New_York", "--label", "real")
    manifest = home / "data" / "raw" / "MANIFEST.csv"
    for number, copied in enumerate((content, gzip.compress(content)), 1):
        copy = tmp_path / f"mine{number}.csv"
        copy.write_bytes(copied)
        assert "synthetic" in digidip("add", copy, *said)[1]
        assert manifest.read_text().count(",synthetic,") == number
    manifest.write_text(manifest.read_text().replace(",synthetic,", ",real,"))
    facts, tables = build()
    assert tables.label == "synthetic" and set().union(*labels(tables).values()) == {"synthetic"}
    for number in (1, 2):
        note = f"usa/mine{number}.csv: a file of the synthetic sample, so its rows are synthetic, not real."
        assert note in facts["notes"]
    assert [each["label"] for each in facts["deliveries"]] == ["synthetic"] * 2


together.register({"platform": "facebook", "account_id": "150000000000001", "ministry": "USA", "label": "real"})
together.deliver(
    "mine.csv", STEADY[0].read_text(encoding="utf-8") + "\n", ministry="USA", zone="America/New_York", label="real"
)


def test_a_changed_copy_is_known_by_its_accounts(built):
    """One byte more hides the file; the sample's accounts give it away, though the home lists them as real."""
    mine = store.load("processed", account="150000000000001", home=built.home)
    assert mine.label == "synthetic" and not [note for note in built.notes if "mine.csv: a file of the" in note]


COMBINED = {  # page: label of its delivery, of its row in accounts.csv, and what its rows are
    "1": ("real", "real", "real"),
    "2": ("real", "", "real"),
    "3": ("real", "derived-public", "derived-public"),
    "4": ("real", "synthetic", "synthetic"),
    "5": ("derived-public", "real", "derived-public"),
    "6": ("derived-public", "synthetic", "synthetic"),
    "7": ("synthetic", "real", "synthetic"),
    "8": ("synthetic", "derived-public", "synthetic"),
}
for number, (delivered, listed, _expected) in COMBINED.items():
    account = {"account_id": number, "handle": f"m{number}", "ministry": "PER", "label": listed}
    together.register({"platform": "facebook", **account})
    together.deliver(f"{number}.csv", GETPAGE.format(id=number), label=delivered)


def test_the_weakest_of_delivery_and_account_wins(built):
    """Every row of an account, its own included, and the caption have the label that claims least."""
    found = {}
    for name in SCHEMA:
        for row in getattr(built.held, name).to_pandas().to_dict("records"):
            page = row.get("account_id") or row["post_id"].partition("_")[0]
            found.setdefault(page, {}).setdefault(name, set()).add(row["label"])
    for number, (delivered, listed, expected) in COMBINED.items():
        assert found[number].keys() >= {"accounts", "posts"}
        assert set().union(*found[number].values()) == {expected}, (delivered, listed)
        assert store.load("processed", account=number, home=built.home).label == expected, (delivered, listed)


def test_the_account_weakens_only_its_own_rows(built):
    """A synthetic account beside a real one leaves the other's rows real; together they are synthetic."""
    assert store.load("processed", account="1", home=built.home).label == "real"
    assert store.load("processed", account="1,4", home=built.home).label == "synthetic"


STATUSES = (
    "status_id,status_message,link_name,status_type,status_link,status_published,num_reactions,num_comments,"
    "num_shares\n30_1,Hello,,photo,,2016-01-05 05:00:00,9,1,1\n"
)
COMMENTS = (
    "comment_id,status_id,parent_id,comment_message,comment_author,comment_published,num_reactions\n"
    "30_1_1,30_1,,Where?,Somebody,2016-01-05 06:00:00,1\n"
)
together.deliver("p.csv", STATUSES, zone="UTC")
together.deliver("c.csv", COMMENTS, zone="UTC", label="synthetic")


def test_comments_made_up_under_real_posts_are_told(built):
    """Invented comments under real posts: posts keep their label, the caption has that of the comments."""
    tables = store.load("processed", account="30", home=built.home)
    assert labels(tables)["posts"] == {"real"} and tables.label == "synthetic"


def test_the_sample_earns_nothing_in_a_fresh_home(digidip, home, tmp_path):
    """The whole path: copies of shipped files, said to be real, added, built and run give no figure `reproduced`."""
    copies = [shutil.copy(path, tmp_path) for path in STEADY]
    said = ("--ministry", "USA", "--zone", "America/New_York", "--label", "real")
    assert digidip("add", *copies, *said)[0] == digidip("build")[0] == 0
    month = ("start=2016-01-01", "end=2016-02-01", "zone=America/New_York")
    given = [word for each in ("data=processed", *month) for word in ("-p", each)]
    code, out, _err = digidip("run", "10-comment-analysis", *given)
    assert code == 0 and "fixture-match" in out and "reproduced" not in out
    facts = json.loads(next(home.rglob("facts.json")).read_text(encoding="utf-8"))
    assert {row["label"] for row in facts["facts"] + facts["verdicts"]} == {"synthetic", "derived-public"}


def test_a_synthetic_delivery_brings_no_account_of_the_sample(deliver, build):
    """The repository's accounts.csv lists the sample's accounts; another synthetic file has its own account alone."""
    rows = "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
    deliver("page.csv", rows + "7,Ministry,Hello,2016-01-05T10:00:00+0000,photo,,7_1,5,3,1\n", label="synthetic")
    _facts, held = build()
    assert held.accounts.account_id.to_pandas().tolist() == ["7"]
