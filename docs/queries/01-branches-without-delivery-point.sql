-- Which qualified schools have branches without a delivery point, by board?
SELECT board_number, board_name, school_name, branch_code, branch_name, city, qualified_on
FROM uncovered_branches
ORDER BY count(*) OVER (PARTITION BY board_number) DESC, board_number, branch_code;
