-- Which open work has waited longest, and who must do it?
-- Where the records give no day, an item counts from the first release that shows it (docs/rules.md).
SELECT age_days, responsible, kind, subject, subject_name, board_name, action
FROM open_work_items
ORDER BY age_days DESC, item_id
LIMIT 50;
