-- How long does a delivery point take from request to registration, per LAS, and how many wait now?
SELECT
    coalesce(las, 'unknown') AS product,
    count(*) FILTER (stage = 'registered') AS registered,
    median(days_to_approve) AS median_days_to_approve,
    median(days_to_register) AS median_days_to_register,
    count(*) FILTER (stage = 'requested') AS wait_for_approval,
    count(*) FILTER (stage = 'approved') AS wait_for_registration,
    max(age_days) FILTER (stage IN ('requested', 'approved')) AS longest_wait_in_days
FROM delivery_point_ages
WHERE kind = 'las'
GROUP BY product
ORDER BY registered DESC, product;
