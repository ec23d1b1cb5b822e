"""Posts on X as 4CAT (twitter-import and twitterv2) or the add-on Zeeschuimer gave them for download.

Tool: 4CAT 1.30–1.56 (2023–), Zeeschuimer 1.14; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of each data source); docs/formats.md#fourcat_x
Encoding: UTF-8, commas, lists with commas; Zeeschuimer writes `;`, and `null` for missing.
Zone: UTC (`timestamp`); `unix_timestamp` is wrong in twitterv2 and is not read.
Ids: X's own. One that a spreadsheet spoilt is taken from `link`, which a browser may have rounded: a whole `id` goes
    first; `replied:` and the own id stand for a spoilt id of the post at the root of the thread. Mentions and answered
    accounts are handles: they become ids where the account wrote in the same file. In pseudonymised files accounts have
    ids of that file only.
Rejects: anonymised posts; replies to them are comments without an author.
Caution: a reply names only the post at the root of its thread, and a repost only whom it repeats (`reposted:` and its
    own id). Texts of long posts are cut. 0 views are missing.
Leaves out: quoted texts, followers (those of the day of collection), GIFs.
Example: https://x.com/mfa,2028…,2028…,2026-03-02 10:00:00,…
"""

import ibis
from ibis import _

from digidip.engine import named
from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.captures._hidden_authors import PSEUDONYM, known_author, printed_name
from digidip.readers.opening.authors import handles_to_ids, ids_by_handle
from digidip.readers.opening.cells import local_time, number, to_utc
from digidip.readers.opening.head import read_head
from digidip.readers.x._tweets import (
    LOST_REMARK,
    id_in_address,
    medium_of,
    reliable_digits,
    tweet_address,
    unescaped,
    valid_id,
)
from digidip.tables import LOST_IDS

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {
    "posts": {"id", "thread_id", "timestamp", "link", "body", "author", "author_id", "is_retweet", "is_reply"}
    | {"like_count", "retweet_count"}
}
OPTIONAL = {
    "posts": {"author_fullname", "language_guess", "reply_count", "impression_count", "retweeted_user", "mentions"}
    | {"is_quote_tweet", "quote_tweet_id", "replied_author", "replied_user", "hashtags", "urls", "images", "videos"}
}
# A cut post links to itself.
SELF_LINK = "https://twitter.com/i/web/status/"
IS_REPOST, IS_REPLY = fourcat.is_yes(_.is_retweet), fourcat.is_yes(_.is_reply)
POSTED_AT = to_utc("UTC", local_time(_.timestamp, fourcat.CLOCK_FORMAT))

POSTS = {
    "post_id": _.post_id,
    "account_id": _.account,
    "handle": printed_name(_.author),
    "account_name": printed_name(_.author_fullname),
    "posted_at": POSTED_AT,
    "medium": medium_of(
        _.media, _.links, otherwise=ibis.ifelse(IS_REPOST | _.body.endswith("…"), ibis.null("string"), "text")
    ),
    "text": unescaped(ibis.ifelse(IS_REPOST, _.body.re_replace(r"^RT @\w+:? ", ""), _.body)),
    "lang": _.language_guess,
    "url": tweet_address(printed_name(_.author).fill_null("i"), _.post_id),
    "link": _.links[0],
    "reply_to_id": ibis.ifelse(
        IS_REPLY, _.root.coalesce(LOST_IDS["reply_to_id"] + _.post_id).nullif(_.post_id), ibis.null("string")
    ),
    "reply_to_account_id": ibis.ifelse(
        IS_REPLY, known_author(_.replied_author.coalesce(_.replied_user)), ibis.null("string")
    ),
    "repost_of_id": ibis.ifelse(IS_REPOST, "reposted:" + _.post_id, ibis.null("string")),
    "quote_of_id": ibis.ifelse(
        fourcat.is_yes(_.is_quote_tweet) & ~IS_REPOST, _.quoted.coalesce("quoted:" + _.post_id), ibis.null("string")
    ),
    "like_count": number(_.like_count),
    "comment_count": number(_.reply_count),
    "repost_count": number(_.retweet_count),
    "view_count": number(_.impression_count).nullif(0),
    "export_row": _.export_row,
    "remark": ibis.ifelse(IS_REPLY & _.root.isnull(), LOST_REMARK, ibis.null("string")),
    "reject": fourcat.reject_reason(_.account, POSTED_AT, _.author, _.author_id, _.author_fullname),
}
ENTITIES = {"hashtag": fourcat.comma_list(_.hashtags), "mention": _.mention, "link": _.links, "medium": _.media}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is not needed: UTC."""
    cells = fourcat.records(path, REQUIRED["posts"], OPTIONAL["posts"])
    cells = named(cells.mutate(**_ids_and_lists(cells, _reliable_digits(path))))
    ids = ids_by_handle(cells, cells.author, cells.account)
    tables = fourcat.split_cells(cells, POSTS, ENTITIES, ids)
    return tables | {"posts": handles_to_ids(tables["posts"], "reply_to_account_id", ids)}


def _reliable_digits(path):
    """How many digits of an id can be relied on.

    A link that a browser rounded is no witness against a whole id.
    """
    names = read_head(path).header()[0]
    places = [names.index(name) for name in ("id", "link") if name in names]
    pairs = ([cells[place] for place in places] for cells in read_head(path).records if len(cells) == len(names))
    return reliable_digits(pair for pair in pairs if len(pair) == 2 and pair[0].strip(" '").endswith("000"))


def _ids_and_lists(cells, digits):
    post_id, reposted = (
        valid_id(cells.id, digits).coalesce(id_in_address(cells.link)),
        cells.retweeted_user.fill_null(""),
    )
    links = fourcat.address_list(cells.urls).filter(lambda link: ~link.startswith(SELF_LINK))
    own_links = links.filter(lambda link: link.contains("/status/" + post_id))
    others = links.filter(lambda link: ~link.contains("/status/" + post_id))
    quoted = others.map(id_in_address).filter(lambda name: name.notnull())
    media = fourcat.comma_list(cells.images).map(lambda link: "photo")
    media = media.concat(fourcat.comma_list(cells.videos).map(lambda link: "video"))
    media_in_links = own_links.map(lambda link: link.re_extract(r"/(photo|video)/\d+$", 1)).filter(
        lambda kind: kind != ""
    )
    account = ibis.ifelse(cells.author_id.re_search(PSEUDONYM), cells.author_id, valid_id(cells.author_id, digits))
    return {
        "post_id": post_id,
        "root": valid_id(cells.thread_id, digits),
        "account": account.coalesce(known_author(cells.author)),
        "links": others,
        "mention": fourcat.comma_list(cells.mentions).filter(lambda name: name != reposted),
        "media": ibis.ifelse(media.length() > 0, media, media_in_links),
        "quoted": valid_id(cells.quote_tweet_id, digits).coalesce(quoted[quoted.length() - 1]),
    }
