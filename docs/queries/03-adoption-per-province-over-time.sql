-- How did adoption grow per province, month by month?
WITH last_of_month AS (
    SELECT strftime(as_of, '%Y-%m') AS month, max(release_id) AS release_id
    FROM adoption
    GROUP BY month
)
SELECT
    month,
    coalesce(province, 'unknown') AS province,
    sum(branches_connected) AS connected,
    sum(branches_connected + branches_lapsed + branches_qualified_not_covered
        + branches_in_progress + branches_not_started) AS branches,
    round(100 * connected / branches, 1) AS percent
FROM adoption JOIN last_of_month USING (release_id)
GROUP BY ALL
ORDER BY province, month;
