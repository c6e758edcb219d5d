-- The rows that cannot be used: which column refuses each, what stands there, what was expected, which school or
-- board it names, and the row as it was written.
-- On which days an account was requested and used is not shown.
CREATE MACRO written(name, t) AS name || ' ' || coalesce(t, 'is empty');
CREATE MACRO misread(name, t) AS CASE WHEN unreadable(t, day(t)) THEN name || ' ' || t END;
CREATE MACRO misread_privately(name, t) AS CASE WHEN unreadable(t, day(t)) THEN name || ' is not shown' END;

CREATE TEMP TABLE quarantine AS
WITH refused AS (
    SELECT 'accounts' AS source, source_row, rule, 'activated_on' AS begins, 'school, board' AS choices,
        CASE rule
            WHEN 'date_unreadable' THEN coalesce(
                misread_privately('requested_on', t.requested_on), misread_privately('letter_sent_on', t.letter_sent_on),
                misread_privately('activated_on', t.activated_on), misread_privately('closed_on', t.closed_on))
            WHEN 'not_of_the_list' THEN written('kind', t.kind) WHEN 'end_before_begin' THEN 'closed_on is not shown'
            ELSE written('account_name', t.account_name) END AS told,
        r.account_name AS subject, to_json({account_name: t.account_name, kind: t.kind}) AS raw
    FROM accounts_read AS r JOIN accounts_text AS t USING (source_row) WHERE rule IS NOT NULL
    UNION ALL
    SELECT 'agreements', source_row, rule, 'signed_on', 'base, swv_extension',
        CASE rule
            WHEN 'date_unreadable' THEN coalesce(misread('signed_on', t.signed_on), misread('ended_on', t.ended_on))
            WHEN 'not_of_the_list' THEN written('kind', t.kind) WHEN 'end_before_begin' THEN written('ended_on', t.ended_on)
            ELSE written('board_number', t.board_number) END,
        r.board_number, to_json({board_number: t.board_number, kind: t.kind, signed_on: t.signed_on, ended_on: t.ended_on})
    FROM agreements_read AS r JOIN agreements_text AS t USING (source_row) WHERE rule IS NOT NULL
    UNION ALL
    SELECT 'questionnaires', source_row, rule, NULL, 'draft, submitted, approved, rejected',
        CASE rule
            WHEN 'date_unreadable' THEN written('submitted_on', t.submitted_on)
            WHEN 'not_of_the_list' THEN written('status', t.status)
            ELSE written('brin', t.brin) END,
        r.brin, to_json({brin: t.brin, status: t.status, submitted_on: t.submitted_on})
    FROM questionnaires_read AS r JOIN questionnaires_text AS t USING (source_row) WHERE rule IS NOT NULL
    UNION ALL
    SELECT 'branches', source_row, rule, 'added_on', NULL,
        CASE rule
            WHEN 'branch_number_unreadable' THEN written('branch_number', t.branch_number)
            WHEN 'date_unreadable' THEN coalesce(misread('added_on', t.added_on), misread('removed_on', t.removed_on))
            WHEN 'end_before_begin' THEN written('removed_on', t.removed_on)
            ELSE written('brin', t.brin) END,
        r.brin, to_json({brin: t.brin, branch_number: t.branch_number, name: t.name, added_on: t.added_on, removed_on: t.removed_on})
    FROM branches_read AS r JOIN branches_text AS t USING (source_row) WHERE rule IS NOT NULL
    UNION ALL
    SELECT 'delivery_points', source_row, rule, 'registered_on', 'las, ot, ldos, swv',
        CASE rule
            WHEN 'link_unreadable' THEN written('branch_number', t.branch_number)
            WHEN 'date_unreadable' THEN coalesce(
                misread('requested_on', t.requested_on), misread('approved_on', t.approved_on),
                misread('key_issued_on', t.key_issued_on), misread('registered_on', t.registered_on),
                misread('ended_on', t.ended_on))
            WHEN 'not_of_the_list' THEN written('kind', t.kind) WHEN 'end_before_begin' THEN written('ended_on', t.ended_on)
            ELSE written('brin', t.brin) END,
        r.brin, to_json({brin: t.brin, number: t.number, kind: t.kind, branch_number: t.branch_number, las: t.las,
            requested_on: t.requested_on, approved_on: t.approved_on, key_issued_on: t.key_issued_on,
            registered_on: t.registered_on, ended_on: t.ended_on})
    FROM delivery_points_read AS r JOIN delivery_points_text AS t USING (source_row) WHERE rule IS NOT NULL
    UNION ALL
    SELECT 'test_exchanges', source_row, rule, NULL, 'passed, failed',
        CASE rule
            WHEN 'date_unreadable' THEN written('performed_on', t.performed_on)
            WHEN 'not_of_the_list' THEN written('result', t.result)
            ELSE written('brin', t.brin) END,
        r.brin, to_json({brin: t.brin, delivery_point_number: t.delivery_point_number, partner_brin: t.partner_brin, profile: t.profile,
            performed_on: t.performed_on, result: t.result})
    FROM test_exchanges_read AS r JOIN test_exchanges_text AS t USING (source_row) WHERE rule IS NOT NULL
)
SELECT source, source_row, rule,
    source || ', row ' || source_row || ': ' || told || '; expected ' || CASE rule
        WHEN 'brin_unreadable' THEN 'a BRIN as 00AH'
        WHEN 'board_number_unreadable' THEN 'a board''s number as 10249'
        WHEN 'branch_number_unreadable' THEN 'a branch number of the same school as 02'
        WHEN 'link_unreadable' THEN 'a branch number of the same school as 02, or nothing'
        WHEN 'branch_contradicted' THEN 'the same branch as in the other columns'
        WHEN 'date_unreadable' THEN 'a day as 2024-08-31'
        WHEN 'not_of_the_list' THEN 'one of ' || choices
        WHEN 'end_before_begin' THEN 'a day not before ' || begins
    END || '.' AS reason,
    subject, raw::VARCHAR AS raw
FROM refused
UNION ALL
SELECT sector, source_row, 'branch_code_unreadable',
    sector || ', row ' || source_row || ': INSTELLINGSCODE ' || coalesce("INSTELLINGSCODE", '(empty)') || ' and VESTIGINGSCODE '
        || coalesce("VESTIGINGSCODE", '(empty)') || ' do not make a branch code; expected two digits, two letters, two digits.',
    NULL, to_json({province: "PROVINCIE", board_number: "BEVOEGD GEZAG NUMMER", brin: "INSTELLINGSCODE", branch_code: "VESTIGINGSCODE",
        branch_name: "VESTIGINGSNAAM", street: "STRAATNAAM", house_number: "HUISNUMMER-TOEVOEGING", postcode: "POSTCODE",
        city: "PLAATSNAAM", municipality_number: "GEMEENTENUMMER", municipality: "GEMEENTENAAM"})::VARCHAR
FROM branches_written SEMI JOIN (SELECT sector, source_row FROM branch_rows WHERE branch_code IS NULL) USING (sector, source_row)
UNION ALL
SELECT source, source_row, 'board_number_unreadable',
    source || ', row ' || source_row || ': BEVOEGD GEZAG NUMMER ' || coalesce("BEVOEGD GEZAG NUMMER", '(empty)')
        || ' is not a board''s number; expected five digits.',
    NULL, to_json({board_number: "BEVOEGD GEZAG NUMMER", board_name: "BEVOEGD GEZAG NAAM"})::VARCHAR
FROM boards_written SEMI JOIN (SELECT source, source_row FROM board_rows WHERE board_number IS NULL) USING (source, source_row)
ORDER BY source, source_row, rule;
