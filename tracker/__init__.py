"""Loopkeeper: keeps the loop between young people and the services that ask for their views from being left open."""
