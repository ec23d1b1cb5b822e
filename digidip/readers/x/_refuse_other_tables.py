"""What twarc 2 writes besides tweets and users: counts, lists, compliance. They are refused."""

from digidip.tables import ReaderError

OTHER_TABLES = {
    "numbers of tweets per hour or day (counts)": {"start", "end", "tweet_count"},
    "lists of accounts (lists)": {"id", "owner_id", "member_count"},
    "notices of deleted tweets or accounts (compliance)": {"id", "action", "created_at", "reason"},
}


def other_csv_table(head):
    """What a delimited file of twarc-csv is that holds no posts; nothing for every other file."""
    return "" if "text" in head.columns else _other_table(head.columns)


def other_json_table(head):
    """The same of JSON: pages of counts or lists, lines of notices."""
    if not head.is_json:
        return ""
    objects = head.objects
    records = [
        record["data"][0] for record in objects if isinstance(record.get("data"), list) and record["data"]
    ] or objects
    return next(
        filter(None, (_other_table(record) for record in records if isinstance(record, dict) and "text" not in record)),
        "",
    )


def refuse_other_tables(path, kind):
    """Stop with what the file is, and which one is wanted, if it is of a kind that holds no posts."""
    if kind:
        raise ReaderError(
            f"{path} (head): {kind}; no posts. Expected: tweets (twarc2 search, timeline, hydrate) or users (twarc2 users, "
            "followers). Give the files with those."
        )


def _other_table(keys):
    return next((kind for kind, needed in OTHER_TABLES.items() if needed <= set(keys)), "")
