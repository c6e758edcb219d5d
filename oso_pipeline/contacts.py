"""E-mail addresses and telephone numbers in a text: how people write them, and what is shown in their place.

No output holds one (docs/adr/0010), whoever wrote it and where: a cell, the name of a column or a file, a reason, an error.
"""

from __future__ import annotations

import hashlib
import re

_APART = "[ ./_\u00a0\u2010-\u2015\u2212-]"

MAY_HOLD_ONE = f"[@\uff20]|[(\\[]at[)\\]]|[0-9](?:[()]?{_APART}{{0,3}}[()]?[0-9]){{8}}"
"""What no text with a contact lacks, told at a glance: a day has eight digits, and no code more than six."""

_EMAIL = (
    r"(?<=://)[^\s/@:]*:[^\s/@]+@[^\s/]+"  # a user and a password, before a host
    "|[\\w.%+'-]+(?:[@\uff20]|\\s?[(\\[]at[)\\]]\\s?)(?:[\\w-]+(?:\\.[\\w-]+)+|localhost\\b|\\[[0-9A-Fa-f.:]+\\])"
)


def _grouped(*sizes: int) -> str:
    return _APART.join(f"[0-9]{{{size}}}" for size in sizes)


_REST = (
    (1, ((8,), (2, 2, 2, 2), (4, 4), (3, 3, 2), (2, 3, 3))),
    (2, ((7,), (3, 2, 2), (3, 4), (2, 2, 3))),
    (3, ((6,), (3, 3), (2, 2, 2))),
)
"""How many digits follow the first zero, and how people group the rest: 06-12345678, 020 123 45 67, (0592) 123 456."""

_AREA_AND_REST = "|".join(
    rf"[1-9][0-9]{{{area - 1}}}\)?{_APART}{{0,3}}(?:{'|'.join(_grouped(*sizes) for sizes in rest)})"
    for area, rest in _REST
)
_TELEPHONE = (
    r"(?<![0-9A-Fa-f])(?:"
    rf"(?:(?:\+|00{_APART}?)31{_APART}?(?:\(0\))?{_APART}?|\(?0)(?:{_AREA_AND_REST})"
    rf"|\+[1-9](?:[()]?{_APART}{{0,2}}[()]?[0-9]){{8,13}}"
    rf"|0[89]00{_APART}{{0,3}}[0-9]{{7}}"
    r"|6[1-9][0-9]{7}"
    r")(?![0-9A-Fa-f])"
)
"""Ten digits from zero, nine behind +31, a number of another country, or one of nine digits that lost its zero: no BRIN,
branch number, board number or day is so long, and what stands in a hash is none."""

_MASKS = {re.compile(_EMAIL): "e-mailadres", re.compile(_TELEPHONE): "telefoonnummer"}
_MARK = 4
"""Hexadecimal digits of a hash: two contacts stay two, and none can be read from it."""


def without_contacts(text: str) -> str:
    """The text with every e-mail address and telephone number masked; the same one has the same mask."""
    for pattern, mask in _MASKS.items():
        text = pattern.sub(lambda found, mask=mask: f"[{mask} {_mark(found[0])}]", text)
    return text


def _mark(contact: str) -> str:
    return hashlib.sha256(contact.encode()).hexdigest()[:_MARK]
