-- What do schools that have begun still lack, per sector?
SELECT sector, list_sort(missing_steps) AS missing, count(*) AS schools
FROM school_status
WHERE status <> 'not_started' AND NOT qualified
GROUP BY ALL
ORDER BY sector, schools DESC, missing;
