"""Engagement and dialogue over millions of comments: digidip's measures beside hand-written SQL and the same on Spark.

`dialogue_tasks.TASKS` names every number once as a call of a measure and once as DuckDB's SQL. Both read the same invented
Parquet (a hundred comments a post, skewed; a third answer none, some authors unknown) with two threads and the same memory for
the engine. The bootstrap of intervals is drawn once (`draws=1`), since SQL has none; the intervals of shares are in. Each
contender is a process of its own, imports included; the script stops if an answer differs. Models fitted by maximum likelihood
(comment_dispersion, comment_rate_ratio) have no SQL and are left out.
Usage: `python benchmarks/dialogue.py [comments] [rounds] [comments for Spark]`; files go to benchmarks/work/, or to the folder
that DIGIDIP_BENCH names. Spark's row needs pyspark and Java; it runs, with a row of digidip of the same size, where they are.
"""

import importlib.util
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import duckdb
from dialogue_tasks import TASKS
from timing import WORK, environment

THREADS, MEMORY = 2, "4GB"
ASKED = """
import json, math, os, resource, sys, time
folder, names, calls = sys.argv[1], *map(json.loads, sys.argv[2:])
{opened}
taken, answers = dict(), dict()
for name, call in zip(names, calls):
    before, worked = time.perf_counter(), time.process_time()
    answers[name] = [math.nan if value is None else float(value) for value in {asked}]
    taken[name] = time.perf_counter() - before, time.process_time() - worked
print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, taken, answers]))
"""
MEASURES = """
from digidip.measures.dialogue import conversation, dialogue
from digidip.measures.inquiries import answers as answered, inquiries
from digidip.measures.posts import activity, engagement
from digidip.measures.sessions import occasions, quarantine
from digidip.measures.inquiries import timing
"""
OPENED = "posts, comments = (source.read_parquet(f'{folder}/{name}.parquet') for name in ('posts', 'comments'))"
DUCKDB = f"""
import duckdb
source = duckdb.connect(config={{"threads": {THREADS}, "memory_limit": "{MEMORY}", "temp_directory": folder + "/spill"}})
source.execute("SET TimeZone = 'UTC'")
for name in ("posts", "comments"):
    source.execute(f"CREATE VIEW {{name}} AS FROM '{{folder}}/{{name}}.parquet'")
"""
SPARK = f"""{MEASURES}
import ibis
from pyspark.sql import SparkSession
session = SparkSession.builder.master("local[{THREADS}]").config("spark.driver.memory", "6g")
session = session.config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.shuffle.partitions", "4")
session = session.config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
source = ibis.pyspark.connect(session.getOrCreate())
{OPENED}
"""
IBIS = f"""{MEASURES}
from digidip.engine import engine
source = engine()
{OPENED}
"""
CONTENDERS = {
    "hand-written SQL": (DUCKDB, "[row[0] for row in source.execute(call).fetchall()]", 1),
    "digidip": (IBIS, "eval(call)", 0),
    "digidip on Spark": (SPARK, "eval(call)", 0),
}


def main(comments=50_000_000, rounds=1, spark=1_000_000):
    """Make the comments once, run the contenders in turn, print the tables."""
    show(comments, ["hand-written SQL", "digidip"], rounds)
    if importlib.util.find_spec("pyspark") and shutil.which("java"):
        show(spark, ["digidip", "digidip on Spark"], rounds)


def show(comments, names, rounds):
    """One table: the contenders as ratios to the first, all tasks together and each."""
    folder = made(comments)
    runs = {name: [] for name in names}
    for _round in range(rounds):
        for name in names:
            runs[name].append(called(folder, *CONTENDERS[name]))
            differing(names[0], name, runs[names[0]][0][2], runs[name][-1][2])
    print(
        f"{comments:,} comments, {THREADS} threads, median of {rounds}\n| task | {' | '.join(names)} | ratio | processor, ratio |"
    )
    for task in (None, *TASKS):
        seconds, worked = (
            [statistics.median(run[1][task][which] for run in found) for found in runs.values()] for which in (0, 1)
        )
        told = " | ".join(f"{each:.2f} s" for each in seconds)
        print(
            f"| {task or 'all, start included'} | {told} | {seconds[1] / seconds[0]:.2f} | {worked[1] / worked[0]:.2f} |"
        )
    peaks = [max(run[0] for run in found) for found in runs.values()]
    print(f"| peak memory | {' | '.join(f'{peak:,.0f} MiB' for peak in peaks)} | | |", flush=True)


def called(folder, opened, asked, which):
    """What one process found: its peak memory (MiB), seconds for each task and for the whole (None), answers."""
    code = ASKED.format(opened=opened, asked=asked)
    given = [json.dumps(list(TASKS)), json.dumps([pair[which] for pair in TASKS.values()])]
    env = environment() | {"DIGIDIP_THREADS": str(THREADS), "DIGIDIP_MEMORY": MEMORY}
    before, worked = os.times().elapsed, done_children()
    done = subprocess.run([sys.executable, "-c", code, str(folder), *given], capture_output=True, text=True, env=env)
    if done.returncode:
        sys.exit(f"failed: {done.stderr[-3000:]}")
    peak, taken, answers = json.loads(done.stdout.splitlines()[-1])
    worked = done_children() - worked
    return peak, {None: (os.times().elapsed - before, worked), **taken}, answers


def done_children():
    """Processor seconds of the processes that have ended."""
    return os.times().children_user + os.times().children_system


def differing(first, name, expected, found):
    """Stop where an answer of two contenders differs."""
    for task, values in expected.items():
        pairs = zip(values, found[task], strict=True)
        if not all(math.isclose(one, other, rel_tol=1e-8) or one != one and other != other for one, other in pairs):
            sys.exit(f"{task}: {first} says {values[:5]}, {name} {found[task][:5]}")


def made(comments):
    """A folder with so many invented comments and the posts above them, the same rows every time; made once."""
    folder = Path(os.environ.get("DIGIDIP_BENCH", WORK)) / f"dialogue-2-{comments}"
    if not (folder / "comments.parquet").exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = duckdb.connect(
            config={"threads": THREADS, "memory_limit": "4GB", "temp_directory": str(folder / "spill")}
        )
        source.execute("SET TimeZone = 'UTC'")
        source.execute("CREATE MACRO drawn(number, salt) AS hash(number, salt) / 18446744073709551616.0")
        source.execute(
            "CREATE MACRO written(post) AS TIMESTAMPTZ '2016-01-01' + to_seconds((drawn(post, 1) * 31536000)::INT)"
        )
        given = {"folder": folder, "comments": comments, "posts": max(comments // 100, 1)}
        source.execute(COMMENTS.format(**given, texts=TEXTS))
        source.execute(POSTS.format(**given))
        (folder / "comments.new.parquet").replace(folder / "comments.parquet")
    return folder


COMMENTS = """
COPY (SELECT 'facebook' AS platform, 'c' || i AS comment_id, 'p' || post AS post_id, 'a' || post % 200 AS account_id,
    CASE WHEN i % 3 > 0 THEN 'c' || (i - i % 3) END AS parent_id,
    CASE WHEN drawn(i, 3) > 0.02 THEN i % 3 = 1 AND drawn(i, 4) < 0.6 END AS is_official,
    CASE WHEN i % 3 = 1 AND drawn(i, 4) < 0.6 THEN 'a' || post % 200 ELSE 'u' || hash(i) % 5000000 END AS author,
    written(post) + to_seconds((drawn(i - i % 3, 5) * 2592000 + (i % 3 > 0)::INT * drawn(i, 6) ** 3 * 1209600)::INT)
    AS commented_at, {texts}[1 + (hash(i, 7) % 9)::INT] || ' ' || i % 100000 AS text, 'en' AS lang
    FROM (SELECT range AS i, floor({posts} * drawn(range - range % 3, 2) ** 3)::BIGINT AS post FROM range({comments})))
TO '{folder}/comments.new.parquet' (FORMAT parquet, COMPRESSION zstd)
"""
TEXTS = [
    *(
        "Where do I get a visa?",
        "How much is a passport?",
        "Can I renew my passport by post",
        "¿Alguien sabe el horario?",
    ),
    *(
        "My brother was arrested, who can help?",
        "Great news",
        "Thank you, dear embassy",
        "So proud of our country",
        "No.",
    ),
]
POSTS = """
COPY (SELECT 'facebook' AS platform, 'p' || range AS post_id, 'a' || range % 200 AS account_id,
    'AA' || chr(65 + (range % 20)::INT) AS ministry, written(range) AS posted_at, coalesce(n, 0) AS comment_count,
    CASE WHEN range % 3 = 0 THEN 'What do you think?' ELSE 'The minister met her counterpart.' END AS text,
    NULL::VARCHAR AS reply_to_id, NULL::VARCHAR AS reply_to_account_id, NULL::VARCHAR AS repost_of_id
    FROM range({posts}) LEFT JOIN
    (SELECT post_id, count(*) AS n FROM '{folder}/comments.new.parquet' GROUP BY ALL) ON post_id = 'p' || range)
TO '{folder}/posts.parquet' (FORMAT parquet, COMPRESSION zstd)
"""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
