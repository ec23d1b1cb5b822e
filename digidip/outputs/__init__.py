"""Tables for other programs: canonical tables, measures and facts as CSV, Parquet, Excel, Stata or SPSS.

What may leave is decided by label and terms, as in reports (docs/privacy.md#terms); how each format holds ids, times and
what is missing: docs/exporting.md.
"""

from pathlib import Path

from digidip.outputs._formats import FORMATS, write
from digidip.outputs._sources import Output, Selection, output

__all__ = ["FORMATS", "Output", "Selection", "export", "output"]


def export(names, format, folder, home, selection, given=(), columns=(), replace=False):
    """Write each named table into a folder; nothing is written unless all may leave and can be written.

    names: tables of `tables.SCHEMA`, measures, or runs and studies of `reports/`; format: one of FORMATS; selection: a
    `Selection`; given: texts "name=value" for the parameters of a measure; columns: those to keep, default all.
    Returns pairs of an Output and what was written of it.
    """
    outputs = [output(name, home, selection, given, columns) for name in dict.fromkeys(names)]
    paths = [Path(folder) / f"{each.name}.{format}" for each in outputs]
    there = [path for path in paths if path.exists() and not replace]
    if there:
        raise ValueError(
            f"{there[0]}: a file of that name is there. Expected: a new one. Say another folder (-o), or --force to replace it."
        )
    return list(zip(outputs, write(dict(zip(paths, outputs, strict=True)), format), strict=True))
