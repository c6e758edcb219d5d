"""Names of places as people write them: the registry has them in capitals."""

from __future__ import annotations

import re

_SMALL = {
    "aan", "achter", "bij", "ca", "d", "de", "den", "der", "en", "het", "in", "n", "of", "onder",
    "op", "over", "s", "t", "te", "ten", "ter", "tot", "uit", "van", "voor",
}  # fmt: skip
"""Words that are small unless a name begins with them; 's and 't begin with an apostrophe."""

_PROVINCES = {"dr", "fl", "fr", "gld", "gn", "lb", "nb", "nh", "ov", "ut", "ze", "zh"}
"""What tells two places of one name apart, behind it: `Hengelo OV`."""

_WORD = re.compile(r"[^\W\d_]+")


def place_name(name: str) -> str:
    """'S-HERTOGENBOSCH becomes 's-Hertogenbosch; a name that is not all capitals stays as it is."""
    if not name.isupper():
        return name
    return _WORD.sub(_cased, name)


def _cased(word: re.Match[str]) -> str:
    text = word[0].lower()
    if text in _PROVINCES and word.start() > 0 and word.end() == len(word.string):
        return word[0]
    if text in _SMALL and word.start() > 0:
        return text
    if text.startswith("ij"):
        return "IJ" + text[2:]
    return text[0].upper() + text[1:]
