-- How branches and schools stand, and what is found of them (contract.md, Rules; delivery_point_flags).

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
CREATE MACRO point(number) AS 'Delivery point ' || coalesce(number, '(none)');

CREATE TEMP TABLE delivery_point_flags AS
SELECT 'branch_without_delivery_point' AS flag, brin, branch_code, NULL::VARCHAR AS delivery_point_number,
    CASE WHEN qualified THEN 'high' WHEN status = 'not_started' THEN 'low' ELSE 'medium' END AS severity,
    'No active LAS delivery point serves branch ' || branch_code || '.' AS reason, getvariable('as_of') AS since_on
FROM branch_status JOIN (SELECT brin, qualified FROM school_facts) USING (brin) WHERE NOT covered
UNION ALL
SELECT 'delivery_point_without_branch', brin, named, number, 'medium',
    CASE WHEN named[5:] = '00' AND NOT has_main_branch
            THEN point(number) || ' serves no branch: school ' || brin || ' has no 00 branch. Link it to a branch.'
        WHEN named IS NOT NULL THEN point(number) || ' is for branch ' || named || ', which the registry never had.'
        ELSE point(number) || ' has no branch''s number and is linked to none.' END,
    registered_on
FROM point_records JOIN (SELECT brin, has_main_branch FROM schools) USING (brin)
WHERE active AND kind = 'las' AND source_row NOT IN (SELECT source_row FROM serving)
UNION ALL
SELECT 'delivery_point_pending', brin, named, number, 'medium',
    point(number) || ' was requested on ' || requested_on || ' and is not approved yet.', requested_on
FROM point_records WHERE matched AND counts AND ended_on IS NULL AND registered_on IS NULL AND approved_on IS NULL
    AND requested_on <= getvariable('as_of') - 14
UNION ALL
SELECT 'delivery_point_not_registered', brin, named, number, 'medium',
    point(number) || ' was approved on ' || approved_on || ' and is not registered yet.', approved_on
FROM point_records WHERE matched AND counts AND ended_on IS NULL AND registered_on IS NULL
    AND approved_on <= getvariable('as_of') - 30
UNION ALL
SELECT 'duplicate_delivery_point', branch_code[:4], branch_code, NULL, 'medium',
    count(*) || ' active LAS points serve branch ' || branch_code || ': '
        || string_agg(coalesce(number, '(none)'), ', ' ORDER BY registered_on, source_row) || '.',
    min(registered_on, 2)[2]
FROM serving_actively SEMI JOIN (SELECT branch_code FROM coverage WHERE las_points > 1) USING (branch_code)
WHERE kind = 'las' GROUP BY branch_code
UNION ALL
SELECT 'branch_not_in_mijn_oso', brin, branch_code, NULL, 'medium',
    'Branch ' || branch_code || ' is open and not entered in Mijn OSO.', getvariable('as_of')
FROM branch_status SEMI JOIN own_rows USING (brin)
    ANTI JOIN (SELECT branch_code FROM entered_records WHERE active) USING (branch_code)
WHERE branch_code[5:] <> '00'
UNION ALL
SELECT 'branch_unknown_to_registry', brin, branch_code, NULL, 'medium',
    'Branch ' || branch_code || ' is entered in Mijn OSO since ' || min(added_on) || ' and is not open in the registry.',
    min(added_on)
FROM entered_records WHERE active AND NOT matched GROUP BY brin, branch_code
ORDER BY flag, brin, branch_code, delivery_point_number;
