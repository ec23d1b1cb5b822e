"""What tweets have in common, whatever tool wrote them: ids that a program may have spoilt, replies, lists of entities.

A spreadsheet writes 1.26E+18, JavaScript and R round to 1380082989265846300; the address of the tweet keeps its id
whole. What no address can save is missing, and never another tweet's id.
"""

import re

import ibis
from ibis import _

from digidip.readers.opening._cells import blank, identifier, number
from digidip.readers.opening._files import header, leading
from digidip.readers.opening._nested import unnested
from digidip.readers.opening._objects import objects

PATTERN = "%a %b %d %H:%M:%S %z %Y"
ADDRESS = r"/status(?:es)?/(\d+)"
# Every program keeps 15 digits of a number; an id of X has 19 since 2010 and up to 10 for the oldest accounts.
EXACT, LONGEST = 15, 20
REPEATED = r"^RT @\w+: "
LOST = "the id of the post that it answers or repeats is spoilt"

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


def split(cells, posts, entities):
    """Posts, comments and entities from a table of cells: two literal maps, canonical column or kind → expression.

    `posts` may have `reject`; a post that replies is also a comment, and rejected posts are neither. The expressions of
    `entities` give arrays of text.
    """
    told = cells.select(**{"reject": ibis.null("string")} | posts)
    lists = cells.select(post_id=posts["post_id"], reject=posts.get("reject", ibis.null("string")), **entities)
    return {
        "posts": told if "reject" in posts else told.drop("reject"),
        "comments": told.filter(_.reject.isnull(), _.reply_to_id.notnull()).select(**COMMENTS),
        "entities": unnested(lists.filter(_.reject.isnull()).drop("reject")).filter(_.value != ""),
    }


def parted(path, shape, posts, entities):
    """Posts, comments and entities of a file of JSON: as `split`, but what they share is parsed once, into flat cells.

    The expressions are over `it` and `is_broken` of `objects`; `export_row` is added.
    """
    lists = {f"{kind}_list": cell for kind, cell in entities.items()}
    cells = objects(path, shape, posts | lists)
    shown = {name: cells[name] for name in (*posts, "export_row")}
    return split(cells, shown, {kind: cells[f"{kind}_list"] for kind in entities})


def mended(cells, digits, *, needed, others):
    """The cells with `post_id` from `url`, else from `id`, and every other id missing where it is not whole.

    `needed` and `others` are columns of ids; `is_lost` is true where one of `needed` was there and is not whole.
    """
    whole = {name: sound(cells[name], digits) for name in (*needed, *others)}
    lost = [blank(cells[name]).notnull() & whole[name].isnull() for name in needed]
    return cells.mutate(post_id=address_id(cells.url).coalesce(identifier(cells.id)), is_lost=ibis.or_(*lost), **whole)


def digits_kept(pairs):
    """How many digits of an id can be relied on, from pairs (id, address) of one file: fewer once a pair disagrees.

    >>> digits_kept([("1380082989265846273", "https://x.com/mfa/status/1380082989265846273")])
    20
    >>> digits_kept([("1380082989265846300", "https://x.com/mfa/status/1380082989265846273")])
    15
    """
    found = ((str(name).strip(" 'x"), re.search(ADDRESS, str(address))) for name, address in pairs)
    return EXACT if any(place and place[1] != name for name, place in found) else LONGEST


def digits_in(path, name, address):
    """The same for the records at the head of a delimited file, by the names of the two columns."""
    names = header(path)[0]
    if not {name, address} <= set(names):
        return LONGEST
    places = names.index(name), names.index(address)
    return digits_kept([cells[place] for place in places] for cells in leading(path) if len(cells) == len(names))


def sound(cell, digits=LONGEST):
    """An id that is whole: digits only, at most so many of them; anything else is missing."""
    cell = identifier(cell)
    return ibis.ifelse(cell.re_search(r"^\d+$") & (cell.length() <= digits), cell, ibis.null("string"))


def nobody(cell):
    """Why a record of an account is rejected: its id is not there or not whole; missing where it is whole."""
    return ibis.ifelse(sound(cell).isnull(), "no whole id of an account", ibis.null("string"))


def address_id(address):
    """The id of a tweet from its address, missing where there is none."""
    return blank(address.re_extract(ADDRESS, 1))


def address_of(handle, post_id):
    """The public address of a tweet."""
    return "https://x.com/" + handle + "/status/" + post_id


def unnamed_repost(text, post_id):
    """What stands for the post repeated where a text alone, `RT @name: …`, shows that one is: `reposted:` and the own id."""
    return ibis.ifelse(text.re_search(REPEATED), "reposted:" + post_id, ibis.null("string"))


def listed(cell, separator):
    """The parts of a list cell as an array of text, blank parts included."""
    return blank(cell).split(separator).map(lambda part: part.strip())


def medium_of(kinds, links, otherwise="text"):
    """The medium of a post from arrays of media and of links; `otherwise` where both are empty or missing."""
    words = {"photo": "photo", "video": "video", "animated_gif": "video"}
    return ibis.cases(
        (kinds.length() > 0, kinds[0].cases(*words.items(), else_="other")),
        (links.length() > 0, "link"),
        else_=otherwise,
    )


def plain(text):
    """Text with the three characters that the API escapes as they were written."""
    return blank(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def instant(cell):
    """A UTC instant from seconds since 1970 in digits, `1617872400` or `1617872400.0`; else missing."""
    return number(cell).as_timestamp("s").cast("timestamp('UTC')")
