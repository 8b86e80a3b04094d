"""The reminder engine beside a simple model of it, driven by the same random steps."""
