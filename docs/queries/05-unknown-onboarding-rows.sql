-- Which onboarding rows are about a code that nobody ever saw, and which open codes are near it?
SELECT
    source_table,
    source_row,
    record_key,
    regexp_extract_all(split_part(reason, 'near it:', 2), '[0-9]{2}[A-Z]{2}(?:[0-9]{2})?|[0-9]{5}') AS near_codes,
    reason
FROM reconciliation
WHERE outcome = 'unknown'
ORDER BY source_table, source_row;
