-- The rules, from typed rows to the tables (contract.md, Rules). The day D is the variable `as_of`.

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
SELECT brin, branch_name AS school_name, board_number, sector, province, branches
FROM branches JOIN (SELECT min(branch_code) AS branch_code, count(*) AS branches FROM branches GROUP BY brin)
    USING (branch_code);

CREATE TEMP TABLE boards AS SELECT DISTINCT board_number FROM branches WHERE board_number IS NOT NULL;

-- The records as they count on D, with what they are about ---------------------------------------------------------------
CREATE TEMP TABLE account_records AS
SELECT source_row, account_name, schools.brin, boards.board_number,
    counts(requested_on) AS counts, counts AND known(activated_on) IS NOT NULL AND known(closed_on) IS NULL AS active
FROM accounts
LEFT JOIN schools ON kind = 'school' AND account_name = schools.brin
LEFT JOIN boards ON kind = 'board' AND account_name = boards.board_number;

CREATE TEMP TABLE agreement_records AS
SELECT source_row, agreements.board_number, kind, boards.board_number IS NOT NULL AS matched,
    known(signed_on) AS signed_on, matched AND known(signed_on) IS NOT NULL AND known(ended_on) IS NULL AS active
FROM agreements LEFT JOIN boards USING (board_number);

CREATE TEMP TABLE questionnaire_records AS
SELECT source_row, brin, brin IN (SELECT brin FROM schools) AS matched, counts(submitted_on) AS counts,
    CASE WHEN status IN ('submitted', 'approved') THEN known(submitted_on) END AS submitted_on
FROM questionnaires;

CREATE TEMP TABLE entered_records AS
SELECT source_row, brin, branch_number, brin || branch_number AS branch_code,
    brin || branch_number IN (SELECT branch_code FROM branches) AS matched,
    brin IN (SELECT brin FROM schools) AS of_open_school, counts(added_on) AS counts, known(added_on) AS added_on,
    known(added_on) IS NOT NULL AND known(removed_on) IS NULL AS active
FROM entered;

CREATE TEMP TABLE point_records AS
SELECT source_row, brin, number, kind, las, schools.brin IS NOT NULL AS matched, branch_number IS NOT NULL AS linked,
    brin || coalesce(branch_number, CASE WHEN kind = 'las' THEN number_by_convention(number) END) AS named,
    counts(requested_on) AS counts, known(requested_on) AS requested_on, known(approved_on) AS approved_on,
    known(registered_on) AS registered_on, known(ended_on) AS ended_on,
    matched AND counts AND known(registered_on) IS NOT NULL AND known(ended_on) IS NULL AS active
FROM delivery_points LEFT JOIN schools USING (brin);

CREATE TEMP TABLE test_records AS
SELECT source_row, brin, delivery_point_number, brin IN (SELECT brin FROM schools) AS matched,
    counts(performed_on) AS counts, CASE WHEN result = 'passed' THEN known(performed_on) END AS passed_on
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

-- The steps --------------------------------------------------------------------------------------------------------------
CREATE TEMP TABLE own_rows AS
SELECT brin FROM account_records WHERE counts AND brin IS NOT NULL
UNION SELECT brin FROM questionnaire_records WHERE counts AND matched
UNION SELECT brin FROM entered_records WHERE counts AND of_open_school
UNION SELECT brin FROM point_records WHERE counts AND matched
UNION SELECT brin FROM test_records WHERE counts AND matched;

CREATE TEMP TABLE school_facts AS
WITH account_of_school AS (
    SELECT DISTINCT brin FROM account_records WHERE active AND brin IS NOT NULL
), account_of_board AS (
    SELECT DISTINCT board_number FROM account_records WHERE active AND board_number IS NOT NULL
), agreement AS (
    SELECT board_number, min(signed_on) AS agreement_on FROM agreement_records WHERE active AND kind = 'base' GROUP BY ALL
), extension AS (
    SELECT DISTINCT board_number FROM agreement_records WHERE active AND kind = 'swv_extension'
), questionnaire AS (
    SELECT brin, min(submitted_on) AS questionnaire_on FROM questionnaire_records WHERE matched GROUP BY ALL
), delivery_point AS (
    SELECT branch_code[:4] AS brin, min(registered_on) AS delivery_point_on
    FROM serving_actively WHERE kind = 'las' GROUP BY ALL
), test_exchange AS (
    SELECT brin, min(passed_on) AS test_exchange_on FROM test_records
    WHERE matched AND (brin, delivery_point_number) IN
        (SELECT (brin, number) FROM point_records WHERE matched AND counts AND kind = 'las' AND number IS NOT NULL)
    GROUP BY ALL
)
SELECT schools.*, agreement_on, questionnaire_on, delivery_point_on, test_exchange_on,
    coalesce(brin IN (FROM account_of_school) OR board_number IN (FROM account_of_board), false) AS account,
    coalesce(board_number IN (FROM extension), false) AS extension,
    agreement_on IS NOT NULL OR brin IN (FROM own_rows) AS begun,
    agreement_on IS NOT NULL AND questionnaire_on IS NOT NULL AND delivery_point_on IS NOT NULL
        AND test_exchange_on IS NOT NULL AS qualified,
    CASE WHEN qualified THEN greatest(agreement_on, questionnaire_on, delivery_point_on, test_exchange_on) END AS qualified_on
FROM schools
LEFT JOIN agreement USING (board_number) LEFT JOIN questionnaire USING (brin)
LEFT JOIN delivery_point USING (brin) LEFT JOIN test_exchange USING (brin)
ORDER BY brin;

CREATE TEMP TABLE qualification_steps AS
SELECT brin,
    unnest(['account', 'agreement', 'delivery_point', 'questionnaire', 'test_exchange']) AS step,
    unnest([account, agreement_on IS NOT NULL, delivery_point_on IS NOT NULL, questionnaire_on IS NOT NULL,
        test_exchange_on IS NOT NULL]) AS passed,
    unnest([NULL, agreement_on, delivery_point_on, questionnaire_on, test_exchange_on]) AS since_on
FROM school_facts;

-- Branches and schools ---------------------------------------------------------------------------------------------------
-- The product is that of the LAS point registered last; of those the smallest number.
CREATE TEMP TABLE coverage AS
SELECT branch_code, min(registered_on) FILTER (kind = 'las') AS covered_on, count(*) FILTER (kind = 'las') AS las_points,
    if(bool_or(basis = 'explicit') FILTER (kind = 'las'), 'explicit', 'convention') AS coverage_basis,
    arg_min_null(las, (-epoch(registered_on), try_cast(number AS BIGINT) IS NULL, try_cast(number AS BIGINT), number, -source_row))
        FILTER (kind = 'las') AS las,
    bool_or(kind = 'ot') AS ot, bool_or(kind = 'ldos') AS ldos, bool_or(kind = 'swv') AS swv
FROM serving_actively GROUP BY branch_code;

CREATE TEMP TABLE branch_status AS
SELECT
    branch_code, brin, branch_name, branches.board_number, board_name, branches.sector, street, house_number, postcode, city,
    municipality, branches.province,
    CASE WHEN qualified AND covered_on IS NOT NULL THEN 'connected' WHEN qualified THEN 'qualified_not_covered'
        WHEN begun THEN 'in_progress' ELSE 'not_started' END AS status,
    status = 'connected' AS connected, covered_on IS NOT NULL AS covered, if(covered, coverage_basis, 'none') AS coverage_basis,
    las, CASE WHEN connected THEN greatest(qualified_on, covered_on) END AS connected_on,
    CASE WHEN connected THEN getvariable('as_of') END AS last_connected_on,
    connected AND ot AS ot_ready, connected AND ldos AS ldos_ready, connected AND swv AND extension AS swv_ready
FROM branches JOIN school_facts USING (brin) LEFT JOIN coverage USING (branch_code)
ORDER BY branch_code;

CREATE TEMP TABLE school_status AS
WITH of_branches AS (
    SELECT brin, bool_or(connected) AS connected, count(*) FILTER (covered) AS branches_covered FROM branch_status GROUP BY ALL
)
SELECT brin, school_name, board_number, sector, province,
    CASE WHEN connected THEN 'connected' WHEN qualified THEN 'qualified_not_covered' WHEN begun THEN 'in_progress'
        ELSE 'not_started' END AS status,
    qualified, qualified_on,
    list_filter([if(agreement_on IS NULL, 'agreement', NULL), if(questionnaire_on IS NULL, 'questionnaire', NULL),
        if(delivery_point_on IS NULL, 'delivery_point', NULL), if(test_exchange_on IS NULL, 'test_exchange', NULL)],
        lambda step: step IS NOT NULL) AS missing_steps,
    branches, branches_covered
FROM school_facts JOIN of_branches USING (brin)
ORDER BY brin;

-- Findings ---------------------------------------------------------------------------------------------------------------
CREATE TEMP TABLE delivery_point_flags AS
SELECT 'branch_without_delivery_point' AS flag, brin, branch_code, NULL::VARCHAR AS delivery_point_number,
    CASE WHEN qualified THEN 'high' WHEN status = 'not_started' THEN 'low' ELSE 'medium' END AS severity,
    getvariable('as_of') AS since_on
FROM branch_status JOIN (SELECT brin, qualified FROM school_facts) USING (brin) WHERE NOT covered
UNION ALL
SELECT 'delivery_point_without_branch', brin, named, number, 'medium', registered_on
FROM point_records WHERE active AND kind = 'las' AND source_row NOT IN (SELECT source_row FROM serving)
UNION ALL
SELECT 'delivery_point_pending', brin, named, number, 'medium', requested_on
FROM point_records WHERE matched AND counts AND ended_on IS NULL AND registered_on IS NULL AND approved_on IS NULL
    AND requested_on <= getvariable('as_of') - 14
UNION ALL
SELECT 'delivery_point_not_registered', brin, named, number, 'medium', approved_on
FROM point_records WHERE matched AND counts AND ended_on IS NULL AND registered_on IS NULL
    AND approved_on <= getvariable('as_of') - 30
UNION ALL
SELECT 'duplicate_delivery_point', branch_code[:4], branch_code, NULL, 'medium', min(registered_on, 2)[2]
FROM serving_actively SEMI JOIN (SELECT branch_code FROM coverage WHERE las_points > 1) USING (branch_code)
WHERE kind = 'las' GROUP BY branch_code
UNION ALL
SELECT 'branch_not_in_mijn_oso', brin, branch_code, NULL, 'medium', getvariable('as_of')
FROM branch_status SEMI JOIN own_rows USING (brin)
    ANTI JOIN (SELECT branch_code FROM entered_records WHERE active) USING (branch_code)
WHERE branch_code[5:] <> '00'
UNION ALL
SELECT 'branch_unknown_to_registry', brin, branch_code, NULL, 'medium', min(added_on)
FROM entered_records WHERE active AND NOT matched GROUP BY brin, branch_code
ORDER BY ALL;

-- Every row read, once ---------------------------------------------------------------------------------------------------
CREATE TEMP TABLE reconciliation AS
WITH served AS (
    SELECT source_row, min(branch_code) AS branch_code FROM serving GROUP BY source_row HAVING count(*) = 1
), judged AS (
    SELECT 'accounts' AS source_table, source_row, account_name AS record_key,
        brin IS NOT NULL OR board_number IS NOT NULL AS matched, brin AS matched_brin,
        board_number AS matched_board_number, NULL::VARCHAR AS matched_branch_code
    FROM account_records
    UNION ALL
    SELECT 'agreements', source_row, concat_ws('/', board_number, kind), matched, NULL, if(matched, board_number, NULL), NULL
    FROM agreement_records
    UNION ALL
    SELECT 'questionnaires', source_row, brin, matched, if(matched, brin, NULL), NULL, NULL FROM questionnaire_records
    UNION ALL
    SELECT 'branches', source_row, concat_ws('/', brin, branch_number), matched, if(matched, brin, NULL), NULL,
        if(matched, branch_code, NULL)
    FROM entered_records
    UNION ALL
    SELECT 'delivery_points', source_row, concat_ws('/', brin, kind, number), matched, if(matched, brin, NULL), NULL, branch_code
    FROM point_records LEFT JOIN served USING (source_row)
    UNION ALL
    SELECT 'test_exchanges', source_row, concat_ws('/', brin, delivery_point_number), matched, if(matched, brin, NULL), NULL, NULL
    FROM test_records
), told AS (
    SELECT source_table, source_row, record_key, if(matched, 'matched', 'unknown') AS outcome,
        matched_brin, matched_board_number, matched_branch_code
    FROM judged
)
FROM told
UNION ALL
SELECT source, source_row, '', if(rule IS NULL, 'duplicate', 'quarantined'), NULL, NULL, NULL
FROM rows_read ANTI JOIN told ON source = source_table AND rows_read.source_row = told.source_row
ORDER BY source_table, source_row;
