"""`digidip map`: it proposes what it can stand for, says what it cannot, and an edited map reads the file."""

import csv
import io
import json
import zipfile

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from digidip import readers
from digidip.readers.mapping._column_map import KEYS, load
from digidip.tables import MAPPED, ReaderError

QUICK = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
META = (
    '\ufeff"Post ID","Page ID","Page name",Title,Description,"Duration (sec)","Publish time","Caption type",Permalink,'
    '"Is crosspost","Is share","Post type",Languages,"Custom labels","Funded content status","Data comment",Date,Views,'
    'Reach,"Reactions, Comments and Shares",Reactions,Comments,Shares,"Total clicks"\n'
    '12345678901,100064000000001,Ministry,,"Two\nlines",0,01/15/2020 10:00,,https://example.org/p/1,0,0,Photos,,,,,'
    "Lifetime,1840,900,30,25,4,1,2\n"
    "12345678902,100064000000001,Ministry,,Text,0,02/03/2020 23:30,,https://example.org/p/2,0,0,Reels,,,,,"
    "Lifetime,12,9,3,2,1,0,2\n"
)
ANALYTICS = (
    "Tweet id,Tweet permalink,Tweet text,time,impressions,engagements,engagement rate,retweets,replies,likes,"
    "user profile clicks,url clicks,hashtag clicks,detail expands,permalink clicks,app opens,app installs,follows\n"
    "1380082989265846273,https://x.com/mfa/status/1380082989265846273,Text,2021-04-08 09:05 +0000,1840,12,0.0065,2,1,9,"
    "0,0,0,0,0,0,0,0\n"
)
BRANDWATCH = (
    'Report,"(""embassy"" OR mfa)"\nFrom,2020-01-01\n\n'
    "Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Country,Author,Full Text,Resource Id,"
    "Thread Id,Expanded URLs,Twitter Retweets,Twitter Likes,Twitter Reply Count,Impressions\n"
    "7,Embassies,2020-01-15 10:00:00.0,,Sni,https://example.org/1,x.com,neutral,twitter,en,Peru,Zebulon,Whole text,"
    "abcdef1234567,,,2,3,1,100\n"
)
TALKWALKER = (
    "url,published,title,content,lang,source_type,extra_author_attributes.name,extra_author_attributes.short_name,reach,"
    "engagement,sentiment,domain_url\n"
    'https://example.org/1,2020-01-15 10:00,,Text,en,"SOCIALMEDIA,SOCIALMEDIA_TWITTER",Zebulon,zeb,12,3,0,x.com\n'
)
MELTWATER = (
    "Date\tHeadline\tURL\tOpening Text\tHit Sentence\tSource\tInfluencer\tCountry\tReach\tTwitter Authority\tTweet Id\t"
    "Twitter Id\tTwitter Screen Name\tTwitter Followers\tTwitter Following\tAlternate Date Format\tTime\n"
    "15-Jan-2020 10:00AM\tHead\thttps://example.org/1\tText\tHit\tTwitter\t@zeb\tPeru\t12\t3\t1380082989265846273\t9001\t"
    "zeb\t12\t3\tJan 15, 2020\t10:00 AM\n"
)
HOOTSUITE = (
    "Account,MFA\nPeriod,January\n\n"
    "Date (GMT),Post ID,Post Message,Post Permalink,Post Type,Social Network,Impressions,Reach,Engagement,Likes,Comments,"
    "Shares,Post Link Clicks,Video Views\n"
    "2020-01-15 10:00:00,12345678901,Text,https://example.org/1,photo,FACEBOOK,10,9,3,2,1,0,0,0\n"
)
SPROUT = (
    "Date,Profile,Network,Audience,Net Audience Growth,Audience Gained,Audience Lost,Impressions,Engagements,"
    "Post Link Clicks,Published Posts\n"
    '01/05/2020,mfa_example,X,"12,345",1,2,1,10,3,0,4\n'
)
COMMUNALYTIC = "id,date,username,text\nat://x/app.bsky.feed.post/3kaaaaaaaaa2a,2024-01-15T10:00:00Z,mfa.example,Text\n"
DAMAGED = (
    "created_at,id,clean_text,favorite_count,retweet_count,original_tweet\n11/18/19 20:37,1.20E+18,Text,694,206,TRUE\n"
)
PROPOSALS = [
    (
        META, "posts", 0,
        {"post_id": "Post ID", "account_id": "Page ID", "account_name": "Page name", "text": "Description",
         "posted_at": {"from": "Publish time", "format": "%m/%d/%Y %H:%M"}, "medium": "Post type", "url": "Permalink",
         "reaction_count": "Reactions", "comment_count": "Comments", "repost_count": "Shares", "view_count": "Views"},
        ["platform: the file does not tell it", "posted_at: the zone of its times"],
    ),
    (
        ANALYTICS, "posts", 0,
        {"post_id": "Tweet id", "posted_at": {"from": "time", "format": "%Y-%m-%d %H:%M %z"}, "text": "Tweet text",
         "url": "Tweet permalink", "like_count": "likes", "comment_count": "replies", "repost_count": "retweets"},
        ["account_id: Tweet permalink?"],
    ),
    (
        BRANDWATCH, "posts", 2,
        {"posted_at": {"from": "Date"}, "text": "Full Text", "lang": "Language", "url": "Url", "account_name": "Author",
         "like_count": "Twitter Likes", "comment_count": "Twitter Reply Count",
         "repost_count": "Twitter Retweets"},
        ["post_id: Resource Id?", "account_id: Author?"],
    ),
    (
        TALKWALKER, "posts", 0,
        {"posted_at": {"from": "published"}, "text": "content", "lang": "lang", "url": "url",
         "handle": "extra_author_attributes.short_name", "account_name": "extra_author_attributes.name"},
        ["post_id: url?", "account_id: extra_author_attributes.short_name?", "posted_at: the zone"],
    ),
    (
        MELTWATER, "posts", 0,
        {"post_id": "Tweet Id", "handle": "Twitter Screen Name", "url": "URL", "text": "Opening Text",
         "posted_at": {"from": "Date", "format": "%d-%b-%Y %I:%M%p"}, "follower_count": "Twitter Followers"},
        ["account_id: Twitter Id?"],
    ),
    (
        HOOTSUITE, "posts", 2,
        {"post_id": "Post ID", "text": "Post Message", "url": "Post Permalink", "medium": "Post Type",
         "posted_at": {"from": "Date (GMT)", "zone": "UTC"}, "like_count": "Likes", "comment_count": "Comments",
         "repost_count": "Shares"},
        [
            "account_id: no column found; `{from: column, and: [column]}` makes an id of several, "
            "`{constant: its id}` where all is of one account",
        ],
    ),
    (
        SPROUT, "metrics", 0,
        {"platform": "Network", "follower_count": "Audience"},
        ["account_id: Profile?", "observed_at: which format, %d/%m/%Y or %m/%d/%Y?", "thousands: does ','"],
    ),
    (
        COMMUNALYTIC, "posts", 0,
        {"post_id": "id", "handle": "username", "posted_at": {"from": "date"}, "text": "text"},
        ["account_id: username?"],
    ),
    (
        DAMAGED, "posts", 0,
        {"posted_at": {"from": "created_at", "format": "%m/%d/%y %H:%M"}, "like_count": "favorite_count",
         "repost_count": "retweet_count"},
        ["post_id: id? (known name; 1 of 1 cells look like damaged ids)", "account_id: no column found"],
    ),
]  # fmt: skip
TOOLS = ["meta", "analytics", "brandwatch", "talkwalker", "meltwater", "hootsuite", "sprout", "communalytic", "damaged"]
ODD = "Id;Seite;Wann;Inhalt;Gefällt\n90000001;7;05.06.2020 10:00;Hallo @someone;1.250\n90000002;7;06.06.2020 10:00;;x\n"
BASE = {
    "table": "posts",
    "platform": "facebook",
    "columns": {"post_id": "Id", "account_id": "Page", "posted_at": "When", "text": "Text"},
}
GOOD = "Id,Page,When,Text,Likes,Kind\n90000001,7,2016-01-05T10:00:00Z,Hello,5,Photos\n"


@pytest.mark.parametrize(("content", "table", "skip", "sure", "needs"), PROPOSALS, ids=TOOLS)
def test_real_headers(content, table, skip, sure, needs, export):
    """The header of each tool is found, its sure columns are those a person would name, its doubts are put as questions."""
    found = readers.proposal(export("tool.csv", content), table)
    told = yaml.load(found.text, Loader=yaml.BaseLoader)
    assert (told["table"], told["skip"], found.skip) == (table, str(skip), skip)
    assert told["columns"] == sure
    assert all(any(need.startswith(each) for need in found.needs) for each in needs)
    assert found.sure == len(sure) and found.sure + found.unsure + found.left == found.columns


def test_ambiguous_days_are_left_to_the_person(export):
    """05/06/2020 may be May or June: both formats are written, neither is taken; 15/06/2020 settles it."""
    found = readers.proposal(export("a.csv", "Post ID,Date\n12345678901,05/06/2020\n"))
    assert '  # posted_at: {from: Date, format: "%d/%m/%Y"}' in found.text
    assert '  # posted_at: {from: Date, format: "%m/%d/%Y"}' in found.text
    found = readers.proposal(export("b.csv", "Post ID,Date\n12345678901,05/06/2020\n12345678902,15/06/2020\n"))
    assert '\n  # posted_at: {from: Date, format: "%d/%m/%Y"}' in found.text and "%m/%d" not in found.text


def test_names_nearly_known_are_unsure(export):
    """A misspelt name is proposed with a # before it, and says what it is near to."""
    found = readers.proposal(export("a.csv", "Post IDs,Publsh time,Wörter\n12345678901,2020-01-15T10:00:00Z,Text\n"))
    assert "  # post_id: Post IDs  # unsure: nearly the known name 'post id'" in found.text
    assert "  # posted_at: {from: Publsh time}  # unsure: nearly the known name 'publish time'" in found.text
    assert '#   "Wörter": 1 of 1 cells look like words' in found.text


def test_words_of_coded_columns(export):
    """Known words have their meaning, others wait for one; they are the only cells that a proposal repeats."""
    rows = "".join(f"1234567890{n},{kind},Secret {n}\n" for n, kind in enumerate(["Reel", "Photos", "Tableau", "Reel"]))
    found = readers.proposal(export("a.csv", "Post ID,Post type,Message\n" + rows))
    for line in ('    "Reel": video', '    "Photos": photo', '    # "Tableau": other', '    # "*": other'):
        assert f"{line}\n" in found.text or f"{line}  #" in found.text
    assert (
        "Secret" not in found.text
        and 'words.medium: without a meaning yet, so they would be missing: "Tableau" (1)' in found.needs
    )


@pytest.mark.parametrize(
    ("numbers", "lines"),
    [
        (["1,250", "7"], ['# decimal: "."', '# thousands: ","  # unsure']),
        (["1.234.567"], ['decimal: ","', 'thousands: "."  # sure']),
        (["1\u00a0250"], ['thousands: " "  # sure']),
        (["1250"], ['decimal: "."']),
    ],
)
def test_separators(numbers, lines, export):
    """Separators are sure where they can mean one thing only."""
    text = "".join(f'1234567890{n};"{number}"\n' for n, number in enumerate(numbers))
    found = readers.proposal(export("a.csv", "Post ID;Likes\n" + text)).text
    assert all(f"\n{line}" in found for line in lines) and ("thousands" in found) == (
        len(lines) > 1 or "th" in lines[0]
    )


def test_from_map_to_rows(digidip, export, home):
    """A proposal, edited and given to `add`, builds the rows that the file holds, hidden as all are; one cell is missing."""
    path = export("odd.csv", ODD)
    code, out, err = digidip("map", path)
    written = path.with_name("odd.csv.map.yml")
    assert (code, err) == (0, "") and f"Written: {written}" in out and "digidip --home" in out
    assert 'delimiter: ";"' in written.read_text(encoding="utf-8")
    code, _out, err = digidip("add", path, "--ministry", "PER", "--label", "real")
    assert code == 3 and "odd.csv.map.yml: columns" in err and "Mend the map" in err
    written.write_text(
        'platform: facebook\ndelimiter: ";"\ndecimal: ","\nthousands: "."\ncolumns:\n  post_id: Id\n  account_id: Seite\n'
        '  posted_at: {from: Wann, format: "%d.%m.%Y %H:%M", zone: America/Lima}\n  text: Inhalt\n  like_count: Gefällt\n',
        encoding="utf-8",
    )
    code, out, err = digidip("add", path, "--ministry", "PER", "--label", "real")
    assert (code, err) == (0, "") and "reader mapped (100% of its columns used), 2 posts" in out
    code, out, _err = digidip("build", "--json")
    assert code == 0 and json.loads(out)["deliveries"][0]["platform"] == "facebook"
    from digidip import store

    rows = store.load("processed", home=home).posts.order_by("post_id").to_pandas()
    assert rows["text"].tolist()[0] == "Hallo [handle]" and rows["text"].isna().tolist() == [False, True]
    assert rows["posted_at"].dt.strftime("%Y-%m-%dT%H:%MZ").tolist() == ["2020-06-05T15:00Z", "2020-06-06T15:00Z"]
    assert rows["like_count"].astype("Int64").fillna(-1).tolist() == [1250, -1]
    assert (home / "data" / "raw" / "per" / "odd.csv.map.yml").read_bytes() == written.read_bytes()


def test_map_named_at_add(digidip, export):
    """One map may serve several files, wherever it lies."""
    own = export("maps/tool.yml", yaml.safe_dump(BASE))
    files = [export("a.csv", GOOD), export("b.csv", GOOD.replace("90000001", "90000002"))]
    code, out, _err = digidip("add", *files, "--map", own, "--ministry", "PER", "--label", "real")
    assert code == 0 and out.count("reader mapped (67% of its columns used), 1 post") == 2


def test_comments_under_mapped_posts_keep_their_parent(digidip, export, home):
    """Comments of one map stand under the posts of another, with the parent that the file names."""
    digidip(
        "add",
        export("p.csv", GOOD),
        "--map",
        export("p.yml", yaml.safe_dump(BASE)),
        "--ministry",
        "PER",
        "--label",
        "real",
    )
    text = "c,post,above,who,when\nc1,90000001,,Zebulon,2016-01-05T11:00:00Z\nc2,90000001,c1,Ana,2016-01-05T12:00:00Z\n"
    columns = {"comment_id": "c", "post_id": "post", "parent_id": "above", "author": "who", "commented_at": "when"}
    own = export("c.yml", yaml.safe_dump({"table": "comments", "platform": "facebook", "columns": columns}))
    assert digidip("add", export("c.csv", text), "--map", own, "--ministry", "PER", "--label", "real")[0] == 0
    assert digidip("build")[0] == 0
    from digidip import store

    rows = store.load("processed", home=home).comments.order_by("comment_id").to_pandas()
    assert rows["parent_id"].fillna("").tolist() == ["", "c1"] and not set(rows["author"]) & {"Zebulon", "Ana"}


def test_posts_by_anyone_are_not_taken_for_official(digidip, export, register, home):
    """A mapped file may hold posts by private people: only those of registered accounts are built, nobody else is named."""
    rows = "90000009,zebulon_q,2016-01-05T10:00:00Z,by @zebulon_q,0,Photos\n"
    own = export("p.yml", column(handle="Page", account_name="Page"))
    digidip("add", export("p.csv", GOOD + rows), "--map", own, "--ministry", "PER", "--label", "real")
    code, _out, err = digidip("build")
    assert code == 3 and "none of them official" in err
    register({"platform": "facebook", "account_id": "7", "ministry": "PER", "label": "real"})
    code, out, _err = digidip("build", "--json")
    assert code == 0 and json.loads(out)["rows"]["posts"] == 1 and "zebulon" not in out
    held = [path.read_bytes() for path in (home / "data" / "processed").rglob("*") if path.is_file()]
    assert held and not [data for data in held if b"zebulon" in data]


def test_nothing_is_overwritten(digidip, export):
    """A map that is there stays, unless --force or --out says otherwise; a wrong table is wrong use."""
    path = export("odd.csv", ODD)
    kept = export("odd.csv.map.yml", "mine")
    code, _out, err = digidip("map", path)
    assert code == 2 and "found a map already" in err and kept.read_text() == "mine"
    assert digidip("map", path, "--out", kept.with_name("other.yml"))[0] == 0 and kept.read_text() == "mine"
    assert digidip("map", path, "--force")[0] == 0 and kept.read_text() != "mine"
    code, _out, err = digidip("map", path, "--table", "entities", "--force")
    assert code == 2 and "unknown table 'entities'" in err


def test_known_file_needs_no_map(digidip, export):
    """Where a reader knows the file, it is named and nothing is written, unless --force."""
    text = "from_id,message,created_time,type,id,likes_count,comments_count,shares_count\n7,Hi,2016,photo,7_1,5,3,1\n"
    path = export("a.csv", text)
    code, out, _err = digidip("map", path)
    assert code == 0 and "reader rfacebook_page knows it" in out and not path.with_name("a.csv.map.yml").exists()
    assert digidip("map", path, "--force")[0] == 0 and path.with_name("a.csv.map.yml").exists()


def test_map_beside_a_known_file_does_not_take_over(export):
    """A reader that knows the tool goes before a map that lies beside the file."""
    text = "from_id,message,created_time,type,id,likes_count,comments_count,shares_count\n7,Hi,2016,photo,7_1,5,3,1\n"
    path = export("a.csv", text)
    columns = {"post_id": "id", "account_id": "from_id", "posted_at": "created_time"}
    export("a.csv.map.yml", yaml.safe_dump({"platform": "facebook", "columns": columns}))
    assert {name for name, _share in readers.matches(path)} == {"rfacebook_page", "mapped"}
    assert readers.best_match(path) == "rfacebook_page"


def test_a_file_that_is_only_named_goes_through_a_map(digidip, export):
    """Counts per day by Netvizz are refused in words that lead to a map; the map beside the file then reads it."""
    path = export("page_7_statsperday.tab", "date\tposts\tengagement\n2017-01-01\t3\t120\n")
    code, _out, err = digidip("add", path, "--ministry", "PER", "--label", "real")
    assert code == 3 and "statistics per day" in err and "map FILE --table attention" in err
    code, out, _err = digidip("map", path, "--table", "attention")
    assert code == 0 and "Written" in out and readers.best_match(path) == "netvizz_page"
    told = {"source": "netvizz", "series": "MFA", "unit": "mentions", "span": "day"}
    columns = {name: {"constant": text} for name, text in told.items()} | {"value": "engagement"}
    columns["begins_at"] = {"from": "date", "zone": "UTC"}
    export(f"{path.name}.map.yml", yaml.safe_dump({"table": "attention", "delimiter": "tab", "columns": columns}))
    code, out, _err = digidip("add", path, "--label", "real")
    assert code == 0 and "reader mapped" in out and "1 attention" in out


def test_records_of_another_width_are_told(export):
    """Records longer than their header leave no cells to see: the proposal says so first; shorter ones are filled."""
    found = readers.proposal(export("a.csv", "Post ID,Date\n12345678901,2020-01-01,Hello\n"))
    assert found.needs[0].startswith("the records: 3 cells under a header of 2 columns")
    shorter = readers.proposal(export("b.csv", "Post ID,Date,Message\n12345678901,2020-01-01\n"))
    assert "short_rows: fill" in shorter.text


def workbook():
    """The bytes of a workbook, as far as a reader looks at them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (workbook(), "save the sheet as CSV UTF-8"),
        (b"", "empty"),
        (b"Ana Secret\nBen Secret\n", "no row of column names"),
        (b"12,2020-01-01\n13,2020-01-02\n", "no row of column names"),
        ("Año,Día\n".encode("cp1252"), "iconv -f cp1252"),
    ],
)
def test_files_without_a_header(content, said, digidip, export, refused):
    """Workbooks, empty files, other encodings and tables without names are told as such, exit 3, nothing written."""
    path = export("a.csv", content)
    code, _out, err = digidip("map", path)
    assert code == 3 and said in err and "Expected" in err and "Secret" not in err
    assert not path.with_name("a.csv.map.yml").exists()


@pytest.mark.parametrize("row", ['"1" "689719005803446272" "He said \\"no\\"" 3', '"1" "7" "No" NA'])
def test_a_table_parted_by_blanks_is_told_with_its_remedy(row, digidip, export):
    """R's write.table as it comes: `map` and `add` say what it is, and how to write it."""
    path = export("t.txt", f'"id" "text" "likes"\n{row}\n{row}\n')
    for words in (("map", path), ("add", path, "--ministry", "PER", "--label", "real")):
        code, _out, err = digidip(*words)
        assert code == 3 and "parted by blanks" in err and "write.csv(TABLE, FILE, row.names = FALSE)" in err


def changed(**given):
    """The good map with some keys changed, as YAML; None takes a key out."""
    return yaml.safe_dump({key: value for key, value in (BASE | given).items() if value is not None})


def column(**given):
    """The good map with one column more or changed."""
    return changed(columns=BASE["columns"] | given)


BAD_MAPS = [
    ("", "the map: found nothing"),
    ("- a\n", "the map: found \"['a']\""),
    ("table: [posts\n", "no YAML from line"),
    ("table: posts\ntable: posts\n", "found 'table' twice"),
    (changed(tabel="posts"), "the map: found 'tabel'"),
    (changed(table="entities"), "table: found 'entities'"),
    (changed(platform="myspace"), "platform: found 'myspace'"),
    (changed(platform=None), "platform: found nothing"),
    (changed(delimiter="|"), "delimiter: found '|'"),
    (changed(skip="-1"), "skip: found '-1'"),
    (changed(decimal=";"), "decimal: found ';'"),
    (changed(decimal=",", thousands=","), "another mark than `decimal`, which is ','."),
    (changed(thousands="."), "which is '.' unless a line of the map says otherwise"),
    (changed(columns=None), "columns: found nothing"),
    (changed(columns={"post_id": "Id", "account_id": "Page"}), "columns.posted_at: found nothing"),
    (column(posts="Id"), "columns: found 'posts'"),
    (column(export="Id"), "columns: found 'export'"),
    (column(ministry="Id"), "columns: found 'ministry'"),
    (column(url=["Id"]), "columns.url: found"),
    (column(url={"form": "Id"}), "columns.url: found"),
    (column(url={"from": "Id", "fromat": "x"}), "columns.url.fromat: found 'x'"),
    (column(url={"from": "Id", "format": "%Y"}), "columns.url.format: found '%Y'"),
    (column(url={"from": "Id", "extract": "("}), "columns.url.extract: found '('"),
    (column(url={"from": "Id", "extract": "a(?=b)(c)"}), "without looking around"),
    (column(like_count={"from": "Likes", "extract": "(.)"}), "columns.like_count.extract"),
    (column(url={"from": "Id", "and": "Page"}), "columns.url.and: found 'Page'"),
    (column(url={"from": "Id", "and": ["Page"], "extract": "(.)"}), "columns.url.and: found"),
    (column(like_count={"from": "Likes", "and": ["Id"]}), "further columns beside `from`"),
    (column(url={"from": "Id", "and": ["Page", "Road"]}), "columns.url.and (2): found 0 columns 'Road'"),
    (column(like_count={"constant": "many"}), "columns.like_count.constant: found 'many'"),
    (column(medium={"constant": "Photos"}), "columns.medium.constant: found 'Photos'"),
    (column(retrieved_at={"constant": "2020-01-01"}), "such as 2016-03-01T10:00:00Z"),
    (column(posted_at={"from": "When", "format": "%H:%M"}), "a pattern with a year"),
    (column(posted_at={"from": "When", "format": "%Y-%Q"}), "columns.posted_at.format: found '%Y-%Q'"),
    (column(posted_at={"from": "When", "format": "%m/%Y"}), "Expected: a pattern that names the day"),
    (column(posted_at={"from": "When", "zone": "EST5"}), "columns.posted_at.zone: found 'EST5'"),
    (column(posted_at={"from": "When", "format": "%Y %z", "zone": "UTC"}), "no zone, since the cells need none"),
    (changed(words={"text": {"a": "b"}}), "words: found 'text'"),
    (changed(words="a"), "words: found 'a'"),
    (column(medium="Kind") + "words: {medium: {Photos: picture}}\n", "words.medium: found 'picture'"),
    (changed(only={"Kind": {}}), "only.Kind: found nothing"),
    (column(url="Link"), "columns.url: found 0 columns 'Link'"),
    (changed(only={"Network": "X"}), "only.Network: found 0 columns 'Network'"),
    (changed(skip="1"), "columns.account_id: found 0 columns 'Page'"),
    (changed(delimiter=";"), "no header of two columns"),
]


@pytest.mark.parametrize(("text", "said"), BAD_MAPS, ids=[said[:40] for _text, said in BAD_MAPS])
def test_map_that_breaks_a_rule(text, said, export, refused):
    """Each mistake in a map is told with the file, the key, what was found and what is expected."""
    path, own = export("a.csv", GOOD), export("a.csv.map.yml", text)
    message = refused(ReaderError, lambda: readers.reader("mapped").read(path))
    assert said in message and (str(own) in message or "row 1" in message)
    assert readers.matches(path) == [] and readers.refusing(path) == ["mapped"]


@pytest.mark.parametrize(
    ("cells", "entry", "said"),
    [
        ("1,yesterday,5", "When", "no readable posted_at in the first 1 records"),
        ("1,05/06/2020,5", {"from": "When", "format": "%d.%m.%Y", "zone": "UTC"}, "no readable posted_at"),
        (
            "1,05/06/2020,5",
            {"from": "When", "format": "%d/%m/%Y"},
            "(record 1): column 'When' holds times without a zone",
        ),
        ("1,2020-06-05 10:00,5", "When", "holds times without a zone"),
        ("1,2020-06-05T10:00:00Z,1.250", "When", "(record 1): column 'Likes' holds a number with a separator"),
        ("1,2020-06-05T10:00:00Z,12%", "When", "no readable like_count"),
        ("1.2E+18,2020-06-05T10:00:00Z,1", "When", "no readable post_id"),
    ],
)
def test_map_that_the_cells_contradict(cells, entry, said, export, refused):
    """A map that would lose a whole column is refused before a row is given; no cell is quoted."""
    columns = {"post_id": "Id", "account_id": {"constant": "7"}, "posted_at": entry, "like_count": "Likes"}
    path = export("a.csv", f"Id,When,Likes\n{cells}\n")
    export("a.csv.map.yml", changed(columns=columns))
    message = refused(ReaderError, lambda: readers.reader("mapped").read(path))
    assert said in message and cells.split(",")[1] not in message


def test_zone_at_add_serves_times_without_one(export):
    """A zone that the map leaves open comes from --zone; one that it names stands."""
    columns = {"post_id": "Id", "account_id": {"constant": "7"}}
    path = export("a.csv", "Id,When,Seen\n90000001,2020-06-05 10:00,2020-06-05 10:00\n")
    seen = {"from": "Seen", "zone": "Asia/Kolkata"}
    export("a.csv.map.yml", changed(columns=columns | {"posted_at": "When", "retrieved_at": seen}))
    row = readers.reader("mapped").read(path, zone="America/Lima")["posts"].to_pandas().iloc[0]
    assert [str(row[name])[:16] for name in ("posted_at", "retrieved_at")] == ["2020-06-05 15:00", "2020-06-05 04:30"]


def test_repeated_source_column(export, refused):
    """A name that stands twice in the header cannot be meant."""
    path = export("a.csv", "Id,Page,When,Text,Text\n9,7,2016-01-05T10:00:00Z,a,b\n")
    export("a.csv.map.yml", changed())
    assert "found 2 columns 'Text'" in refused(ReaderError, lambda: readers.reader("mapped").read(path))


NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "Post ID",
        "Date",
        "Likes",
        "a: b",
        "- x",
        "#",
        '"',
        "'",
        "{",
        "\n",
        "\u2028",
        "💬",
        "Post Type",
        "yes",
        "%d",
        "\x85",
    ]
)
CELLS = st.sampled_from(
    ["", "05/06/2020", "2020-01-05T10:00:00Z", "1,250", "1.2E+18", "photo", "https://example.org", "x\ny"]
)


@QUICK
@given(
    rows=st.lists(st.tuples(NAMES, CELLS, CELLS), min_size=1, max_size=6),
    table=st.sampled_from(MAPPED),
    before=st.lists(NAMES, max_size=2),
)
@example(rows=[("Date\u0085x", "05/06/2020", "x")], table="posts", before=["Date", "Post ID"])
def test_any_header_ends_in_words(tmp_path, rows, table, before):
    """Whatever the header, the proposal is YAML that a person can edit, or the file is refused with `Expected`."""
    out = io.StringIO()
    csv.writer(out).writerows([[name] for name in before] + list(zip(*rows, strict=True)))
    path = tmp_path / "any.csv"
    path.write_bytes(out.getvalue().encode())
    try:
        found = readers.proposal(path, table)
    except ReaderError as error:
        assert "Expected" in str(error)
        return
    told = yaml.load(found.text, Loader=yaml.BaseLoader)
    assert set(told) <= set(KEYS) and told["table"] == table
    names = {entry["from"] if isinstance(entry, dict) else entry for entry in (told["columns"] or {}).values()}
    with open(path, newline="", encoding="utf-8") as file:
        assert names <= {cell.strip() for record in csv.reader(file) for cell in record}


VALUES = st.recursive(
    st.text(max_size=6) | st.sampled_from(["Id", "When", "iso", "%d/%m/%Y", "UTC", "7", "(.)", "photo", "9" * 30]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(["from", "format", "zone", "extract", "constant", "post_id", "posted_at", "like_count", "*"]), inner, max_size=3
    ),
    max_leaves=6,
)  # fmt: skip


@QUICK
@given(
    content=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
    entries=st.dictionaries(st.sampled_from(["text", "like_count", "posted_at", "medium", "retrieved_at"]), VALUES),
    whole=st.booleans(),
)
@example(content={"columns": {"like_count": {"constant": "9" * 5000}}}, entries={}, whole=True)
def test_any_map_ends_in_words(tmp_path, content, entries, whole):
    """Any YAML beside a file reads it or is refused with `Expected`; nothing else happens."""
    path = tmp_path / "a.csv"
    path.write_text(GOOD)
    told = BASE | {"columns": BASE["columns"] | entries} if whole else content
    (tmp_path / "a.csv.map.yml").write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    try:
        with readers.reader_errors(path):
            [frame] = readers.reader("mapped").read(path, zone="UTC").values()
            assert frame.count().execute() == 1
    except ReaderError as error:
        assert "Expected" in str(error)


@QUICK
@given(data=st.binary(max_size=80))
@example(data=b"\xff\xfe\x00")
@example(data=b"a: &a [*a]")
@example(data=b"? {a: b}\n: c")
@example(data=b"[" * 2000)
def test_any_bytes_as_a_map_end_in_words(tmp_path, data):
    """A map of any bytes is refused in words."""
    path = tmp_path / "any.yml"
    path.write_bytes(data)
    with pytest.raises(ReaderError, match="Expected"):
        load(path)
