"""The rules of the canonical tables: `conform` gives a frame their columns, `check` finds every broken rule."""

import ibis
import pandas as pd

from digidip.tables._schema import CHOICES, DTYPES, KEYS, OPEN_WORDS, SCHEMA, TableError

SCIENTIFIC = r"(^|_)[0-9]([.,][0-9]+[eE]\+?|[eE]\+)[0-9]+(_|$)"
COUNTRY = r"^[A-Z]{3}$"
PLACE, CAP = ("export", "export_row"), 100
REMEDIES = {
    "scientific": "A spreadsheet has destroyed these ids: deliver the file as the tool wrote it, never saved by one.",
    "post in the holding": "Add the export that holds the posts of these comments (digidip add), then build again.",
    "": "Mend the export or its map, or take it out of data/raw/MANIFEST.csv if it stands there; then add or build again.",
}


def conform(name, frame):
    """The frame with exactly the columns of the canonical table `name`: cast, in order, absent ones missing.

    Returns an Ibis table. A column the table does not know raises `TableError`, so that nothing is lost unseen.

    >>> import ibis
    >>> conform("metrics", ibis.memtable({"account_id": [7]})).columns[:2]
    ('platform', 'account_id')
    """
    unknown = sorted(set(frame.columns) - set(SCHEMA[name]))
    if unknown:
        raise TableError(
            f"table '{name}': unknown column {unknown[0]!r}. Expected: {', '.join(SCHEMA[name])}. Rename or remove it."
        )
    cells = {c: frame[c].cast(t) if c in frame.columns else ibis.null(t) for c, t in types(name).items()}
    return frame.select(**cells)


def canonical(table, name, columns):
    """These columns of canonical table `name`, from Ibis or pandas, cast: an all-missing one has no type.

    >>> import pandas as pd
    >>> canonical(pd.DataFrame({"account_id": [7], "other": "x"}), "metrics", ["account_id"]).to_pandas().values.tolist()
    [['7']]
    """
    columns = list(dict.fromkeys(columns))
    if absent := [column for column in columns if column not in table.columns]:
        wanted, found = ", ".join(map(repr, absent)), ", ".join(map(str, table.columns))
        raise TableError(f"{name}: no column {wanted}. Found: {found}. See digidip.tables.SCHEMA.")
    table = table[columns] if isinstance(table, ibis.Table) else ibis.memtable(table[columns])
    schema = SCHEMA[name]
    return table.cast({column: DTYPES[schema[column].kind] for column in columns if column in schema})


def types(name):
    """The engine's type of every column of one canonical table, in order.

    >>> types("follows")["observed_at"]
    "timestamp('UTC')"
    """
    return {column: DTYPES[rule.kind] for column, rule in SCHEMA[name].items()}


def mask(value):
    """The first characters of a value and its length, so that a message never prints personal data.

    >>> mask("1.29E+18"), mask("Ana")
    ('1.2… (8 characters)', 'A… (3 characters)')
    """
    text = "" if value is None else str(value)
    return f"{text[: min(3, len(text) // 2)]}… ({len(text)} characters)" if text else "nothing"


def rules(name):
    """Every rule of one table as (column, rule in words, function from the table to a boolean Ibis column: broken)."""
    for column, spec in SCHEMA[name].items():
        if spec.required:
            yield column, "must not be missing", lambda t, c=column: t[c].isnull()
        if spec.kind == "id":
            rule = "must be an id, not a number in scientific notation"
            yield column, rule, lambda t, c=column: is_scientific(t[c])
        if spec.kind == "count":
            yield column, "must not be negative", lambda t, c=column: t[c] < 0
        if column in CHOICES and column not in OPEN_WORDS.get(name, ()):
            choices = CHOICES[column]
            yield column, f"must be one of {', '.join(choices)}", lambda t, c=column, o=choices: t[c].notin(o)
        if column in ("ministry", "receiving"):
            yield column, "must be an ISO 3166-1 alpha-3 code", lambda t, c=column: ~t[c].re_search(COUNTRY)


def is_scientific(cell):
    """Whether an id is a number in scientific notation; few ids have a sign in them, and only those are looked at."""
    return ibis.ifelse(cell.contains("+") | cell.contains(".") | cell.contains(","), cell.re_search(SCIENTIFIC), False)


def violations(tables, *, unique=tuple(KEYS)):
    """Every broken rule in the given canonical tables, one row each: table, export, export_row, column, rule, value.

    `tables` maps a name of SCHEMA to an Ibis table with its columns. Columns and their types, required values, ids,
    counts, choices, unique keys and the foreign key comment → post are checked; values are masked. At most 100 rows are
    listed for each rule. `unique` names the tables whose keys are compared, all by default.

    >>> import ibis
    >>> post = conform("posts", ibis.memtable({"post_id": ["1.29E+18"]}))
    >>> broken = violations({"posts": post})
    >>> broken[broken["column"] == "post_id"][["rule", "value"]].values.tolist()
    [['must be an id, not a number in scientific notation', '1.2… (8 characters)']]
    """
    found = [row for name, table in tables.items() for row in _wrong_columns(name, table)]
    if not found:
        found = list(_orphans(tables))
        attached = tables | (
            {"comments": tables["comments"].anti_join(_strays(tables), KEYS["posts"])} if found else {}
        )
        found += [row for name, table in attached.items() for row in _broken_cells(name, table)]
        found += [row for name in unique if name in tables for row in _repeated_keys(name, tables[name])]
    return pd.DataFrame(found, columns=["table", *PLACE, "column", "rule", "value"])


def check(tables, *, unique=tuple(KEYS)):
    """The given tables, unchanged, if no rule is broken; else `TableError` that lists what is broken, where.

    >>> import ibis
    >>> check({"metrics": conform("metrics", ibis.memtable({"account_id": [7]}))})
    Traceback (most recent call last):
        ...
    digidip.tables._schema.TableError: 5 broken rules in metrics: ...
    """
    broken = violations(tables, unique=unique)
    if len(broken):
        raise TableError(_broken_rules_in_words(broken))
    return tables


def _broken_rules_in_words(broken, *, cap=20):
    lines = [
        f"  {row.export or row.table} (record {row.export_row or '?'}): {row.column} {row.rule}; found {row.value}."
        for row in broken.head(cap).itertuples()
    ]
    lines += [f"  … and {len(broken) - cap} more."] * (len(broken) > cap)
    do = dict.fromkeys(next(do for sign, do in REMEDIES.items() if sign in rule) for rule in broken["rule"])
    least = "At least " if broken.groupby(["table", "column", "rule"]).size().ge(CAP).any() else ""
    where = ", ".join(sorted(broken["table"].unique()))
    return "\n".join([f"{least}{len(broken)} broken rule{'s' * (len(broken) > 1)} in {where}:", *lines, *do])


def _wrong_columns(name, table):
    """Columns that the table lacks, has of another type, or does not know."""
    held = table.schema()
    for column, dtype in types(name).items():
        expected = ibis.dtype(dtype)
        if column not in held or _kind(held[column]) != _kind(expected):
            found = f"type {held[column]}" if column in held else "no such column"
            yield (name, None, None, column, f"must be of type {expected}", found)
    for column in sorted(set(held) - set(SCHEMA[name])):
        yield (name, None, None, column, f"must be one of: {', '.join(SCHEMA[name])}", "an unknown column")


def _kind(dtype):
    return type(dtype), getattr(dtype, "timezone", None)


def _broken_cells(name, table):
    tests = list(rules(name))
    counts = table.aggregate(**{f"r{i}": broken(table).sum() for i, (_, _, broken) in enumerate(tests)}).to_pandas()
    for i, (column, rule, broken) in enumerate(tests):
        if counts[f"r{i}"].fillna(0).iloc[0]:
            for row in _places(table.filter(broken(table)), column).itertuples():
                yield (name, row.export, row.export_row, column, rule, mask(row.value))


def _repeated_keys(name, table):
    key = list(KEYS[name])
    latest = {column: table[column].max() for column in PLACE if column in table.columns}
    repeated = table.group_by(key).aggregate(times=table.count(), **latest).filter(ibis._.times > 1)
    for row in repeated.order_by(key).limit(CAP).to_pandas().to_dict("records"):
        rule = f"must be unique, occurs {row['times']} times"
        yield (name, row.get("export"), row.get("export_row"), ", ".join(key), rule, mask(row[key[1]]))


def _orphans(tables):
    """Comments whose post is not among the posts, where both tables are given."""
    if {"posts", "comments"} <= set(tables):
        for row in _places(_strays(tables), "post_id").itertuples():
            rule = "must name a post in the holding"
            yield ("comments", row.export, row.export_row, "post_id", rule, mask(row.value))


def _strays(tables):
    strays = tables["comments"].anti_join(tables["posts"], KEYS["posts"])
    return strays.filter(strays.platform.notnull() & strays.post_id.notnull())


def _places(table, column):
    places = {c: table[c] if c in table.columns else ibis.null("string") for c in PLACE}
    cells = table.select(**places, value=table[column].cast("string"))
    frame = cells.order_by(*PLACE, "value").limit(CAP).to_pandas()
    return frame.astype(object).where(frame.notna(), None)
