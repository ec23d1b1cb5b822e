"""Loading tweets (API v1.1, lines as twarc writes them) into processed Parquet, beside what a user would otherwise use.

Floor: DuckDB reads the lines with declared keys and writes the same columns, nothing else. Each contender runs as a process
of its own, import included, in turn, several times; the table gives the median as a ratio to the floor of the same run.
polars, orjson and twarc are put into an environment of their own under benchmarks/work/; twarc-csv reads API v2 alone, so
twarc's own json2csv stands for it here.
Usage: `python benchmarks/tweets.py [tweets] [rounds]`.
"""

import json
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from timing import BUILD, WORDS, WORK, compare, received

TEMPLATE = Path(__file__).resolve().parents[1] / "tests" / "samples" / "twitter_v1" / "rest_full_text.jsonl"
RIVALS = WORK / "rivals"
BEGINNING = datetime(2016, 1, 1, tzinfo=UTC)
EPOCH = 1_288_834_974_657

KEYS = """{"id_str": "VARCHAR", "created_at": "VARCHAR", "full_text": "VARCHAR", "lang": "VARCHAR",
"in_reply_to_status_id_str": "VARCHAR", "in_reply_to_user_id_str": "VARCHAR", "quoted_status_id_str": "VARCHAR",
"retweet_count": "BIGINT", "favorite_count": "BIGINT",
"user": "STRUCT(id_str VARCHAR, screen_name VARCHAR, name VARCHAR)",
"retweeted_status": "STRUCT(id_str VARCHAR, full_text VARCHAR)",
"entities": "STRUCT(hashtags STRUCT(text VARCHAR)[], user_mentions STRUCT(id_str VARCHAR)[], urls STRUCT(expanded_url VARCHAR)[])"}"""
FLOOR = f"""
import duckdb, sys
columns = {KEYS}
shown = "{{" + ", ".join(f"'{{name}}': '{{kind}}'" for name, kind in columns.items()) + "}}"
source = f"read_json('{{sys.argv[1]}}', format='newline_delimited', columns={{shown}}, maximum_object_size=67108864)"
chosen = "* EXCLUDE (user, retweeted_status), user.id_str AS account, user.screen_name AS handle, user.name AS name, retweeted_status.*"
duckdb.connect().execute(f"COPY (SELECT {{chosen}} FROM {{source}}) TO '{{sys.argv[2]}}' (FORMAT parquet, COMPRESSION zstd)")
"""
FLAT = """
def flat(tweet):
    user, original, entities = tweet["user"], tweet.get("retweeted_status") or {}, tweet["entities"]
    return {
        **{key: tweet.get(key) for key in KEYS}, "account": user["id_str"], "handle": user["screen_name"],
        "name": user["name"], "original": original.get("id_str"), "original_text": original.get("full_text"),
        "hashtags": [tag["text"] for tag in entities["hashtags"]],
        "mentions": [who["id_str"] for who in entities["user_mentions"]],
        "urls": [url["expanded_url"] for url in entities["urls"]],
    }
KEYS = ["id_str", "created_at", "full_text", "lang", "in_reply_to_status_id_str", "in_reply_to_user_id_str",
        "quoted_status_id_str", "retweet_count", "favorite_count"]
"""
ORJSON = f"""
import orjson, pyarrow, pyarrow.parquet, sys
{FLAT}
writer, batch = None, []
def put():
    global writer
    table = pyarrow.Table.from_pylist(batch, schema=SCHEMA)
    writer = writer or pyarrow.parquet.ParquetWriter(sys.argv[2], SCHEMA, compression="zstd")
    writer.write_table(table)
    batch.clear()
text, many = pyarrow.string(), pyarrow.list_(pyarrow.string())
kinds = {{"retweet_count": pyarrow.int64(), "favorite_count": pyarrow.int64(), "hashtags": many, "mentions": many, "urls": many}}
names = [*KEYS, "account", "handle", "name", "original", "original_text", "hashtags", "mentions", "urls"]
SCHEMA = pyarrow.schema([(name, kinds.get(name, text)) for name in names])
with open(sys.argv[1], "rb") as file:
    for line in file:
        batch.append(flat(orjson.loads(line)))
        if len(batch) == 50_000:
            put()
put()
writer.close()
"""
PANDAS = f"""
import pandas, sys
{FLAT}
parts = pandas.read_json(sys.argv[1], lines=True, chunksize=50_000, dtype=False)
frame = pandas.concat(pandas.DataFrame(map(flat, part.astype(object).where(part.notna(), None).to_dict("records"))) for part in parts)
frame.to_parquet(sys.argv[2], compression="zstd")
"""
POLARS = """
import polars as pl, sys
text, many = pl.String, lambda name: pl.List(pl.Struct({name: pl.String}))
schema = dict.fromkeys(["id_str", "created_at", "full_text", "lang", "in_reply_to_status_id_str", "in_reply_to_user_id_str",
                        "quoted_status_id_str"], text) | {"retweet_count": pl.Int64, "favorite_count": pl.Int64}
schema |= {"user": pl.Struct({"id_str": text, "screen_name": text, "name": text}),
           "retweeted_status": pl.Struct({"id_str": text, "full_text": text}),
           "entities": pl.Struct({"hashtags": many("text"), "user_mentions": many("id_str"), "urls": many("expanded_url")})}
frame = pl.scan_ndjson(sys.argv[1], schema=schema)
frame.sink_parquet(sys.argv[2], compression="zstd")
"""
JSON2CSV = """
import csv, json, sys
from twarc import json2csv
with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
    writer = csv.writer(target)
    writer.writerow(json2csv.get_headings())
    writer.writerows(json2csv.get_row(json.loads(line)) for line in source)
"""


def main(tweets=1_000_000, rounds=3):
    """Make the export once, run the contenders in turn, print the table."""
    WORK.mkdir(exist_ok=True)
    export, rival = made(tweets), rivals()
    home = registered(received(export))
    contenders = {
        "floor: DuckDB, same keys": [sys.executable, FLOOR, str(export), str(WORK / "floor.parquet")],
        "digidip build, whole path": [sys.executable, BUILD, str(home)],
        "polars, same keys": [rival, POLARS, str(export), str(WORK / "polars.parquet")],
        "a loop over orjson": [rival, ORJSON, str(export), str(WORK / "orjson.parquet")],
        "twarc's json2csv": [rival, JSON2CSV, str(export), str(WORK / "json2csv.csv")],
        "plain pandas": [rival, PANDAS, str(export), str(WORK / "pandas.parquet")],
    }
    compare(contenders, rounds, f"{tweets:,} tweets, {export.stat().st_size / 1e6:,.0f} MB")


def registered(home):
    """The home with all 200 accounts in its accounts.csv, so that every tweet is a post."""
    path = home / "data" / "reference" / "accounts.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [f"x,{10**9 + number},mfa{number},MFA {number},SWE,synthetic" for number in range(200)]
    path.write_text("\n".join(["platform,account_id,handle,name,ministry,label", *rows]) + "\n", encoding="utf-8")
    return home


def rivals():
    """The interpreter of an environment that holds what users would otherwise take; made once."""
    python = RIVALS / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "-q", str(RIVALS)], check=True)
        packages = ["polars", "orjson", "pandas", "pyarrow", "twarc", "six"]
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), *packages], check=True)
    return str(python)


def made(tweets):
    """So many invented tweets of 200 accounts, a third of them reposts, the same bytes every time; made once."""
    path = WORK / f"tweets-{tweets}.jsonl"
    if not path.exists():
        template = TEMPLATE.read_text(encoding="utf-8").splitlines()[0]
        with tempfile.NamedTemporaryFile("w", dir=WORK, encoding="utf-8", delete=False) as file:
            file.writelines(json.dumps(tweet(number, json.loads(template))) + "\n" for number in range(tweets))
        Path(file.name).replace(path)
    return path


def tweet(number, whole):
    """One invented tweet: every third repeats another, every fifth of the rest answers the one before."""
    draw, moment = random.Random(number), BEGINNING + timedelta(seconds=40 * number)
    whole |= written(number, moment, draw)
    whole["user"] = whole["user"] | {"id_str": str(10**9 + number % 200), "screen_name": f"mfa{number % 200}"}
    if number % 3 == 0:
        original = whole | written(number + 1, moment - timedelta(hours=1), draw)
        whole["retweeted_status"] = original | {"user": whole["user"] | {"id_str": "7", "screen_name": "other"}}
    elif number % 5 == 0:
        answered = id_of(number - 1, moment - timedelta(seconds=40))
        whole |= {"in_reply_to_status_id_str": answered, "in_reply_to_user_id_str": str(10**9 + (number - 1) % 200)}
    return whole


def written(number, moment, draw):
    """What one tweet says, when."""
    text = " ".join(draw.choices(WORDS, k=draw.randrange(5, 40)))
    tags = [{"text": draw.choice(WORDS), "indices": [0, 5]} for _tag in range(number % 3)]
    people = [
        {"id_str": str(draw.randrange(10**6)), "screen_name": "someone", "indices": [0, 5]}
        for _one in range(number % 2)
    ]
    links = [{"expanded_url": f"https://example.org/{number}", "url": "https://t.co/a", "indices": [0, 5]}] * (
        number % 2
    )
    return {
        "id_str": id_of(number, moment), "created_at": moment.strftime("%a %b %d %H:%M:%S +0000 %Y"), "full_text": text,
        "retweet_count": draw.randrange(100), "favorite_count": draw.randrange(1000),
        "entities": {"hashtags": tags, "symbols": [], "user_mentions": people, "urls": links},
    }  # fmt: skip


def id_of(number, moment):
    """An id that holds the time of its tweet."""
    return str((int(moment.timestamp() * 1000) - EPOCH << 22) + number % 4096)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
