"""What twarc 2 writes besides tweets and users: counts, lists, notices of compliance. They hold no posts and are refused."""

from digidip.readers.opening._files import header, opening
from digidip.readers.opening._objects import first_objects
from digidip.tables import ReaderError

KINDS = {
    "numbers of tweets per hour or day (counts)": {"start", "end", "tweet_count"},
    "lists of accounts (lists)": {"id", "owner_id", "member_count"},
    "notices of deleted tweets or accounts (compliance)": {"id", "action", "created_at", "reason"},
}


def table_of(path):
    """What a delimited file of twarc-csv is that holds no posts; nothing for every other file."""
    try:
        names = set(header(path)[0])
    except ReaderError:
        return ""
    return "" if "text" in names else _kind(names)


def pages_of(path):
    """The same of JSON: pages of counts or lists, lines of notices."""
    if not opening(path).lstrip().startswith(("{", "[")):
        return ""
    firsts = first_objects(path)
    held = [one["data"][0] for one in firsts if isinstance(one.get("data"), list) and one["data"]] or firsts
    return next(filter(None, (_kind(one) for one in held if isinstance(one, dict) and "text" not in one)), "")


def refuse(path, kind):
    """Stop with what the file is, and which one is wanted, if it is of a kind that holds no posts."""
    if kind:
        raise ReaderError(
            f"{path} (head): {kind}; no posts. Expected: tweets (twarc2 search, timeline, hydrate) or users (twarc2 users, "
            "followers). Give the files with those."
        )


def _kind(keys):
    return next((kind for kind, needed in KINDS.items() if needed <= set(keys)), "")
