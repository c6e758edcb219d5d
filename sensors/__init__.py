"""What starts a run, and what watches one: the nightly schedule, and the sensor that records a night that failed."""
