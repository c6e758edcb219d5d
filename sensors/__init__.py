"""What starts a run, and what watches one: the nightly schedule, sensors that see a change, and those that tell of a night."""
