"""The least that Flask can do: `granian bench.hello:app`."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    return "Hello"
