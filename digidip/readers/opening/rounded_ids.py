"""Ids that a program took for numbers and rounded, and then wrote out in plain digits: only all of them together tell it.

A spreadsheet keeps 15 digits, JavaScript, R and pandas keep 53 bits: 1380098088760250983 becomes 1380098088760250000, or
1380098088760251000, or 1380098088760250880. One id may end so by chance, many do not.
"""

import math
import re

LONG_ID = r"^[1-9][0-9]{15,18}$"
CHANCE, FEWEST = 1e-6, 3
NEARLY_ALL = 0.9
BY_A_SPREADSHEET = "a spreadsheet rounded the ids to 15 digits"
BY_A_PROGRAM = "a program rounded the ids (JavaScript, R or pandas took them for numbers)"


def rounded_ids(ids):
    """Which of the ids of 16 to 19 digits were rounded, and by what: (set of ids, reason); none where chance explains it.

    >>> rounded_ids([f"{number}0000" for number in range(138009808876025, 138009808876033)])[1]
    'a spreadsheet rounded the ids to 15 digits'
    >>> rounded_ids(["1380098088760250983", "1380098340418490984", "1380098592076730000"])
    (set(), '')
    """
    whole = {int(one) for one in ids if re.fullmatch(LONG_ID, one)}
    for reason, unit, chance, are_enough in (
        (BY_A_SPREADSHEET, _unit_of_15_digits, _chance_of_15_digits, _are_nearly_all),
        (BY_A_PROGRAM, _tens_of_spacing, _chance_of_tens, _are_nearly_all),
        (BY_A_PROGRAM, _spacing, _chance_of_spacing, _are_doubles),
        (BY_A_SPREADSHEET, _unit_of_15_digits, _chance_of_15_digits, None),  # some are enough
    ):
        found = {one for one in whole if one % unit(one) == 0}
        if len(found) >= FEWEST and (are_enough is None or are_enough(found, whole)):
            expected = sum(map(chance, whole))
            if len(found) * (1 + math.log(expected / len(found))) < math.log(CHANCE):  # Chernoff's bound for so many
                return set(map(str, found)), reason
    return set(), ""


# What a rounded id is a multiple of, and the chance that another one is. Most ids of X are multiples of 4,096, since their
# lowest bits are a counter that begins at zero: only the fives in a power of ten are left to chance.


def _unit_of_15_digits(number):
    return 10 ** (len(str(number)) - 15)


def _chance_of_15_digits(number):
    return 5.0 ** (15 - len(str(number)))


def _spacing(number):
    """What numbers of 53 bits of this size are multiples of."""
    return 1 << max(number.bit_length() - 53, 0)


def _chance_of_spacing(number):
    return 1 / _spacing(number)


def _tens_of_spacing(number):
    """The power of ten of which the shortest decimal of such a number is a multiple."""
    return 10 ** int(math.log10(_spacing(number)))


def _chance_of_tens(number):
    return 5.0 ** -int(math.log10(_spacing(number)))


def _are_nearly_all(found, whole):
    return len(found) >= NEARLY_ALL * len(whole)


def _are_doubles(found, whole):
    """All of them, some of which are not multiples of much more than that."""
    return found == whole and 20 * sum(one % (4 * _spacing(one)) > 0 for one in found) > len(found)
