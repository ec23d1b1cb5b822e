"""What two invented coders saw in the comments of the sample: rows of reference/codings.csv.

The first coder nearly always sees what was planted, the second errs a little more often, and now and then cannot tell.
"""

import csv
import html
import io
import json
import random

from sample_texts import planted_kind

KINDS = ("none", "procedural", "complex")
ERRORS = {"coder-a": 0.02, "coder-b": 0.05}  # share of items that each codes wrongly
FIRST, SECOND, ON_X, PAGE = 150, 150, 200, "150000000000003_"


def facebook_items(files):
    """Id and text of each top-level comment by others on the Peruvian page, by id."""
    comments = csv.DictReader(io.StringIO(files["per_facebook_comments.csv"]))
    ours = [row for row in comments if not row["parent_id"] and row["status_id"].startswith(PAGE)]
    return sorted((row["comment_id"], row["comment_message"]) for row in ours)


def x_items(files):
    """Id and text of each reply by others to a post of the Peruvian account on X, without its handle, by id."""
    lines = [line for line in files["per_tweets.jsonl"].splitlines() if line.endswith("}") and "full_text" in line]
    posts = [json.loads(line) for line in lines]
    own = {post["id_str"] for post in posts if post["user"]["verified"] and not post["in_reply_to_status_id_str"]}
    ours = [post for post in posts if post["in_reply_to_status_id_str"] in own and not post["user"]["verified"]]
    return sorted((post["id_str"], html.unescape(post["full_text"]).partition(" ")[2]) for post in ours)


def inquiry_rows(files):
    """Codebook "inquiry", variable "kind": 150 comments of the page, 150 more in a second round, and 200 on X."""
    page = facebook_items(files)
    rng = random.Random("digidip codings inquiry")
    first = rng.sample(page, FIRST)
    rows, again = coded(rng, first), random.Random("digidip codings inquiry, second round")
    rest = again.sample([item for item in page if item not in first], SECOND)
    return rows + coded(again, rest) + coded(again, again.sample(x_items(files), ON_X))


def coded(rng, items):
    """The rows of both coders for some items."""
    rows = []
    for item, text in sorted(items):
        for coder, errors in ERRORS.items():
            kind = planted_kind(text)
            draw = rng.random()
            code = rng.choice([other for other in KINDS if other != kind]) if draw < errors else kind
            rows.append(["inquiry", item, "kind", coder, "" if draw > 0.99 else code, "synthetic"])
    return rows
