"""The tables that stand beside posts and comments: profiles, ties, missions, exchanges, attention, events.

Each is written as one part. A row whose file tells no time was observed when its delivery was collected; of rows with one
key the latest delivery's stays. Parallel ties of one file are one tie, and their weights add up.
"""

import ibis
import pandas as pd
from ibis import _

from digidip import clean, readers
from digidip.store._holding import accepted, is_told, named_rows, write_table
from digidip.tables import KEYS, PLATFORMS, SCHEMA, TableError, conform

OTHER_TABLES = ("follows", "missions", "exchanges", "attention", "events")
# Of rows of one file with one key: when they tell of different things, and in words.
COUNTS = ("follower_count", "following_count", "post_count")
OF_ANOTHER_THING = {
    "missions": ((_.receiver.nunique() > 1) & (_.city.nunique() > 1), "another receiving state and city"),
    "metrics": (
        (_.follower_count.max() > 2 * _.follower_count.min())
        | ((_.given_as.nunique() > 1) & ibis.or_(*(_[count].nunique() > 1 for count in COUNTS))),
        "different counts",
    ),
    "attention": (_.value.nunique() > 1, "another value"),
}
STATES = {"sender": "ministry", "receiver": "receiving"}


def write_other_tables(holding, accounts):
    """Write follows, missions, exchanges, attention and events."""
    for name in OTHER_TABLES:
        rows = latest(holding, name, prepared(holding, name, accounts)) if holding.with_table(name) else None
        write_table(holding, name, rows)


def write_metrics(holding, daily, accounts):
    """Write metrics: the profiles of official accounts, and the followers that posts print, day by day."""
    posts = (holding.folder / "posts").glob("*.parquet")
    if not holding.with_table("metrics") and not any(is_told(part, "follower_count") for part in posts):
        write_table(holding, "metrics")
        return
    rows, key = conform("metrics", daily), list(KEYS["metrics"])
    if holding.with_table("metrics"):
        seen = conform("metrics", latest(holding, "metrics", profiles(holding, accounts)))
        rows = ibis.union(rows.anti_join(seen, key), seen)
    write_table(holding, "metrics", clean.weaken_labels(rows, holding.labels).order_by(key))


def prepared(holding, name, accounts):
    """The rows of one table with the codes of states, and the ends of ties hidden unless they are official."""
    table = with_states(observed(holding, name))
    _note_unresolved(holding, name, table)
    if name == "follows":
        table = _hide_ends(holding, table, accounts)
    return named_rows(holding, name, conform(name, table))


def observed(holding, name):
    """The rows that their readers accepted; an observation needs a time, from the file or from the delivery."""
    table = accepted(holding, name)
    if "observed_at" not in SCHEMA[name]:
        return table
    undated = table.filter(_.observed_at.isnull()).group_by("export").aggregate(rows=_.count()).to_pandas()
    undated = dict(zip(undated["export"], undated["rows"], strict=True))
    for delivery in holding.with_table(name):
        if delivery.path in undated:
            raise TableError(
                f"{delivery.path}: {undated[delivery.path]:,} rows of {name} that do not say when they were observed. "
                "Expected: the time of collection. Say --retrieved TIME at digidip add, such as 2022-11-16."
            )
    return table


def with_states(table):
    """The table with the ISO codes of sender and receiver beside what the file calls them; missing for no state."""
    for column, code in STATES.items():
        if column in table.columns:
            names = table[column].name("state").as_table().distinct().to_pyarrow()["state"].to_pylist()
            pairs = sorted(clean.state_names(filter(None, names)).items())
            codes = ibis.memtable(pd.DataFrame(pairs, columns=["state", "iso"], dtype="string"))
            joined = table.left_join(codes, table[column] == codes.state)
            given = joined[code] if code in table.columns else ibis.null("string")
            table = joined.mutate(**{code: ibis.coalesce(given, joined.iso)}).drop("state", "iso")
    return table


def _note_unresolved(holding, name, table):
    """A note for each mapped export with states that have no code: how many rows, and which words."""
    mapped = [delivery.path for delivery in holding.with_table(name) if delivery.reader == "mapped"]
    for column, code in STATES.items():
        if mapped and column in table.columns:
            unresolved = table.filter(_.export.isin(mapped), table[column].notnull(), table[code].isnull())
            found = (
                unresolved.group_by("export", word=column)
                .aggregate(rows=_.count())
                .order_by("export", "word")
                .to_pandas()
            )
            for path, words in found.groupby("export"):
                listed = ", ".join(map(repr, words["word"][:5])) + ", …" * (len(words) > 5)
                holding.notes.append(
                    f"{path}: {words['rows'].sum():,} {name} whose {column} is no state we know ({len(words)} words: {listed})."
                )


def _hide_ends(holding, table, accounts):
    """The ends of ties as account ids where they name an official account, by id or handle; else as pseudonyms."""
    names, ends = accounts.select("platform", "account_id", name="account_id"), ("source_id", "target_id")
    for end in ends:
        table = with_ids_of_handles(table, accounts, end)
    table = named_rows(holding, "follows", table)
    hidden = clean.pseudonyms(ibis.union(*(table.select("platform", name=end) for end in ends)), holding.key)
    for end in ends:
        table = clean.pseudonymise(table, end, hidden, names).rename({f"official_{end}": "official_id"})
    table = named_rows(holding, "follows", table)
    is_known = table.official_source_id.notnull() | table.official_target_id.notnull()
    has_official = table.group_by("export").aggregate(known=is_known.any()).to_pandas().set_index("export")["known"]
    for delivery in holding.with_table("follows"):
        if not has_official.get(delivery.path, True):  # of an export without ties nothing is said
            holding.notes.append(
                f"{delivery.path}: no tie of an account that is known as official, so all stand under pseudonyms; complete "
                "data/reference/accounts.csv, or add a registry, and build again."
            )
    for end in ends:
        table = clean.weaken_labels(table, holding.labels, end)
    tie = table.tie if "tie" in table.columns else ibis.null("string")
    return table.mutate(tie=ibis.coalesce(tie, "unknown")).drop("official_source_id", "official_target_id")


def profiles(holding, accounts):
    """Of the profiles in the exports, those of official accounts, which a file may name by handle: `given_as` is how."""
    given = conform("metrics", observed(holding, "metrics"))
    found = with_ids_of_handles(given.mutate(given_as=given.account_id), accounts)
    known = found.semi_join(accounts, ["platform", "account_id"])
    before, after = (_rows_by_export(table) for table in (found, known))
    for delivery in holding.with_table("metrics"):
        counts = before.get(delivery.path, 0), after.get(delivery.path, 0)
        holding.record_step("attach accounts", "metrics", delivery.path, *counts, "profiles of nobody official")
    return named_rows(holding, "metrics", known)


def with_ids_of_handles(table, accounts, column="account_id"):
    """The table with the account id in the place of a handle that one account of its platform has, in any case, with @ or not.

    `column` names the column of ids, handles and addresses of profiles, which name an id or a handle.
    """
    pairs = accounts.select(at="platform", called=accounts.handle.lower(), known_id="account_id").filter(
        _.called.notnull()
    )
    once = pairs.group_by("at", "called").having(_.known_id.nunique() == 1).aggregate(known_id=_.known_id.max())
    ids = accounts.select(at="platform", known="account_id").distinct()
    table = _with_names_in_addresses(table, column)
    handle = table.named.lower().re_replace("^@", "")
    joined = table.left_join(once, [table.platform == once["at"], handle == once.called]).drop("at", "called")
    joined = joined.left_join(ids, [joined.platform == ids["at"], joined.named == ids.known]).drop("at")
    return joined.mutate(**{column: ibis.coalesce(_.known, _.known_id, _[column])}).drop("known", "known_id", "named")


def _with_names_in_addresses(table, column):
    """The table with `named`: the cell of a column, or of the address of a profile the one account that it names."""
    cells = table.filter(table[column].contains("/")).select(at="platform", address=column).distinct().to_pandas()
    pairs = [(at, cell, name) for at, cell in cells.itertuples(index=False) if (name := name_in_address(at, cell))]
    if not pairs:
        return table.mutate(named=table[column])
    names = ibis.memtable(pd.DataFrame(pairs, columns=["at", "address", "name_there"], dtype="string"))
    joined = table.left_join(names, [table.platform == names["at"], table[column] == names.address])
    return joined.mutate(named=ibis.coalesce(_.name_there, _[column])).drop("at", "address", "name_there")


def name_in_address(platform, cell):
    """The id or `@handle` of the one account that the address of a profile names; None where it names none, or several.

    >>> name_in_address("x", "https://x.com/MFA_Xx/status/1?lang=en"), name_in_address("facebook", "fb.com/profile.php?id=77")
    ('@mfa_xx', '77')
    """
    found = readers.accounts_in_cell(platform, cell) if "/" in cell and platform in PLATFORMS else []
    return found[0][0] if len(found) == 1 else None


def _rows_by_export(table):
    rows = table.group_by("export").aggregate(rows=_.count()).to_pandas()
    return dict(zip(rows["export"], map(int, rows["rows"]), strict=True))


def latest(holding, name, rows):
    """Of rows with one key, that of the latest delivery, and in it the last record; accounted for by export."""
    order = {delivery.path: number for number, delivery in enumerate(holding.deliveries)}
    rows = _add_parallel(holding, rows) if name == "follows" else _without_other_things(holding, name, rows)
    ranked = rows.mutate(delivery=rows.export.cases(*order.items()))
    last = [ibis.desc("delivery"), ibis.desc("export_row")]
    ranked = ranked.mutate(place=ibis.row_number().over(group_by=list(KEYS[name]), order_by=last))
    counts = ranked.group_by("export").aggregate(rows=_.count(), left=(_.place == 0).sum()).order_by("export")
    for row in counts.to_pandas().itertuples():
        holding.record_step(
            "deduplicate", name, row.export, int(row.rows), int(row.left), "earlier observations of a key"
        )
    return ranked.filter(_.place == 0).select(*SCHEMA[name]).order_by(list(KEYS[name]))


def _without_other_things(holding, name, rows):
    """The rows without those of one file and one key that tell of different things; they are rejects, with a note."""
    if name not in OF_ANOTHER_THING:
        return rows
    is_other, why = OF_ANOTHER_THING[name]
    key = ["export", *KEYS[name]]
    others = rows.semi_join(rows.group_by(key).having(_.count() > 1, is_other).aggregate(), key)
    places = others.select("export", "export_row").order_by("export", "export_row").to_pandas()
    if not len(places):
        return rows
    totals, reason = _rows_by_export(rows), f"its id is that of a record with {why}"
    for path, found in places.groupby("export"):
        holding.rejects += [(path, row, reason) for row in found["export_row"]]
        holding.record_step("reject", name, path, totals[path], totals[path] - len(found), reason)
        holding.notes.append(
            f"{path}: {len(found):,} {name} share an id and a time with another of {why}, so nobody can tell which is right: all "
            "are rejects. Check which column holds the id, or make it of more columns."
        )
    return rows.anti_join(others.select(key).distinct(), key)


def _add_parallel(holding, rows):
    """The ties, those of one file with the same ends, kind and time as one whose weight is their sum; one without counts 1.

    A mention, repost, reply or quote in a file that gives no weights is one, whether or not another pair stands twice. Whoever
    follows an account does so once: a follow that stands twice is an observation repeated, and stays for `latest`.
    """
    weights = rows.group_by("export").having(_.weight.count() == 0).aggregate().to_pandas()["export"]
    is_act = rows.tie.notin(["follow", "unknown"]) & rows.export.isin(list(weights))
    rows = rows.mutate(weight=ibis.ifelse(is_act, 1.0, rows.weight))
    key, is_counted = ["export", *KEYS["follows"]], rows.tie != "follow"
    groups = rows.filter(is_counted).group_by(key).aggregate(ties=_.count())
    per_file = groups.group_by("export").aggregate(before=_.ties.sum(), after=_.count())
    counts = per_file.filter(_.before > _.after).order_by("export").to_pandas()
    if not len(counts):
        return rows
    is_parallel = is_counted & rows.export.isin(list(counts["export"]))
    totals = _rows_by_export(rows)
    for row in counts.itertuples():
        left = totals[row.export] - int(row.before - row.after)
        reason = "parallel ties of one file, whose weights add up"
        holding.record_step("add up", "follows", row.export, totals[row.export], left, reason)
    cells = {column: _[column].argmax(_.export_row) for column in rows.columns if column not in [*key, "weight"]}
    added = rows.filter(is_parallel).group_by(key).aggregate(weight=_.weight.fill_null(1.0).sum(), **cells)
    return ibis.union(rows.filter(~is_parallel), added.select(rows.columns))
