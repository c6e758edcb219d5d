"""Dagster assets: what the night is made of, one module per room of oso_pipeline.

What belongs here: names, groups, descriptions, what depends on what. What does not: a rule. A body reads like the
sentence that describes it.
"""
