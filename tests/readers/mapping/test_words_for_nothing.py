"""What programs write for nothing is missing where a map says so, never an id, and Namibia stays a country."""

import ibis
import pytest
import yaml

from digidip import readers
from digidip.readers.opening.cells import MISSING_WORDS, identifier
from digidip.tables import ReaderError

POSTS = {"post_id": "tweet", "account_id": "account", "posted_at": "when", "text": "words", "reply_to_id": "answers"}
BASE = {"table": "posts", "platform": "x", "columns": POSTS}
ROWS = (
    "tweet,account,when,words,answers\n"
    "689719005803446272,1500001,2016-01-20T08:00:00Z,Opening,{word}\n"
    "690081393669046272,1500001,2016-01-21T08:00:00Z,{word},690443781434646272\n"
    "690458881029046272,1500001,2016-01-21T08:00:00Z,{word},690443781434646272\n"
)


def rows_of(path, table="posts"):
    """The rows of a mapped file."""
    return readers.reader("mapped").read(path)[table].order_by("export_row").to_pandas()


@pytest.mark.parametrize("word", ["NA", "None", r"\N"])
def test_a_word_for_nothing_is_proposed_asked_and_missing(word, export, refused):
    """Without `missing` the map is refused and says what to write; with what digidip map proposes, the cells are missing."""
    path = export("posts.csv", ROWS.format(word=word))
    assert yaml.load(readers.proposal(path).text, Loader=yaml.BaseLoader)["missing"] == [word]
    export("posts.csv.map.yml", yaml.safe_dump(BASE))
    message = refused(ReaderError, lambda: readers.reader("mapped").read(path))
    assert f"holds {word!r}" in message and "in 2 of the first 3 records" in message and "missing: [" in message
    export("posts.csv.map.yml", yaml.safe_dump(BASE | {"missing": [word]}))
    found = rows_of(path)
    assert found["reply_to_id"].isna().tolist() == [True, False, False]
    assert found["text"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize("word", MISSING_WORDS)
def test_no_reader_takes_a_word_for_nothing_for_an_id(word):
    """The helper for ids that all readers share knows the words of R, pandas, Python, databases and spreadsheets."""
    cells = ibis.memtable({"id": [word, f" {word}", "7", "NAmibia"]})
    assert identifier(cells.id).to_pyarrow().to_pylist() == [None, None, "7", "NAmibia"]


def test_a_word_beyond_the_head_is_no_id(export):
    """A word for nothing that first comes after the records that are looked at is no id either."""
    row = "6897190058034{n:05},1500001,2016-01-20T08:00:00Z,Text,\n"
    path = export(
        "posts.csv",
        ROWS.splitlines()[0]
        + "\n"
        + "".join(row.format(n=n) for n in range(600))
        + ("690081393669046272,1500001,2016-01-21T08:00:00Z,Text,None\n"),
    )
    export("posts.csv.map.yml", yaml.safe_dump(BASE))
    assert rows_of(path)["reply_to_id"].isna().all()


def test_namibia_stays_a_country(export):
    """In a column of states NA is Namibia unless the map says otherwise; in the other columns it is what the map says."""
    text = "id,kind,from,in,town,seen\nm1,embassy,PE,NA,Windhoek,2020-01-01\nm2,embassy,PE,FR,NA,2020-01-01\n"
    path = export("missions.csv", text)
    names = {"mission_id": "id", "office": "kind", "sender": "from", "receiver": "in", "city": "town"}
    found = yaml.load(
        readers.proposal(export("known.csv", text.replace("in,", "host country,")), "missions").text,
        Loader=yaml.BaseLoader,
    )
    assert found["missing"] == ["NA"] and found["columns"]["receiver"] == {"from": "host country", "missing": []}
    columns = names | {"receiver": {"from": "in", "missing": []}}
    export("missions.csv.map.yml", yaml.safe_dump({"table": "missions", "missing": ["NA"], "columns": columns}))
    frame = rows_of(path, "missions")
    assert frame["receiver"].tolist() == ["NA", "FR"] and frame["city"].isna().tolist() == [False, True]


def test_na_of_r_without_quotes(export):
    """In a table of R, NA without quotes is missing without a word in the map, and "NA" in quotes is a text."""
    text = (
        '"","tweet","account","when","words","answers"\n'
        '"1","689719005803446272","1500001","2016-01-20T08:00:00Z","NA",NA\n'
        '"2","690081393669046272","1500001","2016-01-21T08:00:00Z",NA,"690443781434646272"\n'
    )
    path = export("posts.csv", text)
    columns = POSTS | {"text": {"from": "words", "missing": []}}
    export("posts.csv.map.yml", yaml.safe_dump(BASE | {"columns": columns}))
    found = rows_of(path)
    assert found["text"].fillna("-").tolist() == ["NA", "-"]
    assert found["reply_to_id"].fillna("-").tolist() == ["-", "690443781434646272"]


@pytest.mark.parametrize(("missing", "said"), [({"a": "b"}, "missing: found"), ([["NA"]], "missing: found")])
def test_missing_that_is_no_list(missing, said, export, refused):
    """`missing` is a list of words."""
    path = export("posts.csv", ROWS.format(word=""))
    export("posts.csv.map.yml", yaml.safe_dump(BASE | {"missing": missing}))
    assert said in refused(ReaderError, lambda: readers.reader("mapped").read(path))


def test_answers_and_reposts_of_a_table_of_r(deliver, build, export):
    """Two own posts, an answer and a repost are counted as such: one answer among three posts that are no repost."""
    text = (
        '"tweet","account","when","words","answers","repeats"\n'
        '"689719005803446272","1500001","2016-01-20T08:00:00Z","Opening",NA,NA\n'
        '"690081393669046272","1500001","2016-01-21T08:00:00Z","Advice",NA,NA\n'
        '"690458881029046272","1500001","2016-01-22T09:00:00Z","At nine","690443781434646272",NA\n'
        '"690821268894646272","1500001","2016-01-23T09:00:00Z",NA,NA,"690806169300246272"\n'
    )
    export("p.csv.map.yml", yaml.safe_dump(BASE | {"columns": POSTS | {"repost_of_id": "repeats"}}))
    deliver("p.csv", text, label="synthetic")
    posts = build()[1].posts.to_pandas()
    own = posts[posts["repost_of_id"].isna()]
    assert (len(own), own["reply_to_id"].notna().sum()) == (3, 1)
