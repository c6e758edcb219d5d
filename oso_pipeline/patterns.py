"""What the code of a school, a branch and a board looks like (domain.md, section 1), as regular expressions.

Apart from codes.py, which repairs and reads them as Polars expressions: who only asks whether a text is a code needs no Polars.
"""

BRIN_PATTERN = r"^[0-9]{2}[A-Z]{2}$"
BRANCH_PATTERN = r"^[0-9]{2}[A-Z]{2}[0-9]{2}$"
BOARD_PATTERN = r"^[0-9]{5}$"
