"""Posts of Bluesky as minet writes them: one flat row per post, from the API or from the firehose.

Tool: minet (médialab, Sciences Po); last seen 2026.
Format: https://github.com/medialab/twitwi; 66 columns from the API; 43 or 47 from the firehose, without counts, handle
    and name. See docs/formats.md#minet_bluesky.
Encoding: UTF-8, commas, lists with `|`, tags in small letters, links sorted and without parts that only count clicks.
Zone: `timestamp_utc` is in seconds since 1970, so posts need none; `collection_time` is the collector's clock and is
    read where its zone is named; the other local times are not read.
Ids: `did` is the record key here; the account is `user_did`. Ids, reposts and replies are as in `bluesky_feed`.
Rejects: a post whose clock is more than a day ahead of the server's, as in `bluesky_feed`.
Caution: the text is `original_text` (`text` holds quoted texts and addresses of media as well). Rows that minet took
    out of a quote or a thread (`match_query` 0) are read like the others.
Leaves out: numbers of quotes and bookmarks, who may reply.
Example: bafy…,3lki…,at://did:plc:…/app.bsky.feed.post/3lki…,https://…,1742115600,2025-03-16T10:00:00.123000,…
"""

import ibis
from ibis import _

from digidip.readers.open_platforms._atproto import created_or_seen
from digidip.readers.opening.cells import INSTANT, blank, check_zone, local_time, number, offset_stamp, to_utc
from digidip.readers.opening.delimited import delimited_rows
from digidip.readers.opening.json_records import unnest_lists
from digidip.readers.x._tweets import epoch_instant, list_cell

PLATFORM = "bluesky"
CAPPED_AT = ()
AUTHORS = "id"
POSTS_BY_ANYONE = True
REQUIRED = {"posts": {"uri", "did", "user_did", "timestamp_utc", "original_text", "to_post_uri", "quoted_uri"}}
OPTIONAL = {
    "posts": {"user_handle", "user_display_name", "user_diplay_name", "user_langs", "indexed_at_utc", "to_user_did"}
    | {"firehose_timestamp_us", "like_count", "reply_count", "repost_count", "repost_by_user_did", "links", "card_link"}
    | {"repost_by_user_handle", "repost_timestamp_utc", "media_types", "mentioned_user_dids", "hashtags"}
    | {"collection_time"}
}
MEDIA_KINDS = {"image": "photo", "video": "video"}

URI, REPOSTER = blank(_.uri), blank(_.repost_by_user_did)
IS_OWN = REPOSTER.isnull()
POST_ID = ibis.ifelse(IS_OWN, URI, "repost:" + REPOSTER + ":" + URI)
SEEN_AT = ibis.coalesce(
    offset_stamp(_.indexed_at_utc), (number(_.firehose_timestamp_us) // 10**6).as_timestamp("s").cast(INSTANT)
)
CREATED_AT, REMARK = created_or_seen(epoch_instant(_.timestamp_utc), SEEN_AT)
MEDIA = list_cell(_.media_types, "|").map(lambda kind: kind.split("/")[0].cases(*MEDIA_KINDS.items(), else_="other"))
LINKS = list_cell(_.links, "|")
LINK = ibis.coalesce(blank(_.card_link), LINKS[0])
REJECT = ibis.cases(
    (URI.isnull() | blank(_.user_did).isnull(), "no post with uri and user_did"),
    (IS_OWN & (SEEN_AT + ibis.interval(days=1) < CREATED_AT), "createdAt is more than a day after the post was seen"),
)

POSTS = {
    "post_id": POST_ID,
    "account_id": ibis.ifelse(IS_OWN, blank(_.user_did), REPOSTER),
    "handle": blank(ibis.ifelse(IS_OWN, _.user_handle, _.repost_by_user_handle)),
    "account_name": ibis.ifelse(IS_OWN, blank(_.user_display_name).coalesce(blank(_.user_diplay_name)), None),
    "posted_at": ibis.ifelse(IS_OWN, CREATED_AT, epoch_instant(_.repost_timestamp_utc)),
    "medium": ibis.cases((MEDIA.length() > 0, MEDIA[0]), (LINK.notnull(), "link"), else_="text"),
    "text": blank(_.original_text),
    "lang": ibis.ifelse(_.user_langs.contains("|"), None, blank(_.user_langs)),
    "url": ibis.ifelse(IS_OWN, "https://bsky.app/profile/" + blank(_.user_did) + "/post/" + blank(_.did), None),
    "link": LINK,
    "reply_to_id": ibis.ifelse(IS_OWN, blank(_.to_post_uri), None),
    "reply_to_account_id": ibis.ifelse(IS_OWN, blank(_.to_user_did), None),
    "repost_of_id": ibis.ifelse(IS_OWN, None, URI),
    "quote_of_id": ibis.ifelse(IS_OWN & _.quoted_uri.contains("/app.bsky.feed.post/"), _.quoted_uri, None),
    "like_count": ibis.ifelse(IS_OWN, number(_.like_count), None),
    "comment_count": ibis.ifelse(IS_OWN, number(_.reply_count), None),
    "repost_count": number(_.repost_count),
    "export_row": _.export_row,
    "remark": ibis.ifelse(IS_OWN, REMARK, None),
    "reject": REJECT,
}

COMMENTS = {
    "comment_id": URI,
    "post_id": blank(_.to_post_uri),
    "author": blank(_.user_did),
    "commented_at": CREATED_AT,
    "text": POSTS["text"],
    "lang": POSTS["lang"],
    "like_count": number(_.like_count),
    "export_row": _.export_row,
}

ENTITIES = {
    "hashtag": list_cell(_.hashtags, "|"),
    "mention": list_cell(_.mentioned_user_dids, "|"),
    "link": LINKS,
    "medium": MEDIA,
}


def read(path, *, zone=None):
    """Posts, comments and entities in canonical columns; `zone` is that of the collector."""
    check_zone(path, zone)
    table = delimited_rows(path, REQUIRED["posts"], OPTIONAL["posts"])
    collected_at = (
        to_utc(zone, local_time(_.collection_time.left(19), "%Y-%m-%dT%H:%M:%S")) if zone else ibis.null(INSTANT)
    )
    valid = table.filter(REJECT.isnull())
    entities = unnest_lists(valid.select(post_id=POST_ID, **ENTITIES)).distinct()
    replies = valid.filter(IS_OWN & blank(_.to_post_uri).notnull())
    return {
        "posts": table.select(**POSTS, retrieved_at=collected_at),
        "comments": replies.select(**COMMENTS, retrieved_at=collected_at),
        "entities": entities.filter(entities.value != ""),
    }
