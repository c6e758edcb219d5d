"""BRIN, branch, board and delivery point: Polars expressions that read, repair or refuse.

What arrives from hand-kept files is damaged in known ways (domain.md, section 3). A code is repaired only when
what was written has one possible meaning, and every repair has a name; anything else is refused: the value
is null. A valid code is never changed, and no two valid codes become the same (tests/test_codes.py).

Not repaired, because what was meant is not certain: `00SU-000` (another site's convention), a BRIN that a
spreadsheet made a number, `1` or `0` where a BRIN has a letter.

Every reader takes a text expression and returns a struct; the field `repair` is null where nothing was repaired.
"""

from __future__ import annotations

import polars as pl

from oso_pipeline.patterns import BOARD_PATTERN, BRANCH_PATTERN, BRIN_PATTERN

MAIN_BRANCH = "00"

_WHITE_SPACE = r"[\s\u00a0\u200b\ufeff]+"
_TWO_DIGITS = r"^[0-9]{2}$"
_JOINED = r"^([0-9OI]{2}[A-Z]{2})[-|]?([0-9OI]{1,2})$"


MOST_LETTERS = 8
"""Of a code that is packed into one number."""

BRIN_READ = pl.Struct({"brin": pl.String, "joined_branch_number": pl.String, "repair": pl.String})
BOARD_READ = pl.Struct({"board_number": pl.String, "repair": pl.String})
BRANCH_NUMBER_READ = pl.Struct({"branch_number": pl.String, "repair": pl.String})
NUMBER_READ = pl.Struct({"number": pl.String, "repair": pl.String})


WHITE_SPACE = " \t\r\n\u00a0\u200b\ufeff"
"""What surrounds a text and is none of it: a zero-width space and a byte order mark too."""


def blank_as_null(text: pl.Expr) -> pl.Expr:
    """Text without white space around it; nothing but white space is null (a blank is one space in DUO's files)."""
    trimmed = text.str.strip_chars(WHITE_SPACE)
    return pl.when(trimmed != "").then(trimmed)


def without_blanks(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with every text as `blank_as_null`; only columns in which a blank is found are looked at twice."""
    trimmed = rows.with_columns(pl.selectors.string().str.strip_chars(WHITE_SPACE))
    texts = trimmed.select(pl.selectors.string())
    blank = [text.name for text in texts.iter_columns() if (text.str.len_bytes() == 0).any()]
    return trimmed.with_columns(pl.when(pl.col(name) != "").then(name) for name in blank)


def among(codes: pl.Series, mentioned: pl.Series) -> pl.Series:
    """Those of many codes that are mentioned: what few rows say is then compared with few codes."""
    return codes.filter(codes.is_in(mentioned.unique().implode()))


def packed(code: pl.Expr) -> pl.Expr:
    """A code's letters as the bytes of one number, which is hashed and compared in a fraction of the time of text.

    A code has at most eight letters, all ASCII; of a longer text nothing is made (null). The numbers are in the order of
    the codes.
    """
    letters = code.str.pad_end(MOST_LETTERS).cast(pl.Binary)
    return letters.bin.reinterpret(dtype=pl.UInt64, endianness="big")


def is_among(code: pl.Expr, codes: pl.Series) -> pl.Expr:
    """Whether a code is one of many."""
    many = codes.alias("code").to_frame().select(packed(pl.col("code"))).to_series()
    return packed(code).is_in(many.implode())


def of_codes(codes: pl.Series, told: pl.DataFrame) -> pl.DataFrame:
    """What is told of each of these codes, in their order; null where nothing is.

    Args:
        codes: codes.
        told: a column of the name of `codes`, each code at most once, and what is told of it.

    Returns:
        The other columns of `told`, one row per code: a join of narrow frames, to be put beside a wide one that it would copy.
    """
    name = codes.name
    if told[name].equals(codes):
        return told.drop(name)
    number = packed(pl.col(name)).alias(name)
    return (
        codes.to_frame()
        .select(number)
        .join(told.with_columns(number), on=name, how="left", maintain_order="left", validate="m:1")
        .drop(name)
    )


def read_brin(text: pl.Expr) -> pl.Expr:
    """Read a school's code, alone or joined with a branch number (`00XX-02`, `00XX|2`, `00XX 02`).

    A whole hour is what a spreadsheet makes of a code as 03PM: each can only be one.

    Returns:
        A struct of `brin` (4 characters), `joined_branch_number` (2 digits, null when alone) and `repair`.
    """
    written, nothing = pl.col("text"), pl.lit(None, dtype=pl.String)
    as_it_is = pl.struct(
        written.alias("brin"), nothing.alias("joined_branch_number"), nothing.alias("repair")
    )
    is_valid = written.str.contains(BRIN_PATTERN)
    return _repairing({"text": text}, is_valid, as_it_is, _damaged_brin(written), BRIN_READ)


def _damaged_brin(text: pl.Expr) -> pl.Expr:
    clean = _squeezed(text)
    alone = clean.str.extract(r"^([0-9OI]{2}[A-Z]{2})$")
    joined = clean.str.extract(_JOINED)
    clock = _clock_time_as_brin(clean)
    written = pl.coalesce(alone, joined, clock)
    brin = _digits(written.str.slice(0, 2)) + written.str.slice(2)
    return pl.struct(
        brin.alias("brin"),
        _two_digits(clean.str.extract(_JOINED, 2)).alias("joined_branch_number"),
        _repairs(
            _was_spaced(text, clean),
            _was_lower_case(text),
            ("letter_for_digit", brin != written),
            ("joined_code", joined.is_not_null()),
            ("clock_time", clock.is_not_null()),
        ).alias("repair"),
    )


def read_branch_number(text: pl.Expr, brin: pl.Expr) -> pl.Expr:
    """Read a branch number: two digits, one digit (`2`), or a whole branch code of the same school.

    Args:
        text: what was written.
        brin: the school's code as read; a joined code of another school is refused.

    Returns:
        A struct of `branch_number` (2 digits) and `repair`.
    """
    written, of_school = pl.col("text"), pl.col("brin")
    is_whole = written.str.contains(BRANCH_PATTERN) & (brin_of(written) == of_school)
    as_it_is = pl.struct(
        pl.when(is_whole).then(written.str.slice(4)).otherwise(written).alias("branch_number"),
        pl.when(is_whole).then(pl.lit("joined_code")).alias("repair"),
    )
    return _repairing(
        {"text": text, "brin": brin},
        written.str.contains(_TWO_DIGITS) | is_whole,
        as_it_is,
        _damaged_branch_number(written, of_school),
        BRANCH_NUMBER_READ,
    )


def _damaged_branch_number(text: pl.Expr, brin: pl.Expr) -> pl.Expr:
    clean = _squeezed(text).str.strip_suffix(".0")
    alone = clean.str.extract(r"^([0-9OI]{1,2})$")
    joined_brin = clean.str.extract(_JOINED)
    same_school = (_digits(joined_brin.str.slice(0, 2)) + joined_brin.str.slice(2)) == brin
    joined = pl.when(same_school).then(clean.str.extract(_JOINED, 2))
    written = pl.coalesce(alone, joined)
    number = _two_digits(written)
    return pl.struct(
        number.alias("branch_number"),
        _repairs(
            _was_spaced(text, clean),
            ("number_cell", _squeezed(text).str.ends_with(".0") & number.is_not_null()),
            ("letter_for_digit", _digits(written) != written),
            ("one_digit", written.str.len_chars() == 1),
            ("joined_code", joined.is_not_null()),
        ).alias("repair"),
    )


def read_board_number(text: pl.Expr) -> pl.Expr:
    """Read a board's number: five digits; zeroes that a spreadsheet took off the front are put back.

    Returns:
        A struct of `board_number` (5 digits) and `repair`.
    """
    written = pl.col("text")
    return _repairing(
        {"text": text},
        written.str.contains(BOARD_PATTERN),
        pl.struct(written.alias("board_number"), pl.lit(None, dtype=pl.String).alias("repair")),
        _damaged_board_number(written),
        BOARD_READ,
    )


def _damaged_board_number(text: pl.Expr) -> pl.Expr:
    clean = _squeezed(text).str.strip_suffix(".0")
    written = clean.str.extract(r"^([0-9OI]{1,5})$")
    return pl.struct(
        _digits(written).str.zfill(5).alias("board_number"),
        _repairs(
            _was_spaced(text, clean),
            ("number_cell", _squeezed(text).str.ends_with(".0") & written.is_not_null()),
            ("letter_for_digit", _digits(written) != written),
            ("lost_zeroes", written.str.len_chars() < 5),  # noqa: PLR2004 - the length of a board number
        ).alias("repair"),
    )


def read_delivery_point_number(text: pl.Expr) -> pl.Expr:
    """Read a delivery point's number: `02` and `2` are the same; what is not a number is kept as text.

    Returns:
        A struct of `number` (digits without leading zeroes, or the text as written) and `repair`.
    """
    written = pl.col("text")
    return _repairing(
        {"text": text},
        written.str.contains(r"^(?:0|[1-9][0-9]*)$"),
        pl.struct(written.alias("number"), pl.lit(None, dtype=pl.String).alias("repair")),
        _damaged_delivery_point_number(written),
        NUMBER_READ,
    )


def _damaged_delivery_point_number(text: pl.Expr) -> pl.Expr:
    written = blank_as_null(text)
    whole = written.str.extract(r"^([0-9]+)(?:\.0)?$")
    digits = whole.str.extract(r"^0*([0-9]+)$")
    return pl.struct(
        pl.coalesce(digits, written).alias("number"),
        _repairs(("number_cell", whole != written), ("leading_zeroes", digits != whole)).alias(
            "repair"
        ),
    )


def joined_repairs(repairs: list[pl.Expr]) -> pl.Expr:
    """The names of the repairs of a row in one text, as `spaces_removed+joined_code`; null where nothing was repaired.

    Few rows have any, and only those are joined.
    """

    def join(named: pl.Series) -> pl.Series:
        names = named.struct.unnest()
        some = names.select(pl.any_horizontal(pl.all().is_not_null()).alias("some"))["some"]
        joined = names.filter(some).select(
            pl.concat_str(pl.all(), separator="+", ignore_nulls=True)
        )
        nothing = pl.repeat(None, names.height, dtype=pl.String, eager=True)
        return nothing.scatter(some.arg_true(), joined.to_series())

    of_row = pl.struct([name.alias(str(place)) for place, name in enumerate(repairs)])
    return of_row.map_batches(join, return_dtype=pl.String)


def branch_number_by_convention(number: pl.Expr) -> pl.Expr:
    """The two digits of the branch that a LAS delivery point with this number serves by convention (`2` -> `02`)."""
    return number.str.extract(r"^([0-9]{1,2})$").str.zfill(2)


def number_of_branch(branch_code: pl.Expr) -> pl.Expr:
    """The number of the delivery point that serves a branch by convention (`23CT01` -> `1`)."""
    return branch_code.str.slice(4).cast(pl.Int64, strict=False).cast(pl.String)


def brin_of(branch_code: pl.Expr) -> pl.Expr:
    """The school's part of a branch code."""
    return branch_code.str.slice(0, 4)


def _repairing(
    texts: dict[str, pl.Expr],
    is_valid: pl.Expr,
    as_it_is: pl.Expr,
    repaired: pl.Expr,
    read_as: pl.Struct,
) -> pl.Expr:
    """Nearly all codes are valid and cost one look; the repairs are worked out for the others only.

    Args:
        texts: name -> what was written; the next three are expressions over these names.
        is_valid: whether it can be read as it is; an absent text always can.
        as_it_is: what is read of it then.
        repaired: what is read of any other.
        read_as: the type of both.
    """

    def read(written: pl.Series) -> pl.Series:
        rows = written.struct.unnest()
        damaged = rows.select(
            (pl.col("text").is_not_null() & ~is_valid.fill_null(value=False)).alias("damaged")
        )["damaged"]
        at_once = rows.select(as_it_is.alias("read"))["read"]
        if not damaged.any():
            return at_once
        # lazily: what several of its parts need is worked out once
        others = rows.lazy().filter(damaged).select(repaired.alias("read")).collect()["read"]
        fields, of_others, places = at_once.struct.unnest(), others.struct, damaged.arg_true()
        return fields.select(
            fields[name].scatter(places, of_others.field(name)) for name in fields.columns
        ).to_struct()

    return pl.struct([text.alias(name) for name, text in texts.items()]).map_batches(
        read, return_dtype=read_as
    )


def _clock_time_as_brin(clean: pl.Expr) -> pl.Expr:
    """`15:00:00` and `3:00 PM` -> `03PM`; null for anything but a whole hour of the day."""
    hour = clean.str.extract(r"^([01]?[0-9]|2[0-3]):00(?::00)?$").cast(pl.Int64)
    half = pl.when(hour < 12).then(pl.lit("AM")).otherwise(pl.lit("PM"))  # noqa: PLR2004 - noon
    on_the_dial = pl.when(hour % 12 == 0).then(12).otherwise(hour % 12)
    written_half = clean.str.extract(r"^(?:0?[1-9]|1[0-2]):00(?::00)?([AP]M)$")
    written_hour = clean.str.extract(r"^(0?[1-9]|1[0-2]):00(?::00)?[AP]M$").str.zfill(2)
    return pl.coalesce(on_the_dial.cast(pl.String).str.zfill(2) + half, written_hour + written_half)


def _squeezed(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_WHITE_SPACE, "").str.to_uppercase()


def _digits(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all("O", "0", literal=True).str.replace_all("I", "1", literal=True)


def _two_digits(text: pl.Expr) -> pl.Expr:
    return _digits(text).str.zfill(2)


def _was_spaced(text: pl.Expr, clean: pl.Expr) -> tuple[str, pl.Expr]:
    inner = blank_as_null(text)
    return "spaces_removed", inner.str.contains(_WHITE_SPACE) & clean.is_not_null()


def _was_lower_case(text: pl.Expr) -> tuple[str, pl.Expr]:
    return "upper_cased", text.str.to_uppercase() != text


def _repairs(*named: tuple[str, pl.Expr]) -> pl.Expr:
    names = pl.concat_str(
        [pl.when(applies).then(pl.lit(name)) for name, applies in named],
        separator="+",
        ignore_nulls=True,
    )
    return pl.when(names != "").then(names)
