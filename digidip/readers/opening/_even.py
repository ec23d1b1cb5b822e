"""An even copy of a file whose line ends no strict engine reads: blank lines, \\r\\r\\n of Windows, NUL bytes."""

import mmap
import re
import shutil
from pathlib import Path

from digidip.readers.opening._files import HEAD, beginning, first_bytes, private_folder

BOM = b"\xef\xbb\xbf"
# A quoted cell whole (to the end of the text if it never closes), a run of line ends, or a run of NUL bytes.
PARTS = re.compile(
    rb'(?<![^,;\t\r\n])"[^"]*+(?:""[^"]*+)*+(?:"(?=[,;\t\r\n]|\Z)|\Z)|(?P<ends>[\r\n]+)|\0+',
)


def evened(path, number, mend=None, skip=0):
    """The path of the file itself, or of a private copy of it with `\\n` between records and without NUL bytes.

    Only the first 256 KiB are looked at; cells keep their own line breaks. The copy goes when the process ends. With
    `mend`, a function bytes → bytes, the copy is made of the whole file mended. With `skip` it begins after so many
    lines that are not blank: what stands before a header is no table, and the engine loses its way in the quotes there.
    """
    copy = Path(private_folder().name) / f"{number}.csv"
    if mend:
        copy.write_bytes(b"".join(_pieces(mend(Path(path).read_bytes()))))
        return copy
    head = first_bytes(path)
    start = beginning(head, skip) if skip else 0
    if is_even(head[start:]):
        return _tail(path, start, copy) if start else path
    with (
        open(path, "rb") as source,
        mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as whole,
        open(copy, "wb") as target,
    ):
        target.writelines(_pieces(whole, start))
    return copy


def is_even(head):
    """Whether the head of a file has line ends of one kind only, no blank lines and no NUL byte."""
    ends = {part["ends"] for part in PARTS.finditer(head) if part["ends"] and not HEAD - 1 <= part.end() <= HEAD}
    start = head.removeprefix(BOM)[:1]
    return b"\0" not in head and start not in (b"\r", b"\n") and (not ends or ends in ({b"\n"}, {b"\r\n"}, {b"\r"}))


def _tail(path, start, copy):
    with open(path, "rb") as source, open(copy, "wb") as target:
        source.seek(start)
        shutil.copyfileobj(source, target, HEAD)
    return copy


def _pieces(whole, start=0):
    last = start
    for part in PARTS.finditer(whole, start):
        yield whole[last : part.start()]
        is_first = part.start() == 0 or (part.start() == 3 and whole[:3] == BOM)
        yield part[0].replace(b"\0", b"") if part["ends"] is None else b"" if is_first else b"\n"
        last = part.end()
    yield whole[last:]
