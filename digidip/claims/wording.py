"""Numbers as people read them: rounded as their interval allows, and never to a zero that they are not."""

import math
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

MISSING = "not available"


def is_missing(value):
    """True for None, NaN and NA."""
    return value is None or bool(pd.isna(value))


def readable(value, unit="", absent=MISSING):
    """A value as people read it: counts with thousands, shares in percent, the rest to 3 digits."""
    if is_missing(value):
        return absent
    if not unit.startswith("share") and float(value).is_integer():
        return f"{int(value):,}"
    if unit.startswith("share"):
        return f"{_fixed(100 * value, 1, (0, 100))} %"
    return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3g}"


def beside_printed(value, published, say=readable):
    """A number as it stands beside a printed one: in per cent where the source printed per cent, else as `say` writes it.

    >>> beside_printed(11.6438, "12 % of posts"), beside_printed(17, "17 or 18 posts"), beside_printed(None, "12 %")
    ('11.6 %', '17', 'not available')
    """
    return say(value) if is_missing(value) or "%" not in str(published) else f"{readable(value)} %"


def estimate(value, low=None, high=None, unit=""):
    """A value and its limits as texts, rounded as the interval allows; shares in percent.

    The error, the longer side of the interval, keeps two digits where it begins below 3.55, else one: the rule of the
    Particle Data Group. Of a ratio the error goes with the size of each number. Whole numbers stay whole; what is not zero,
    or not all, is never rounded to it. Without an interval: `readable`.

    >>> estimate(65, 59.97, 70.21), estimate(0, 0, 0.000426, "share of posts"), estimate(9.36, 1.25, 70.3, "ratio of odds")
    (('65', '60', '70'), ('0 %', '0 %', '0.04 %'), ('9', '1.3', '70'))
    """
    texts = [worded(number, unit, allowed_decimals(number, value, low, high, unit)) for number in (value, low, high)]
    return (MISSING if is_missing(value) else texts[0], *texts[1:])


def is_worded(limits):
    """True where the limits of a measure are said in words and are no level such as "95 %"."""
    return " " in limits.removesuffix(" %")


def allowed_decimals(number, value, low, high, unit=""):
    """The decimals that an interval allows to a number beside it; None where there is no interval, or one without a width."""
    ends = [float(end) for end in (low, high) if not is_missing(end) and np.isfinite(end)]
    if not ends or is_missing(value) or is_missing(number):
        return None
    error = max(abs(end - value) for end in ends) * _scale(unit)
    if "ratio" in unit and len(ends) == 2 and 0 < min(ends) < max(ends):
        error = number * math.log(max(ends) / min(ends)) / 2
    if error < 1e-9:
        return None
    if all(float(each * _scale(unit)).is_integer() for each in (value, *ends)):
        return 0
    place = math.floor(math.log10(float(error)))
    return max(0, int(error < 3.55 * 10.0**place) - place)


def worded(number, unit="", decimals=None):
    """One number to so many decimals, a share in percent; "-" where it is missing or has no end."""
    if is_missing(number) or not np.isfinite(number):
        return "-"
    share = _scale(unit) == 100
    if decimals is None or isinstance(number, (int, np.integer)) and not share:
        return readable(number, unit)
    return f"{_fixed(100 * number, decimals, (0, 100))} %" if share else _fixed(number, decimals)


def _scale(unit):
    """100 for a share, which is read in percent, else 1."""
    return 100 if unit.startswith("share") else 1


def _fixed(number, decimals, ends=(0,)):
    """A number to so many decimals, halves away from zero, and more where it would be rounded to an end that it is not."""
    exact = Decimal(f"{number:.9g}") if abs(number) >= 1e-9 else Decimal(0)
    if exact in ends:
        return f"{exact:.0f}"
    while (shown := exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) in ends:
        decimals += 1
    return f"{shown:,}"
