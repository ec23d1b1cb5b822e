"""Real exports, as proof: the facts that the issue states, by the public command alone. No text of them is printed."""

import pandas as pd
import pytest
from click.testing import CliRunner

from digidip import cli, store

LEADERS = {"ivojosipovic": (861, 271), "MustafaAG": (686, 111), "MedvedevRussiaE": (1143, 2), "PEPE_LOBO": (568, 0)}


def command(home, *arguments):
    """Run the command; its standard output."""
    done = CliRunner().invoke(cli.main, ["--home", str(home), *map(str, arguments)])
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def canada(real_data, tmp_path_factory):
    """A home with the three Canadian pages, added and built by the command; what build printed."""
    home, key = tmp_path_factory.mktemp("canada"), tmp_path_factory.mktemp("key") / "key"
    files = sorted((real_data / "canada2015-facebook").glob("*_Posts.csv"))
    assert len(files) == 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIDIP_KEY_FILE", str(key))
        command(home, "add", *files, "--ministry", "CAN", "--label", "real")
        return home, command(home, "build")


@pytest.mark.parametrize(
    ("account", "start", "end", "posts", "mean", "median", "above"),
    [
        ("149331805154700", "2015-08-01", "2015-09-01", 193, 69.4, 39, 18.7),
        ("21751825648", "2015-09-01", "2015-10-01", 210, 146.8, None, 44.3),
    ],
)
def test_canada_facts(account, start, end, posts, mean, median, above, canada):
    """The month of each page has the stated posts, mean, median and share above 100."""
    held = store.load("processed", "CAN", "facebook", account, start, end, "UTC", home=canada[0])
    comments = held.posts.comment_count.to_pandas()
    assert len(comments) == posts and round(comments.mean(), 1) == mean
    assert round(100 * (comments > 100).mean(), 1) == above
    assert median is None or comments.median() == median


def test_canada_account_of_rows(canada):
    """Two duplicated ids each for Mulcair and Trudeau; Harper's 500 rows are the sign of a capped harvest."""
    home, printed = canada
    facts = store.facts_of(home / "data" / "processed")
    lost = {s["export"]: s["rows_in"] - s["rows_out"] for s in facts["account_of_rows"] if s["step"] == "deduplicate"}
    assert lost == {"can/Harper_Posts.csv": 0, "can/Mulcair_Posts.csv": 2, "can/Trudeau_Posts.csv": 2}
    assert facts["rows"]["posts"] == 500 + 626 + 490 - 4 and facts["rejects"] == 0
    assert "can/Harper_Posts.csv: exactly 500 records, the sign of a capped harvest" in printed
    assert len(facts["accounts_to_complete"]) == 3


def test_canada_holds_no_comments(canada):
    """The export tells how many comments there were and holds none."""
    held = store.load("processed", home=canada[0])
    assert held.comments.count().to_pandas() == 0 and held.posts.comment_count.notnull().all().to_pandas()


@pytest.fixture(scope="module")
def leaders(real_data, tmp_path_factory):
    """A home with the tweets of seven heads of state or government, added and built by the command."""
    home, key = tmp_path_factory.mktemp("leaders"), tmp_path_factory.mktemp("key") / "key"
    files = sorted((real_data / "world-leaders-twitter").glob("*_tweets.json"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIDIP_KEY_FILE", str(key))
        command(home, "add", *files, "--ministry", "HRV", "--label", "real")
        command(home, "build")
    return home


def test_leaders_are_read_whole(leaders):
    """Seven files, 5,107 posts, none rejected."""
    facts = store.facts_of(leaders / "data" / "processed")
    assert len(facts["deliveries"]) == 7 and facts["rejects"] == 0
    assert sum(s["rows_out"] for s in facts["account_of_rows"] if (s["table"], s["step"]) == ("posts", "read")) == 5107
    assert facts["rows"]["posts"] == 5107


@pytest.mark.parametrize("handle", LEADERS)
def test_leaders_replies(handle, leaders):
    """Posts and replies per account are as counted in the raw files."""
    posts = store.load("processed", account=handle, home=leaders).posts.to_pandas()
    assert (len(posts), posts["reply_to_id"].notna().sum()) == LEADERS[handle]


def test_leaders_address_pseudonyms(leaders):
    """Whom a leader answers or mentions is a pseudonym, unless it is one of the leaders."""
    held = store.load("processed", home=leaders)
    ours = set(held.accounts.account_id.to_list())
    mentions = held.entities.filter(held.entities.kind == "mention").value.to_pandas()
    answered = held.posts.reply_to_account_id.to_pandas().dropna()
    for column in (mentions, answered):
        assert (column.isin(ours) | column.str.fullmatch(r"p[a-z2-7]{24}")).all()
    texts = held.posts.text.to_pandas().dropna()
    assert isinstance(texts, pd.Series) and not texts.str.contains(r"(?<![\w.%+-])@\w").any()
