-- How old is what this release was made of, and did an earlier night stand in?
SELECT source, fetched_on, age_days, fallback, rows_read, rows_quarantined
FROM source_ages
ORDER BY age_days DESC, source;
