-- From text tables (blanks are null, `source_row` is the place in the file) to typed rows. A row that cannot be used has a `rule`.

-- Branch files -----------------------------------------------------------------------------------------------------------
CREATE TEMP TABLE branch_rows AS
WITH written AS (
    SELECT 'po' AS sector, 1 AS rank, * FROM po_text
    UNION ALL SELECT 'so', 2, * FROM so_text
    UNION ALL SELECT 'vo', 3, * FROM vo_text
), schooled AS (
    SELECT *, brin("INSTELLINGSCODE") AS brin FROM written
)
SELECT
    sector, rank, source_row, brin, brin || branch_number_in_code("VESTIGINGSCODE", brin) AS branch_code,
    "VESTIGINGSNAAM" AS branch_name, board_number("BEVOEGD GEZAG NUMMER") AS board_number, "STRAATNAAM" AS street,
    "HUISNUMMER-TOEVOEGING" AS house_number, postcode("POSTCODE") AS postcode, "PLAATSNAAM" AS city,
    "GEMEENTENAAM" AS municipality, if("PROVINCIE" = 'Friesland', 'Fryslân', "PROVINCIE") AS province
FROM schooled;

CREATE TEMP TABLE board_rows AS
WITH written AS (
    SELECT 'boards_po' AS source, 1 AS rank, * FROM boards_po_text
    UNION ALL SELECT 'boards_so', 2, * FROM boards_so_text
    UNION ALL SELECT 'boards_vo', 3, * FROM boards_vo_text
)
SELECT source, rank, source_row, board_number("BEVOEGD GEZAG NUMMER") AS board_number, "BEVOEGD GEZAG NAAM" AS board_name
FROM written;

-- The six onboarding tables ----------------------------------------------------------------------------------------------
CREATE TEMP TABLE accounts_read AS
WITH read AS (
    SELECT source_row, lower(kind) AS kind,
        CASE lower(kind) WHEN 'board' THEN board_number(account_name) WHEN 'school' THEN brin(account_name) END AS account_name,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM accounts_text
)
SELECT *, CASE
    WHEN kind = 'school' AND account_name IS NULL THEN 'brin_unreadable'
    WHEN kind = 'board' AND account_name IS NULL THEN 'board_number_unreadable'
    WHEN unreadable(requested_on_text, requested_on) OR unreadable(letter_sent_on_text, letter_sent_on)
        OR unreadable(activated_on_text, activated_on) OR unreadable(closed_on_text, closed_on) THEN 'date_unreadable'
    WHEN coalesce(kind NOT IN ('school', 'board'), true) THEN 'not_of_the_list'
    WHEN closed_on < activated_on THEN 'end_before_begin'
END AS rule FROM read;

CREATE TEMP TABLE agreements_read AS
WITH read AS (
    SELECT source_row, lower(kind) AS kind, board_number(board_number) AS board_number,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM agreements_text
)
SELECT *, CASE
    WHEN board_number IS NULL THEN 'board_number_unreadable'
    WHEN unreadable(signed_on_text, signed_on) OR unreadable(ended_on_text, ended_on) THEN 'date_unreadable'
    WHEN coalesce(kind NOT IN ('base', 'swv_extension'), true) THEN 'not_of_the_list'
    WHEN ended_on < signed_on THEN 'end_before_begin'
END AS rule FROM read;

CREATE TEMP TABLE questionnaires_read AS
WITH read AS (
    SELECT source_row, brin(brin) AS brin, lower(status) AS status,
        submitted_on AS submitted_on_text, day(submitted_on) AS submitted_on
    FROM questionnaires_text
)
SELECT *, CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN unreadable(submitted_on_text, submitted_on) THEN 'date_unreadable'
    WHEN coalesce(status NOT IN ('draft', 'submitted', 'approved', 'rejected'), true) THEN 'not_of_the_list'
END AS rule FROM read;

CREATE TEMP TABLE branches_read AS
WITH schooled AS (
    SELECT source_row, brin(brin) AS brin, joined_number(brin) AS joined_number,
        branch_number AS written_number, name,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM branches_text
), read AS (
    SELECT *, coalesce(branch_number(written_number, brin), joined_number) AS branch_number,
        unreadable(written_number, branch_number(written_number, brin)) AS is_unreadable
    FROM schooled
)
SELECT *, CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN is_unreadable OR branch_number IS NULL THEN 'branch_number_unreadable'
    WHEN joined_number <> branch_number THEN 'branch_contradicted'
    WHEN unreadable(added_on_text, added_on) OR unreadable(removed_on_text, removed_on) THEN 'date_unreadable'
    WHEN removed_on < added_on THEN 'end_before_begin'
END AS rule FROM read;

CREATE TEMP TABLE delivery_points_read AS
WITH schooled AS (
    SELECT source_row, brin(brin) AS brin, joined_number(brin) AS joined_number, point_number(number) AS number,
        lower(kind) AS kind, branch_number AS written_link, las,
        COLUMNS('.*_on') AS "\0_text", day(COLUMNS('.*_on')) AS "\0"
    FROM delivery_points_text
), read AS (
    SELECT *, branch_number(written_link, brin) AS branch_number FROM schooled
)
SELECT *, CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN unreadable(written_link, branch_number) THEN 'link_unreadable'
    WHEN joined_number IS NOT NULL AND joined_number IS DISTINCT FROM
        coalesce(branch_number, CASE WHEN kind = 'las' THEN number_by_convention(number) END) THEN 'branch_contradicted'
    WHEN unreadable(requested_on_text, requested_on) OR unreadable(approved_on_text, approved_on)
        OR unreadable(key_issued_on_text, key_issued_on) OR unreadable(registered_on_text, registered_on)
        OR unreadable(ended_on_text, ended_on) THEN 'date_unreadable'
    WHEN coalesce(kind NOT IN ('las', 'ot', 'ldos', 'swv'), true) THEN 'not_of_the_list'
    WHEN ended_on < registered_on THEN 'end_before_begin'
END AS rule FROM read;

CREATE TEMP TABLE test_exchanges_read AS
WITH read AS (
    SELECT source_row, brin(brin) AS brin, point_number(delivery_point_number) AS delivery_point_number,
        coalesce(brin(partner_brin), partner_brin) AS partner_brin, upper(profile) AS profile, lower(result) AS result,
        performed_on AS performed_on_text, day(performed_on) AS performed_on
    FROM test_exchanges_text
)
SELECT *, CASE
    WHEN brin IS NULL THEN 'brin_unreadable'
    WHEN unreadable(performed_on_text, performed_on) THEN 'date_unreadable'
    WHEN coalesce(result NOT IN ('passed', 'failed'), true) THEN 'not_of_the_list'
END AS rule FROM read;

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
SELECT 'accounts' AS source, source_row, rule FROM accounts_read
UNION ALL SELECT 'agreements', source_row, rule FROM agreements_read
UNION ALL SELECT 'questionnaires', source_row, rule FROM questionnaires_read
UNION ALL SELECT 'branches', source_row, rule FROM branches_read
UNION ALL SELECT 'delivery_points', source_row, rule FROM delivery_points_read
UNION ALL SELECT 'test_exchanges', source_row, rule FROM test_exchanges_read;

CREATE TEMP TABLE quarantine AS
SELECT source, source_row, rule FROM rows_read WHERE rule IS NOT NULL
UNION ALL SELECT sector, source_row, 'branch_code_unreadable' FROM branch_rows WHERE branch_code IS NULL
UNION ALL SELECT source, source_row, 'board_number_unreadable' FROM board_rows WHERE board_number IS NULL
ORDER BY ALL;
