"""A delimited file of any tool, read by the map that lies beside it: `<file>.map.yml`.

Tool: any that no other reader knows (Meta Business Suite, X Analytics, Brandwatch, Talkwalker, Meltwater, Hootsuite,
    Sprout Social, Communalytic, tables of projects). `digidip map FILE` proposes the map, a person edits it.
Format: whatever the header says; the map says which column is which. See docs/formats.md#mapped.
Encoding: UTF-8, or UTF-16 with its mark; commas, `;` or TAB; lines before the header are passed over. Numbers have the
    separators that the map declares.
Zone: that of the map, as are the formats of times.
Ids: text. Comments name their authors as the file does, so AUTHORS is the careful `name`; posts may be by anyone, so
    the official accounts must be in accounts.csv.
Rejects: records without a cell that their table must have, with an id that a spreadsheet destroyed, or outside `only`.
    A map that the first records contradict is refused: a column none of whose cells can be read, or with separators
    nobody declared.
Caution: a bad cell is missing.
Leaves out: entities, and columns that the map does not name.
Example: 2024-05-01 10:00;Text;120;3 (under the header that the map names)
"""

from digidip.readers.mapping._map import load, map_path
from digidip.readers.mapping._map import use as use  # for deliveries
from digidip.readers.mapping._map_cells import cells_of
from digidip.readers.mapping._map_check import check_head, check_sources
from digidip.readers.opening.cells import check_zone
from digidip.readers.opening.delimited import BUFFER_SIZES, scan
from digidip.readers.opening.head import read_head
from digidip.tables import ReaderError

PLATFORM = None
CAPPED_AT = ()
AUTHORS = "name"
POSTS_BY_ANYONE = True
REQUIRED = {}


def plan_of(path):
    """The map by which a file is read, checked: `table`, `platform` (empty where the rows name their own), and the rest."""
    return load(map_path(path))


def fits(head):
    """Share of the file's columns that its map names; 0 where there is no map, or it cannot be used."""
    if not map_path(head.path).is_file():
        return 0
    try:
        plan = plan_of(head.path)
        names = head.header(plan.skip, plan.delimiter)[0]
        check_sources(head.path, plan, names)
    except ReaderError:
        return 0
    return len(set(plan.sources.values())) / len(names)


def refuses(head):
    """Whether a map lies beside the file; one that cannot be used is what `read` complains of."""
    return map_path(head.path).is_file()


def read(path, *, zone=None):
    """The table that the map names, as canonical columns; `zone` is that of times whose entry names none."""
    check_zone(path, zone)
    plan = plan_of(path)
    names = read_head(path).header(plan.skip, plan.delimiter)[0]
    check_sources(path, plan, names)
    check_head(path, plan, names, zone)
    columns = [f"c{number}" for number in range(len(names))]
    dialect = {"delim": plan.delimiter, "quote": '"', "escape": '"', "strict_mode": True, **BUFFER_SIZES}
    table = scan(path, columns, skip=plan.skip, **dialect)
    held = {name: table[column] for name, column in zip(names, columns, strict=True)}
    return {plan.table: table.select(**cells_of(plan, held, zone))}
