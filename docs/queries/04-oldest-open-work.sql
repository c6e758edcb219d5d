-- Which open work has waited longest, and who must do it?
-- Where the records give no day, an item counts from the first release that shows it; at_least: it may be older.
SELECT age_days, at_least, responsible, kind, subject, subject_name, board_name, action
FROM open_work_items
ORDER BY age_days DESC, item_id
LIMIT 50;
