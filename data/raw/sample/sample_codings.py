"""What two invented coders saw in the comments of the sample: rows of reference/codings.csv.

The first coder nearly always sees what was planted, the second errs a little more often, and now and then cannot tell.
"""

import csv
import io
import random
import re

from sample_shared import PHRASES

KINDS = ("none", "procedural", "complex")
ERRORS = {"coder-a": 0.02, "coder-b": 0.05}  # share of items that each codes wrongly
CODED, PAGE = 150, "150000000000003_"


def planted_kind(text):
    """The kind whose phrases a comment was made from; none for whatever is no question."""
    for kind in KINDS[1:]:
        for lang in ("es", "en"):
            for phrase in PHRASES[f"{kind}_{lang}"]:
                if re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(phrase)), text):
                    return kind
    return "none"


def inquiry_rows(files):
    """Codebook "inquiry", variable "kind": 150 of the top-level comments by others on the Peruvian page."""
    rng = random.Random("digidip codings inquiry")
    comments = csv.DictReader(io.StringIO(files["per_facebook_comments.csv"]))
    ours = [row for row in comments if not row["parent_id"] and row["status_id"].startswith(PAGE)]
    asked = sorted((row["comment_id"], row["comment_message"]) for row in ours)
    chosen, rows = rng.sample(asked, CODED), []
    for item, text in sorted(chosen):
        for coder, errors in ERRORS.items():
            kind = planted_kind(text)
            draw = rng.random()
            code = rng.choice([other for other in KINDS if other != kind]) if draw < errors else kind
            rows.append(["inquiry", item, "kind", coder, "" if draw > 0.99 else code, "synthetic"])
    return rows
