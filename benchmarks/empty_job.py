"""An empty Dagster job with as many assets and checks as the nightly one, same executor, same instance: the floor.

Usage: python -m benchmarks.empty_job ASSETS CHECKS
"""

import sys
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

ROOT = Path(__file__).resolve().parent.parent


def empty_definitions(assets: int, checks: int) -> dg.Definitions:
    """So many assets that give nothing; the last one has the checks."""

    def empty_asset(number: int) -> dg.AssetsDefinition:
        name = f"empty_{number}"
        own = [f"check_{one}" for one in range(checks)] if number == assets - 1 else []

        @dg.asset(name=name, check_specs=[dg.AssetCheckSpec(check, asset=name) for check in own])
        def nothing():  # noqa: ANN202 - Dagster reads it as an output
            yield dg.Output(None)
            for check in own:
                yield dg.AssetCheckResult(check_name=check, passed=True)

        return nothing

    return dg.Definitions(
        assets=[empty_asset(number) for number in range(assets)],
        jobs=[dg.define_asset_job("empty", selection=dg.AssetSelection.all())],
        resources={"io_manager": dg.mem_io_manager},
        executor=dg.in_process_executor,
    )


def main(home: Path, assets: int, checks: int) -> None:
    """Run it once, in an instance with the project's `dagster.yaml`."""
    home.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), config_dir=str(ROOT))) as own:
        job = empty_definitions(assets, checks).resolve_job_def("empty")
        job.execute_in_process(instance=own)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
