"""In which encoding a text is: UTF-8, UTF-16, or what decoding its first part shows; where that is unsure, it is asked."""

import re

from digidip.tables import ReaderError

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
UTF16 = ("utf_16_le", "utf_16_be")
# Those that programs of the last thirty years save tables in; of nearly equal ones the first is named first.
LEGACY = "cp1252 cp1250 cp1251 cp1256 gb18030 big5 cp932 euc_jp cp949 cp1253 cp1254 cp1255 cp1257 cp1258 cp874 koi8_r".split()
CLEARLY, COHERENT, MOST_NAMED = 0.05, 0.3, 4
LONGEST_CHARACTER = 4  # bytes, which may be cut at the end of a head
SEQUENCE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def text_encoding(path, data, *, is_whole):
    """The encoding of a text that begins with the bytes `data`, as Python names it.

    UTF-8 and what has the mark of UTF-16 is known. Else the texts that the bytes make in other encodings are compared
    (charset-normalizer): one that is clearly more like text than the others is taken, several raise `ReaderError` with how
    to convert the file.
    """
    if data.startswith(UTF16_MARKS):
        return "utf-16"
    problem = _utf8_problem(data, is_whole)
    is_wide = data.count(0) * 10 > len(data)
    if problem is None and not is_wide:
        return "utf-8"
    is_broken = not is_wide and _is_mostly_utf8(data)
    found = [] if is_broken else _candidates(data, UTF16 if is_wide else LEGACY)
    if found and not any(map(found[0].is_near, found[1:])):
        return found[0].encoding
    if is_wide:
        return "utf-8"  # binary, or nearly: whoever opens it says so
    raise ReaderError(
        f"{path} (byte {problem}): not UTF-8. Found: byte 0x{data[problem]:02x}. Expected: UTF-8 text. Convert it "
        f"({_conversion([one.encoding for one in found], is_broken=is_broken)})."
    )


class _Candidate:
    """An encoding, with how unlike text the bytes are in it, and how like a language, both 0–1."""

    def __init__(self, match):
        # Of encodings that make the same text of these bytes, the usual one.
        self.encoding = min({match.encoding, *match.could_be_from_charset}, key=_rank)
        self.chaos, self.coherence = match.chaos, match.coherence

    def is_near(self, other):
        """Whether another one may be meant as well."""
        is_a_language = self.coherence >= COHERENT and other.coherence <= self.coherence / 2
        return other.chaos - self.chaos <= CLEARLY and not is_a_language


def _candidates(data, encodings):
    """The encodings in which the bytes are text, the likeliest first."""
    from charset_normalizer import from_bytes  # here, since nearly all exports are UTF-8

    part = data[: len(data) // 2 * 2] if encodings is UTF16 else data[: data.rfind(b"\n") + 1] or data
    found = map(_Candidate, from_bytes(part, cp_isolation=list(encodings)))
    return sorted(found, key=lambda one: (one.chaos, -one.coherence, _rank(one.encoding)))


def _rank(encoding):
    return LEGACY.index(encoding) if encoding in LEGACY else len(LEGACY)


def _utf8_problem(data, is_whole):
    """The place of the first byte that is not UTF-8; None where all are, but for a character that the end cuts."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start if is_whole or error.start < len(data) - LONGEST_CHARACTER else None
    return None


def _is_mostly_utf8(data):
    """Whether most letters beyond ASCII are UTF-8, so that a few bytes are broken."""
    whole = len(SEQUENCE.findall(data.decode("utf-8", "ignore").encode()))
    return whole > data.decode("utf-8", "replace").count("\ufffd")


def _conversion(encodings, *, is_broken):
    """How the text is converted, in words."""
    if is_broken:
        return "iconv -c -f utf-8 -t utf-8 FILE > NEW leaves out the few broken bytes"
    names = [name.replace("_", "-") for name in encodings[:MOST_NAMED]]
    if not names:
        return "iconv -f ENCODING -t utf-8 FILE > NEW; the program that wrote it knows which"
    others = f"; it may be {' or '.join(names[1:])} as well: look at its letters" if names[1:] else ""
    return f"iconv -f {names[0]} -t utf-8 FILE > NEW{others}"
