"""Speed, side by side: whole processes in alternation, medians, and the ratio between them."""
