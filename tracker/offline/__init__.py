"""What a phone keeps: the service worker, the page about what waits, the page for no connection."""
