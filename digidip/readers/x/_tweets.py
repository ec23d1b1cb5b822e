"""What tweets have in common, whatever tool wrote them: ids, replies, lists of entities.

A spreadsheet writes 1.26E+18, JavaScript and R round to 1380082989265846300; the address of the tweet keeps its id
whole. What no address can save is missing, and never another tweet's id.
"""

import re

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.opening.cells import blank, identifier, number
from digidip.readers.opening.head import read_head
from digidip.readers.opening.json_records import json_objects, unnest_lists
from digidip.tables import LOST_IDS

# Kind of a medium in X's words → here.
MEDIUM = {"photo": "photo", "video": "video", "animated_gif": "video"}
STAMP_FORMAT = "%a %b %d %H:%M:%S %z %Y"
ID_IN_ADDRESS = r"/status(?:es)?/(\d+)"
# Every program keeps 15 digits of a number; an id of X has 19 since 2010 and up to 10 for the oldest accounts.
EXACT_DIGITS, LONGEST_ID = 15, 20
# The accounts of X: counted to about 4.9 billion in January 2016, with a clock in their ids since.
LAST_COUNTED_ACCOUNT, FEWEST_LISTED = 5_000_000_000, 5
NO_ACCOUNTS = range(10_000_000_000, 680_000_000_000_000_000)
REPOST_TEXT = r"^RT @\w+: "
LOST_REMARK = "the id of the post that it answers or repeats is spoilt, so it is missing"

COMMENTS = {
    "comment_id": _.post_id,
    "post_id": _.reply_to_id,
    "author": _.account_id,
    "commented_at": _.posted_at,
    "text": _.text,
    "lang": _.lang,
    "like_count": _.like_count,
    "export_row": _.export_row,
}


def split_cells(cells, posts, entities):
    """Posts, comments and entities from a table of cells, by two literal maps.

    The maps are canonical column → expression and kind of entity → expression.

    `posts` may have `reject`; a post that replies is also a comment, and rejected posts are neither. The expressions of
    `entities` give arrays of text.
    """
    cells = named(cells)
    all_posts = named(cells.select(**{"reject": ibis.null("string")} | posts))
    lists = cells.select(post_id=posts["post_id"], reject=posts.get("reject", ibis.null("string")), **entities)
    return {
        "posts": all_posts if "reject" in posts else all_posts.drop("reject"),
        "comments": all_posts.filter(_.reject.isnull(), _.reply_to_id.notnull()).select(**COMMENTS),
        "entities": unnest_lists(lists.filter(_.reject.isnull()).drop("reject")).filter(_.value != ""),
    }


def split_json(path, shape, posts, entities):
    """Posts, comments and entities of a file of JSON: as `split_cells`, but parsed once, into flat cells.

    The expressions are over `it` and `is_broken` of `objects`; `export_row` is added.
    """
    lists = {f"{kind}_list": cell for kind, cell in entities.items()}
    cells = json_objects(path, shape, posts | lists)
    post_cells = {name: _[name] for name in (*posts, "export_row")}
    return split_cells(cells, post_cells, {kind: _[f"{kind}_list"] for kind in entities})


def repair_ids(cells, digits, *, needed_ids, other_ids):
    """The cells with `post_id` from `url`, else from `id`; other ids are missing if they are not whole.

    `needed_ids` and `other_ids` are columns of ids. Where one of `needed_ids`, of what a post answers or repeats, was there
    and is not whole, a mark with the own id stands for it (`LOST_IDS`), so that the post becomes none of its own; `remark`
    says so.
    """
    post_id = id_in_address(cells.url).coalesce(identifier(cells.id))
    valid = {name: valid_id(cells[name], digits) for name in (*needed_ids, *other_ids)}
    lost = {name: blank(cells[name]).notnull() & valid[name].isnull() for name in needed_ids}
    for name, is_lost in lost.items():
        mark = LOST_IDS["repost_of_id" if "retweet" in name else "reply_to_id"]
        valid[name] = ibis.ifelse(is_lost, mark + post_id, valid[name])
    remark = ibis.ifelse(ibis.or_(*lost.values()), LOST_REMARK, ibis.null("string"))
    return cells.mutate(post_id=post_id, remark=remark, **valid)


def reliable_digits(pairs):
    """How many digits of an id can be relied on: fewer once a pair (id, address) of one file disagrees.

    >>> reliable_digits([("1380082989265846273", "https://x.com/mfa/status/1380082989265846273")])
    20
    >>> reliable_digits([("1380082989265846300", "https://x.com/mfa/status/1380082989265846273")])
    15
    """
    matches = ((str(name).strip(" 'x"), re.search(ID_IN_ADDRESS, str(address))) for name, address in pairs)
    return EXACT_DIGITS if any(match and match[1] != name for name, match in matches) else LONGEST_ID


def reliable_digits_in_file(path, name, address):
    """The same for the records at the head of a delimited file, by the names of the two columns."""
    names = read_head(path).header()[0]
    if not {name, address} <= set(names):
        return LONGEST_ID
    places = names.index(name), names.index(address)
    return reliable_digits(
        [cells[place] for place in places] for cells in read_head(path).records if len(cells) == len(names)
    )


def valid_id(cell, digits=LONGEST_ID):
    """An id that is whole: digits only, at most so many of them; anything else is missing."""
    return blank(identifier(cell).re_extract(rf"^\d{{1,{digits}}}$", 0))


def listed_kind(head):
    """What a text with one number per line lists: `accounts`, `tweets`, or `ids`, which may be both; else nothing.

    Accounts were counted up to five billion until 2016 and have had ids of 18 digits and more since; tweets have passed
    through all numbers between.
    """
    lines = [line.strip() for line in head.text.splitlines() if line.strip()]
    ids = [int(line) for line in lines if line.isascii() and line.isdecimal() and len(line) <= 19]
    if 2 * len(ids) <= len(lines):
        return ""
    old, between = sum(one < LAST_COUNTED_ACCOUNT for one in ids), sum(one in NO_ACCOUNTS for one in ids)
    if 10 * between >= len(ids):
        return "tweets"
    return "accounts" if len(ids) >= FEWEST_LISTED and 10 * old >= len(ids) and not between else "ids"


def missing_id_reason(cell):
    """Why a record of an account is rejected: no id, or none that is whole; missing where it is whole."""
    return ibis.ifelse(valid_id(cell).isnull(), "no whole id of an account", ibis.null("string"))


def id_in_address(address):
    """The id of a tweet from its address, missing where there is none."""
    return blank(address.re_extract(ID_IN_ADDRESS, 1))


def tweet_address(handle, post_id):
    """The public address of a tweet."""
    return "https://x.com/" + handle + "/status/" + post_id


def repost_by_text(text, post_id):
    """The id `reposted:<own id>` of a post whose text alone, `RT @name: …`, shows that it is a repost."""
    return ibis.ifelse(text.re_search(REPOST_TEXT), "reposted:" + post_id, ibis.null("string"))


def list_cell(cell, separator):
    """The parts of a list cell as an array of text, blank parts included."""
    return blank(cell).split(separator).map(lambda part: part.strip())


def medium_of(kinds, links, otherwise="text"):
    """The medium of a post from arrays of media and links; `otherwise` where both are empty or missing."""
    return ibis.cases(
        (kinds.length() > 0, kinds[0].cases(*MEDIUM.items(), else_="other")),
        (links.length() > 0, "link"),
        else_=otherwise,
    )


def unescaped(text):
    """Text with the three characters that the API escapes as they were written."""
    return blank(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def epoch_instant(cell):
    """A UTC instant from seconds since 1970 in digits, `1617872400` or `1617872400.0`; else missing."""
    return number(cell).as_timestamp("s").cast("timestamp('UTC')")


@ibis.udf.scalar.builtin(name="regexp_extract_all", signature=(("string", "string", "int32"), "array<string>"))
def find_all(text, pattern, group):
    """Engine function: every occurrence of a group of a pattern in a text."""
