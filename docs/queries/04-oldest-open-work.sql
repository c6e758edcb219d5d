-- Which open work has waited longest, and who must do it?
SELECT age_days, responsible, kind, subject, subject_name, board_name, action
FROM open_work_items
ORDER BY age_days DESC, item_id
LIMIT 50;
