-- What is open, the records as they count on the day D (the variable `as_of`), and who serves whom (contract.md, Rules).
-- `later_on` is the first day of a record that begins after D: it counts for no rule.

-- What is open -----------------------------------------------------------------------------------------------------------
-- Of a code that stands more than once the first row counts, in the order po, so, vo.
CREATE TEMP TABLE branches AS
WITH again AS (
    SELECT branch_code, min((rank, source_row)) AS first FROM branch_rows GROUP BY branch_code HAVING count(*) > 1
), boards AS (
    SELECT DISTINCT ON (board_number) board_number, board_name FROM board_rows ORDER BY rank, source_row
)
SELECT rows.* EXCLUDE (rank, source_row), board_name
FROM branch_rows AS rows LEFT JOIN again USING (branch_code) LEFT JOIN boards USING (board_number)
WHERE branch_code IS NOT NULL AND (first IS NULL OR first = (rank, source_row));

-- A school is what its 00 branch is, without one its lowest: 00 sorts first.
CREATE TEMP TABLE schools AS
SELECT brin, branch_name AS school_name, board_number, sector, province, branches, branch_code[5:] = '00' AS has_main_branch
FROM branches JOIN (SELECT min(branch_code) AS branch_code, count(*) AS branches FROM branches GROUP BY brin)
    USING (branch_code);

CREATE TEMP TABLE boards AS SELECT DISTINCT board_number FROM branches WHERE board_number IS NOT NULL;

-- The records as they count on D, with what they are about ---------------------------------------------------------------
CREATE TEMP TABLE account_records AS
SELECT source_row, account_name, schools.brin, boards.board_number,
    later(requested_on) AS later_on, later_on IS NULL AS counts, known(letter_sent_on) AS letter_sent_on,
    known(activated_on) AS activated_on, known(closed_on) AS closed_on,
    counts AND known(activated_on) IS NOT NULL AND known(closed_on) IS NULL AS active
FROM accounts
LEFT JOIN schools ON kind = 'school' AND account_name = schools.brin
LEFT JOIN boards ON kind = 'board' AND account_name = boards.board_number;

CREATE TEMP TABLE agreement_records AS
SELECT source_row, agreements.board_number, kind, boards.board_number IS NOT NULL AS matched,
    later(signed_on) AS later_on, known(signed_on) AS signed_on, known(ended_on) AS ended_on,
    matched AND known(signed_on) IS NOT NULL AND known(ended_on) IS NULL AS active
FROM agreements LEFT JOIN boards USING (board_number);

CREATE TEMP TABLE questionnaire_records AS
SELECT source_row, brin, brin IN (SELECT brin FROM schools) AS matched, later(submitted_on) AS later_on,
    later_on IS NULL AS counts, status, CASE WHEN status IN ('submitted', 'approved') THEN known(submitted_on) END AS submitted_on
FROM questionnaires;

CREATE TEMP TABLE entered_records AS
SELECT source_row, brin, branch_number, brin || branch_number AS branch_code,
    brin || branch_number IN (SELECT branch_code FROM branches) AS matched,
    brin IN (SELECT brin FROM schools) AS of_open_school, later(added_on) AS later_on, later_on IS NULL AS counts,
    known(added_on) AS added_on,
    known(added_on) IS NOT NULL AND known(removed_on) IS NULL AS active
FROM entered;

CREATE TEMP TABLE point_records AS
SELECT source_row, brin, number, kind, las, schools.brin IS NOT NULL AS matched, branch_number IS NOT NULL AS linked,
    brin || coalesce(branch_number, CASE WHEN kind = 'las' THEN number_by_convention(number) END) AS named,
    later(requested_on) AS later_on, later_on IS NULL AS counts,
    known(requested_on) AS requested_on, known(approved_on) AS approved_on,
    known(registered_on) AS registered_on, known(ended_on) AS ended_on,
    matched AND counts AND known(registered_on) IS NOT NULL AND known(ended_on) IS NULL AS active
FROM delivery_points LEFT JOIN schools USING (brin);

CREATE TEMP TABLE test_records AS
SELECT source_row, brin, delivery_point_number, brin IN (SELECT brin FROM schools) AS matched,
    later(performed_on) AS later_on, later_on IS NULL AS counts, result, known(performed_on) AS performed_on,
    CASE WHEN result = 'passed' THEN known(performed_on) END AS passed_on
FROM test_exchanges;

-- Which delivery point serves which open branch, active or not -----------------------------------------------------------
CREATE TEMP TABLE serving AS
SELECT points.source_row, branch_code, if(linked, 'explicit', 'convention') AS basis
FROM point_records AS points JOIN branches ON named = branch_code WHERE matched
UNION ALL
SELECT points.source_row, branch_code, 'school'
FROM point_records AS points JOIN branches USING (brin) WHERE matched AND NOT linked AND kind <> 'las';

CREATE TEMP TABLE serving_actively AS
SELECT serving.*, kind, number, las, registered_on FROM serving JOIN point_records USING (source_row) WHERE active;
