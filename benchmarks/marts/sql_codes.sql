-- Codes and days out of hand-kept text: read, repair where one meaning is possible, else null (contract.md, domain.md 3).
-- Nearly all codes are valid: the first WHEN takes those, and DuckDB works out the rest for the others only.

-- Blanks, and what must be trimmed, are told by the first and the last letter: trimming every text costs three times as much.
CREATE MACRO is_blank(letter) AS ascii(letter) IN (0, 9, 10, 13, 32, 160, 8203, 65279);
CREATE MACRO trimmed(t) AS trim(t, e' \t\r\n' || chr(160) || chr(8203) || chr(65279));
CREATE MACRO blank_as_null(t) AS CASE WHEN is_blank(t) OR is_blank(right(t, 1)) THEN nullif(trimmed(t), '') ELSE t END;
CREATE MACRO squeezed(t) AS upper(regexp_replace(t, '[\s\x{00a0}\x{200b}\x{feff}]+', '', 'g'));
CREATE MACRO no_cell(c) AS regexp_replace(c, '\.0$', '');
CREATE MACRO digits(t) AS translate(t, 'OI', '01');
CREATE MACRO extracted(t, pattern, part) AS nullif(regexp_extract(t, pattern, part), '');
CREATE MACRO joined() AS '^([0-9OI]{2}[A-Z]{2})[-|]?([0-9OI]{1,2})$';

-- `15:00:00` and `3:00 PM` -> `03PM`: what a spreadsheet made of a code.
CREATE MACRO on_the_dial(hour) AS lpad(((hour + 11) % 12 + 1)::VARCHAR, 2, '0') || if(hour < 12, 'AM', 'PM');
CREATE MACRO clock_brin(c) AS coalesce(
    on_the_dial(extracted(c, '^([01]?[0-9]|2[0-3]):00(?::00)?$', 1)::INTEGER),
    lpad(extracted(c, '^(0?[1-9]|1[0-2]):00(?::00)?[AP]M$', 1), 2, '0') || extracted(c, '([AP]M)$', 1));

CREATE MACRO damaged_brin(written) AS digits(written[:2]) || written[3:];
CREATE MACRO brin(t) AS CASE
    WHEN regexp_full_match(t, '[0-9]{2}[A-Z]{2}') THEN t
    ELSE damaged_brin(coalesce(
        extracted(squeezed(t), '^([0-9OI]{2}[A-Z]{2})(?:[-|]?[0-9OI]{1,2})?$', 1), clock_brin(squeezed(t))))
END;
-- The branch number of `00XX-02`; null for a code that stands alone.
CREATE MACRO joined_number(t) AS CASE
    WHEN length(t) > 4 THEN lpad(digits(extracted(squeezed(t), joined(), 2)), 2, '0')
END;

CREATE MACRO damaged_branch_number(c, school) AS CASE
    WHEN regexp_full_match(c, '[0-9OI]{1,2}') THEN lpad(digits(c), 2, '0')
    WHEN damaged_brin(extracted(c, joined(), 1)) = school THEN lpad(digits(regexp_extract(c, joined(), 2)), 2, '0')
END;
CREATE MACRO branch_number(t, school) AS CASE
    WHEN regexp_full_match(t, '[0-9]{2}') THEN t
    ELSE damaged_branch_number(no_cell(squeezed(t)), school)
END;
-- The registry writes the whole branch code in this column.
CREATE MACRO branch_number_in_code(t, school) AS CASE
    WHEN length(t) = 6 AND t[:4] = school AND regexp_full_match(t[5:], '[0-9]{2}') THEN t[5:]
    ELSE branch_number(t, school)
END;

CREATE MACRO board_number(t) AS CASE
    WHEN regexp_full_match(t, '[0-9]{5}') THEN t
    ELSE lpad(digits(extracted(no_cell(squeezed(t)), '^([0-9OI]{1,5})$', 1)), 5, '0')
END;

-- `02` and `2` are the same; what is no number stays text.
CREATE MACRO point_number(t) AS CASE
    WHEN regexp_full_match(t, '0|[1-9][0-9]*') THEN t
    ELSE coalesce(extracted(t, '^0*([0-9]+)(?:\.0)?$', 1), t)
END;
CREATE MACRO number_by_convention(n) AS CASE WHEN regexp_full_match(n, '[0-9]{1,2}') THEN lpad(n, 2, '0') END;

CREATE MACRO day(t) AS TRY_CAST(extracted(
    t, '^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$', 1) AS DATE);
CREATE MACRO unreadable(t, v) AS t IS NOT NULL AND v IS NULL;
CREATE MACRO postcode(t) AS regexp_replace(upper(t), '^([0-9]{4})\s*([A-Z]{2})$', '\1 \2');

-- A date after D reads as empty.
CREATE MACRO known(d) AS CASE WHEN d <= getvariable('as_of') THEN d END;
CREATE MACRO later(first_on) AS CASE WHEN first_on > getvariable('as_of') THEN first_on END;

-- What was repaired, by name, of a code that was written otherwise than it is read; else null. `c` is the text squeezed.
CREATE MACRO when_so(name, so) AS CASE WHEN so THEN name END;
CREATE MACRO was_spaced(t) AS when_so('spaces_removed', regexp_matches(t, '[\s\x{00a0}\x{200b}\x{feff}]'));
CREATE MACRO had_letters(written) AS when_so('letter_for_digit', regexp_matches(written, '[OI]'));
CREATE MACRO was_number_cell(c) AS when_so('number_cell', suffix(c, '.0'));
CREATE MACRO lower_cased(t) AS when_so('lower_cased', lower(t) <> t);
CREATE MACRO timed(t) AS when_so('time_left_off', strlen(t) > 10);

CREATE MACRO repairs_of_brin(t, c) AS concat_ws('+',
    was_spaced(t), when_so('upper_cased', upper(t) <> t), had_letters(c[:2]),
    when_so('joined_code', length(c) > 4 AND NOT contains(c, ':')), when_so('clock_time', contains(c, ':')));
CREATE MACRO brin_repairs(t, brin) AS CASE WHEN t <> brin THEN repairs_of_brin(t, squeezed(t)) END;

CREATE MACRO written_branch_number(c) AS CASE WHEN length(c) > 4 THEN extracted(c, joined(), 2) ELSE c END;
CREATE MACRO repairs_of_branch_number(t, c, written) AS concat_ws('+',
    was_spaced(t), was_number_cell(c), had_letters(written), when_so('one_digit', length(written) = 1),
    when_so('joined_code', length(no_cell(c)) > 4));
CREATE MACRO branch_number_repairs(t, number) AS CASE
    WHEN t <> number THEN repairs_of_branch_number(t, squeezed(t), written_branch_number(no_cell(squeezed(t))))
END;

CREATE MACRO repairs_of_board_number(t, c) AS concat_ws('+',
    was_spaced(t), was_number_cell(c), had_letters(c), when_so('lost_zeroes', length(no_cell(c)) < 5));
CREATE MACRO board_number_repairs(t, number) AS CASE WHEN t <> number THEN repairs_of_board_number(t, squeezed(t)) END;
CREATE MACRO point_number_repairs(t, number) AS CASE
    WHEN t <> number THEN concat_ws('+', was_number_cell(t), when_so('leading_zeroes', no_cell(t) <> number))
END;
