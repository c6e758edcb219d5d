-- How old is what this release was made of, when was it last seen, and did an earlier night stand in?
SELECT source, fetched_on, age_days, seen_at, fallback, rows_read, rows_quarantined
FROM source_ages
ORDER BY age_days DESC, source;
