"""CSV that people keep by hand, read as text."""

from digidip.tables import TableError, refuse_origins


def read_csv_texts(path, columns, needed=()):
    """The cells of a CSV in UTF-8 as text, an empty one as "": a pandas frame, one row per row.

    columns: what the file should have, for the message; needed: those without which `TableError` is raised. A file that
    is no CSV in UTF-8 raises it too, and one with a column of nationality, ethnicity or inferred origin.
    """
    import pandas as pd  # here, since the commands that only list or explain read no table

    try:
        cells = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TableError(
            f"{path}: no CSV in UTF-8 ({type(error).__name__}). Expected: a comma-separated table with the columns "
            f"{', '.join(columns)}. Save it as CSV UTF-8."
        ) from None
    refuse_origins(f"{path} (row 1)", cells.columns)
    if lacking := [column for column in needed if column not in cells]:
        raise TableError(f"{path} (row 1): no column {lacking[0]!r}. Expected: {', '.join(columns)}. Add it.")
    return cells
