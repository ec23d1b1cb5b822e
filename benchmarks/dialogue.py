"""Engagement and dialogue over millions of comments: digidip's measures beside hand-written SQL and the same on Spark.

`TASKS` names every number once as a call of a measure and once as DuckDB's SQL. Both read the same invented Parquet (a hundred
comments a post, skewed; a third answer none, some authors unknown) with two threads; the measures keep to the engine's own
limit of memory, the SQL may take what it likes. The bootstrap of intervals is drawn once (`draws=1`), since SQL has none; the
intervals of shares are in. Each contender is a process of its own, imports included; the script stops if an answer differs.
Models fitted by maximum likelihood (comment_dispersion, comment_rate_ratio) have no SQL and are left out.
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
from timing import WORK, environment

THREADS = 2
TASKS = {
    "post_count": (
        "activity.post_count(posts).post_count",
        "SELECT count(*) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "comments_per_post, mean": (
        "engagement.comments_per_post(posts, draws=1).query('statistic == \"mean\"').comments_per_post",
        "SELECT avg(comment_count) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "comments_per_post, median": (
        "engagement.comments_per_post(posts, draws=1).query('statistic == \"median\"').comments_per_post",
        "SELECT median(comment_count) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "uncommented_share": (
        "engagement.uncommented_share(posts).uncommented_share",
        "SELECT avg((comment_count = 0)::INT) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "share_above": (
        "engagement.share_above(posts).share_above",
        "SELECT avg((comment_count > 100)::INT) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "comment_gini": (
        "engagement.comment_gini(posts, draws=1).comment_gini",
        """WITH r AS (SELECT ministry, comment_count AS x, row_number() OVER (PARTITION BY ministry ORDER BY comment_count)
        AS i FROM posts) SELECT 2 * sum(i * x) / (count(*) * sum(x)) - (count(*) + 1) / count(*) FROM r GROUP BY ministry
        ORDER BY ministry""",
    ),
    "comment_variance_ratio": (
        "engagement.comment_variance_ratio(posts, draws=1).comment_variance_ratio",
        "SELECT var_samp(comment_count) / avg(comment_count) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "comments_per_day": (
        "engagement.comments_per_day(posts, start='2016-01-01', end='2016-12-31').comments_per_day.dropna()",
        """SELECT sum(comment_count) FROM posts GROUP BY ministry, posted_at::DATE
        ORDER BY ministry, posted_at::DATE""",
    ),
    "recounted_posts, top-level, share_above": (
        "engagement.share_above(engagement.recounted_posts(posts, comments, count='top-level')).share_above",
        """WITH c AS (SELECT platform, post_id, count(*) FILTER (parent_id IS NULL) AS n FROM comments GROUP BY ALL)
        SELECT avg((coalesce(c.n, 0) > 100)::INT) FROM posts LEFT JOIN c USING (platform, post_id) GROUP BY ministry
        ORDER BY ministry""",
    ),
    "recounted_posts, within 7 days, mean": (
        "engagement.comments_per_post(engagement.recounted_posts(posts, comments, within_days=7), draws=1)"
        ".query('statistic == \"mean\"').comments_per_post",
        """WITH c AS (SELECT platform, post_id, count(*) AS n FROM comments JOIN posts USING (platform, post_id)
        WHERE commented_at < posted_at + INTERVAL 7 DAY GROUP BY ALL) SELECT sum(coalesce(c.n, 0)) / count(*)
        FROM posts LEFT JOIN c USING (platform, post_id) GROUP BY ministry ORDER BY ministry""",
    ),
    "official_answer_count": (
        "dialogue.official_answer_count(posts, comments).official_answer_count",
        """SELECT count(*) FILTER (is_official) FROM comments JOIN posts USING (platform, post_id) GROUP BY ministry
        ORDER BY ministry""",
    ),
    "official_answer_share, post": (
        "dialogue.official_answer_share(posts, comments).official_answer_share",
        """WITH c AS (SELECT platform, post_id, count(is_official) AS told, coalesce(bool_or(is_official), false) AS yes
        FROM comments GROUP BY ALL) SELECT avg(coalesce(yes, false)::INT) FROM posts LEFT JOIN c USING (platform, post_id)
        WHERE told > 0 OR (told IS NULL AND (platform, account_id) IN
        (SELECT (platform, account_id) FROM comments WHERE is_official IS NOT NULL)) GROUP BY ministry ORDER BY ministry""",
    ),
    "official_answer_share, comment": (
        "dialogue.official_answer_share(posts, comments, per='comment').query('method == \"exact\"').official_answer_share",
        """WITH a AS (SELECT DISTINCT platform, parent_id FROM comments WHERE is_official AND parent_id IS NOT NULL)
        SELECT avg((a.parent_id IS NOT NULL)::INT) FROM comments c JOIN posts USING (platform, post_id)
        LEFT JOIN a ON a.platform = c.platform AND a.parent_id = c.comment_id
        WHERE c.parent_id IS NULL AND NOT c.is_official GROUP BY ministry ORDER BY ministry""",
    ),
}
ASKED = """
import json, os, resource, sys, time
folder, names, calls = sys.argv[1], *map(json.loads, sys.argv[2:])
{opened}
taken, answers = dict(), dict()
for name, call in zip(names, calls):
    before = time.perf_counter()
    answers[name] = [float(value) for value in {asked}]
    taken[name] = time.perf_counter() - before
print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, taken, answers]))
"""
MEASURES = "from digidip.measures import activity, dialogue, engagement\n"
OPENED = "posts, comments = (source.read_parquet(f'{folder}/{name}.parquet') for name in ('posts', 'comments'))"
DUCKDB = f"""
import duckdb
source = duckdb.connect(config={{"threads": {THREADS}}})
source.execute("SET TimeZone = 'UTC'")
for name in ("posts", "comments"):
    source.execute(f"CREATE VIEW {{name}} AS FROM '{{folder}}/{{name}}.parquet'")
"""
SPARK = f"""{MEASURES}
import ibis
from pyspark.sql import SparkSession
session = SparkSession.builder.master("local[{THREADS}]").config("spark.driver.memory", "6g")
session = session.config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
source = ibis.pyspark.connect(session.getOrCreate())
{OPENED}
"""
IBIS = f"""{MEASURES}
from digidip.readers import engine
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
    print(f"{comments:,} comments, {THREADS} threads, median of {rounds}\n| task | {' | '.join(names)} | ratio |")
    for task in (None, *TASKS):
        seconds = [statistics.median(run[1][task] for run in found) for found in runs.values()]
        told = " | ".join(f"{each:.2f} s" for each in seconds)
        print(f"| {task or 'all, start included'} | {told} | {seconds[1] / seconds[0]:.2f} |")
    peaks = [max(run[0] for run in found) for found in runs.values()]
    print(f"| peak memory | {' | '.join(f'{peak:,.0f} MiB' for peak in peaks)} | |", flush=True)


def called(folder, opened, asked, which):
    """What one process found: its peak memory (MiB), seconds for each task and for the whole (None), answers."""
    code = ASKED.format(opened=opened, asked=asked)
    given = [json.dumps(list(TASKS)), json.dumps([pair[which] for pair in TASKS.values()])]
    env = environment() | {"DIGIDIP_THREADS": str(THREADS)}
    before = os.times().elapsed
    done = subprocess.run([sys.executable, "-c", code, str(folder), *given], capture_output=True, text=True, env=env)
    if done.returncode:
        sys.exit(f"failed: {done.stderr[-3000:]}")
    peak, taken, answers = json.loads(done.stdout.splitlines()[-1])
    return peak, {None: os.times().elapsed - before, **taken}, answers


def differing(first, name, expected, found):
    """Stop where an answer of two contenders differs."""
    for task, values in expected.items():
        pairs = zip(values, found[task], strict=True)
        if not all(math.isclose(one, other, rel_tol=1e-9) for one, other in pairs):
            sys.exit(f"{task}: {first} says {values[:5]}, {name} {found[task][:5]}")


def made(comments):
    """A folder with so many invented comments and the posts above them, the same rows every time; made once."""
    folder = Path(os.environ.get("DIGIDIP_BENCH", WORK)) / f"dialogue-{comments}"
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
        source.execute(COMMENTS.format(folder=folder, comments=comments, posts=max(comments // 100, 1)))
        source.execute(POSTS.format(folder=folder, posts=max(comments // 100, 1)))
        (folder / "comments.new.parquet").replace(folder / "comments.parquet")
    return folder


COMMENTS = """
COPY (SELECT 'facebook' AS platform, 'c' || i AS comment_id, 'p' || post AS post_id, 'a' || post % 200 AS account_id,
    CASE WHEN i % 3 > 0 THEN 'c' || (i - i % 3) END AS parent_id,
    CASE WHEN drawn(i, 3) > 0.02 THEN i % 3 = 1 AND drawn(i, 4) < 0.1 END AS is_official,
    written(post) + to_seconds((drawn(i, 5) * 2592000)::INT) AS commented_at
    FROM (SELECT range AS i, floor({posts} * drawn(range - range % 3, 2) ** 3)::BIGINT AS post FROM range({comments})))
TO '{folder}/comments.new.parquet' (FORMAT parquet, COMPRESSION zstd)
"""
POSTS = """
COPY (SELECT 'facebook' AS platform, 'p' || range AS post_id, 'a' || range % 200 AS account_id,
    'AA' || chr(65 + (range % 20)::INT) AS ministry, written(range) AS posted_at, coalesce(n, 0) AS comment_count
    FROM range({posts}) LEFT JOIN
    (SELECT post_id, count(*) AS n FROM '{folder}/comments.new.parquet' GROUP BY ALL) ON post_id = 'p' || range)
TO '{folder}/posts.parquet' (FORMAT parquet, COMPRESSION zstd)
"""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
