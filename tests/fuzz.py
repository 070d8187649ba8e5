"""Seeded mutations of files: what a broken disk, a cut connection, a careless editor or an enemy makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

#: Strings that have broken readers: formulas, markup, control and bidi marks, numbers that are none, paths, queries.
HOSTILE: Final = (
    *(b"\x00", b"\x00" * 64, b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"),
    *(b"\x1a", b"\x1b[2J", b"\r", b"\n" * 40, b'"', b'""",', b"'", b"\\", b"," * 300, b";" * 300, b"\t" * 300),
    *(b"=cmd|' /C calc'!A0", b'=HYPERLINK("http://x")', b"+1+1", b"@SUM(A1)", b"<script>alert(1)</script>", b"<b>"),
    *("\u202e".encode(), "\u2066".encode(), "\u200b".encode(), "\u2028".encode(), "\ufffd".encode(), b"?" * 8),
    *(b"1e999", b"-1e999", b"nan", b"inf", b"-0", b"9" * 400, b"1" + b"0" * 30, b"0x7fffffff", b"4294967296", b"-1"),
    *(b"2147483647", b"1.01E+08", "н/д".encode("cp1251"), "қазақ".encode("utf-16"), b"../../../etc/passwd", b"C:\\con"),
    *(b"%s%n{0}{name}", b"'; drop table x; --", b"PK\x03\x04", b"\x7f" * 16, b"\x80", b"A" * 5000, b"\xd0" * 50),
)
_Change = Callable[[bytearray, random.Random], None]


def mutations(data: bytes, seed: int, n: int) -> Iterator[bytes]:
    """Yield `n` mutated copies of a file, the same ones for the same seed.

    Parameters
    ----------
    data
        A sound file.
    seed
        Decides everything.
    n
        Number of copies.

    Yields
    ------
    bytes
        The file after one to six changes: bits flipped, bytes set, cut, blocks left out, doubled, swapped or blanked,
        hostile strings inserted or written over. It may happen to equal the original.
    """
    chance = random.Random(seed)
    for _copy in range(n):
        content = bytearray(data)
        for _change in range(chance.choice((1, 1, 1, 2, 3, 6))):
            chance.choice(_CHANGES)(content, chance)
        yield bytes(content)


def _block(content: bytearray, chance: random.Random, longest: int = 512) -> slice:
    start = chance.randrange(len(content) + 1)
    return slice(start, start + chance.randint(1, max(1, min(longest, len(content) // 4))))


def _flip_bits(content: bytearray, chance: random.Random) -> None:
    for _bit in range(chance.choice((1, 2, 8, 64)) if content else 0):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _set_byte(content: bytearray, chance: random.Random) -> None:
    if content:
        content[chance.randrange(len(content))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))


def _cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content) + 1) :]


def _leave_out(content: bytearray, chance: random.Random) -> None:
    del content[_block(content, chance)]


def _double(content: bytearray, chance: random.Random) -> None:
    block = _block(content, chance)
    content[block.start : block.start] = content[block] * chance.choice((1, 1, 2, 16))


def _swap(content: bytearray, chance: random.Random) -> None:
    one, other = sorted((_block(content, chance), _block(content, chance)), key=lambda block: block.start)
    if one.stop <= other.start:
        first, second = content[one], content[other]
        content[other], content[one] = first, second


def _blank(content: bytearray, chance: random.Random) -> None:
    block = _block(content, chance)
    content[block] = bytes([chance.choice((0, 32, 255))]) * len(content[block])


def _insert(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(HOSTILE)


def _write_over(content: bytearray, chance: random.Random) -> None:
    at, text = chance.randrange(len(content) + 1), chance.choice(HOSTILE)
    content[at : at + len(text)] = text


_CHANGES: Final[tuple[_Change, ...]] = (
    *(_flip_bits, _set_byte, _cut, _leave_out, _double, _swap, _blank, _insert, _write_over),
)
