"""A bad link on loopback: slow, far away, and it breaks.

Each connection is a link of its own: `bits` a second each way, `round_trip` seconds there and back,
of which the first round trip goes into connecting. TCP hides lost packets from both ends until it
gives up, so loss is modelled as what the ends see of it: with probability `loss` each, independently,
a connection breaks while connecting, while something is being sent, and while it is answered, after
the server has done its work; after a random part, often before any of it. Half of the breaks are
cuts, half are silences in which nothing ever comes again. So more than a quarter of all tries fail.

At the far end stands what docs/deploy.md puts in front of the application: a web server that hands a
request on when all of it has come. Without one, each silence would hold one of its few threads.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

_PIECE = 1460  # bytes in a packet
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass
class Link:
    """How bad the link is. `hurry` divides all its times, for a quick look."""

    round_trip: float = 2.0
    bits: int = 200_000
    loss: float = 0.1
    hurry: float = 1.0
    counts: Counter[str] = field(default_factory=Counter)

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.hurry)

    def breaks(self, stage: str, chance: random.Random) -> bool:
        broken = chance.random() < self.loss
        self.counts["broken " + stage] += broken
        return broken


class Broken(Exception):
    """The link broke in the middle of something."""


@asynccontextmanager
async def proxied(link: Link, to_port: int, seed: int = 1) -> AsyncIterator[int]:
    """The port of loopback at which `to_port` is reached through the link."""
    chance = random.Random(seed)
    running: set[asyncio.Task[None] | None] = set()

    async def connected(phone: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        link.counts["connections"] += 1
        running.add(asyncio.current_task())
        with suppress(Broken, OSError, asyncio.CancelledError):
            await _carry(link, to_port, random.Random(chance.random()), phone, back)
        back.transport.abort()
        running.discard(asyncio.current_task())

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=2048)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        left = [task for task in running if task]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


async def _carry(
    link: Link,
    to_port: int,
    chance: random.Random,
    phone: asyncio.StreamReader,
    back: asyncio.StreamWriter,
) -> None:
    await link.wait(link.round_trip)
    if link.breaks("connecting", chance):
        await _break(link, chance)
    source = f"127.{chance.randint(1, 250)}.{chance.randint(1, 250)}.{chance.randint(1, 250)}"
    server, there = await asyncio.open_connection("127.0.0.1", to_port, local_addr=(source, 0))
    ways = [
        asyncio.create_task(_one_way(link, chance, phone, there, "sending")),
        asyncio.create_task(_one_way(link, chance, server, back, "answering")),
    ]
    try:
        await asyncio.gather(*ways)
    finally:
        for way in ways:
            way.cancel()
        there.transport.abort()


async def _one_way(
    link: Link,
    chance: random.Random,
    source: asyncio.StreamReader,
    target: asyncio.StreamWriter,
    stage: str,
) -> None:
    """Carry bytes to their end, each later by half a round trip and no faster than the link is."""
    last = chance.randint(0, 4000) if link.breaks(stage, chance) else None
    coming: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    reading = asyncio.create_task(_read(link, source, coming))
    passed, held = 0, b""
    try:
        while True:
            due, data = await coming.get()
            await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
            passed += len(data)
            if last is not None and (passed > last or not data):
                await _break(link, chance)
            if not data:
                break
            whole, held = _whole_requests(held + data) if stage == "sending" else (data, b"")
            target.write(whole)
            await target.drain()
    finally:
        reading.cancel()
    if target.can_write_eof():
        target.write_eof()


async def _read(
    link: Link, source: asyncio.StreamReader, coming: asyncio.Queue[tuple[float, bytes]]
) -> None:
    """Note for each piece when it is at the other end; nothing at all is the end of all."""
    free = 0.0
    data = b"-"
    while data:
        data = await source.read(_PIECE)
        free = max(free, asyncio.get_running_loop().time())
        free += len(data) * 8 / link.bits / link.hurry
        coming.put_nowait((free + link.round_trip / 2 / link.hurry, data))


def _whole_requests(held: bytes) -> tuple[bytes, bytes]:
    """The requests of which every byte has come, and what has come of the next."""
    whole = 0
    while (end := held.find(b"\r\n\r\n", whole)) >= 0:
        length = _LENGTH.search(held, whole, end + 2)
        size = end + 4 + (int(length[1]) if length else 0)
        if size > len(held):
            break
        whole = size
    return held[:whole], held[whole:]


async def _break(link: Link, chance: random.Random) -> None:
    if chance.random() < 0.5:
        await link.wait(3600)  # a silence; the phone gives up
    raise Broken
