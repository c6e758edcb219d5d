"""What makes the asset `release` fresh in Dagster's eyes: a release that became latest, or a night that found nothing new."""

from dagster import AssetMaterialization

from oso_pipeline.release.log import Conclusion

RELEASE = "release"


def about(conclusion: Conclusion) -> dict[str, str]:
    """How a night ended, as the UI shows it beside the asset."""
    return {
        "verdict": conclusion.verdict,
        "release_id": conclusion.release_id,
        "as_of": conclusion.as_of,
        "reason": conclusion.reason,
    }


def still_fresh(conclusion: Conclusion) -> AssetMaterialization:
    """`latest` counts as fresh, though this run did not make it: an unchanged night, or a held release that was accepted."""
    return AssetMaterialization(
        RELEASE, description=f"{conclusion.verdict}: latest is fresh", metadata=about(conclusion)
    )
