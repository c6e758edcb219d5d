"""Renumbered: gone on whole under another code."""

from __future__ import annotations

from oso_pipeline.registry.life.gone import succession

RENUMBERED = succession("branch_renumbered", "renumbered")
