"""The numbers of `dialogue.py`: each once as a call of a measure and once as DuckDB's SQL, for the same rows in the same order.

The SQL is what one would write by hand for this holding: it takes for granted that replies answer a comment of the top level
and that every account names its authors, which the measures find out. Texts are judged by the same expressions.
"""

from digidip.measures.inquiries._question_words import IN_ENGINES

DAYS = "start='2016-01-01', end='2017-03-01'"
QUOTED = (pattern.replace("'", "''") for pattern in IN_ENGINES[1:])
ASKS, ROUTINE, HARD = (f"regexp_matches(lower(text), '{pattern}')" for pattern in QUOTED)
KINDS = (
    """(SELECT ministry, unnest(['any inquiry', kind]) AS kind, is_answered, hours FROM asked WHERE kind <> 'none')"""
)
IN_ORDER = "ORDER BY ministry, kind = 'complex', kind = 'procedural'"
CURVE = f"""WITH t AS (SELECT ministry, kind, hours, count(*) AS n, count(*) FILTER (is_answered) AS d FROM {KINDS} GROUP BY ALL),
    r AS (SELECT *, sum(n) OVER (PARTITION BY ministry, kind ORDER BY hours DESC ROWS UNBOUNDED PRECEDING) AS waiting FROM t),
    s AS (SELECT ministry, kind, hours, product(1 - d / waiting) OVER (PARTITION BY ministry, kind ORDER BY hours ROWS UNBOUNDED PRECEDING) AS s FROM r
    WHERE d > 0)"""
THREADS = """WITH s AS (SELECT ministry, platform, coalesce(parent_id, comment_id) AS thread, is_official,
    lag(is_official) OVER w AS before, lead(is_official) OVER w AS after FROM comments JOIN posts USING (platform, post_id)
    WINDOW w AS (PARTITION BY platform, coalesce(parent_id, comment_id) ORDER BY commented_at, comment_id)),
    t AS (SELECT ministry, platform, thread, {cells} FROM s GROUP BY ALL
    HAVING count(*) = count(is_official) AND NOT bool_and(is_official))"""
TURNS = THREADS.format(
    cells="""count(*) FILTER (before IS NULL OR before <> is_official) AS turns,
    count(*) FILTER (is_official AND (before IS NULL OR NOT before)) AS official"""
)
NEXT = THREADS.format(
    cells="""count(*) FILTER (NOT is_official AND NOT after) AS oo, count(*) FILTER (NOT is_official AND after) AS om,
    count(*) FILTER (NOT is_official) AS o, count(*) FILTER (is_official AND NOT after) AS mo,
    count(*) FILTER (is_official AND after) AS mm, count(*) FILTER (is_official) AS m"""
)
ACTS = """WITH own AS (SELECT platform, comment_id AS parent_id FROM comments WHERE is_official),
    given AS (SELECT platform, post_id, count(*) AS n FROM comments WHERE is_official AND parent_id IS NOT NULL
    AND (platform, parent_id) NOT IN (FROM own) GROUP BY ALL),
    acts AS (SELECT ministry, sum(n) AS a, count(*) FILTER (n > 0 AND regexp_matches(text, '[?？؟]')) AS q, count(*) AS posts
    FROM posts LEFT JOIN given USING (platform, post_id) GROUP BY ministry)"""
RUNS = """WITH g AS (SELECT ministry, commented_at AS moment, commented_at - lag(commented_at) OVER w > INTERVAL 1 MINUTE AS is_new
    FROM comments JOIN posts USING (platform, post_id) WHERE is_official WINDOW w AS (PARTITION BY ministry ORDER BY commented_at)),
    n AS (SELECT ministry, moment, count(*) FILTER (is_new) OVER (PARTITION BY ministry ORDER BY moment ROWS UNBOUNDED PRECEDING) AS run FROM g),
    r AS (SELECT ministry, run, count(*) AS n, epoch(max(moment) - min(moment)) / 60 AS minutes FROM n GROUP BY ALL)"""
TASKS = {
    "post_count": (
        "activity.post_count(posts).post_count",
        "SELECT count(*) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "comments_per_post, mean": (
        "engagement.comments_per_post(posts).query('statistic == \"mean\"').comments_per_post",
        "SELECT avg(comment_count) FROM posts GROUP BY ministry ORDER BY ministry",
    ),
    "comments_per_post, median": (
        "engagement.comments_per_post(posts).query('statistic == \"median\"').comments_per_post",
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
        "engagement.comment_gini(posts).comment_gini",
        """WITH r AS (SELECT ministry, comment_count AS x, row_number() OVER (PARTITION BY ministry ORDER BY comment_count)
        AS i FROM posts) SELECT 2 * sum(i * x) / (count(*) * sum(x)) - (count(*) + 1) / count(*) FROM r GROUP BY ministry
        ORDER BY ministry""",
    ),
    "comment_variance_ratio": (
        "engagement.comment_variance_ratio(posts).comment_variance_ratio",
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
        "engagement.comments_per_post(engagement.recounted_posts(posts, comments, within_days=7))"
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
    "inquiries, the table of 11": (
        "[(asked := inquiries.inquiry_table(posts, comments, frame=False)).comment_id.count().to_pandas()]",
        f"""CREATE TEMP TABLE asked AS
        WITH first AS (SELECT platform, parent_id AS comment_id, min(commented_at) AS answered_at FROM comments
        WHERE is_official AND parent_id IS NOT NULL GROUP BY ALL),
        ends AS (SELECT platform, account_id, max(commented_at) AS last FROM comments GROUP BY ALL)
        SELECT ministry, platform, post_id, comment_id, author, c.commented_at AS asked_at, answered_at IS NOT NULL AS is_answered,
        date_diff('microsecond', c.commented_at, coalesce(answered_at, last)) / 3.6e9 AS hours,
        CASE WHEN NOT {ASKS} THEN 'none' WHEN {ROUTINE} AND NOT {HARD} THEN 'procedural' ELSE 'complex' END AS kind
        FROM (SELECT platform, post_id, comment_id, author, commented_at, text FROM comments
        WHERE parent_id IS NULL AND NOT is_official) c
        JOIN (SELECT platform, post_id, account_id, ministry FROM posts) USING (platform, post_id)
        JOIN ends USING (platform, account_id) LEFT JOIN first USING (platform, comment_id);
        SELECT count(*) FROM asked""",
    ),
    "inquiry_share": (
        "inquiries.inquiry_share(asked).inquiry_share",
        """WITH s AS (SELECT ministry, avg((kind <> 'none')::INT) AS a, avg((kind = 'procedural')::INT) AS p,
        avg((kind = 'complex')::INT) AS c FROM asked GROUP BY ministry)
        SELECT unnest(v) FROM (SELECT [a, p, c] AS v FROM s ORDER BY ministry)""",
    ),
    "inquiries_per_day": (
        f"inquiries.inquiries_per_day(asked, {DAYS}).query('inquiries_per_day > 0').inquiries_per_day",
        """SELECT count(*) FROM asked WHERE kind <> 'none' GROUP BY ministry, asked_at::DATE
        ORDER BY ministry, asked_at::DATE""",
    ),
    "inquiry_hours": (
        "inquiries.inquiry_hours(asked).query('inquiry_hours > 0').inquiry_hours",
        """SELECT count(*) FROM asked WHERE kind <> 'none' GROUP BY ministry, isodow(asked_at), hour(asked_at)
        ORDER BY ministry, isodow(asked_at), hour(asked_at)""",
    ),
    "inquiry_answer_share, with design effect": (
        'answered.inquiry_answer_share(asked).query(\'kind == "any inquiry" and method == "exact"\').inquiry_answer_share',
        """WITH p AS (SELECT ministry, platform, post_id, count(*) AS n, count(*) FILTER (is_answered) AS e FROM asked
        WHERE kind <> 'none' GROUP BY ALL), s AS (SELECT *, sum(e) OVER w / sum(n) OVER w AS share FROM p
        WINDOW w AS (PARTITION BY ministry)) SELECT any_value(share), sum((e - share * n) ** 2) FROM s GROUP BY ministry
        ORDER BY ministry""",
    ),
    "answered_within 1 h, 24 h, 7 d": (
        "timing.answered_within(asked).answered_within",
        f"""{CURVE} SELECT 1 - coalesce(min(s) FILTER (hours <= h), 1) FROM s, (SELECT unnest([1, 24, 168]) AS h)
        GROUP BY ministry, kind, h {IN_ORDER}, h""",
    ),
    "waiting_time, median (Kaplan-Meier)": (
        "timing.waiting_time(asked, draws=1).query('statistic == \"median\"').waiting_time",
        f"{CURVE} SELECT min(hours) FILTER (round(s, 12) < 0.5) FROM s GROUP BY ministry, kind {IN_ORDER}",
    ),
    "reply_share": (
        "conversation.reply_share(posts, comments).reply_share",
        f"{ACTS} SELECT a / (a + posts) FROM acts ORDER BY ministry",
    ),
    "dialogue_index": (
        "conversation.dialogue_index(posts, comments).dialogue_index",
        f"{ACTS} SELECT (a + 2 * q - posts) / (a + posts) FROM acts ORDER BY ministry",
    ),
    "turn_depth: turns, alternations, official turns": (
        "conversation.turn_depth(posts, comments, draws=1).turn_depth",
        f"""{TURNS}, d AS (SELECT ministry, avg(turns) AS turns, avg(official) AS official FROM t GROUP BY ministry)
        SELECT unnest(v) FROM (SELECT [turns, turns - 1, official] AS v FROM d ORDER BY ministry)""",
    ),
    "exchange_share": (
        "conversation.exchange_share(posts, comments, official_turns=1).exchange_share",
        f"{TURNS} SELECT avg((official >= 1)::INT) FROM t GROUP BY ministry ORDER BY ministry",
    ),
    "next_speaker_share": (
        "conversation.next_speaker_share(posts, comments).next_speaker_share",
        f"""{NEXT}, d AS (SELECT ministry, sum(oo) / sum(o) AS oo, sum(om) / sum(o) AS om, sum(mo) / sum(m) AS mo,
        sum(mm) / sum(m) AS mm FROM t GROUP BY ministry)
        SELECT unnest(v) FROM (SELECT [oo, om, 1 - oo - om, mo, mm, 1 - mo - mm] AS v FROM d ORDER BY ministry)""",
    ),
    "answers_per_day": (
        f"occasions.answers_per_day(posts, comments, {DAYS}).query('answers_per_day > 0').answers_per_day",
        """SELECT count(*) FROM comments JOIN posts USING (platform, post_id) WHERE is_official
        GROUP BY ministry, commented_at::DATE ORDER BY ministry, commented_at::DATE""",
    ),
    "session_answer_share, gap of a minute": (
        f"quarantine.session_answer_share(posts, comments, {DAYS}, gaps=(1,), draws=1).session_answer_share",
        f"{RUNS} SELECT coalesce(sum(n) FILTER (n >= 3), 0) / sum(n) FROM r GROUP BY ministry ORDER BY ministry",
    ),
    "quarantine_index, gap of a minute": (
        f"quarantine.quarantine_index(posts, comments, {DAYS}, gap=1, draws=1).quarantine_index",
        f"""{RUNS} SELECT sum(n) FILTER (n >= 3) / sum(n) / (sum(minutes) FILTER (n >= 3) / (425 * 1440)) FROM r
        GROUP BY ministry ORDER BY ministry""",
    ),
}
