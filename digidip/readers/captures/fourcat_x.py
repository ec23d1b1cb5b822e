"""Posts on X as 4CAT (twitter-import and twitterv2) or the add-on Zeeschuimer gave them for download.

Tool: 4CAT 1.30–1.56 (2023–), Zeeschuimer 1.14; last seen August 2026.
Format: https://github.com/digitalmethodsinitiative/4cat (map_item of each data source); docs/formats.md#fourcat_x
Encoding: UTF-8, commas, lists with commas; Zeeschuimer writes `;`, and `null` for missing.
Zone: UTC (`timestamp`); `unix_timestamp` is wrong in twitterv2 and is not read.
Ids: X's own. One that a spreadsheet spoilt is taken from `link`, which a browser may have rounded: a whole `id` goes
    first. Mentions and answered accounts are handles: they become ids where the account wrote in the same file. In
    pseudonymised files accounts have ids of that file only.
Rejects: anonymised posts; replies to them are comments without an author.
Caution: a reply names only the post at the root of its thread, and a repost only whom it repeats (`reposted:` and its
    own id). Texts of long posts are cut. 0 views are missing.
Leaves out: quoted texts, followers (those of the day of collection), GIFs.
Example: https://x.com/mfa,2028…,2028…,2026-03-02 10:00:00,…
"""

import ibis
from ibis import _

from digidip.readers.captures import _fourcat as fourcat
from digidip.readers.opening._authors import HASH, authors, by_id, known, person
from digidip.readers.opening._cells import located, number, wall
from digidip.readers.opening._files import fit, header, leading
from digidip.readers.x._tweets import LOST, address_id, address_of, digits_kept, medium_of, plain, sound

PLATFORM = "x"
CAPPED_AT = ()
AUTHORS = "id"
LOOSE = True
REQUIRED = {
    "posts": {"id", "thread_id", "timestamp", "link", "body", "author", "author_id", "is_retweet", "is_reply"}
    | {"like_count", "retweet_count"}
}
OPTIONAL = {
    "posts": {"author_fullname", "language_guess", "reply_count", "impression_count", "retweeted_user", "mentions"}
    | {"is_quote_tweet", "quote_tweet_id", "replied_author", "replied_user", "hashtags", "urls", "images", "videos"}
}
# A cut post links to itself.
ITSELF = "https://twitter.com/i/web/status/"
REPOST, REPLY = fourcat.is_yes(_.is_retweet), fourcat.is_yes(_.is_reply)
POSTED = located("UTC", wall(_.timestamp, fourcat.CLOCK))

POSTS = {
    "post_id": _.post_id,
    "account_id": _.account,
    "handle": person(_.author),
    "account_name": person(_.author_fullname),
    "posted_at": POSTED,
    "medium": medium_of(
        _.media, _.links, otherwise=ibis.ifelse(REPOST | _.body.endswith("…"), ibis.null("string"), "text")
    ),
    "text": plain(ibis.ifelse(REPOST, _.body.re_replace(r"^RT @\w+:? ", ""), _.body)),
    "lang": _.language_guess,
    "url": address_of(person(_.author).fill_null("i"), _.post_id),
    "link": _.links[0],
    "reply_to_id": ibis.ifelse(REPLY, _.root.nullif(_.post_id), ibis.null("string")),
    "reply_to_account_id": ibis.ifelse(REPLY, known(_.replied_author.coalesce(_.replied_user)), ibis.null("string")),
    "repost_of_id": ibis.ifelse(REPOST, "reposted:" + _.post_id, ibis.null("string")),
    "quote_of_id": ibis.ifelse(
        fourcat.is_yes(_.is_quote_tweet) & ~REPOST, _.quoted.coalesce("quoted:" + _.post_id), ibis.null("string")
    ),
    "like_count": number(_.like_count),
    "comment_count": number(_.reply_count),
    "repost_count": number(_.retweet_count),
    "view_count": number(_.impression_count).nullif(0),
    "export_row": _.export_row,
    "reject": ibis.ifelse(
        REPLY & _.root.isnull(), LOST, fourcat.rejected(_.account, POSTED, _.author, _.author_id, _.author_fullname)
    ),
}
ENTITIES = {"hashtag": fourcat.commas(_.hashtags), "mention": _.mention, "link": _.links, "medium": _.media}


def fits(path):
    """Share of the file's columns that this reader knows; 0 if one it requires is missing."""
    return fit(path, REQUIRED["posts"], OPTIONAL["posts"])


def read(path, *, zone=None):
    """Posts, comments and entities of the file as canonical columns, raw values; `zone` is not needed: UTC."""
    cells = fourcat.records(path, REQUIRED["posts"], OPTIONAL["posts"])
    cells = cells.mutate(**_ids(cells, _digits(path)))
    frames, written = fourcat.parted(cells, POSTS, ENTITIES), authors(cells, cells.author, cells.account)
    return frames | {
        "posts": by_id(frames["posts"], "reply_to_account_id", written),
        "entities": by_id(frames["entities"], "value", written, _.kind == "mention"),
    }


def _digits(path):
    """How many digits of an id can be relied on; a link that a browser rounded is no witness against a whole id."""
    names = header(path)[0]
    places = [names.index(name) for name in ("id", "link") if name in names]
    pairs = ([cells[place] for place in places] for cells in leading(path) if len(cells) == len(names))
    return digits_kept(pair for pair in pairs if len(pair) == 2 and pair[0].strip(" '").endswith("000"))


def _ids(cells, digits):
    post_id, reposted = sound(cells.id, digits).coalesce(address_id(cells.link)), cells.retweeted_user.fill_null("")
    links = fourcat.addresses(cells.urls).filter(lambda link: ~link.startswith(ITSELF))
    own = links.filter(lambda link: link.contains("/status/" + post_id))
    others = links.filter(lambda link: ~link.contains("/status/" + post_id))
    quoted = others.map(address_id).filter(lambda name: name.notnull())
    media = fourcat.commas(cells.images).map(lambda link: "photo")
    media = media.concat(fourcat.commas(cells.videos).map(lambda link: "video"))
    shown = own.map(lambda link: link.re_extract(r"/(photo|video)/\d+$", 1)).filter(lambda kind: kind != "")
    account = ibis.ifelse(cells.author_id.re_search(HASH), cells.author_id, sound(cells.author_id, digits))
    return {
        "post_id": post_id,
        "root": sound(cells.thread_id, digits),
        "account": account.coalesce(known(cells.author)),
        "links": others,
        "mention": fourcat.commas(cells.mentions).filter(lambda name: name != reposted),
        "media": ibis.ifelse(media.length() > 0, media, shown),
        "quoted": sound(cells.quote_tweet_id, digits).coalesce(quoted[quoted.length() - 1]),
    }
