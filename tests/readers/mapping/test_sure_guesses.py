"""What `digidip map` calls sure has cells that say so, and the better of two columns is proposed."""

import pytest
import yaml

from digidip import readers
from digidip.tables import ReaderError

TIDY = (
    '"","tweet_id","user_username","text","author_id","created_at","in_reply_to_user_id","user_name","quoted_status_id"\n'
    '"1","689719005803446272","MFAexamplestan","A statement","1500001","2016-01-20T08:00:00.000Z","NA","MFA Examplestan","NA"\n'
    '"2","690081393669046272","MFAexamplestan","An answer","1500001","2016-01-21T08:00:00.000Z","777000111","MFA Examplestan","NA"\n'
)


def sure(path, table="posts"):
    """The columns that a proposal places."""
    return yaml.load(readers.proposal(path, table).text, Loader=yaml.BaseLoader)["columns"] or {}


def test_tidy_table_of_academictwitter(export):
    """Handles have no blanks, what is all NA is not sure, and whom a post answers is an account."""
    found = sure(export("tidy.csv", TIDY))
    assert (found["handle"], found["account_name"]) == ("user_username", "user_name")
    assert found["reply_to_account_id"] == "in_reply_to_user_id"
    assert not {"quote_of_id", "reply_to_id"} & found.keys()
    assert "  # quote_of_id: quoted_status_id  # unsure" in readers.proposal(export("tidy.csv", TIDY)).text
    alone = TIDY.replace("user_username", "nobody")
    assert "handle" not in sure(export("alone.csv", alone)), "a name with blanks is no handle"


@pytest.mark.parametrize(
    ("header", "cells", "expected", "absent"),
    [
        ("id,id_str", "1.554E+18,1554000000000000123", {"post_id": "id_str"}, ()),
        ("id,user_id_str,in_reply_to_status_id_str", "1554000000000000123,1500001,1553000000000000123",
         {"post_id": "id", "account_id": "user_id_str", "reply_to_id": "in_reply_to_status_id_str"}, ()),
        ("id,tweet,replies_count,likes_count,retweets_count", "1554000000000000123,Some words of it,1,2,3",
         {"post_id": "id", "text": "tweet", "comment_count": "replies_count", "like_count": "likes_count",
          "repost_count": "retweets_count"}, ()),
        ("Message ID,Facebook Page,Favoritos", "1554000000000000123,MFA of Examplestan,7",
         {"post_id": "Message ID", "account_name": "Facebook Page", "like_count": "Favoritos"}, ()),
        ("account,lang", "1500001,", {}, ("account_name", "lang")),
    ],
)  # fmt: skip
def test_names_of_tools(header, cells, expected, absent, export):
    """Names of well-known tools are known; of a damaged id and a whole one the whole is taken; blanks make nothing sure."""
    found = sure(export("tool.csv", f"{header}\n{cells}\n"))
    assert {name: found.get(name) for name in expected} == expected
    assert not set(absent) & found.keys()


def test_a_number_of_the_row_is_no_id(export):
    """1, 2, 3 … under `id` count the rows: they are not sure to be ids of posts, from one or from nought."""
    for first in (0, 1):
        rows = "".join(f"{n},2016-01-05T10:00:00Z,Text\n" for n in range(first, first + 5))
        text = readers.proposal(export("rows.csv", "id,created_at,text\n" + rows)).text
        assert "  # post_id: id  # unsure: known name; the cells count the rows" in text


def test_extract_is_offered(export, digidip):
    """Where an address of X holds the id or the handle, the line with `extract` stands there, ready to be taken."""
    text = "url,created_at,text\nhttps://x.com/mfa/status/1380082989265846273,2021-04-08T09:05:00Z,Text\n"
    proposed = readers.proposal(export("t.csv", text)).text
    assert '  # post_id: {from: url, extract: "/status(?:es)?/([0-9]+)"}' in proposed
    columns = {
        "post_id": {"from": "url", "extract": "/status(?:es)?/([0-9]+)"},
        "account_id": {"from": "url", "extract": "(?:x|twitter)[.]com/([^/]+)/status"},
        "posted_at": "created_at",
    }
    path = export("t.csv", text)
    export("t.csv.map.yml", yaml.safe_dump({"platform": "x", "columns": columns}))
    [row] = readers.reader("mapped").read(path)["posts"].to_pandas().to_dict("records")
    assert (row["post_id"], row["account_id"]) == ("1380082989265846273", "mfa")


def test_extract_may_match_nothing_at_first(export):
    """What few cells of an optional column hold may come after the first records; a required column must have some."""
    text = "id,page,when,words\n90000001,7,2016-01-05T10:00:00Z,nothing\n"
    path = export("t.csv", text)
    columns = {"post_id": "id", "account_id": "page", "posted_at": "when"}
    extract = {"reply_to_id": {"from": "words", "extract": "answers ([0-9]+)"}}
    export("t.csv.map.yml", yaml.safe_dump({"platform": "x", "columns": columns | extract}))
    assert readers.reader("mapped").read(path)["posts"].to_pandas()["reply_to_id"].isna().all()


def test_texts_in_a_programs_notation_are_told_and_html_is_no_table(export):
    """Escaped texts are counted by `map` as by `add`; Telegram's HTML gets its remedy, any other HTML one that works."""
    coded = readers.proposal(export("a.csv", "id,words\n7001,b'D\\xc3\\xa9but'\n7002,b'!'\n"))
    assert coded.notes == [
        "words: 2 of 2 texts are in the notation of Python (b'…') for them, and are read back where they are a `text`"
    ]
    assert "  # text: words  # unsure: the only column of texts in a program's notation" in coded.text
    assert (
        "words: 1 of 2 texts are in the notation of R"
        in readers.proposal(export("b.csv", "id,words\n1,<U+0628>\n2,x\n")).notes[0]
    )
    page = export("messages.html", '<!DOCTYPE html><div class="page_body chat_page">\nDate, Post ID, Text\n</div>')
    with pytest.raises(ReaderError, match="machine-readable JSON"):
        readers.check_is_mappable(page)
    with pytest.raises(ReaderError, match="HTML or XML, which no column map reads"):
        readers.proposal(export("c.xls", "<html><table>\n<tr>Date, Post ID, Message</tr></table></html>"))


def test_names_of_tools_in_spanish_and_lists_that_are_no_ids(export):
    """Favoritos, Usuario and Fecha are known; twint's `reply_to`, a list of names, is no id of a post; a page is asked for."""
    found = readers.proposal(
        export(
            "a.csv", "ID del tweet,Fecha,Usuario,reply_to,Favoritos\n1554000000000000001,2022-08-01 10:00,mfa,[],3\n"
        )
    )
    for line in (
        "  post_id: ID del tweet",
        "  handle: Usuario",
        "  posted_at: {from: Fecha}",
        "  like_count: Favoritos",
    ):
        assert f"\n{line}  # sure" in found.text
    assert "reply_to_id: reply_to" not in found.text
    link = readers.proposal(
        export("c.csv", "Link,Text\nhttps://twitter.com/mfa/status/1554000000000000001,Hola\n")
    ).text
    assert (
        '  # post_id: {from: Link, extract: "/status(?:es)?/([0-9]+)"}' in link
        and "  # account_id: {from: Link" in link
    )
    page = readers.proposal(export("b.csv", "Message ID,Facebook Page,Date (GMT)\n7001_1,Ministry,2022-08-01 10:00\n"))
    assert "  # account_id: Facebook Page  # unsure: a name, no id" in page.text
