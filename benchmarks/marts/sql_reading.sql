-- From text tables (blanks are null, `source_row` is the place in the file) to typed rows. A row that cannot be used has a `rule`;
-- `repairs` says how a row was written otherwise than it is read.

-- Branch files -----------------------------------------------------------------------------------------------------------
CREATE TEMP VIEW branches_written AS
SELECT 'po' AS sector, 1 AS rank, * FROM po_text
UNION ALL SELECT 'so', 2, * FROM so_text
UNION ALL SELECT 'vo', 3, * FROM vo_text;
CREATE TEMP TABLE branch_rows AS
WITH schooled AS (
    SELECT *, brin("INSTELLINGSCODE") AS brin FROM branches_written
)
SELECT
    sector, rank, source_row, brin, brin || branch_number_in_code("VESTIGINGSCODE", brin) AS branch_code,
    "VESTIGINGSNAAM" AS branch_name, board_number("BEVOEGD GEZAG NUMMER") AS board_number, "STRAATNAAM" AS street,
    "HUISNUMMER-TOEVOEGING" AS house_number, postcode("POSTCODE") AS postcode, "PLAATSNAAM" AS city,
    "GEMEENTENAAM" AS municipality, CASE
        WHEN "PROVINCIE" = 'Friesland' THEN 'Fryslân'
        WHEN "PROVINCIE" IN ('Noord Brabant', 'Noord Holland', 'Zuid Holland') THEN replace("PROVINCIE", ' ', '-')
        ELSE "PROVINCIE"
    END AS province
FROM schooled;

CREATE TEMP VIEW boards_written AS
SELECT 'boards_po' AS source, 1 AS rank, * FROM boards_po_text
UNION ALL SELECT 'boards_so', 2, * FROM boards_so_text
UNION ALL SELECT 'boards_vo', 3, * FROM boards_vo_text;
CREATE TEMP TABLE board_rows AS
SELECT source, rank, source_row, board_number("BEVOEGD GEZAG NUMMER") AS board_number, "BEVOEGD GEZAG NAAM" AS board_name
FROM boards_written;

-- The six onboarding tables ----------------------------------------------------------------------------------------------
CREATE TEMP TABLE accounts_read AS
WITH read AS (
    SELECT source_row, kind AS kind_text, lower(kind) AS kind, account_name AS account_name_text,
        CASE lower(kind) WHEN 'board' THEN board_number(account_name) WHEN 'school' THEN brin(account_name) END AS account_name,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM accounts_text
)
SELECT COLUMNS(lambda name: NOT suffix(name, '_text')), CASE
    WHEN kind = 'school' AND account_name IS NULL THEN 'brin_unreadable'
    WHEN kind = 'board' AND account_name IS NULL THEN 'board_number_unreadable'
    WHEN unreadable(requested_on_text, requested_on) OR unreadable(letter_sent_on_text, letter_sent_on)
        OR unreadable(activated_on_text, activated_on) OR unreadable(closed_on_text, closed_on) THEN 'date_unreadable'
    WHEN coalesce(kind NOT IN ('school', 'board'), true) THEN 'not_of_the_list'
    WHEN closed_on < activated_on THEN 'end_before_begin'
END AS rule,
CASE WHEN account_name_text <> account_name OR kind_text <> kind
    OR greatest(strlen(requested_on_text), strlen(letter_sent_on_text), strlen(activated_on_text), strlen(closed_on_text)) > 10
    THEN concat_ws('+',
    if(kind = 'board', board_number_repairs(account_name_text, account_name), brin_repairs(account_name_text, account_name)),
    lower_cased(kind_text), timed(requested_on_text), timed(letter_sent_on_text), timed(activated_on_text), timed(closed_on_text))
END AS repairs
FROM read;

CREATE TEMP TABLE agreements_read AS
WITH read AS (
    SELECT source_row, kind AS kind_text, lower(kind) AS kind, board_number AS board_number_text,
        board_number(board_number) AS board_number,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM agreements_text
)
SELECT COLUMNS(lambda name: NOT suffix(name, '_text')), CASE
    WHEN board_number IS NULL THEN 'board_number_unreadable'
    WHEN unreadable(signed_on_text, signed_on) OR unreadable(ended_on_text, ended_on) THEN 'date_unreadable'
    WHEN coalesce(kind NOT IN ('base', 'swv_extension'), true) THEN 'not_of_the_list'
    WHEN ended_on < signed_on THEN 'end_before_begin'
END AS rule,
CASE WHEN board_number_text <> board_number OR kind_text <> kind OR greatest(strlen(signed_on_text), strlen(ended_on_text)) > 10
    THEN concat_ws('+',
    board_number_repairs(board_number_text, board_number), lower_cased(kind_text), timed(signed_on_text), timed(ended_on_text))
END AS repairs
FROM read;

CREATE TEMP TABLE questionnaires_read AS
WITH read AS (
    SELECT source_row, brin AS brin_text, brin(brin) AS brin, status AS status_text, lower(status) AS status,
        submitted_on AS submitted_on_text, day(submitted_on) AS submitted_on
    FROM questionnaires_text
)
SELECT COLUMNS(lambda name: NOT suffix(name, '_text')), CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN unreadable(submitted_on_text, submitted_on) THEN 'date_unreadable'
    WHEN coalesce(status NOT IN ('draft', 'submitted', 'approved', 'rejected'), true) THEN 'not_of_the_list'
END AS rule,
CASE WHEN brin_text <> brin OR status_text <> status OR strlen(submitted_on_text) > 10
    THEN concat_ws('+',
    brin_repairs(brin_text, brin), lower_cased(status_text), timed(submitted_on_text))
END AS repairs
FROM read;

CREATE TEMP TABLE branches_read AS
WITH schooled AS (
    SELECT source_row, brin AS brin_text, brin(brin) AS brin, joined_number(brin) AS joined_number,
        branch_number AS number_text, name,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM branches_text
), read AS (
    SELECT *, coalesce(branch_number(number_text, brin), joined_number) AS branch_number,
        unreadable(number_text, branch_number(number_text, brin)) AS is_unreadable
    FROM schooled
)
SELECT COLUMNS(lambda name: NOT suffix(name, '_text')), CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN is_unreadable OR branch_number IS NULL THEN 'branch_number_unreadable'
    WHEN joined_number <> branch_number THEN 'branch_contradicted'
    WHEN unreadable(added_on_text, added_on) OR unreadable(removed_on_text, removed_on) THEN 'date_unreadable'
    WHEN removed_on < added_on THEN 'end_before_begin'
END AS rule,
CASE WHEN brin_text <> brin OR number_text <> branch_number OR greatest(strlen(added_on_text), strlen(removed_on_text)) > 10
    THEN concat_ws('+',
    brin_repairs(brin_text, brin), branch_number_repairs(number_text, branch_number), timed(added_on_text), timed(removed_on_text))
END AS repairs
FROM read;

CREATE TEMP TABLE delivery_points_read AS
WITH schooled AS (
    SELECT source_row, brin AS brin_text, brin(brin) AS brin, joined_number(brin) AS joined_number,
        number AS number_text, point_number(number) AS number, kind AS kind_text, lower(kind) AS kind,
        branch_number AS link_text, las,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM delivery_points_text
), read AS (
    SELECT *, branch_number(link_text, brin) AS branch_number FROM schooled
)
SELECT COLUMNS(lambda name: NOT suffix(name, '_text')), CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN unreadable(link_text, branch_number) THEN 'link_unreadable'
    WHEN joined_number IS NOT NULL AND joined_number IS DISTINCT FROM
        coalesce(branch_number, CASE WHEN kind = 'las' THEN number_by_convention(number) END) THEN 'branch_contradicted'
    WHEN unreadable(requested_on_text, requested_on) OR unreadable(approved_on_text, approved_on)
        OR unreadable(key_issued_on_text, key_issued_on) OR unreadable(registered_on_text, registered_on)
        OR unreadable(ended_on_text, ended_on) THEN 'date_unreadable'
    WHEN coalesce(kind NOT IN ('las', 'ot', 'ldos', 'swv'), true) THEN 'not_of_the_list'
    WHEN ended_on < registered_on THEN 'end_before_begin'
END AS rule,
CASE WHEN brin_text <> brin OR link_text <> branch_number OR number_text <> number OR kind_text <> kind
    OR greatest(strlen(requested_on_text), strlen(approved_on_text), strlen(key_issued_on_text), strlen(registered_on_text),
        strlen(ended_on_text)) > 10
    THEN concat_ws('+',
    brin_repairs(brin_text, brin), branch_number_repairs(link_text, branch_number), point_number_repairs(number_text, number),
    lower_cased(kind_text), timed(requested_on_text), timed(approved_on_text), timed(key_issued_on_text),
    timed(registered_on_text), timed(ended_on_text))
END AS repairs
FROM read;

CREATE TEMP TABLE test_exchanges_read AS
WITH read AS (
    SELECT source_row, brin AS brin_text, brin(brin) AS brin,
        delivery_point_number AS number_text, point_number(delivery_point_number) AS delivery_point_number,
        partner_brin AS partner_text, coalesce(brin(partner_brin), partner_brin) AS partner_brin,
        profile AS profile_text, upper(profile) AS profile, result AS result_text, lower(result) AS result,
        performed_on AS performed_on_text, day(performed_on) AS performed_on
    FROM test_exchanges_text
)
SELECT COLUMNS(lambda name: NOT suffix(name, '_text')), CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN unreadable(performed_on_text, performed_on) THEN 'date_unreadable'
    WHEN coalesce(result NOT IN ('passed', 'failed'), true) THEN 'not_of_the_list'
END AS rule,
CASE WHEN brin_text <> brin OR number_text <> delivery_point_number OR partner_text <> partner_brin OR profile_text <> profile
    OR result_text <> result OR strlen(performed_on_text) > 10
    THEN concat_ws('+',
    brin_repairs(brin_text, brin), point_number_repairs(number_text, delivery_point_number),
    brin_repairs(partner_text, partner_brin), when_so('upper_cased', profile_text <> profile), lower_cased(result_text), timed(performed_on_text))
END AS repairs
FROM read;

-- Rows that are identical as read count once ------------------------------------------------------------------------------
CREATE TEMP TABLE accounts AS
SELECT account_name, kind, requested_on, letter_sent_on, activated_on, closed_on, min(source_row) AS source_row
FROM accounts_read WHERE rule IS NULL GROUP BY ALL;
CREATE TEMP TABLE agreements AS
SELECT board_number, kind, signed_on, ended_on, min(source_row) AS source_row
FROM agreements_read WHERE rule IS NULL GROUP BY ALL;
CREATE TEMP TABLE questionnaires AS
SELECT brin, status, submitted_on, min(source_row) AS source_row
FROM questionnaires_read WHERE rule IS NULL GROUP BY ALL;
CREATE TEMP TABLE entered AS
SELECT brin, branch_number, name, added_on, removed_on, min(source_row) AS source_row
FROM branches_read WHERE rule IS NULL GROUP BY ALL;
CREATE TEMP TABLE delivery_points AS
SELECT brin, number, kind, branch_number, las, requested_on, approved_on, key_issued_on, registered_on, ended_on,
    min(source_row) AS source_row
FROM delivery_points_read WHERE rule IS NULL GROUP BY ALL;
CREATE TEMP TABLE test_exchanges AS
SELECT brin, delivery_point_number, partner_brin, profile, performed_on, result, min(source_row) AS source_row
FROM test_exchanges_read WHERE rule IS NULL GROUP BY ALL;

CREATE TEMP TABLE rows_read AS
SELECT 'accounts' AS source, source_row, rule, repairs FROM accounts_read
UNION ALL SELECT 'agreements', source_row, rule, repairs FROM agreements_read
UNION ALL SELECT 'questionnaires', source_row, rule, repairs FROM questionnaires_read
UNION ALL SELECT 'branches', source_row, rule, repairs FROM branches_read
UNION ALL SELECT 'delivery_points', source_row, rule, repairs FROM delivery_points_read
UNION ALL SELECT 'test_exchanges', source_row, rule, repairs FROM test_exchanges_read;
