"""What an asset says while it works, as Python log records: the command line shows them as they come."""

import logging

from dagster import InitLoggerContext, LoggerDefinition

PROGRESS = "oso_pipeline.progress"


class _OnlyOurs(logging.Filter):
    """Lets pass what an asset said, and not the events of Dagster."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is a sentence of an asset."""
        meta = getattr(record, "dagster_meta", {})
        said_by_asset = bool(meta.get("resource_name") or meta.get("op_name")) and not meta.get(
            "dagster_event"
        )
        # Dagster names every asset after the one that failed, or that had nothing to hand on
        message = record.getMessage()
        skipped = "Not executing." in message or "due to skipped dependencies" in message
        return record.levelno >= logging.INFO and said_by_asset and not skipped


class _Forward(logging.Handler):
    """Hands the sentence itself, without Dagster's prefix, to the logger that the command line listens to."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass it on."""
        meta = getattr(record, "dagster_meta", {})
        message = meta.get("orig_message", record.getMessage())
        logging.getLogger(PROGRESS).log(record.levelno, "%s", message)


def _pass_on(_: InitLoggerContext) -> logging.Logger:
    passing = logging.getLogger("oso_pipeline.assets")
    passing.setLevel(logging.INFO)
    passing.propagate = False
    if not passing.handlers:
        handler = _Forward()
        handler.addFilter(_OnlyOurs())
        passing.addHandler(handler)
    return passing


progress_logger = LoggerDefinition(
    _pass_on, description="Passes on what assets say, to whoever started the run."
)
