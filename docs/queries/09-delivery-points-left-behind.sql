-- Which delivery points stand on a school or branch that merged or closed, and where do they belong now?
SELECT flag, found.brin, delivery_point_number, successor_code, successor.branch_name AS successor_name, since_on, reason
FROM delivery_point_flags AS found
LEFT JOIN branch_status AS successor ON successor.branch_code = successor_code
WHERE flag IN ('delivery_point_on_predecessor', 'delivery_point_on_closed_branch')
ORDER BY since_on, flag, found.brin, delivery_point_number;
