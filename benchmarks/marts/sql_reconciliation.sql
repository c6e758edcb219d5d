-- Every onboarding row read, once, with what it was found to be and why (contract.md, reconciliation.outcome).
CREATE TEMP VIEW judged AS
WITH served AS (
    SELECT source_row, min(branch_code) AS branch_code FROM serving GROUP BY source_row HAVING count(*) = 1
)
SELECT 'accounts' AS source_table, source_row, account_name AS record_key, account_name AS code,
    brin IS NOT NULL OR board_number IS NOT NULL AS matched, brin AS matched_brin, board_number AS matched_board_number,
    NULL::VARCHAR AS matched_branch_code, later_on, NULL::VARCHAR AS remark
FROM account_records
UNION ALL
SELECT 'agreements', source_row, concat_ws('/', board_number, kind), board_number, matched, NULL, if(matched, board_number, NULL),
    NULL, later_on, NULL
FROM agreement_records
UNION ALL
SELECT 'questionnaires', source_row, brin, brin, matched, if(matched, brin, NULL), NULL, NULL, later_on, NULL
FROM questionnaire_records
UNION ALL
SELECT 'branches', source_row, concat_ws('/', brin, branch_number), branch_code, matched, if(matched, brin, NULL), NULL,
    if(matched, branch_code, NULL), later_on, NULL
FROM entered_records
UNION ALL
SELECT 'delivery_points', source_row, concat_ws('/', brin, kind, number), brin, matched, if(matched, brin, NULL), NULL, branch_code,
    later_on, NULL
FROM point_records LEFT JOIN served USING (source_row)
UNION ALL
SELECT 'test_exchanges', source_row, concat_ws('/', brin, delivery_point_number), brin, matched, if(matched, brin, NULL), NULL,
    NULL, later_on,
    CASE WHEN matched
            AND NOT EXISTS (FROM point_records AS points WHERE points.brin = tests.brin AND number = delivery_point_number AND points.counts)
        THEN 'The school has no delivery point with number ' || coalesce(delivery_point_number, '(none given)') || '.' END
FROM test_records AS tests;

-- The open codes that differ from an unknown one in one place: all that one letter or digit makes of it are looked up.
CREATE TEMP TABLE near AS
WITH unknown AS (
    SELECT DISTINCT code, unnest(range(1, length(code) + 1)) AS place FROM judged WHERE NOT matched
), changed AS (
    SELECT code,
        code[:place - 1] || unnest(string_split('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', '')) || code[place + 1:] AS near
    FROM unknown
), open_codes AS (
    SELECT branch_code AS near FROM branches UNION ALL SELECT brin FROM schools UNION ALL SELECT board_number FROM boards
)
SELECT code, array_to_string(list(near ORDER BY near)[:3], ', ') AS near
FROM changed SEMI JOIN open_codes USING (near) WHERE near <> code GROUP BY code;

CREATE TEMP TABLE reconciliation AS
WITH told AS (
    SELECT source_table, source_row, record_key, if(matched, 'matched', 'unknown') AS outcome,
        if(matched, 'exact', 'never_seen') AS rule, matched_brin, matched_board_number, matched_branch_code,
        judged.code || CASE WHEN matched THEN ' is open.' WHEN near IS NULL THEN ' was never seen, and no open code is near it.'
                ELSE ' was never seen. Open codes near it: ' || near || '.' END
            || CASE WHEN repairs IS NULL THEN '' ELSE ' It was written otherwise (' || repairs || ').' END
            || CASE WHEN later_on IS NULL THEN ''
                WHEN source_table = 'accounts' THEN ' It begins on a later day and counts for no rule before.'
                ELSE ' It begins on ' || later_on || ' and counts for no rule before.' END
            || CASE WHEN remark IS NULL THEN '' ELSE ' ' || remark END AS reason
    FROM judged
    LEFT JOIN (SELECT source AS source_table, source_row, repairs FROM rows_read WHERE repairs IS NOT NULL)
        USING (source_table, source_row)
    LEFT JOIN near ON near.code = if(matched, NULL, judged.code)
)
FROM told
UNION ALL
SELECT source, source_row, '', if(rule IS NULL, 'duplicate', 'quarantined'), coalesce(rule, 'duplicate'), NULL, NULL, NULL,
    coalesce(reason, 'The row is the same as an earlier one, which counts.')
FROM rows_read ANTI JOIN judged ON source = source_table AND rows_read.source_row = judged.source_row
    LEFT JOIN (SELECT source, source_row, reason FROM quarantine) USING (source, source_row)
ORDER BY source_table, source_row;
