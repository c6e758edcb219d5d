-- Which boards would qualify most schools by signing the agreement?
SELECT
    school.board_number,
    any_value(board_name ORDER BY board_name) AS board_name,
    count(DISTINCT school.brin) AS schools_waiting,
    count(DISTINCT school.brin) FILTER (school.status <> 'not_started') AS schools_that_have_begun,
    count(DISTINCT school.brin) FILTER (missing_steps = ['agreement']) AS schools_that_lack_nothing_else
FROM school_status AS school
JOIN branch_status AS branch ON branch.brin = school.brin AND branch.board_number = school.board_number
WHERE list_contains(missing_steps, 'agreement')
GROUP BY school.board_number
ORDER BY schools_that_lack_nothing_else DESC, schools_waiting DESC, school.board_number;
