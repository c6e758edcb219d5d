"""An asset that reads frames of other assets, without an event for each of them (docs/adr/0007).

Dagster writes two events for every input that an IO manager loads, at about five milliseconds each; the nightly job has
46 such inputs. Here the names of a function's parameters are what it depends on, as in any asset: the lineage is drawn
from them, and the frames are read from the same files, with the same stamps, by the same code as the IO manager's.
"""

from collections.abc import Callable, Iterator, Sequence
from inspect import getdoc, isgeneratorfunction, signature
from types import FunctionType
from typing import Any

from dagster import (
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    FreshnessPolicy,
    ResourceParam,
    asset,
)
from upath import UPath

from assets.io import load_frames
from assets.workplace import Workplace

NO_FRAMES = ("context", "workplace")


def framed_asset(
    *,
    group_name: str,
    metadata: dict[str, Any] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    output_required: bool = True,
    freshness_policy: FreshnessPolicy | None = None,
) -> Callable[[FunctionType], AssetsDefinition]:
    """An asset whose parameters are frames of other assets by name, beside `context` and `workplace`.

    Args:
        group_name: the room.
        metadata: of the asset, such as its columns.
        check_specs: the checks that it yields.
        output_required: whether a run that gives nothing of it has failed.
        freshness_policy: how old it may be.
    """

    def make(body: FunctionType) -> AssetsDefinition:
        parameters = signature(body).parameters
        names = [name for name in parameters if name not in NO_FRAMES]

        def given(context: AssetExecutionContext, workplace: Workplace) -> dict[str, Any]:
            beside = {"context": context, "workplace": workplace}
            frames = {name: load_frames(UPath(workplace.frames), name) for name in names}
            return frames | {name: beside[name] for name in NO_FRAMES if name in parameters}

        def run(context: AssetExecutionContext, workplace: ResourceParam[Workplace]) -> Any:
            return body(**given(context, workplace))

        def run_with_checks(
            context: AssetExecutionContext, workplace: ResourceParam[Workplace]
        ) -> Iterator[Any]:
            yield from body(**given(context, workplace))

        chosen = run_with_checks if isgeneratorfunction(body) else run
        chosen.__annotations__["return"] = signature(body).return_annotation
        return asset(
            name=body.__name__,
            description=getdoc(body),
            deps=names,
            group_name=group_name,
            metadata=metadata,
            check_specs=check_specs,
            output_required=output_required,
            freshness_policy=freshness_policy,
        )(chosen)

    return make
