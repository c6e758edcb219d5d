"""Split: gone on as one school or more of their own."""

from __future__ import annotations

from oso_pipeline.registry.life.gone import succession

SPLIT = succession("branch_split", "split")
