"""Merged: gone into another one; its delivery point does not go along."""

from __future__ import annotations

from oso_pipeline.registry.life.gone import succession

MERGED = succession("branch_merged", "merged")
