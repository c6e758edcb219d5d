-- Who dropped out this month, and why?
SELECT branch_code, branch_name, board_name, disconnected_on, happened, explanation, missing_steps
FROM dropped_out CROSS JOIN release
WHERE date_trunc('month', disconnected_on) = date_trunc('month', as_of)
ORDER BY disconnected_on DESC, branch_code;
