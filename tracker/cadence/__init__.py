"""Setting the cadence: the page on which it is set, and the year that it would make."""
