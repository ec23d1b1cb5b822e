"""Ids that a program rounded and wrote out in plain digits make a file refused, or its rows rejects, whatever reader reads it."""

import json
from decimal import Decimal

import pandas as pd
import pytest
import yaml
from conftest import COMMENTS, STATUSES, Together, current_build

from digidip.readers.opening.rounded_ids import rounded_ids
from digidip.tables import ReaderError

WHOLE = [1380098088760250983 + 251658240001 * number for number in range(12)]
ROUNDED = {
    "whole": str,
    "spreadsheet": lambda number: f"{number}"[:15] + "0" * 4,
    "javascript": lambda number: str(int(Decimal(repr(float(number))))),
    "pandas": lambda number: str(int(float(number))),
}
TWARC = (
    "id,conversation_id,referenced_tweets.replied_to.id,referenced_tweets.retweeted.id,referenced_tweets.quoted.id,author_id,"
    "in_reply_to_user_id,created_at,text,lang,public_metrics.like_count,public_metrics.quote_count,public_metrics.reply_count,"
    "public_metrics.retweet_count,author.username,author.name,__twarc.retrieved_at\n"
)
BASE = {
    "table": "posts",
    "platform": "x",
    "columns": {"post_id": "tweet", "account_id": "account", "posted_at": "when", "reply_to_id": "answers"},
}
# One holding for what is built with some rounded ids; each test looks at its own account, whose ids are later ones.
together = Together()
LATER, LATEST = ([one + number * 10**15 for one in WHOLE] for number in (1, 2))


def facts_of(built, export):
    """The posts of an export, and how many of its records are rejects."""
    rejects = pd.read_csv(current_build(built.home) / "rejects.csv")
    return built.held.posts.filter(built.held.posts.export == export), (rejects["export"] == export).sum()


def twarc(ids):
    """A table of twarc-csv with these ids."""
    rest = "1,0,0,0,mfa,MFA,2021-04-09T12:00:00Z"
    rows = (f"{one},,,,,1500001,,2021-04-08T10:{n:02}:00.000Z,Text {n},en,{rest}" for n, one in enumerate(ids))
    return TWARC + "\n".join(rows) + "\n"


def lines(ids):
    """A list of ids."""
    return "\n".join(ids) + "\n"


def ties(ids):
    """A table of ties from one account to these."""
    return "Source,Target,Type\n" + "".join(f"1500001,{one},Directed\n" for one in ids)


def tweets(ids):
    """Lines of API v1.1 whose numbers a program took for such, ids as text included."""
    user = {"id_str": "1500001", "screen_name": "mfa", "name": "MFA"}
    stamp = {"created_at": "Thu Apr 08 10:00:00 +0000 2021", "full_text": "Text", "user": user}
    return "".join(json.dumps({"id": int(one), "id_str": one} | stamp) + "\n" for one in ids)


def table(ids):
    """A table that a map reads."""
    return "tweet,account,when,answers\n" + "".join(f"{one},1500001,2021-04-08T10:00:00Z,\n" for one in ids)


FILES = {
    "ids.txt": (lines, {"account": "1500001"}),
    "twarc.csv": (twarc, {}),
    "ties.csv": (ties, {"platform": "x", "retrieved_at": "2021-04-09T00:00:00Z"}),
    "tweets.jsonl": (tweets, {}),
    "table.csv": (table, {}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_rounded_ids_is_refused_with_its_cause(name, deliver, build, export, refused):
    """Lists, tables of tools, networks, JSON and mapped tables: the cause is told, and the untouched file builds."""
    text_of, statements = FILES[name]
    export(f"{name}.map.yml", yaml.safe_dump(BASE))
    reader = {"reader": "mapped"} if name == "table.csv" else {}
    deliver(name, text_of([ROUNDED["spreadsheet"](one) for one in WHOLE]), **statements, **reader, label="synthetic")
    message = refused(ReaderError, build)
    assert "a spreadsheet rounded the ids to 15 digits" in message and "12 of 12 long ids" in message


@pytest.mark.parametrize(
    ("program", "is_refused"), [("whole", 0), ("spreadsheet", 1), ("javascript", 1), ("pandas", 1)]
)
def test_what_each_program_leaves(program, is_refused, digidip, export):
    """15 digits and zeros, the shortest decimal of a double, its exact value: `add` refuses each, and takes whole ids."""
    path = export("twarc.csv", twarc(map(ROUNDED[program], WHOLE)))
    code, out, err = digidip("add", path, "--ministry", "KAZ", "--label", "synthetic")
    assert (code, "rounded the ids" in err) == ((3, True) if is_refused else (0, False)), err
    assert is_refused or "12 posts" in out


ROUNDED_PART = [ROUNDED["spreadsheet"](one + 10**13) for one in WHOLE[:8]]
together.deliver("part.csv", twarc([*map(str, WHOLE), *ROUNDED_PART]), label="synthetic")


def test_some_rounded_ids_are_rejects(built):
    """Of a file put together from a whole part and one that a spreadsheet saved, the second part's rows are rejects."""
    posts, rejects = facts_of(built, "per/part.csv")
    assert sorted(posts.post_id.to_list()) == sorted(map(str, WHOLE)) and rejects == len(ROUNDED_PART)


ANSWERS = [f"{one},1500002,2021-04-20T10:00:00Z,{ROUNDED['pandas'](one + 10**13)}" for one in LATER[:8]]
ANSWERS += [f"{one},1500002,2021-04-20T10:00:00Z,{'1.38E+18' * (one == LATER[8])}" for one in LATER[8:]]
together.deliver(
    "table.csv",
    "tweet,account,when,answers\n" + "\n".join(ANSWERS) + "\n",
    label="synthetic",
    column_map=yaml.safe_dump(BASE),
)


def test_a_rounded_id_of_what_is_answered_leaves_an_answer(built):
    """The post stays, an answer to a post that nobody can name: its id is missing with reason and count, no post of its own."""
    posts, rejects = facts_of(built, "per/table.csv")
    answered = posts.select("post_id", "reply_to_id").to_pandas().set_index("post_id").reply_to_id
    assert answered.dropna().to_dict() == {str(one): f"replied:{one}" for one in LATER[:9]}
    assert (len(answered), rejects) == (12, 0)
    [rounded] = [note for note in built.notes if "per/table.csv: 8 of 12 posts" in note]
    assert "reply_to_id: a program rounded the ids" in rounded and "so it is missing" in rounded
    assert any("per/table.csv: 1 of 12 posts: reply_to_id: a damaged id" in note for note in built.notes)


REST = "2021-05-01T10:00:00.000Z,Text,en,1,0,0,0,mfb,MFB,2021-05-02T12:00:00Z"
REPLIES = [f"{one},,{ROUNDED['spreadsheet'](one + 10**13)},,,1500003," for one in LATEST]
together.deliver("replies.csv", TWARC + "".join(f"{row},{REST}\n" for row in REPLIES), label="synthetic")


def test_rounded_ids_of_what_replies_answer_spoil_no_file(built):
    """A table of twarc whose ids of answered posts alone were rounded: the posts stay, and stand under no post as comments."""
    posts, rejects = facts_of(built, "per/replies.csv")
    answered = posts.reply_to_id.to_pandas()
    assert answered.str.startswith("replied:").all() and (len(answered), rejects) == (12, 0)
    assert "per/replies.csv" not in built.held.comments.export.to_list()


SCIENTIFIC = [(f"{one + 10**12}", "", "", "") for one in LATER[:4]]
for row, (column, cell) in enumerate([(1, "1.38E+18"), (2, '"1,38E+18"'), (3, "1.38e+18"), (0, "1.38E+18")]):
    SCIENTIFIC[row] = (*SCIENTIFIC[row][:column], cell, *SCIENTIFIC[row][column + 1 :])
together.deliver(
    "scientific.csv",
    TWARC + "".join(f"{one},,{reply},{repost},{quote},1500004,,{REST}\n" for one, reply, repost, quote in SCIENTIFIC),
    label="synthetic",
)
together.deliver("statuses.csv", STATUSES, label="synthetic", zone="UTC")
together.deliver("comments.csv", COMMENTS.replace(",7_1_1,", ",1.2E+17,"), label="synthetic", zone="UTC")


def test_an_id_in_scientific_notation_costs_no_more_than_its_cell(built):
    """What a post answers, repeats or quotes is missing, with its reason and count; a post without its own id is a reject."""
    posts, rejects = facts_of(built, "per/scientific.csv")
    found = posts.order_by("post_id").select("reply_to_id", "repost_of_id", "quote_of_id").to_pandas()
    first, second, third, _own = (row[0] for row in SCIENTIFIC)
    assert (
        found.astype(object).where(found.notna(), "").values.tolist()
        == [
            [f"replied:{first}", "", ""],
            ["", f"reposted:{second}", ""],
            ["", "", ""],
        ]
        and rejects == 1
    )
    for column in ("reply_to_id", "repost_of_id", "quote_of_id"):
        assert any(f"per/scientific.csv: 1 of 4 posts: {column}: a damaged id" in note for note in built.notes)
    parents = built.held.comments.filter(built.held.comments.export == "per/comments.csv").parent_id.to_pandas()
    assert parents.dropna().tolist() == ["replied:7_1_2"] and len(parents) == 3


def test_ids_of_x_with_a_counter_at_zero_are_whole():
    """Ids of X whose lowest 12 or 22 bits are zero, as most are, and ids of 16 and 17 digits, are no rounded ones."""
    for unit in (1 << 12, 1 << 22):
        assert rounded_ids([str(one // unit * unit) for one in WHOLE * 9]) == (set(), "")
    assert rounded_ids([str(10153580479212110 + 7 * number) for number in range(60)]) == (set(), "")


def test_map_sees_rounded_ids(digidip, export):
    """`digidip map` does not place a column of rounded ids as one of ids, and says what they look like."""
    path = export("t.csv", table(map(ROUNDED["spreadsheet"], WHOLE)).replace("tweet,", "tweet id,"))
    code, out, _err = digidip("map", path)
    assert code == 0 and "post_id: tweet id? (known name; 12 of 12 cells look like damaged ids)" in out
