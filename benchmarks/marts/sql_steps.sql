-- The steps: of every school what holds, since when, by which rows, and why it holds or not (contract.md, Rules: Steps).
CREATE TEMP TABLE own_rows AS
SELECT brin FROM account_records WHERE counts AND brin IS NOT NULL
UNION SELECT brin FROM questionnaire_records WHERE counts AND matched
UNION SELECT brin FROM entered_records WHERE counts AND of_open_school
UNION SELECT brin FROM point_records WHERE counts AND matched
UNION SELECT brin FROM test_records WHERE counts AND matched;

CREATE TEMP TABLE school_facts AS
WITH reached AS (
    SELECT brin, true AS own, * EXCLUDE (brin, board_number) FROM account_records WHERE counts AND brin IS NOT NULL
    UNION ALL
    SELECT schools.brin, false, account_records.* EXCLUDE (brin, board_number)
    FROM account_records JOIN schools USING (board_number) WHERE counts
), account AS (
    SELECT brin, bool_or(active) AS account, bool_or(active AND own) AS own_account,
        bool_and(closed_on IS NOT NULL) AS account_closed,
        bool_or(closed_on IS NULL AND letter_sent_on IS NOT NULL) AS letter_sent,
        list(source_row ORDER BY activated_on, source_row) FILTER (active) AS account_rows
    FROM reached GROUP BY ALL
), agreement AS (
    SELECT board_number, min(signed_on) FILTER (active) AS agreement_on, max(ended_on) AS agreement_ended_on,
        list(source_row ORDER BY signed_on, source_row) FILTER (active) AS agreement_rows
    FROM agreement_records WHERE matched AND later_on IS NULL AND kind = 'base' GROUP BY ALL
), extension AS (
    SELECT DISTINCT board_number FROM agreement_records WHERE active AND kind = 'swv_extension'
), questionnaire AS (
    SELECT brin, min(submitted_on) AS questionnaire_on, bool_or(status = 'draft') AS is_draft,
        bool_or(status = 'rejected') AS is_rejected, bool_or(status IN ('submitted', 'approved')) AS is_undated,
        list(source_row ORDER BY submitted_on, source_row) FILTER (submitted_on IS NOT NULL) AS questionnaire_rows
    FROM questionnaire_records WHERE matched AND counts GROUP BY ALL
), delivery_point AS (
    SELECT branch_code[:4] AS brin, min(registered_on) AS delivery_point_on,
        list(source_row ORDER BY registered_on, source_row) AS delivery_point_rows
    FROM serving_actively WHERE kind = 'las' GROUP BY ALL
), las AS (
    SELECT brin, bool_or(active) AS las_is_active
    FROM point_records WHERE matched AND counts AND kind = 'las' GROUP BY ALL
), tested AS (
    SELECT *, passed_on IS NOT NULL AND (brin, delivery_point_number) IN
        (SELECT (brin, number) FROM point_records WHERE matched AND counts AND kind = 'las' AND number IS NOT NULL) AS proven
    FROM test_records WHERE matched AND counts
), test_exchange AS (
    SELECT brin, min(passed_on) FILTER (proven) AS test_exchange_on, bool_or(passed_on IS NOT NULL) AS has_passed,
        bool_or(passed_on IS NOT NULL AND delivery_point_number IS NOT NULL) AS has_numbered,
        arg_max({day: performed_on, number: delivery_point_number}, (coalesce(performed_on, '-infinity'), source_row))
            FILTER (result = 'failed') AS failed,
        list(source_row ORDER BY passed_on, source_row) FILTER (proven) AS test_exchange_rows
    FROM tested GROUP BY ALL
)
SELECT schools.*, * EXCLUDE (brin, school_name, board_number, sector, province, branches, has_main_branch, account),
    coalesce(account, false) AS account, coalesce(board_number IN (FROM extension), false) AS extension,
    agreement_on IS NOT NULL OR brin IN (FROM own_rows) AS begun,
    agreement_on IS NOT NULL AND questionnaire_on IS NOT NULL AND delivery_point_on IS NOT NULL
        AND test_exchange_on IS NOT NULL AS qualified,
    CASE WHEN qualified THEN greatest(agreement_on, questionnaire_on, delivery_point_on, test_exchange_on) END AS qualified_on
FROM schools
LEFT JOIN account USING (brin) LEFT JOIN agreement USING (board_number) LEFT JOIN questionnaire USING (brin)
LEFT JOIN delivery_point USING (brin) LEFT JOIN las USING (brin) LEFT JOIN test_exchange USING (brin)
ORDER BY brin;

-- What could not be read and names a school or its board; a kind that is another than the step needs is not told of.
CREATE TEMP TABLE unread AS
WITH told AS (
    SELECT source[:-2] AS step, subject, source_row, 'Mind ' || source || ' row ' || source_row || ', which could not be read: '
        || reason[length(source || ', row ' || source_row || ': ') + 1:] AS told
    FROM quarantine
    WHERE subject IS NOT NULL AND source <> 'branches' AND NOT (source IN ('agreements', 'delivery_points')
        AND coalesce(lower(raw ->> '$.kind') IN ('swv_extension', 'ot', 'ldos', 'swv'), false))
)
SELECT brin, step, string_agg(told, ' ' ORDER BY source_row) AS told
FROM (SELECT subject AS brin, * EXCLUDE (subject) FROM told
    UNION ALL SELECT brin, told.* EXCLUDE (subject) FROM told JOIN schools ON board_number = subject)
GROUP BY ALL;

CREATE MACRO named(source, places) AS coalesce(list_transform(places, lambda place: source || ' row ' || place), []);
CREATE TEMP TABLE qualification_steps AS
WITH told AS (
    SELECT *,
        CASE WHEN own_account THEN 'School ' || brin || ' has an active account.'
            WHEN account THEN 'Board ' || board_number
                || ' has an active account, which reaches the school''s pages; the school has none of its own.'
            WHEN account_closed IS NULL THEN 'Neither the school nor its board has an account.'
            WHEN account_closed THEN 'The account of the school or its board was closed.'
            WHEN letter_sent THEN 'An account was requested and its letter was sent; nobody has logged in with it yet.'
            ELSE 'An account was requested; its letter has not been sent yet.' END AS account_why,
        CASE WHEN agreement_on IS NOT NULL THEN 'Board ' || board_number || ' has a base agreement since ' || agreement_on || '.'
            WHEN board_number IS NULL THEN 'The registry names no board for this school.'
            WHEN agreement_ended_on IS NOT NULL
                THEN 'The base agreement of board ' || board_number || ' ended on ' || agreement_ended_on || '.'
            WHEN EXISTS (FROM agreement_records) THEN 'Board ' || board_number || ' has no base agreement that is active.'
            ELSE 'No agreement is known; board ' || board_number || ' has none.' END AS agreement_why,
        CASE WHEN delivery_point_on IS NOT NULL THEN 'A LAS delivery point serves a branch since ' || delivery_point_on || '.'
            WHEN las_is_active THEN 'No active LAS delivery point of the school serves an open branch of it.'
            WHEN las_is_active IS NOT NULL THEN 'The school has a LAS delivery point that is not active: it is not registered yet, or has ended.'
            ELSE 'The school has no LAS delivery point.' END AS delivery_point_why,
        CASE WHEN questionnaire_on IS NOT NULL THEN 'The questionnaire was sent in on ' || questionnaire_on || '.'
            WHEN is_undated THEN 'The questionnaire has no day on which it was sent in.'
            WHEN is_draft THEN 'The questionnaire is a draft; it has not been sent in.'
            WHEN is_rejected THEN 'The questionnaire was rejected.'
            ELSE 'There is no questionnaire of this school.' END AS questionnaire_why,
        CASE WHEN test_exchange_on IS NOT NULL THEN 'A test exchange passed on ' || test_exchange_on || '.'
            WHEN has_numbered THEN 'The passed test exchange used a number that no LAS delivery point of the school has.'
            WHEN has_passed THEN 'The passed test exchange says no delivery point''s number.'
            WHEN failed IS NOT NULL THEN 'The test exchange' || coalesce(' of ' || failed.day, '')
                || coalesce(' with delivery point ' || failed.number, '') || ' failed.'
            WHEN has_passed IS NOT NULL THEN 'The test exchange has no day.'
            ELSE 'There is no test exchange of this school.' END AS test_exchange_why
    FROM school_facts
), steps AS (
SELECT brin,
    unnest(['account', 'agreement', 'delivery_point', 'questionnaire', 'test_exchange']) AS step,
    unnest([account, agreement_on IS NOT NULL, delivery_point_on IS NOT NULL, questionnaire_on IS NOT NULL,
        test_exchange_on IS NOT NULL]) AS passed,
    unnest([NULL, agreement_on, delivery_point_on, questionnaire_on, test_exchange_on]) AS since_on,
    unnest([account_why, agreement_why, delivery_point_why, questionnaire_why, test_exchange_why]) AS reason,
    unnest([named('accounts', account_rows), named('agreements', agreement_rows), named('delivery_points', delivery_point_rows),
        named('questionnaires', questionnaire_rows), named('test_exchanges', test_exchange_rows)]) AS evidence
FROM told
)
SELECT * EXCLUDE (told) REPLACE (CASE WHEN passed THEN reason ELSE concat_ws(' ', reason, told) END AS reason)
FROM steps LEFT JOIN unread USING (brin, step);
