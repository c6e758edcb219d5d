"""What is measured: one module per section, each with `rows(bench)`, the rows of the table."""
