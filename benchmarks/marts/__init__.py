"""Reading to marts, by us and by what a user would write instead: the same files, the same rules, equal tables.

    ours.py         the product's own functions, chained as the assets chain them
    pandas_peer.py  the same rules as pandas merges
    sql_peer.py     the same rules as DuckDB SQL
    floor.py        the same files read as text and the same tables written, without a rule: what nothing can be faster than
    compare.py      whether two of them gave the same tables, row by row

Each is run as a whole process, `python -m benchmarks.marts.NAME COUNTRY OUT [--as-of DAY]`, and prints one line of JSON:
seconds spent on `reading` (bytes to typed good rows and a quarantine), `rules` (all that follows) and `writing` (six
Parquet files). The peers import nothing of the product.

The country is a folder that `python -m oso_pipeline.demo write` made. Of it are read: the branch files in `duo/`, the
board files in `ckan/files/` and the six tables in `onboarding/`. There is no register, no RIO, no decision and no earlier
release, so nothing is matched by transition or override, and nothing has closed or lapsed.

All three write the tables of contract.md whole, sentences, evidence and near codes too, equal character by character. Left
out are coordinates and `swv_number`, which come from RIO, `snapshot_id`, and the columns that the contract does not name (all
but the house number). Two texts could differ, and the country has neither: contact data in a row that is quarantined, which
only we mask, and a control character there, which JSON writes as four digits, in lower case by us and in upper case by DuckDB.

What only we do, and pay for in the same seconds: sniffing encoding, separator and header generation; masking of contact
data and a snapshot of the delivery; rows that are blank or do not fit their header; signals; history; what the sentences
say of decisions, successors and closures; the columns that are left out. A peer refuses a file that does not fit instead.
"""
