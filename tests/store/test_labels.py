"""Labels: what is invented stays so, whatever anybody says of it, in every row and every caption."""

import gzip
import json
import shutil

import pytest

from digidip import deliveries, store
from digidip.tables import SCHEMA

GETPAGE = (
    "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
    "{id},Ministry,Hello #visa,2016-01-05T10:00:00+0000,photo,NA,{id}_1,5,3,1\n"
)
STEADY = [deliveries.SAMPLE / f"usa-steady_facebook_{part}.csv" for part in ("statuses", "comments")]


def labels(tables):
    """The labels of the rows of each table that has rows."""
    frames = {name: getattr(tables, name).to_pandas() for name in SCHEMA}
    return {name: set(frame["label"]) for name, frame in frames.items() if len(frame)}


def test_add_asks_for_the_label(digidip, export, home, tree):
    """Without a label nothing is taken in: exit 2, and the message says what the three mean."""
    code, _out, err = digidip("add", export("a.csv", GETPAGE.format(id=7)), "--ministry", "PER")
    assert code == 2 and all(f"{name} (" in err for name in ("real", "derived-public", "synthetic"))
    assert tree(home) == {}


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_of_the_sample_is_synthetic_whatever_is_said(is_packed, digidip, home, tmp_path, build):
    """A copy of a sample file, packed or not and under any name, is synthetic at add, and at build though edited."""
    copy = tmp_path / "mine.csv"
    copy.write_bytes(gzip.compress(STEADY[0].read_bytes()) if is_packed else STEADY[0].read_bytes())
    said = ("--ministry", "USA", "--zone", "America/New_York", "--label", "real")
    assert "synthetic" in digidip("add", copy, *said)[1]
    manifest = home / "data" / "raw" / "MANIFEST.csv"
    assert ",synthetic," in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(",synthetic,", ",real,"))
    facts, tables = build()
    assert tables.label == "synthetic" and set().union(*labels(tables).values()) == {"synthetic"}
    assert "usa/mine.csv: a file of the synthetic sample, so its rows are synthetic, not real." in facts["notes"]
    assert facts["deliveries"][0]["label"] == "synthetic"


def test_a_changed_copy_is_known_by_its_accounts(export, home, register, deliver, build):
    """One byte more hides the file; the sample's accounts give it away, though the home lists them as real."""
    register({"platform": "facebook", "account_id": "150000000000001", "ministry": "USA", "label": "real"})
    text = STEADY[0].read_text(encoding="utf-8") + "\n"
    deliver("mine.csv", text, ministry="USA", zone="America/New_York", label="real")
    assert build()[1].label == "synthetic"


def test_the_weakest_of_delivery_and_account_wins(home, register, deliver, build):
    """Every row of an account, its own included, and the caption have the label that claims least."""
    combined = [
        ("real", "real", "real"),
        ("real", "", "real"),
        ("real", "derived-public", "derived-public"),
        ("real", "synthetic", "synthetic"),
        ("derived-public", "real", "derived-public"),
        ("derived-public", "synthetic", "synthetic"),
        ("synthetic", "real", "synthetic"),
        ("synthetic", "derived-public", "synthetic"),
    ]
    register(
        *({"platform": "facebook", "account_id": n, "handle": f"m{n}", "ministry": "PER", "label": account}
          for n, (_delivery, account, _expected) in zip("12345678", combined, strict=True))
    )  # fmt: skip
    for number, (delivery, _account, _expected) in zip("12345678", combined, strict=True):
        deliver(f"{number}.csv", GETPAGE.format(id=number), label=delivery)
    build()
    for number, (delivery, account, expected) in zip("12345678", combined, strict=True):
        tables = store.load("processed", account=number, home=home)
        found = labels(tables)
        assert found.keys() >= {"accounts", "posts"}
        assert set().union(*found.values()) == {expected} and tables.label == expected, (delivery, account)


def test_the_account_weakens_only_its_own_rows(register, deliver, build, home):
    """A synthetic account beside a real one leaves the other's rows real; together they are synthetic."""
    register(
        {"platform": "facebook", "account_id": "7", "ministry": "PER", "label": "synthetic"},
        {"platform": "facebook", "account_id": "8", "ministry": "PER", "label": "real"},
    )
    deliver("a.csv", GETPAGE.format(id=7))
    deliver("b.csv", GETPAGE.format(id=8))
    assert build()[1].label == "synthetic"
    assert store.load("processed", account="8", home=home).label == "real"


def test_comments_made_up_under_real_posts_are_told(deliver, build):
    """Invented comments under real posts: posts keep their label, the caption has that of the comments."""
    statuses = (
        "status_id,status_message,link_name,status_type,status_link,status_published,num_reactions,num_comments,"
        "num_shares\n7_1,Hello,,photo,,2016-01-05 05:00:00,9,1,1\n"
    )
    comments = (
        "comment_id,status_id,parent_id,comment_message,comment_author,comment_published,num_reactions\n"
        "7_1_1,7_1,,Where?,Somebody,2016-01-05 06:00:00,1\n"
    )
    deliver("p.csv", statuses, zone="UTC")
    deliver("c.csv", comments, zone="UTC", label="synthetic")
    tables = build()[1]
    assert labels(tables)["posts"] == {"real"} and tables.label == "synthetic"


def test_the_sample_earns_nothing_in_a_fresh_home(digidip, home, tmp_path):
    """The whole path: copies of shipped files, said to be real, added, built and run give no figure `reproduced`."""
    copies = [shutil.copy(path, tmp_path) for path in STEADY]
    said = ("--ministry", "USA", "--zone", "America/New_York", "--label", "real")
    assert digidip("add", *copies, *said)[0] == digidip("build")[0] == 0
    code, out, _err = digidip("run", "10-comment-analysis", "-p", "data=processed")
    assert code == 0 and "fixture-match" in out and "reproduced" not in out
    facts = json.loads(next(home.rglob("facts.json")).read_text(encoding="utf-8"))
    assert {row["label"] for row in facts["facts"] + facts["verdicts"]} == {"synthetic", "derived-public"}


def test_a_synthetic_delivery_brings_no_account_of_the_sample(deliver, build):
    """The repository's accounts.csv lists the sample's accounts; another synthetic file has its own account alone."""
    rows = "from_id,from_name,message,created_time,type,link,id,likes_count,comments_count,shares_count\n"
    deliver("page.csv", rows + "7,Ministry,Hello,2016-01-05T10:00:00+0000,photo,,7_1,5,3,1\n", label="synthetic")
    _facts, held = build()
    assert held.accounts.account_id.to_pandas().tolist() == ["7"]
